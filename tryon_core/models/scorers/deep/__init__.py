"""Networks of our own classes over the users' state dicts: LPIPS, and Inception for FID and KID."""
