"""Where a garment would end on a person if it is the person's size, from its photograph alone."""

# Shapes: H, W rows and columns of the garment's photograph.
import numpy as np

from ..garment import Garment
from ..perception import Person
from .fit import ARMS, Fit, along_arm, worn_fit

# In shoulder widths between the joints: medians over the 7 demo true pictures that can be judged, 2026-11, which differ
# from them by at most 0.07 (hem, of the torso), 0.06 (width), 0.02 (width at the hem), 0.02 (neckline), 0.06 (sleeve).
BODY = 0.92  # how much of a garment's flat body width shows on a round body, its armpits lying a shoulder width apart
SHOULDER_ABOVE = 0.19  # its shoulder points above the line of the shoulder joints
COLLAR_ABOVE = 0.22  # its collar's peaks above that line
SLEEVE_STARTS = 0.23  # its shoulder points before the joint, along the arm
WRIST = 0.95  # share of the arm where the longest sleeve ends


def expected_fit(garment: Garment, person: Person) -> Fit:
    """Where this garment ends on this person; its middle is where the old garment's is."""
    keys, frame = garment.keypoints, person.frame
    per_px = 1 / chest_px(garment)  # shoulder widths per pixel of the photograph
    shoulder_y, hem_y = (float(np.mean([point[1] for point in pair])) for pair in (keys.shoulder, keys.hem))
    hem = (hem_y - shoulder_y) * per_px - SHOULDER_ABOVE
    return Fit(
        hem=hem * frame.shoulder_px / frame.torso_px,
        neckline=garment.neck_depth_px * per_px - COLLAR_ABOVE,
        width=BODY * body_width_px(garment) * per_px,
        hem_width=BODY * float(keys.hem[1][0] - keys.hem[0][0]) * per_px,
        middle=worn_fit(person.upper, person).middle or 0.0,
        sleeves=tuple(_sleeve(garment, person, side, per_px) for side in (0, 1)),
    )


def chest_px(garment: Garment) -> float:
    """Distance between the armpits; armholes cut into a sleeveless body, so there its sides are the better ruler."""
    sleeveless = not any(garment.keypoints.sleeves)
    return max(garment.width_px, 1.05 * body_width_px(garment)) if sleeveless else garment.width_px


def body_width_px(garment: Garment) -> float:
    """Distance between the sides without sleeves: the median from just below the armpits to three quarters down."""
    keys, body_HW = garment.keypoints, without_sleeves(garment, garment.alpha_HW > 0.5)
    top, bottom, middle = keys.armpit[0][1], keys.hem[0][1], int((keys.armpit[0][0] + keys.armpit[1][0]) / 2)
    widths = []
    for row in np.linspace(top + 0.15 * (bottom - top), top + 0.75 * (bottom - top), 30).astype(int):
        gaps = np.flatnonzero(~body_HW[row])
        left, right = gaps[gaps < middle], gaps[gaps > middle]
        if body_HW[row, middle] and len(left) and len(right):
            widths.append(right[0] - left[-1] - 1)
    return float(np.median(widths)) if widths else garment.width_px


def without_sleeves(garment: Garment, mask_HW: np.ndarray) -> np.ndarray:
    """The part of a mask over the photograph that is no sleeve: bool (H, W)."""
    for sleeve in garment.keypoints.sleeves:
        if sleeve is not None:
            mask_HW = mask_HW & ~sleeve.mask_HW
    return mask_HW


def _sleeve(garment: Garment, person: Person, side: int, per_px: float) -> float:
    """Share of the arm that the sleeve covers; both count as the longer one, since photographs fold sleeves."""
    lengths = [sleeve.length_px for sleeve in garment.keypoints.sleeves if sleeve is not None]
    if not lengths:
        return 0.0
    _, arm_px = along_arm(person.landmarks_K3[list(ARMS[side]), :2], np.zeros(1))
    share = (max(lengths) * per_px - SLEEVE_STARTS) * person.frame.shoulder_px / max(arm_px, 1e-6)
    return float(np.clip(share, 0.0, WRIST))
