"""A picture that is mended: what its sample and a segmenter know of it, each found once."""

# Shapes: H, W image rows and columns.
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from ...errors import Refused
from ...records import Region, Sample
from ...roles import Segmenter
from ..masks import grown
from .edit_places import box_mask, by_noun
from .worn_area import Wearing, garment_in, sized

_RIM = 0.02  # of the longer side


@dataclass(kw_only=True)
class MendedPicture:
    """A drawn picture, its sample, and who finds things in it; None for a run without a segmenter."""

    picture: Image.Image
    sample: Sample
    segmenter: Segmenter | None

    @property
    def photograph(self) -> Image.Image | None:
        return self.sample.images.get("person", self.sample.images.get("init"))

    @cached_property
    def wearing(self) -> Wearing | None:
        """None for a sample without a garment or a photograph. raises   Refused where no garment is in its picture"""
        garment = self.sample.images.get("garment")
        if garment is None or self.photograph is None or self.segmenter is None:
            return None
        mask, kind = garment_in(garment, self.segmenter), self.sample.hints.garment_type
        return Wearing(segmenter=self.segmenter, garment=garment, mask=mask, garment_type=kind)

    @cached_property
    def worn(self) -> tuple[np.ndarray | None, str]:
        """(bool (H, W): the garment as worn and what was worn there; None where there is none, a sentence)."""
        try:
            if self.wearing is None:
                return None, ""
            area_HW, why = self.wearing.area(self.picture, self.photograph)
        except Refused as refusal:
            return None, str(refusal)
        return sized(area_HW, self.picture.size), why

    @cached_property
    def cloth(self) -> tuple[np.ndarray | None, str]:
        """(bool (H, W): the garment as worn in the picture, else as `worn`; None where there is none, a sentence)."""
        try:
            return self.worn if self.wearing is None else self.wearing.worn(self.picture)
        except Refused:
            return self.worn

    @cached_property
    def allowed_HW(self) -> np.ndarray:
        """bool (H, W): the sample's own mask, else all of it."""
        mask = self.sample.images.get("mask")
        width, height = self.picture.size
        if mask is None:
            return np.ones((height, width), bool)
        return sized(np.asarray(mask.convert("L")) > 0, self.picture.size)

    @cached_property
    def edit_area(self) -> tuple[np.ndarray, str]:
        """(bool (H, W), a sentence): all that may be edited: what is worn, inside the sample's mask; else that mask;
        else the whole picture."""
        worn_HW, why = self.worn
        if worn_HW is not None and (worn_HW & self.allowed_HW).any():
            return worn_HW & self.allowed_HW, f"the whole edit area: {why}"
        named = "the sample's mask" if "mask" in self.sample.images else "the whole picture"
        return self.allowed_HW, f"{named} is drawn anew" + (f" ({why})" if why else "")

    def named(self, *nouns: str) -> np.ndarray | None:
        """bool (H, W): what the segmenter finds by the first of the nouns that it knows; None for nothing."""
        return by_noun(self.picture, nouns, self.segmenter)

    def box(self, region: Region) -> np.ndarray:
        """bool (H, W), True in the region."""
        return box_mask(region, self.picture.size)

    def near(self, region: Region) -> np.ndarray:
        """bool (H, W), True in the region, whose edges are rough, and around it."""
        return self.with_rim(self.box(region))

    def with_rim(self, mask_HW: np.ndarray) -> np.ndarray:
        """bool (H, W): the mask and what its edge may have missed."""
        return grown(mask_HW, _RIM * max(self.picture.size))
