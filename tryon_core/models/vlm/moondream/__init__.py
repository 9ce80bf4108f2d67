"""Moondream as a scorer of character tasks, over its HTTP interface."""

CLOUD_LICENCE, OWN_LICENCE = "Moondream's terms of service", "the server's model's own"
LICENCE = f"{CLOUD_LICENCE}; on a server of your own, its model's"
