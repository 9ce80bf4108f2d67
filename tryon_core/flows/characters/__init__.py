"""Parts of the flows that put a character into a picture: what its scores say, its face swapped in, its mask."""
