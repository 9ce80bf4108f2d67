"""The garment's photograph laid on the wearer: where it has cloth."""

# Shapes: h, w rows and columns at half of the working size; 2 is x, y.
from functools import lru_cache

import cv2
import numpy as np

from .....pictures.masks import grown
from ...cloth.flat_garment import Garment
from ...seeing.perception import Person
from ..shape.expected import anchor_of


@lru_cache(maxsize=2)
def laid_cloth(garment: Garment, person: Person) -> np.ndarray:
    """bool (h, w): a top's or a dress's front cloth as its own measures put it; the same for every attempt of one loop.

    False for sleeves that hang at other angles than the wearer's arms.
    """
    front_HW = garment.alpha_HW > 0.9
    if garment.opening_HW is not None:
        front_HW &= ~grown(garment.opening_HW, 2)
    size = person.upper.shape[1] // 2, person.upper.shape[0] // 2
    how = cv2.WARP_INVERSE_MAP | cv2.INTER_NEAREST
    return cv2.warpAffine(front_HW.astype(np.uint8), _to_photo(garment, person), size, flags=how) > 0


def _to_photo(garment: Garment, person: Person) -> np.ndarray:
    """float64 (2, 3): from a pixel of the half-size picture to the pixel of the garment's photograph laid there."""
    anchor, frame = anchor_of(garment, person), person.frame
    down_2 = frame.down_2 / np.hypot(*frame.down_2)
    from_body_2x2 = np.stack([frame.across_2, down_2], axis=1) * frame.shoulder_px / 2
    to_body_2x2 = np.linalg.inv(from_body_2x2)
    to_photo_2x2 = to_body_2x2 * anchor.px_per_shoulder
    origin_2 = anchor.photo_2 - (to_body_2x2 @ (frame.point(0, 0) / 2) + anchor.body_2) * anchor.px_per_shoulder
    return np.c_[to_photo_2x2, origin_2]
