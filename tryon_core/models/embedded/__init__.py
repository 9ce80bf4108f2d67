"""A classical try-on (`warp`) and a judge that measures (`measure`): real, small, run on a laptop without torch."""

LICENCE = "Apache-2.0 (pose and face landmark models)"  # of all that either has besides our own code
