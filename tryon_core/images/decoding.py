"""A picture file's bytes as pixels: RGB in sRGB, upright, on white; or one sentence that says why not."""

import io
import os
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from ..errors import BadPicture
from ..text import shortened
from ..text.scrubbing import scrubbed
from .colours import on_ground
from .container import Damaged, Parts, checked_size
from .jpeg_parts import jpeg_parts
from .kinds import kind_of
from .orientation import turned, upright
from .png_parts import SIGNATURE, png_parts
from .webp_parts import webp_parts

MIN_SIDE_PX = 64  # below this no face or pattern can be read


def read(path: str | os.PathLike[str]) -> Image.Image:
    """A picture file, as `decode` gives it; raises BadPicture also where there is no such file."""
    return decode(bytes_of(path), str(path))


def bytes_of(path: str | os.PathLike[str]) -> bytes:
    """raises BadPicture where the file cannot be read"""
    try:
        return Path(path).read_bytes()
    except OSError as e:
        raise BadPicture(f"{path}: cannot be read ({e.strerror}); give the path of a JPEG, PNG or WebP") from e


def size_of(data: bytes, name: str = "picture") -> tuple[int, int]:
    """(width, height) of a picture file, upright, by its header; raises BadPicture as `decode` does, but for pixels."""
    parts = parts_of(data, name)
    checked_size(parts.size, name, MIN_SIDE_PX)
    return turned(parts.size, parts.exif)


def decode(
    data: bytes, name: str = "picture", mode: str = "RGB", side_px: int | None = None, ground: str = "white"
) -> Image.Image:
    """Decode a JPEG, PNG or WebP: upright by its EXIF, in sRGB by its colour profile, on its ground, in `mode`.

    data     the whole file; what it is, is told by its content
    name     how error messages call it
    side_px  that many pixels of the longer side are enough: the picture comes smaller, with as many or up to twice as
             many, and a JPEG is never held whole; None decodes every pixel
    ground   the colour behind what is transparent: black for a mask, where nothing may change that was not painted
    returns  a loaded picture that no longer refers to `data` and carries nothing but its pixels
    raises   BadPicture where it is no picture, cut off, smaller than MIN_SIDE_PX or over MAX_PIXELS; the size is
             read from the header, so an oversized picture is refused before it is decoded
    """
    parts = parts_of(data, name)
    checked_size(parts.size, name, MIN_SIDE_PX)
    picture = _reduced(loaded(parts, name, side_px), parts, side_px)
    picture = on_ground(picture, parts.profile, parts.clear, parts.bits, ground)
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


def loaded(parts: Parts, name: str, side_px: int | None = None) -> Image.Image:
    """The pixels as they are coded, of a JPEG as few as have `side_px` along its longer side.

    Whatever a picture library raises on these bytes is this file's fault.
    """
    try:
        picture = Image.open(io.BytesIO(parts.body), formats=(parts.kind,))
        if picture.size != parts.size:  # then its limit was not checked
            raise ValueError(f"{picture.width} x {picture.height} pixels, but {parts.size} announced")
        if side_px:  # a JPEG's blocks of 8 x 8 are then drawn as 4 x 4, 2 x 2 or 1; other formats know nothing like it
            picture.draft(None, tuple(max(1, side * side_px // max(parts.size)) for side in parts.size))
        picture.load()
    except UnidentifiedImageError as e:
        raise Damaged("its header cannot be read").problem(name, parts.of) from e
    except Exception as e:
        why = shortened(scrubbed(str(e))) or type(e).__name__
        raise Damaged(why).problem(name, parts.of) from e
    picture.info.clear()
    return picture


def _reduced(picture: Image.Image, parts: Parts, side_px: int | None) -> Image.Image:
    """The mean of every n x n pixels, where `side_px` are enough and means of samples are means of colours."""
    times = max(picture.size) // side_px if side_px else 1
    mixable = picture.mode in ("L", "RGB", "CMYK", "LA", "RGBA") and parts.clear is None
    return picture.reduce(times) if times > 1 and mixable else picture
