"""Tell from its outline what kind of garment a picture shows: it decides where on the body it goes."""

# Shapes: H, W image rows and columns.
from typing import Literal

import numpy as np

from ....pictures.masks import runs
from .keypoints import Keypoints

Kind = Literal["upper", "dress", "trousers", "skirt"]
_LONGEST_TOP = 2.5  # hem to collar over armpit to armpit: tops of the tuning pictures are 1.6-2.2, dresses 2.9-3.6
# How wide a garment is so far above its lower end at the centre, over armpit to armpit: 35 tops are at least 0.82 and
# 0.95; a bodysuit's crotch is a strap
_CROTCH: tuple[tuple[float, float], ...] = ((0.04, 0.5), (0.12, 0.75))
_WAIST = 0.97  # width below over width at the top: a skirt widens or hangs straight


def kind_of(mask_HW: np.ndarray, keypoints: Keypoints) -> Kind:
    """Trousers are open at the centre below, skirts begin as wide as they go on, dresses are longer than tops.

    mask_HW    bool, one garment, upright, seen from the front
    keypoints  as find_keypoints reads them, whatever the garment is
    """
    rows = np.flatnonzero(mask_HW.any(1))
    height_px = float(np.ptp(rows))
    centre = int(np.median(np.where(mask_HW[rows[0] : rows[0] + int(0.3 * height_px)])[1]))
    lower = mask_HW[rows[0] + int(0.6 * height_px) : rows[0] + int(0.95 * height_px), max(0, centre - 4) : centre + 5]
    upper_edge, below = (mask_HW[rows[0] + int(share * height_px)].sum() for share in (0.02, 0.25))
    if lower.any(1).mean() < 0.6:
        return "trousers"
    if keypoints.sleeves == (None, None) and upper_edge > 0.55 * below and not _has_waist(mask_HW):
        return "skirt"
    return "dress" if length_ratio(keypoints) > _LONGEST_TOP else "upper"


def _has_waist(mask_HW: np.ndarray) -> bool:
    """Does the outline narrow below its top, as a sleeveless dress does between chest and hips, and no skirt?"""
    width_R = mask_HW.sum(1)[np.flatnonzero(mask_HW.any(1))]
    tenth = max(len(width_R) // 10, 1)
    return bool(width_R[tenth : 4 * tenth].min() < _WAIST * width_R[:tenth].max())


def length_ratio(keypoints: Keypoints) -> float:
    """Collar to hem over armpit to armpit."""
    return (keypoints.hem_y - keypoints.top_y) / max(keypoints.armpit[1][0] - keypoints.armpit[0][0], 1)


def hangs_on_straps(mask_HW: np.ndarray, keypoints: Keypoints) -> bool:
    """Straps too thin to be warped: one is lost in the cutout, or both are narrow a tenth of the way down."""
    (left, right), length_px = keypoints.collar, keypoints.hem_y - keypoints.top_y
    lopsided = abs(left[1] - right[1]) > 0.1 * length_px
    straps = runs(mask_HW[int(keypoints.top_y + 0.1 * length_px)])
    thinnest_px = 0.12 * (keypoints.armpit[1][0] - keypoints.armpit[0][0])
    return lopsided or all(last - first < thinnest_px for first, last in straps)


def narrows_to_a_crotch(mask_HW: np.ndarray, keypoints: Keypoints) -> bool:
    """The trunk narrows towards its own lower end, as a bodysuit's does between its leg openings."""
    centre = int(keypoints.centre_x)
    lowest = int(np.flatnonzero(mask_HW[:, max(0, centre - 3) : centre + 4].any(1))[-1])
    length_px, armpits_px = lowest - keypoints.top_y, keypoints.armpit[1][0] - keypoints.armpit[0][0]
    for share, most in _CROTCH:
        row = mask_HW[int(lowest - share * length_px)]
        if max((b - a for a, b in runs(row) if a <= centre + 3 and b >= centre - 3), default=0) > most * armpits_px:
            return False
    return True
