"""Moondream as a scorer of character tasks, over its HTTP interface."""
