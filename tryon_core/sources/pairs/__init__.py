"""Data sets of pairs as they are handed out: their folders, and how a place names them."""
