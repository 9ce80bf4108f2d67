"""What CLIP measures: prompts followed, originals kept, garments alike, and the head that tells how pleasing."""
