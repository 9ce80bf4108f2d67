"""Faces: whose face is meant, another face in its place, and how alike two faces are."""
