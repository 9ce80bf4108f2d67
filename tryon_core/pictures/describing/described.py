"""A garment's features in one record: palette, pattern, texture, a vector to compare by, words for a prompt."""

# Shapes: H, W rows and columns; 3 is RGB or Lab.
import numpy as np
from pydantic import model_validator

from ...errors import BadInput
from ...records import Record
from ..features import to_lab
from ..masks import box_of
from .cloth_palette import LEAST_PX, Swatch, inside, palette_of
from .cloth_pattern import Pattern, pattern_of
from .cloth_texture import Texture, texture_of
from .feature_vector import LENGTH, vector_of
from .self_likeness import core_of, self_likeness
from .wording import words_for

PARTS = ("palette", "pattern", "texture", "vector", "words")
NARROWEST_PX = 32  # of the shorter side of the cloth's core: with less no pattern can repeat


class GarmentFeatures(Record):
    """What was measured of a garment; what was not is None or empty, with its reason under its name in `unmeasured`.

    palette            colours, the largest share first
    pattern, texture   see their records
    vector             as `feature_vector.LAYOUT` says, unit norm
    words              for a prompt, e.g. 'a navy garment with white horizontal stripes'
    """

    palette: tuple[Swatch, ...] = ()
    pattern: Pattern | None = None
    texture: Texture | None = None
    vector: tuple[float, ...] = ()
    words: str = ""
    unmeasured: dict[str, str] = {}

    @model_validator(mode="after")
    def _number_or_reason(self) -> "GarmentFeatures":
        for part in PARTS:
            if bool(getattr(self, part)) == bool(self.unmeasured.get(part)):
                raise ValueError(f"{part} is measured, or has a reason in `unmeasured`")
        if self.vector and len(self.vector) != LENGTH:
            raise ValueError(f"a vector has {LENGTH} numbers, got {len(self.vector)}")
        return self


def describe(image_HW3: np.ndarray, mask_HW: np.ndarray, noun: str = "garment") -> GarmentFeatures:
    """The features of the garment inside a mask.

    image_HW3  uint8 RGB
    mask_HW    bool; one that holds too little cloth gives reasons instead of numbers
    noun       what the words call it
    raises     BadInput where picture and mask do not fit together
    """
    _check(image_HW3, mask_HW)
    cloth_HW = inside(mask_HW)
    if reason := _why_not(mask_HW, cloth_HW):
        return GarmentFeatures(unmeasured=dict.fromkeys(PARTS, reason))
    lab_HW3 = to_lab(image_HW3)
    palette, texture = palette_of(lab_HW3, cloth_HW), texture_of(lab_HW3[..., 0], cloth_HW)
    rows, columns = box_of(core_of(cloth_HW))
    if min(rows.stop - rows.start, columns.stop - columns.start) < NARROWEST_PX:
        pattern, unmeasured = None, {"pattern": f"no part of the cloth is {NARROWEST_PX} pixels wide"}
    else:
        width_px = (box_of(mask_HW)[1].stop - box_of(mask_HW)[1].start) * 1.0
        pattern, unmeasured = pattern_of(self_likeness(lab_HW3, cloth_HW), width_px, len(palette)), {}
    return GarmentFeatures(
        palette=palette,
        pattern=pattern,
        texture=texture,
        vector=vector_of(lab_HW3[cloth_HW], texture),
        words=words_for(palette, pattern, texture, noun),
        unmeasured=unmeasured,
    )


def _check(image_HW3: np.ndarray, mask_HW: np.ndarray) -> None:
    if image_HW3.dtype != np.uint8 or image_HW3.ndim != 3 or image_HW3.shape[2] != 3:
        raise BadInput(f"a picture is uint8 RGB (H, W, 3), got {image_HW3.dtype} {image_HW3.shape}")
    if mask_HW.dtype != bool or mask_HW.shape != image_HW3.shape[:2]:
        raise BadInput(f"a mask is bool of shape {image_HW3.shape[:2]}, got {mask_HW.dtype} {mask_HW.shape}")


def _why_not(mask_HW: np.ndarray, cloth_HW: np.ndarray) -> str:
    """Why nothing can be said of what is in the mask; '' where something can."""
    if not mask_HW.any():
        return "the mask is empty"
    if cloth_HW.sum() < LEAST_PX:
        return f"the mask holds {int(cloth_HW.sum())} pixels of cloth away from its edge, fewer than {LEAST_PX}"
    return ""
