"""Errors in the body: a shin that is missing, a hand or a forearm too many, skin of two colours on one arm."""

# Shapes: H, W rows and columns at the working size; 2 is x, y in pixels; 3 is RGB. Each returns float (H, W, 3), or
# None where the limb is not to be seen.
import cv2
import numpy as np
from cloth_places import HANDS, LEGS, UPPER, arms_of, behind, disc_at, joints, unit_px
from planted_geometry import mixed

from tryon_core.models.embedded.measuring.case import Case
from tryon_core.pictures.features import to_lab, to_rgb
from tryon_core.pictures.masks import capsule, grown

LEAST_HAND = 0.004  # square shoulder widths of skin below which a hand is hidden
LEAST_BARED = 0.01  # square shoulder widths of skin where a sleeve was, below which no cuff is left to be seen


def missing_shin(case: Case, by: float) -> np.ndarray | None:
    """The background over one leg, from the foot `by` of the way up to the knee."""
    leg = joints(case, LEGS[1])
    if leg is None:
        return None
    knee_2, ankle_2 = leg[1:]
    foot_2 = ankle_2 + 0.35 * (ankle_2 - knee_2)
    gone_HW = capsule(case.worn_HW.shape, ankle_2 + by * (knee_2 - ankle_2), foot_2, 0.22 * unit_px(case))
    other = joints(case, LEGS[0])
    if other is not None:  # the half of the picture that is nearer to this leg
        y, x = np.mgrid[: gone_HW.shape[0], : gone_HW.shape[1]]
        middle_2, across_2 = (ankle_2 + other[2]) / 2, ankle_2 - other[2]
        gone_HW &= (x - middle_2[0]) * across_2[0] + (y - middle_2[1]) * across_2[1] > 0
    return mixed(case.after.image_HW3, behind(case), gone_HW & grown(case.after.alpha_HW > 0.2, 4), 1.0)


def hand_too_many(case: Case, by: float) -> np.ndarray | None:
    """A copy of a hand on the belly, or on the thigh, `by` times its size."""
    for wrist, index in HANDS:
        hand = joints(case, (wrist, index))
        if hand is None:
            continue
        hand_HW = disc_at(case, hand[0] + 1.2 * (hand[1] - hand[0]), 0.3 * unit_px(case)) & case.after.skin
        hand_HW &= ~case.worn_HW
        if hand_HW.sum() > LEAST_HAND * unit_px(case) ** 2:
            height = 0.75 if case.garment.kind in UPPER else 1.4
            onto_2 = case.before.frame.point(0.05 * unit_px(case), height * case.before.frame.torso_px)
            return _copied(case, hand_HW, hand.mean(0), onto_2, larger=by, turn_deg=20.0)
    return None


def forearm_too_many(case: Case, by: float) -> np.ndarray | None:
    """A copy of a forearm, turned outwards about the elbow; `by` of its length, the fingertips last."""
    arm, hand = arms_of(case)[1], joints(case, HANDS[1])
    if arm is None or hand is None:
        return None
    elbow_2, tip_2 = arm[1], hand[0] + 2.0 * (hand[1] - hand[0])
    limb_HW = capsule(case.worn_HW.shape, elbow_2, elbow_2 + by * (tip_2 - elbow_2), 0.14 * unit_px(case))
    limb_HW &= (case.after.alpha_HW > 0.5) & (case.after.skin | case.worn_HW | case.before.forearms)
    outwards = -40.0 if tip_2[1] > elbow_2[1] else 40.0  # degrees; against the hands of a clock lifts a hanging arm
    return _copied(case, limb_HW, elbow_2, elbow_2, larger=1.0, turn_deg=-outwards)


def skin_jump(case: Case, by: float) -> np.ndarray | None:
    """Bared arms darker than the skin that was seen before, from where the old sleeves ended; `by` in L* units."""
    bared_HW = case.after.skin & case.before.upper & case.before.arms & ~case.worn_HW
    if bared_HW.sum() < LEAST_BARED * unit_px(case) ** 2:
        return None
    lab_HW3 = to_lab(case.after.image_HW3)
    lab_HW3[..., 0] -= by
    return mixed(case.after.image_HW3, to_rgb(lab_HW3), bared_HW)


def _copied(
    case: Case, part_HW: np.ndarray, from_2: np.ndarray, to_2: np.ndarray, *, larger: float, turn_deg: float
) -> np.ndarray:
    """A part of the candidate laid over it once more, turned and scaled about a point that lands on another."""
    onto = cv2.getRotationMatrix2D(tuple(map(float, from_2)), turn_deg, larger)
    onto[:, 2] += to_2 - from_2
    size = part_HW.shape[::-1]
    image = cv2.warpAffine(case.after.image_HW3, onto, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return mixed(case.after.image_HW3, image, cv2.warpAffine(part_HW.astype(np.uint8), onto, size) > 0)
