"""A picture file's bytes as pixels: RGB in sRGB, upright, on white; or one sentence that says why not."""

import io
import os
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from ..errors import BadPicture
from ..scrubbing import scrubbed
from ..text import shortened
from .colours import on_white
from .container import Damaged, Parts, checked_size
from .jpeg_parts import jpeg_parts
from .kinds import kind_of
from .orientation import upright
from .png_parts import SIGNATURE, png_parts
from .webp_parts import webp_parts

MIN_SIDE_PX = 64  # below this no face or pattern can be read


def read(path: str | os.PathLike[str]) -> Image.Image:
    """A picture file, as `decode` gives it; raises BadPicture also where there is no such file."""
    try:
        data = Path(path).read_bytes()
    except OSError as e:
        raise BadPicture(f"{path}: cannot be read ({e.strerror}); give the path of a JPEG, PNG or WebP") from e
    return decode(data, str(path))


def decode(data: bytes, name: str = "picture", mode: str = "RGB") -> Image.Image:
    """Decode a JPEG, PNG or WebP: upright by its EXIF, in sRGB by its colour profile, transparency on white, in `mode`.

    data     the whole file; what it is, is told by its content
    name     how error messages call it
    returns  a loaded picture that no longer refers to `data` and carries nothing but its pixels
    raises   BadPicture where it is no picture, cut off, smaller than MIN_SIDE_PX or over MAX_PIXELS; the size is
             read from the header, so an oversized picture is refused before it is decoded
    """
    parts = parts_of(data, name)
    checked_size(parts.size, name, MIN_SIDE_PX)
    picture = on_white(loaded(parts, name), parts.profile, parts.clear, parts.bits)
    return upright(picture, parts.exif).convert(mode)


def parts_of(data: bytes, name: str) -> Parts:
    """What of the file is used; raises BadPicture for what is no JPEG, PNG or WebP, or cannot be walked through."""
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return jpeg_parts(data)
        if data.startswith(SIGNATURE):
            return png_parts(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return webp_parts(data)
    except Damaged as damage:
        raise damage.problem(name, len(data)) from damage
    kind = kind_of(data)
    what, advice = (f" but {kind.what}", kind.advice) if kind else (", or cut off", "give the whole file")
    advice = advice if data else "the file is empty: copy or download it again"
    raise BadPicture(f"{name}: no JPEG, PNG or WebP picture{what} ({len(data)} bytes); {advice}")


def loaded(parts: Parts, name: str) -> Image.Image:
    """The pixels as they are coded. Whatever a picture library raises on these bytes is this file's fault."""
    try:
        picture = Image.open(io.BytesIO(parts.body), formats=(parts.kind,))
        if picture.size != parts.size:  # then its limit was not checked
            raise ValueError(f"{picture.width} x {picture.height} pixels, but {parts.size} announced")
        picture.load()
    except UnidentifiedImageError as e:
        raise Damaged("its header cannot be read").problem(name, parts.of) from e
    except Exception as e:
        why = shortened(scrubbed(str(e))) or type(e).__name__
        raise Damaged(why).problem(name, parts.of) from e
    picture.info.clear()
    return picture
