"""Pictures to compare: regions drawn on one, two either side of a seam, how far their colours lie apart, a region near.

Shapes: H, W image rows and columns; 3 is RGB.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from ...errors import BadInput
from ...images import thumbnail
from ...pictures.features import colour_difference, to_lab
from ...records import Region
from ..figures.palette import ink_on

LARGEST_DIFFERENCE = 50.0  # CIEDE2000 at the end of the heat scale; larger ones are drawn as this
TICKS = (0, 1, 5, 10, 25, 50)
CHANGED = 10.0  # CIEDE2000: another colour, beyond noise and compression
_PROPORTIONS = 0.01  # pictures whose width / height differ by more than this share cannot lie on one another


@dataclass(frozen=True)
class Mark:
    """A region to draw: whose, in its colour '#RRGGBB', with its gate number."""

    region: Region
    colour: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Heat:
    """Where two pictures differ in colour. CIEDE2000: 0 equal, 1 just noticeable, 50 unlike."""

    picture: Image.Image
    difference_HW: np.ndarray  # CIEDE2000, of `picture`'s size

    def within(self, region: Region) -> np.ndarray:
        """bool (H, W), True inside the region."""
        height, width = self.difference_HW.shape
        left, top, right, bottom = in_pixels(region, (width, height))
        inside_HW = np.zeros((height, width), bool)
        inside_HW[top:bottom, left:right] = True
        return inside_HW


def in_pixels(region: Region, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) in pixels of a picture of this (width, height): at least one pixel, inside it."""
    width, height = size
    left, top = min(int(region.left * width), width - 1), min(int(region.top * height), height - 1)
    return left, top, max(left + 1, round(region.right * width)), max(top + 1, round(region.bottom * height))


def with_marks(picture: Image.Image, marks: Sequence[Mark]) -> Image.Image:
    """A copy with each region's box and gate number; boxes that coincide are drawn one inside the other."""
    drawn = picture.convert("RGB")
    pen = ImageDraw.Draw(drawn)
    line_px = max(2, round(max(drawn.size) / 240))
    font = ImageFont.load_default(size=max(13, round(max(drawn.size) / 32)))
    taken: list[tuple[float, float, float, float]] = []
    for place, mark in enumerate(marks):
        twins = sum(earlier.region == mark.region for earlier in marks[:place])
        left, top, right, bottom = in_pixels(mark.region, drawn.size)
        inset = min(twins * (line_px + 2), (right - left) // 3, (bottom - top) // 3)
        box = (left + inset, top + inset, right - 1 - inset, bottom - 1 - inset)
        pen.rectangle(_grown(box, 1), outline="#ffffff", width=line_px + 2)  # seen on any picture
        pen.rectangle(box, outline=mark.colour, width=line_px)
        taken.append(_chip(pen, mark, (box[0], box[1]), font, taken))
    return drawn


def outlined(picture: Image.Image, mask: Image.Image) -> Image.Image:
    """A copy with the edge of a mask, whatever is not black of it, as a dark line in a light one."""
    inside = mask.convert("L").resize(picture.size).point(lambda value: 255 * (value > 0))
    drawn, line_px = picture.convert("RGB"), max(1, round(max(picture.size) / 640))
    for colour, half_px in (("#ffffff", 2 * line_px), ("#1d2329", line_px)):
        wide = ImageFilter.MaxFilter(2 * half_px + 1)
        narrow = ImageFilter.MinFilter(2 * half_px + 1)
        drawn.paste(colour, mask=ImageChops.difference(inside.filter(wide), inside.filter(narrow)))
    return drawn


def _chip(pen: ImageDraw.ImageDraw, mark: Mark, corner: tuple[float, float], font, taken: list) -> tuple:
    """The gate number in a corner, moved right while another one lies there; returns where it stands."""
    text = str(mark.number)
    wide, high = pen.textlength(text, font) + font.size * 0.7, font.size * 1.25
    left, top = corner
    while any(
        left < other[2] and other[0] < left + wide and top < other[3] and other[1] < top + high for other in taken
    ):
        left += wide + 2
    box = (left, top, left + wide, top + high)
    pen.rectangle(box, fill=mark.colour)
    pen.text((left + wide / 2, top + high / 2), text, fill=ink_on(mark.colour), font=font, anchor="mm")
    return box


def _grown(box: Iterable[float], by: float) -> tuple:
    left, top, right, bottom = box
    return left - by, top - by, right + by, bottom + by


def of_one_shape(picture: Image.Image, other: Image.Image) -> bool:
    """Whether their proportions are the same, so that one can lie on the other."""
    return abs(other.width * picture.height / (other.height * picture.width) - 1) <= _PROPORTIONS


def comparable(picture: Image.Image, other: Image.Image) -> Image.Image:
    """`other` scaled to `picture`'s size.

    raises   BadInput where their proportions differ: a difference would show the scaling
    """
    if not of_one_shape(picture, other):
        raise BadInput(
            f"no difference can be drawn: one picture is {picture.width} × {picture.height} pixels, "
            f"the other {other.width} × {other.height}, of other proportions"
        )
    return other.convert("RGB").resize(picture.size, Image.Resampling.LANCZOS)


def across_seam(left: Image.Image, right: Image.Image, reveal: int) -> Image.Image:
    """`left` up to `reveal` percent of the width, `right` beyond it, the seam marked. RGB pictures of one size."""
    joined = left.convert("RGB")
    seam = round(joined.width * reveal / 100)
    joined.paste(right.crop((seam, 0, right.width, right.height)), (seam, 0))
    pen, middle, grip = ImageDraw.Draw(joined), joined.height / 2, joined.height / 45
    pen.rectangle((seam - 2, 0, seam + 1, joined.height), fill="#1d2329")
    pen.rectangle((seam - 1, 0, seam, joined.height), fill="#ffffff")
    for way in (-1, 1):  # an arrow to each side
        tip, foot = seam + way * 1.7 * grip, seam + way * 0.6 * grip
        arrow = [(tip, middle), (foot, middle - grip), (foot, middle + grip)]
        pen.polygon(arrow, fill="#ffffff", outline="#1d2329")
    return joined


def colour_heat(one: Image.Image, other: Image.Image) -> Heat:
    """How far the colours of two RGB pictures of one size lie apart, pixel by pixel."""
    difference_HW = colour_difference(to_lab(np.asarray(one)), to_lab(np.asarray(other)))
    return Heat(
        picture=Image.fromarray(heat_colours()(shade(difference_HW), bytes=True)[..., :3]), difference_HW=difference_HW
    )


def changed(one: Image.Image, other: Image.Image) -> Region | None:
    """The box around what differs between two RGB pictures of one size, without the outermost 2 % on each side, which
    may be specks; None where nothing differs by CHANGED or more."""
    rows, columns = np.nonzero(colour_difference(to_lab(np.asarray(one)), to_lab(np.asarray(other))) >= CHANGED)
    if not rows.size:
        return None
    (top, bottom), (left, right) = (np.quantile(places, (0.02, 0.98)) for places in (rows, columns))
    width, height = one.size
    return Region(left=left / width, top=top / height, right=(right + 1) / width, bottom=(bottom + 1) / height)


def shade(difference: np.ndarray | float) -> np.ndarray:
    """Place on the heat scale, 0-1: the square root, so that small differences can be seen beside large ones."""
    return np.sqrt(np.clip(np.asarray(difference, float) / LARGEST_DIFFERENCE, 0, 1))


def heat_stops(count: int = 9) -> list[str]:
    """The heat scale from 0 to its end, as '#RRGGBB' at even steps."""
    from matplotlib.colors import to_hex

    return [to_hex(heat_colours()(place)) for place in np.linspace(0, 1, count)]


def heat_colours():
    """The colours of the heat scale: place 0-1 -> RGBA."""
    import matplotlib

    return matplotlib.colormaps["magma"]  # even steps of lightness: safe for colour-blind eyes, readable in grey


def near(picture: Image.Image, region: Region, side_px: int = 320) -> tuple[Image.Image, float]:
    """(crop, magnification): a region with a little around it, cut at full resolution, its longer side `side_px`."""
    left, top, right, bottom = in_pixels(region, picture.size)
    around = round(0.08 * max(right - left, bottom - top))
    left, top = max(0, left - around), max(0, top - around)
    cut = picture.convert("RGB").crop(
        (left, top, min(picture.width, right + around), min(picture.height, bottom + around))
    )
    times = side_px / max(cut.size)
    if times <= 1:
        return thumbnail(cut, side_px), times
    size = tuple(max(1, round(side * times)) for side in cut.size)
    return cut.resize(size, Image.Resampling.BICUBIC), times
