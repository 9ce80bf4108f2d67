"""Defects of an edit, planted under its mask, each with a strength."""

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

from tryon_core.pictures.features import to_lab, to_rgb
from tryon_core.pictures.masks import box_of

STRENGTHS = (1, 2, 3, 4)
_ROOM_PX = 40  # round the mask: what a change reaches
Change = Callable[[np.ndarray, int], np.ndarray]  # (uint8 RGB picture, strength) -> the same, changed everywhere


def _shifted_lab(by: tuple[float, float, float]) -> Change:
    return lambda image, strength: to_rgb(to_lab(image) + strength * np.float32(by))


def _noisy(image: np.ndarray, strength: int) -> np.ndarray:
    grain = np.random.default_rng(3).standard_normal(image.shape[:2])[..., None]
    return np.uint8(np.clip(image + 3 * strength * grain, 0, 255))


def _flat(image: np.ndarray, strength: int) -> np.ndarray:
    """A fifth of the spread of lightness goes with each step; its middle stays."""
    lab = to_lab(image)
    middle = np.median(lab[..., 0])
    lab[..., 0] = middle + (1 - 0.2 * strength) * (lab[..., 0] - middle)
    return to_rgb(lab)


# name -> (which score must fall, the change)
DEFECTS: dict[str, tuple[str, Change]] = {
    "blur": ("blend_quality", lambda image, strength: cv2.GaussianBlur(image, (0, 0), 0.7 * strength)),
    "noise": ("blend_quality", _noisy),
    "hard edge": ("blend_quality", lambda image, strength: np.roll(image, 5 * strength, axis=1)),
    "tint": ("blend_consistency", _shifted_lab((0, 3, -4))),
    "brightness": ("blend_consistency", _shifted_lab((5, 0, 0))),
    "flatness": ("blend_consistency", _flat),
    "darkness": ("blend_consistency", _shifted_lab((-5, 0, 0))),
}


def planted(image: Image.Image, mask: Image.Image, name: str, strength: int) -> Image.Image:
    """The picture with a defect under the mask, at its hard edge."""
    whole, mask_HW = np.array(image), np.asarray(mask) > 127
    box = box_of(mask_HW, _ROOM_PX)
    whole[box][mask_HW[box]] = DEFECTS[name][1](whole[box], strength)[mask_HW[box]]
    return Image.fromarray(whole)
