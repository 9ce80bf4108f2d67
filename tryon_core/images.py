"""Pictures in and out: decoded safely, named by what they show, saved the same way every time."""

import hashlib
import io
import os
import struct
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import BadPicture

MIN_SIDE_PX = 64  # below this no face or pattern can be read
MAX_PIXELS = 50_000_000  # 30,000 x 30,000 would take 2.7 GB as RGB
_DECODING_ERRORS = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    EOFError,
    ValueError,
    struct.error,
)  # Pillow raises them all


def read(path: str | os.PathLike[str]) -> Image.Image:
    """A picture file, as `decode` gives it; raises BadPicture also where there is no such file."""
    try:
        data = Path(path).read_bytes()
    except OSError as e:
        raise BadPicture(f"{path}: cannot be read ({e.strerror}); give the path of a JPEG, PNG or WebP") from e
    return decode(data, str(path))


def decode(data: bytes, name: str = "picture", mode: str = "RGB") -> Image.Image:
    """Decode a JPEG, PNG or WebP, upright (EXIF orientation applied), in `mode`.

    data     the whole file
    name     how error messages call it
    returns  a loaded picture that no longer refers to `data`
    raises   BadPicture where it is no picture, cut off, smaller than MIN_SIDE_PX or over MAX_PIXELS; the size is
             read from the header, so an oversized picture is refused before it is decoded
    """
    picture = _opened(data, name)
    if picture.width * picture.height > MAX_PIXELS or min(picture.size) < MIN_SIDE_PX:
        raise BadPicture(
            f"{name}: {picture.width} x {picture.height} pixels; both sides must be at least {MIN_SIDE_PX} and "
            f"the whole at most {MAX_PIXELS // 1_000_000} million pixels: scale it"
        )
    try:
        picture.load()
    except _DECODING_ERRORS as e:
        raise BadPicture(f"{name}: cut off or damaged ({len(data)} bytes: {e}); give the whole file again") from e
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA") and mode == "RGB":
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright.convert("RGBA"))
    return upright.convert(mode)


def _opened(data: bytes, name: str) -> Image.Image:
    """Read the header only."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own, lower limit follows
            return Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
    except Image.DecompressionBombError as e:
        raise BadPicture(f"{name}: {e}; scale it to at most {MAX_PIXELS // 1_000_000} million pixels") from e
    except _DECODING_ERRORS as e:
        raise BadPicture(
            f"{name}: no JPEG, PNG or WebP picture, or cut off ({len(data)} bytes); give the whole file"
        ) from e


def digest(picture: Image.Image) -> str:
    """Name a picture by its pixels: hex SHA-256 of mode, size and raw bytes, whatever file it came in."""
    head = f"{picture.mode} {picture.width}x{picture.height} ".encode()
    return hashlib.sha256(head + picture.tobytes()).hexdigest()


def to_png(picture: Image.Image) -> bytes:
    """Encode without loss and without metadata; the same pixels give the same bytes."""
    out = io.BytesIO()
    Image.frombytes(picture.mode, picture.size, picture.tobytes()).save(out, "PNG", compress_level=3)
    return out.getvalue()


def from_png(data: bytes) -> Image.Image:
    """Read back what `to_png` wrote: our own pictures, of any size."""
    picture = Image.open(io.BytesIO(data), formats=("PNG",))
    picture.load()
    return picture


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
