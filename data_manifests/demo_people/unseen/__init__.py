"""People that nobody tuned on: persons, garments, poses, places and cameras drawn from a seed, with what photographs
have and the committed set lacks."""
