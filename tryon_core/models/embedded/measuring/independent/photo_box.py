"""The box of the garment's photograph: its plain background, pasted in with the garment."""

# Shapes: h, w rows and columns at half of the working size; H, W those of the garment's photograph; 3 is Lab.
from functools import lru_cache

import cv2
import numpy as np

from .....pictures.features import to_lab
from .....pictures.masks import closed, islands, opened, shrunk
from ...cloth.flat_garment import Garment
from ..scale import Bar, Reading, fix
from .eyes import AREA, EDITED, Eyes, apart, averaged, piece_reading

# The tuning true pictures and the usable results reach 0.019, bad ones 0.11 and 0.18, planted ones 0.2
# and more; 2026-11.
BOX = Bar(unit=AREA, good=0.012, bar=0.025, bad=0.15)

BORDER = 0.015  # of the shorter side: what is surely background in a garment's photograph
LIKE = 6.0  # Lab units from the background's colour: a drawn box is lit like the person
FLAT = 1.0  # L*, spread over 5 pixels: cloth has folds and grain
APART = 5.0  # Lab units from what lies behind the person: background that came to light is no box
OUTSIDE = 0.4  # silhouette
RIM = 0.08  # of the chest: shadows and boxes that were taken for cloth lie at the cut-out's rim


def photo_box(eyes: Eyes, garment: Garment) -> Reading | None:
    """The largest flat piece in the colour of the photograph's background, outside the body or on the new cloth.

    On the cloth only what exceeds the largest such piece inside the garment's own photograph: a white tee is flat and
    white, too. None for a person without visible background.
    """
    wearer = eyes.wearer
    if wearer.behind_hw3 is None:
        return None
    colour_3, own = _background(garment)
    like_hw = (apart(eyes.now_hw3, colour_3) < LIKE) & _flat(eyes.now_hw3[..., 0]) & (eyes.change_hw > EDITED)
    like_hw &= apart(eyes.now_hw3, wearer.behind_hw3) > APART
    like_hw = closed(opened(like_hw, 0.02 * wearer.unit_px), 2)
    outside, inside = eyes.piece(like_hw & (wearer.alpha_hw < OUTSIDE)), eyes.piece(like_hw)
    inside = max(inside[0] - own, 0.0), inside[1]
    return piece_reading(
        "photo_box",
        max(outside, inside, key=lambda piece: piece[0]),
        BOX,
        "the plain background of the garment's photograph is pasted in ({})",
        (fix("cut the garment from its photograph without the background around it"),),
    )


@lru_cache(maxsize=2)
def _background(garment: Garment) -> tuple[np.ndarray, float]:
    """(Lab of the photograph's background, area in chest widths squared of the largest piece of it in the cloth)."""
    lab_HW3 = to_lab(garment.image_HW3)
    width_px = max(3, int(BORDER * min(lab_HW3.shape[:2])))
    strips = lab_HW3[:width_px], lab_HW3[:, :width_px], lab_HW3[:, -width_px:]
    colour_3 = np.median(np.concatenate([strip.reshape(-1, 3) for strip in strips]), axis=0)
    cloth_HW = shrunk(garment.alpha_HW > 0.9, RIM * garment.chest_px)
    like_HW = cloth_HW & (apart(lab_HW3, colour_3) < 2 * LIKE)
    _, areas = islands(opened(like_HW, 0.01 * garment.chest_px))
    return colour_3, float(max(areas[1:], default=0)) / garment.chest_px**2


def _flat(lightness_hw: np.ndarray) -> np.ndarray:
    variance_hw = cv2.blur(lightness_hw * lightness_hw, (5, 5)) - averaged(lightness_hw, 5) ** 2
    return variance_hw < FLAT**2
