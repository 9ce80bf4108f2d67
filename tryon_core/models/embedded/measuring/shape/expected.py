"""Where a garment would end on a person if it is the person's size, from its photograph alone."""

# Shapes: H, W rows and columns of the garment's photograph; 2 is x, y.
from dataclasses import dataclass

import numpy as np

from ...cloth.garment import Garment
from ...cloth.keypoints import Sleeve
from ...seeing.perception import Person
from .body_chart import last_row, upright
from .fit import ARMS, Fit, along_arm, worn_fit
from .lower_fit import FLARED, HIPS, expected_lower_fit

# In shoulder widths between the joints; set so that the 49 tuning true pictures of upper garments differ least, by how
# much parts.py says; 2026-11.
BODY = 0.92  # how much of a garment's flat body width shows on a round body, its armpits lying a shoulder width apart
SHOULDER_ABOVE = 0.19  # its shoulder points above the line of the shoulder joints
COLLAR_ABOVE = 0.22  # its collar's peaks above that line
USUAL_RISE = 0.08  # its collar's peaks above its shoulder points; what is more is a collar standing up the neck
# Its shoulder points before the joint, along the outline, which goes over the arm's ball where sleeves hang and not
# where they are spread; how far those go sideways for each step down.
SLEEVE_STARTS, SPREAD = (0.54, 0.19), (0.15, 0.65)
WAISTED = 1.3  # chest widths below the armpits where a garment's body is over: below, dresses flare
WRIST = 0.95  # share of the arm where the longest sleeve ends


@dataclass(frozen=True, kw_only=True, eq=False)
class Anchor:
    """Where a garment's photograph lies on a body.

    photo_2          a point of the photograph, in its pixels
    body_2           where it lies: shoulder widths across from the middle, and down from the shoulder line
    px_per_shoulder  how many pixels of the photograph make one shoulder width
    """

    photo_2: np.ndarray
    body_2: np.ndarray
    px_per_shoulder: float


def anchor_of(garment: Garment, person: Person) -> Anchor:
    """An upper garment or a dress hangs from its shoulder points, trousers and skirts from their waistband."""
    keys = garment.keypoints
    if garment.kind in ("trousers", "skirt"):
        waist = expected_lower_fit(garment, person).waist
        return Anchor(
            photo_2=np.array([garment.lower.centre_x, garment.lower.waist_y]),
            body_2=np.array([0.0, waist]),
            px_per_shoulder=garment.lower.width_px / HIPS,
        )
    return Anchor(
        photo_2=np.array([keys.centre_x, (keys.shoulder[0][1] + keys.shoulder[1][1]) / 2]),
        body_2=np.array([0.0, -SHOULDER_ABOVE]),
        px_per_shoulder=chest_px(garment),
    )


def expected_fit(garment: Garment, person: Person) -> Fit:
    """Where this garment ends on this person; its middle is where the old garment's is,

    or the body's where that cannot be told.
    """
    keys, frame = garment.keypoints, person.frame
    per_px = 1 / chest_px(garment)  # shoulder widths per pixel of the photograph
    shoulder_y, hem_y = (float(np.mean([point[1] for point in pair])) for pair in (keys.shoulder, keys.hem))
    collar_y = float(np.mean([point[1] for point in keys.collar]))
    standing = max((shoulder_y - collar_y) * per_px - USUAL_RISE, 0.0)
    hem = (hem_y - shoulder_y) * per_px - SHOULDER_ABOVE
    return Fit(
        hem=hem * frame.shoulder_px / frame.torso_px,
        neckline=max(garment.neck_depth_px * per_px - COLLAR_ABOVE - standing, _chin(person)),
        width=BODY * body_width_px(garment) * per_px,
        least_width=0.0,
        hem_width=(FLARED if garment.kind == "dress" else BODY) * float(keys.hem[1][0] - keys.hem[0][0]) * per_px,
        middle=worn_fit(person.upper, person).middle or 0.0,
        sleeves=tuple(_sleeve(garment, person, side, per_px) for side in (0, 1)),
    )


def _chin(person: Person) -> float:
    """Where the chin hides what stands higher, in shoulder widths below the shoulder line; far up without a face."""
    chin = last_row(upright(person.face, person.frame), 0.04)
    return -1.0 if chin is None else chin


def chest_px(garment: Garment) -> float:
    """What goes once across the chest: between the armpits, steadied by the body's width below them.

    Beside hanging sleeves armpits are seen too low and too near; armholes cut into a sleeveless body, so there its
    sides are the better ruler.
    """
    sides_px = body_width_px(garment)
    if not any(garment.keypoints.sleeves):
        return max(garment.width_px, 1.05 * sides_px)
    return float(np.sqrt(garment.width_px * sides_px))


def body_width_px(garment: Garment) -> float:
    """Distance between the sides without sleeves: the median from just below the armpits to the waist or 3/4 down."""
    keys, body_HW = garment.keypoints, without_sleeves(garment, garment.alpha_HW > 0.5)
    top, bottom, middle = keys.armpit[0][1], keys.hem[0][1], int((keys.armpit[0][0] + keys.armpit[1][0]) / 2)
    reach = min(bottom - top, WAISTED * garment.width_px)
    widths = []
    for row in np.linspace(top + 0.15 * reach, top + 0.75 * reach, 30).astype(int):
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
    ends = [_past_the_joint(sleeve, per_px) for sleeve in garment.keypoints.sleeves if sleeve is not None]
    if not ends:
        return 0.0
    _, arm_px = along_arm(person.landmarks_K3[list(ARMS[side]), :2], np.zeros(1))
    return float(np.clip(max(ends) * person.frame.shoulder_px / max(arm_px, 1e-6), 0.0, WRIST))


def _past_the_joint(sleeve: Sleeve, per_px: float) -> float:
    """Length of a sleeve from the shoulder's joint on, in shoulder widths."""
    right, down = np.abs(sleeve.outer_E2[-1] - sleeve.outer_E2[len(sleeve.outer_E2) // 2])
    starts = np.interp(right / max(down, 1e-6), SPREAD, SLEEVE_STARTS)
    return float(sleeve.length_px * per_px - starts)
