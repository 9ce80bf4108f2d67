"""Pictures at the sizes that models take, without stretching, and the way back for pictures, masks and boxes."""

import os
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image

from ..errors import BadInput, BadPicture
from ..images import bytes_of, decode, size_of
from ..images.colours import on_ground
from ..images.container import whole_exif
from ..images.orientation import upright
from ..records import Region

READ_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I")  # 16 bits in the last two


@dataclass(frozen=True, kw_only=True)
class StandardSize:
    """Which size a picture gets.

    side_px   at most so many pixels a side: 1,024 for FLUX, 768 or 512 for Stable Diffusion
    multiple  both sides are multiples of it: 8 for most adapters, 16 for FLUX
    shape     'own' keeps the picture's shape and never enlarges it; 'pad' puts the whole picture on a square of
              side_px; 'crop' takes the middle square. Room round a picture is filled by repeating its edge.
    """

    side_px: int = 1024
    multiple: int = 1
    shape: Literal["own", "pad", "crop"] = "own"

    def __post_init__(self) -> None:
        if self.multiple < 1 or self.side_px < 1 or self.side_px % self.multiple:
            raise BadInput(f"side_px is a multiple of `multiple`, both 1 or more; got {self.side_px}, {self.multiple}")
        if self.shape not in ("own", "pad", "crop"):
            raise BadInput(f"shape is 'own', 'pad' or 'crop', got {self.shape!r}")


STANDARD = StandardSize()
DIFFUSION = StandardSize(side_px=768, multiple=8, shape="pad")


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a picture lies in its standard size; all sizes are (width, height) in pixels.

    of      of the picture itself
    scaled  of the picture after scaling
    offset  (x, y) of its upper left corner in the result; negative where it is cropped
    size    of the result
    """

    of: tuple[int, int]
    scaled: tuple[int, int]
    offset: tuple[int, int]
    size: tuple[int, int]

    def there(self, picture: Image.Image) -> Image.Image:
        """A picture, mask or map of the size `of`, or already smaller in its shape, at the standard size."""
        (left, top, right, bottom), (x, y), (width, height) = self._kept, self.offset, self.size
        picture = resized(picture, self.scaled)
        picture = picture if (right - left, bottom - top) == self.scaled else picture.crop(self._kept)
        return edge_repeated(picture, max(0, x), max(0, y), width - right - x, height - bottom - y)

    def back(self, picture: Image.Image, over: Image.Image | None = None) -> Image.Image:
        """A picture or mask of the standard size at the size `of`.

        over    what stands where the result was cropped; a mask of mode L is 0 there without it
        raises  BadInput for a picture of another size, or a cropped one with nothing to lay it over
        """
        if picture.size != self.size:
            raise BadInput(f"the way back starts from {self.size} pixels, got {picture.size}")
        (left, top, right, bottom), (x, y) = self._kept, self.offset
        part = picture.crop((left + x, top + y, right + x, bottom + y))
        if part.size == self.scaled:
            return resized(part, self.of)
        if over is None and picture.mode != "L":
            raise BadInput("the standard size crops this picture; give `over`, what stands beside it")
        whole = Image.new("L", self.of) if over is None else over.copy()
        stretch = [whole_px / scaled_px for whole_px, scaled_px in zip(self.of, self.scaled, strict=True)] * 2
        box = tuple(round(edge * times) for edge, times in zip(self._kept, stretch, strict=True))
        whole.paste(resized(part, (box[2] - box[0], box[3] - box[1])), box)
        return whole

    @property
    def _kept(self) -> tuple[int, int, int, int]:
        """The part of the scaled picture that lies in the result: (left, top, right, bottom)."""
        low = [max(0, -start) for start in self.offset]
        high = [min(part, side - start) for part, side, start in zip(self.scaled, self.size, self.offset, strict=True)]
        return low[0], low[1], high[0], high[1]

    def region(self, region: Region) -> Region | None:
        """A box of the picture in its standard size; None where it was cropped away."""
        left, right = self._along(0, region.left, region.right)
        top, bottom = self._along(1, region.top, region.bottom)
        return _box(left, top, right, bottom)

    def region_back(self, region: Region) -> Region | None:
        """A box of the standard size in the picture; None for one that lies beside it."""
        left, right = self._back_along(0, region.left, region.right)
        top, bottom = self._back_along(1, region.top, region.bottom)
        return _box(left, top, right, bottom)

    def _along(self, axis: int, *shares: float) -> list[float]:
        return [(share * self.scaled[axis] + self.offset[axis]) / self.size[axis] for share in shares]

    def _back_along(self, axis: int, *shares: float) -> list[float]:
        return [(share * self.size[axis] - self.offset[axis]) / self.scaled[axis] for share in shares]


def _box(left: float, top: float, right: float, bottom: float) -> Region | None:
    left, top, right, bottom = (min(1.0, max(0.0, edge)) for edge in (left, top, right, bottom))
    return Region(left=left, top=top, right=right, bottom=bottom) if left < right and top < bottom else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Standard:
    """A picture in its standard size, RGB, and where it lies in it."""

    image: Image.Image
    placement: Placement


def read_standard(path: str | os.PathLike[str], options: StandardSize = STANDARD) -> Standard:
    """A picture file at its standard size; as `decode_standard`."""
    return decode_standard(bytes_of(path), str(path), options)


def decode_standard(data: bytes, name: str = "picture", options: StandardSize = STANDARD) -> Standard:
    """A picture file's bytes at their standard size: a large JPEG is never held whole.

    raises   BadPicture as images.decode does
    """
    placement = placed(size_of(data, name), options)
    return Standard(image=placement.there(decode(data, name, side_px=max(placement.scaled))), placement=placement)


def standard(picture: Image.Image, options: StandardSize = STANDARD) -> Standard:
    """A picture in memory at its standard size: upright, in sRGB, on white.

    raises   BadPicture for a mode that is none of READ_MODES
    """
    picture = as_rgb(picture)
    placement = placed(picture.size, options)
    return Standard(image=placement.there(picture), placement=placement)


def placed(size: tuple[int, int], options: StandardSize = STANDARD) -> Placement:
    """Where a picture of a size (width, height) goes."""
    side_px, multiple = options.side_px, options.multiple
    if options.shape == "own":
        scale = min(1.0, side_px / max(size))
        scaled = _scaled(size, scale)
        whole = tuple(side + -side % multiple for side in scaled)
    else:
        scale = side_px / (max(size) if options.shape == "pad" else min(size))
        scaled, whole = _scaled(size, scale), (side_px, side_px)
    offset = tuple((side - part) // 2 for side, part in zip(whole, scaled, strict=True))
    return Placement(of=size, scaled=scaled, offset=offset, size=whole)


def _scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    width, height = (max(1, round(side * scale)) for side in size)
    return width, height


def as_rgb(picture: Image.Image) -> Image.Image:
    """A picture of any of READ_MODES as files are decoded: upright by its EXIF, in sRGB by its profile, on white."""
    if picture.mode not in READ_MODES:
        raise BadPicture(f"a picture of mode {picture.mode}; give one of {', '.join(READ_MODES)}, such as RGB")
    profile, exif = (picture.info.get(name) or b"" for name in ("icc_profile", "exif"))
    picture = upright(picture, whole_exif(exif))
    if picture.mode == "RGB" and not profile and not picture.has_transparency_data:
        return picture
    clear = picture.has_transparency_data and picture.mode not in ("LA", "RGBA")
    return on_ground(picture.convert("RGBA") if clear else picture, profile, None, 8)


def resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Pixel for pixel the same where it has the size already; masks without the ringing of a sharper filter."""
    how = Image.Resampling.BILINEAR if picture.mode == "L" else Image.Resampling.LANCZOS
    return picture if picture.size == size else picture.resize(size, how)


def edge_repeated(picture: Image.Image, left: int, top: int, right: int, bottom: int) -> Image.Image:
    """A picture, RGB or L, with its first and last rows and columns repeated so many times."""
    if not any((left, top, right, bottom)):
        return picture
    pixels = np.asarray(picture)
    return Image.fromarray(np.pad(pixels, ((top, bottom), (left, right), (0, 0))[: pixels.ndim], mode="edge"))
