"""True masks of the rendered demo pictures, found without any code of the segmenters: from their exact backgrounds, and
from pictures of one person in two garments.

Shapes: H, W rows and columns; G pictures of one person; 3 is RGB.
"""

from functools import cache

import numpy as np
from demo_pictures import PEOPLE, demo_picture
from PIL import Image
from scipy.ndimage import binary_fill_holes

from tryon_core.pictures.features import to_lab
from tryon_core.pictures.masks import closed, largest, opened

GARMENTS = sorted({path.stem for path in (PEOPLE / "garments").glob("*.webp")} - {"white"})  # as white as its picture
_ANOTHER_COLOUR = 6.0  # Lab units
_SHADE = 2  # levels: a garment's picture has one exact colour behind it


@cache
def garment_mask(name: str) -> np.ndarray:
    """bool (H, W): what is not of the one colour behind a rendered garment."""
    image_HW3 = np.asarray(demo_picture("garments", name)).astype(int)
    return binary_fill_holes(np.abs(image_HW3 - image_HW3[0, 0]).max(-1) > _SHADE)


def before_wall(name: str, grain: float = 1.0, seed: int = 0) -> Image.Image:
    """A garment before a wall that is lit from one side and has a grain, in levels of 255."""
    image_HW3, mask_HW = np.asarray(demo_picture("garments", name)), garment_mask(name)
    height, width = mask_HW.shape
    lit_HW = np.add.outer(np.linspace(136, 120, height), np.linspace(0, 12, width))
    noise_HW3 = np.random.default_rng(seed).normal(0, grain, (height, width, 3))
    wall_HW3 = np.clip(lit_HW[..., None] + (4, 0, -6) + noise_HW3, 0, 255).astype(np.uint8)
    return Image.fromarray(np.where(mask_HW[..., None], image_HW3, wall_HW3))


@cache
def worn_mask(pair: str) -> np.ndarray:
    """bool (H, W): where the true picture of a person in another garment ('p1_stripes') differs from the photograph.

    That is the garment, where it covers all of the old one; within a few per cent, since it also throws a shadow."""
    was, now = (
        to_lab(np.array(demo_picture(*place))) for place in (("persons", pair.partition("_")[0]), ("truth", pair))
    )
    differs_HW = np.linalg.norm(was - now, axis=-1) > _ANOTHER_COLOUR
    return binary_fill_holes(largest(opened(closed(differs_HW, 3), 2), 0.03))


def iou(one_HW: np.ndarray, other_HW: np.ndarray) -> float:
    return float((one_HW & other_HW).sum() / max((one_HW | other_HW).sum(), 1))


def inside(mask: Image.Image) -> np.ndarray:
    """bool (H, W) of a segmenter's mask, which is 0 or 255."""
    values_HW = np.asarray(mask)
    assert mask.mode == "L" and set(np.unique(values_HW)) <= {0, 255}
    return values_HW > 0
