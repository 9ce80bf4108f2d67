"""Where a tool may draw: a finding's region becomes a mask; without a region the whole edit area, which is said."""

# Shapes: H, W image rows and columns.
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ..pictures.masks import grown
from ..records import Region, Sample
from ..roles import Segmenter
from .on_crops import as_mask
from .stream_rules import Issue

GROWN = 0.02  # of the picture's longer side, around what was found


@dataclass(frozen=True, kw_only=True)
class EditMask:
    """Where a tool may draw.

    image   mode L, of the picture's size, 255 inside
    source  'region' as the judge gave it, 'segmented' within it, 'edit_area' for all of it
    why     a sentence
    """

    image: Image.Image
    source: str
    why: str

    @property
    def share(self) -> float:
        """0 to 1, of the picture."""
        return float((np.asarray(self.image) > 0).mean())


def mask_for(
    targets: Sequence[Issue], picture: Image.Image, sample: Sample, segmenter: Segmenter | None = None
) -> EditMask:
    """The mask of the targets' regions, together; the whole edit area where none of them has one."""
    regions = [issue.region for issue in targets if issue.region is not None]
    if not regions:
        return EditMask(
            image=edit_area(picture, sample),
            source="edit_area",
            why="the judge named no place: the whole edit area is drawn anew",
        )
    mask_HW = np.zeros(picture.size[::-1], bool)
    for region in regions:
        mask_HW |= box_mask(region, picture.size)
    mask_HW = grown(mask_HW, GROWN * max(picture.size)) & (np.asarray(edit_area(picture, sample)) > 0)
    return EditMask(image=as_mask(mask_HW), source="region", why=f"the judge's region of {targets[0].constraint}")


def box_mask(region: Region, size: tuple[int, int]) -> np.ndarray:
    """bool (H, W), True in the region's box."""
    width, height = size
    mask_HW = np.zeros((height, width), bool)
    rows = slice(int(region.top * height), max(1, round(region.bottom * height)))
    mask_HW[rows, int(region.left * width) : max(1, round(region.right * width))] = True
    return mask_HW


def edit_area(picture: Image.Image, sample: Sample, segmenter: Segmenter | None = None) -> Image.Image:
    """Where this sample may be edited at all: its own mask, else the whole picture."""
    mask = sample.images.get("mask")
    if mask is None:
        return Image.new("L", picture.size, 255)
    return mask.convert("L").resize(picture.size, Image.Resampling.NEAREST)
