"""One sample's search as a tree of candidates: its data, its layout, its drawing."""
