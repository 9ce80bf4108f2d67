"""A step in an arm's colour where the old sleeve ended: bared skin that was painted beside skin that was kept."""

# Shapes: H, W rows and columns at the working size; 3 is Lab.
import cv2
import numpy as np

from .....pictures.features import colour_difference
from .....pictures.masks import grown, opened
from ..areas import picked, region_of
from ..case import Case
from ..scale import Bar, Reading, fix

# True pictures with an old cuff on a bare arm reach 3.2 on six of the tuning half, 5.6 on people of the third set, seed
# 211. Bared skin of the six darkened by 7 L*: 4.8 to 6.3 in four, 2.0 and 2.1 on one person's wrists; by 14 L* 7.1 to
# 12; 2026-11.
OLD_CUFF = Bar(unit="CIEDE2000", good=3.2, bar=6.0, bad=14.0)

# Shoulder widths from the old cuff: its soft edge, and two bands of skin on each side; from the middle of the nearer
# band to the cuff, in distances between the two bands' middles.
NEAR, FAR, FURTHER = 0.02, 0.08, 0.14
ONWARDS = 0.8
LEAST = 0.002  # square shoulder widths of skin in a band
SHADE = 0.05  # shoulder widths: half the width of an arm's shaded side, which is parsed as cloth at times
CLEAR = 4  # pixels between the new cloth or the hair and skin that is looked at


def old_cuff(case: Case) -> list[Reading]:
    """How far skin just above the old sleeve's end is off the skin just below it, beyond the arm's own shading.

    Each side's shading is carried on to the cuff. Nothing where no sleeve ended on an arm that is bare now.
    """
    steps = list(filter(None, (_step(case, arm_HW) for arm_HW in _arms(case))))
    if not steps:
        return []
    off, where_HW = max(steps, key=lambda step: step[0])
    return [
        Reading(
            name="old_cuff",
            value=off,
            bar=OLD_CUFF,
            region=region_of(where_HW),
            says=f"the skin's colour jumps by {off:.1f} CIEDE2000 where the old sleeve ended",
            fixes=(fix("give bared skin the tone of the skin beside it, without a step where the old sleeve ended"),),
        )
    ]


def _arms(case: Case) -> list[np.ndarray]:
    """bool (H, W): the arm on the picture's left, and on its right, where it is bare in the candidate."""
    across_HW = case.before.frame.across_px_HW(case.worn_HW.shape)
    bare_HW = case.after.skin & ~case.after.face & ~grown(case.worn_HW | case.after.hair, CLEAR)
    return [bare_HW & case.before.arms & (sign * across_HW > 0) for sign in (-1, 1)]


def _step(case: Case, arm_HW: np.ndarray) -> tuple[float, np.ndarray] | None:
    """(CIEDE2000, bool (H, W) where) of one arm; None where the old sleeve's end or the skin beside it is not seen."""
    unit_px = case.before.frame.shoulder_px
    sleeve_HW = opened(case.before.upper & case.before.arms & ~case.things_HW, SHADE * unit_px)
    skin_HW = case.before.skin & arm_HW
    if not skin_HW.any() or not sleeve_HW.any():
        return None
    colours = {}
    for side, of_HW, other_HW in ((-1, sleeve_HW & arm_HW, skin_HW), (1, skin_HW, sleeve_HW)):
        away = cv2.distanceTransform((~other_HW).astype(np.uint8), cv2.DIST_L2, 5) / unit_px
        for band, (first, last) in enumerate(((NEAR, FAR), (FAR, FURTHER))):
            band_HW = of_HW & (away > first) & (away <= last)
            if band_HW.sum() < LEAST * unit_px**2:
                return None
            colours[side, band] = np.median(picked(case.after.lab_HW3, band_HW), axis=0)
    jump = float(colour_difference(colours[-1, 0], colours[1, 0]))
    at_cuff = [colours[side, 0] + ONWARDS * (colours[side, 0] - colours[side, 1]) for side in (-1, 1)]
    jump = min(jump, float(colour_difference(*at_cuff)))
    where_HW = grown(sleeve_HW, FAR * unit_px) & grown(skin_HW, FAR * unit_px) & arm_HW
    return jump, where_HW
