"""Pictures in and out: decoded safely, named by what they show, saved the same way every time."""

from .container import MAX_PIXELS
from .decoding import MIN_SIDE_PX, bytes_of, decode, read, size_of
from .encoding import from_png, thumbnail, to_jpeg, to_png
from .naming import digest

__all__ = [
    "MAX_PIXELS",
    "MIN_SIDE_PX",
    "bytes_of",
    "decode",
    "digest",
    "from_png",
    "read",
    "size_of",
    "thumbnail",
    "to_jpeg",
    "to_png",
]
