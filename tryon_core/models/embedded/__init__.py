"""A classical try-on (`warp`) and a judge that measures (`measure`): real, small, run on a laptop without torch."""
