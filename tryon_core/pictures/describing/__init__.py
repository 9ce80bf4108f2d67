"""What a garment looks like, measured inside its mask: colours with names, pattern, texture, one vector, words."""
