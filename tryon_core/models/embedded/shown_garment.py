"""Where a picture shows a garment: worn by somebody, or photographed on its own."""

# Shapes: H, W rows and columns at the picture's own size; h, w at the working size.
import cv2
import numpy as np
from PIL import Image

from ...errors import Refused
from .cloth.flat_garment import Garment, see_garment
from .seeing.perception import Person, see_person

_CLOTH = 0.9  # of a matte: surely cloth


def seen_in(image: Image.Image) -> Person | Garment:
    """The garment alone where nobody wears one, else the wearer.

    raises  Refused as see_garment or, where somebody wears it, as see_person; MissingWeights
    """
    try:
        return see_garment(image)
    except Refused as refusal:
        if refusal.reason != "garment_on_model":  # the pose network believes in a body in some garments, too
            raise
    return see_person(image)


def cloth_of(seen: Person | Garment, kind: str) -> np.ndarray:
    """bool (h, w): the cloth of a garment of a kind, as it is seen: upper, dress, trousers or skirt."""
    if isinstance(seen, Garment):
        return seen.alpha_HW > _CLOTH
    if kind == "dress":
        return seen.upper | seen.lower
    return seen.upper if kind == "upper" else seen.lower


def at_size(mask_hw: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """bool (H, W): a mask at a picture's own size, (width, height) in pixels."""
    if mask_hw.shape[::-1] == size:
        return mask_hw
    return cv2.resize(mask_hw.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) > 0.5
