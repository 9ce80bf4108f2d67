"""Pictures of our own: written the same way every time, read back, made small."""

import io

from PIL import Image

from ..errors import BadPicture
from .container import checked_size
from .decoding import loaded, parts_of
from .png_parts import SIGNATURE


def to_png(picture: Image.Image) -> bytes:
    """Encode without loss and without metadata; the same pixels give the same bytes."""
    out = io.BytesIO()
    Image.frombytes(picture.mode, picture.size, picture.tobytes()).save(out, "PNG", compress_level=3)
    return out.getvalue()


def from_png(data: bytes, name: str = "picture") -> Image.Image:
    """Read back what `to_png` wrote: our own pictures, small ones too, in the mode they have.

    raises   BadPicture for what is no whole PNG, or has more than MAX_PIXELS
    """
    if not data.startswith(SIGNATURE):
        raise BadPicture(f"{name}: no PNG ({len(data)} bytes); restore it")
    parts = parts_of(data, name)
    checked_size(parts.size, name)
    return loaded(parts, name).copy()  # a plain picture: of a file it would not remember its name


def thumbnail(picture: Image.Image, side_px: int = 320) -> Image.Image:
    """A copy whose longer side is at most `side_px`."""
    small = picture.convert("RGB")
    small.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
    return small


def to_jpeg(picture: Image.Image, quality: int = 85) -> bytes:
    """Encode for a page or a widget, where size matters more than exactness."""
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()
