"""How well an edit sits in its picture, measured inside its mask against a ring around it."""
