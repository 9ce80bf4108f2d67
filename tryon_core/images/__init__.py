"""Pictures in and out: decoded safely, named by what they show, saved the same way every time."""

from .container import MAX_PIXELS
from .decoding import MIN_SIDE_PX, decode, read
from .encoding import from_png, thumbnail, to_jpeg, to_png
from .naming import digest

__all__ = ["MAX_PIXELS", "MIN_SIDE_PX", "decode", "digest", "from_png", "read", "thumbnail", "to_jpeg", "to_png"]
