"""Errors of the wrong garment: old clothes that still show, and another garment than the given one."""

# Shapes: H, W rows and columns at the working size; 3 is RGB or Lab. Each returns float (H, W, 3), or None where this
# picture has no place for the error, or both garments look alike.
import numpy as np
from cloth_places import UPPER, likeness_of, unit_px
from planted_geometry import along_arm, axes, fit_of, mixed

from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.place import place_of
from tryon_core.pictures.features import to_lab, to_rgb
from tryon_core.pictures.masks import shrunk

SLEEVELESS_END = 0.1  # of an arm: where an old sleeve begins to show below a garment without sleeves
LONGEST = 0.8  # of an arm: below a sleeve that ends further down there is no room for an old one


def old_waistband_left(case: Case, by: float) -> np.ndarray | None:
    """A band of the old garment beside the new one, `by` torso lengths high: below a top's hem, above a waist."""
    across, down = axes(case)
    trunk_HW = (np.abs(across) < 0.6) & (case.after.alpha_HW > 0.5) & ~case.before.arms & ~case.worn_HW
    if case.garment.kind == "dress":
        return None
    if case.garment.kind == "upper":
        hem = fit_of(case).hem
        return None if hem is None else _old_cloth(case, trunk_HW & (down > hem - 0.03) & (down < hem + by))
    waist = float(np.percentile(down[case.worn_HW & (np.abs(across) < 0.2)], 1))
    return _old_cloth(case, trunk_HW & (down > waist - by) & (down < waist + 0.03))


def old_sleeve_left(case: Case, by: float) -> np.ndarray | None:
    """The old sleeve goes on below the new one, `by` of the arm's length, on every arm that has room for it."""
    if case.garment.kind not in UPPER:
        return None
    strip_HW = np.zeros(case.worn_HW.shape, bool)
    for side in (0, 1):
        along = along_arm(case, side)
        end = max(fit_of(case).sleeves[side] or 0.0, SLEEVELESS_END)
        if end < LONGEST:
            strip_HW |= (along > end - 0.02) & (along < end + by) & (case.after.alpha_HW > 0.5) & ~case.worn_HW
    return _old_cloth(case, strip_HW, place_of("upper", case.before).old_HW)


def old_skirt_left(case: Case, by: float) -> np.ndarray | None:
    """The old lower garment stands out on both sides of the thighs, `by` shoulder widths of it."""
    if case.garment.kind == "upper":
        return None
    across, down = axes(case)
    sides = across[case.worn_HW & (down > 1.1) & (down < 1.5)]
    if not len(sides):
        return None
    left, right = np.percentile(sides, [2, 98])
    beside_HW = (across > left - by) & (across < right + by) & ~case.worn_HW & ~(case.before.arms & case.before.skin)
    return _old_cloth(case, beside_HW & (down > 1.1) & (down < 1.6), place_of("trousers", case.before).old_HW)


def another_garment(case: Case, by: float) -> np.ndarray:
    """What is worn in a colour `by` Lab units away from its own, with its folds and its pattern."""
    lab_HW3 = to_lab(case.after.image_HW3)
    own = np.median(lab_HW3[case.worn_HW], axis=0)
    away = np.array([-1.0 if own[0] > 55 else 1.0, -np.sign(own[1] or 1.0), -np.sign(own[2] or 1.0)])
    return mixed(case.after.image_HW3, to_rgb(lab_HW3 + by * away / np.sqrt(3)), case.worn_HW)


def _old_cloth(case: Case, where_HW: np.ndarray, old_HW: np.ndarray | None = None) -> np.ndarray | None:
    """The colours of the old garment (by default the one in the new one's place) over a part of the candidate."""
    old_HW = shrunk(case.place.old_HW if old_HW is None else old_HW, 4)
    if case.same_colours or old_HW.sum() < 0.05 * unit_px(case) ** 2 or where_HW.sum() < 100:
        return None
    return mixed(case.after.image_HW3, likeness_of(case.before.image_HW3, old_HW), where_HW)
