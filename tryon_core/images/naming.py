"""A picture's name: the digest of its pixels, computed once for as long as they stay as they are.

A run asks for the same pictures' names about fifteen times a sample. So a picture that has been named remembers it, and
its pixels are kept apart from then on: whoever writes to it, in any of Pillow's ways, writes to a copy that Pillow
makes first (as it does for every picture it calls `readonly`), and with the old pixels the picture loses its name.
"""

import hashlib
import sys
from typing import Any

from PIL import Image

_ALONE = 2  # references to pixels that only their picture holds: its own, and that of the call that counts them


def digest(picture: Image.Image) -> str:
    """Name a picture by its pixels: hex SHA-256 of mode, size and raw bytes, whatever file it came in."""
    if (name := _remembered(picture)) is not None:
        return name
    if not _kept_apart(picture):
        return _computed(picture)
    pixels, name = picture.im, _computed(picture)
    picture._named = (pixels, picture.mode, picture.size, name)
    return name


def _computed(picture: Image.Image) -> str:
    hashed = hashlib.sha256(f"{picture.mode} {picture.width}x{picture.height} ".encode())
    hashed.update(picture.tobytes())
    return hashed.hexdigest()


def _remembered(picture: Image.Image) -> str | None:
    """The name that was computed for these very pixels, None where there is none."""
    if type(picture) is not _Named or not picture.readonly or picture._named is None:
        return None
    pixels, mode, size, name = picture._named
    return name if pixels is picture._im and (mode, size) == (picture.mode, picture.size) else None


def _kept_apart(picture: Image.Image) -> bool:
    """Whether its pixels can be written only by way of the picture, which then copies them first.

    Not those that are `readonly` already, for they are a file's or memory that someone lends, nor those that someone
    holds in order to write to them (an ImageDraw, a pixel access).
    """
    if type(picture) is _Named:
        picture._named, picture.readonly = None, 0
    if type(picture) not in (Image.Image, _Named) or getattr(picture, "_im", None) is None or picture.readonly:
        return False
    if sys.getrefcount(picture._im) > _ALONE:
        return False
    picture.__class__, picture.readonly = _Named, 1
    return True


class _Named(Image.Image):
    """A picture that remembers its name: (its pixels, mode and size then, the name)."""

    _named: tuple[Any, str, tuple[int, int], str] | None = None

    def load(self) -> Any:
        """Access to single pixels, as ever; writing one copies all others first."""
        return None if super().load() is None else _Access(self)

    def frombytes(self, *data: Any, **options: Any) -> None:
        """The one way of writing in which Pillow itself makes no copy."""
        self._ensure_mutable()
        super().frombytes(*data, **options)

    def __eq__(self, other: object) -> bool:
        """As any two pictures are compared, named or not."""
        if not isinstance(other, Image.Image):
            return NotImplemented
        plain = [picture.copy() if type(picture) is _Named else picture for picture in (self, other)]
        return plain[0] == plain[1]

    __hash__ = None


class _Access:
    """What Image.load() returns of a named picture: picture.load()[x, y] is read and written."""

    def __init__(self, picture: Image.Image):
        self._picture = picture

    def __getitem__(self, xy: tuple[int, int]) -> Any:
        return Image.Image.load(self._picture)[xy]

    def __setitem__(self, xy: tuple[int, int], value: Any) -> None:
        self._picture._ensure_mutable()
        Image.Image.load(self._picture)[xy] = value
