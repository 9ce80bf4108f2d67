"""Errors in the new cloth: bites, holes, slits, seams, ragged edges, flaps, and the photograph's box around it."""

# Shapes: H, W rows and columns at the working size; 2 is x, y in pixels; 3 is RGB. `by` is in shoulder widths,
# a seam line's in L* units. Each returns float (H, W, 3), or None where this picture has no place for the error.
import cv2
import numpy as np
from cloth_places import (
    SOFT_EDGE,
    UPPER,
    behind,
    disc_at,
    likeness_of,
    line_HW,
    on_cloth,
    open_edge,
    outside,
    seam_ends,
    sleeved,
    unit_px,
)
from planted_geometry import mixed

from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.seeing.fill import spread
from tryon_core.pictures.features import to_lab, to_rgb
from tryon_core.pictures.masks import polygon

SEAM_WIDTH = 0.015  # shoulder widths: about 4 pixels
PLAIN_BOX = 8.0  # Lab units: a box nearer to the background than this cannot be seen


def bite(case: Case, by: float) -> np.ndarray | None:
    """A round piece of the outline gone, the background in its place; `by` is its radius."""
    at_2 = open_edge(case)
    if at_2 is None:
        return None
    gone_HW = disc_at(case, at_2, by * unit_px(case)) & ~case.after.face
    return mixed(case.after.image_HW3, behind(case), gone_HW)


def hole(case: Case, by: float) -> np.ndarray | None:
    """A round hole inside the cloth with skin, or else the background, in it; `by` is its radius."""
    at_2 = on_cloth(case)
    if at_2 is None:
        return None
    return mixed(case.after.image_HW3, _under(case), disc_at(case, at_2, by * unit_px(case)) & case.worn_HW)


def _under(case: Case) -> np.ndarray:
    """What a hole in the cloth shows: skin; the background where no skin is seen."""
    skin_HW = case.after.skin & ~case.worn_HW
    return likeness_of(case.after.image_HW3, skin_HW) if skin_HW.sum() > 500 else behind(case)


def slit(case: Case, by: float) -> np.ndarray | None:
    """A gap from the shoulder to the armpit, down a sleeveless front, or down a leg; `by` is its width."""
    gap_HW = line_HW(case, seam_ends(case), by * unit_px(case)) > 0.5
    return mixed(case.after.image_HW3, _under(case), gap_HW, 0.6) if gap_HW.any() else None


def seam_line(case: Case, by: float) -> np.ndarray | None:
    """A dark line in the cloth's own colour along the seam of both sleeves; `by` is how much darker, in L*."""
    if case.garment.kind not in UPPER or not sleeved(case):
        return None
    lab_HW3 = to_lab(case.after.image_HW3)
    for side in (-1, 1):
        lab_HW3[..., 0] -= by * line_HW(case, seam_ends(case, side), SEAM_WIDTH * unit_px(case))
    return to_rgb(lab_HW3).astype(float)


def torn_shoulder(case: Case, by: float) -> np.ndarray | None:
    """The cloth on one shoulder gone; `by` is the radius."""
    if case.garment.kind not in UPPER:
        return None
    frame, unit = case.before.frame, unit_px(case)
    gone_HW = disc_at(case, frame.point(0.4 * unit, 0.0), by * unit) & case.worn_HW
    return mixed(case.after.image_HW3, _under(case), gone_HW) if gone_HW.any() else None


def jagged_edge(case: Case, by: float) -> np.ndarray:
    """The whole outline in steps, `by` deep to either side: cloth where there was none, and what lies beside it."""
    unit, worn = unit_px(case), case.worn_HW.astype(np.uint8)
    inwards = cv2.distanceTransform(worn, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - worn, cv2.DIST_L2, 5)
    cells = np.random.default_rng(5).uniform(-1, 1, [round(side / (0.03 * unit)) for side in worn.shape])
    steps = cv2.resize(cells, worn.shape[::-1], interpolation=cv2.INTER_NEAREST)
    jagged_HW = (inwards + by * unit * steps > 0) & ~case.after.face
    near_HW = cv2.dilate(worn, np.ones((5, 5), np.uint8)) > 0
    drawn = mixed(case.after.image_HW3, spread(case.after.image_HW3, ~near_HW), case.worn_HW & ~jagged_HW, 0.5)
    return mixed(drawn, spread(case.after.image_HW3, case.worn_HW), jagged_HW & ~case.worn_HW, 0.5)


def flap(case: Case, by: float) -> np.ndarray | None:
    """A pointed piece of cloth that stands off the outline into the background; `by` is its length."""
    at_2, unit = open_edge(case, side=-1), unit_px(case)
    if at_2 is None:
        return None
    across, down = case.before.frame.across_2, case.before.frame.down_2
    base_2 = at_2 + SOFT_EDGE * unit * across
    corners = [base_2 - 0.5 * by * unit * down, base_2 + 0.5 * by * unit * down, at_2 - by * unit * across]
    stands_off_HW = polygon(case.worn_HW.shape, corners) & ~case.worn_HW
    return mixed(case.after.image_HW3, likeness_of(case.after.image_HW3, case.worn_HW), stands_off_HW)


def photo_box(case: Case, by: float) -> np.ndarray | None:
    """Cloth's surroundings in the garment photograph, `by` wide beside and below it, with straight edges."""
    rows, columns = np.flatnonzero(case.worn_HW.any(1)), np.flatnonzero(case.worn_HW.any(0))
    colour = np.median(case.garment.image_HW3[case.garment.alpha_HW < 0.05], axis=0)
    more_px = round(by * unit_px(case))
    box_HW = np.zeros(case.worn_HW.shape, bool)
    box_HW[(rows[0] + rows[-1]) // 2 : rows[-1] + more_px, max(0, columns[0] - more_px) : columns[-1] + more_px] = True
    box_HW &= ~case.worn_HW & ~case.before.arms
    lab = to_lab(np.uint8(np.stack([np.median(case.after.image_HW3[outside(case)], axis=0), colour])[None]))[0]
    return None if np.linalg.norm(lab[0] - lab[1]) < PLAIN_BOX else mixed(case.after.image_HW3, colour, box_HW, 0.5)
