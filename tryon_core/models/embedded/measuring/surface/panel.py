"""The front of a garment cut out twice in the body's own axes and at one scale: as worn, and from its photograph."""

# Shapes: H, W rows and columns of a picture; Y, X of a panel; 2 is x, y in pixels; 3 is Lab.
from dataclasses import dataclass, replace

import cv2
import numpy as np

from .....pictures.masks import grown
from ..case import Case
from ..shape.expected import SHOULDER_ABOVE
from .cloth import LOWER, photo_scale, unit_px

FINEST_PX = 160  # panel pixels per width of the wearer: enough for a stripe of 2 % of it
HALF = 0.42  # how far a panel reaches to each side of the middle; beyond, a body turns away
RIM = 0.025  # shoulder widths: fingertips, strands of hair and a strap's shadow reach so far into what is worn
# From shoulder joints or waist, in widths; of trousers only what lies above the crotch, for legs hang apart.
DOWN = {"upper": 1.25, "dress": 1.9, "trousers": 0.65, "skirt": 1.5}


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """A stretch of cloth in the body's axes: lab_YX3 float32, mask_YX bool where it is cloth."""

    lab_YX3: np.ndarray
    mask_YX: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Panels:
    """The same stretch of one garment, `unit_px` pixels per width of the wearer: shoulders, or hips for lower kinds."""

    photo: Panel
    worn: Panel
    unit_px: float


def panels(case: Case, finest_px: float = FINEST_PX) -> Panels | None:
    """Both panels, the photograph's without what is hidden when worn (by hands, hair, straps; tucked in).

    None where the garment's size on the wearer cannot be told or under a third of one is cloth.
    """
    scale = photo_scale(case)
    if scale is None:
        return None
    width_px = unit_px(case)
    asked, got = _corners(case, width_px, scale)
    across_px = min(finest_px, width_px, width_px / scale)
    size = round(2 * HALF * across_px), round(DOWN[case.garment.kind] * across_px)
    photo = _cut(case.garment_lab_HW3, case.fabric_HW, asked, size)
    over_HW = case.after.hair | case.after.skin | case.things_HW
    cloth_HW = case.worn_HW & ~grown(over_HW, RIM * case.before.frame.shoulder_px)
    worn = _cut(case.after.lab_HW3, cloth_HW, got, size)
    photo = replace(photo, mask_YX=photo.mask_YX & worn.mask_YX)
    if min(part.mask_YX.mean() for part in (photo, worn)) < 1 / 3:
        return None
    return Panels(photo=photo, worn=worn, unit_px=across_px)


def photo_to_worn(case: Case) -> np.ndarray | None:
    """The (2, 3) affine map from the garment photograph to the candidate, pixels; None where its size cannot be told.

    Where the front of the trunk or of the hips would lie if the garment were the wearer's size; sleeves do not follow.
    """
    scale = photo_scale(case)
    return None if scale is None else cv2.getAffineTransform(*_corners(case, unit_px(case), scale))


def _corners(case: Case, width_px: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Top left, top right and bottom left of the same stretch in the photograph and in the candidate."""
    return (_lower_corners if case.garment.kind in LOWER else _upper_corners)(case, width_px, scale)


def _upper_corners(case: Case, width_px: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Top left, top right and bottom left in the photograph and in the candidate, from the shoulder joints down."""
    keys, frame, per = case.garment.keypoints, case.before.frame, width_px / scale
    middle = (keys.armpit[0][0] + keys.armpit[1][0]) / 2
    top = float(np.mean([point[1] for point in keys.shoulder])) + SHOULDER_ABOVE * per
    worn_middle = (case.fit(case.worn_HW).middle or 0.0) * frame.shoulder_px
    return _box(middle, top, per, case.garment.kind), _framed(frame, worn_middle, 0.0, width_px, case.garment.kind)


def _lower_corners(case: Case, width_px: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """The same from the waist down; the worn waist is the upper edge of what is worn, in the middle of the body."""
    lower, frame, per = case.garment.lower, case.before.frame, width_px / scale
    column_HW = case.worn_HW & (np.abs(frame.across_px_HW(case.worn_HW.shape)) < 0.2 * width_px)
    down_HW = frame.down_share_HW(case.worn_HW.shape) * frame.torso_px
    waist = float(np.percentile(down_HW[column_HW], 1)) if column_HW.any() else frame.torso_px
    hips_2 = (frame.left_hip + frame.right_hip) / 2
    worn_middle = float(frame.coordinates(hips_2)[0, 0])
    kind = case.garment.kind
    return _box(lower.centre_x, lower.waist_y, per, kind), _framed(frame, worn_middle, waist, width_px, kind)


def _box(middle: float, top: float, per: float, kind: str) -> np.ndarray:
    left, right, bottom = middle - HALF * per, middle + HALF * per, top + DOWN[kind] * per
    return np.float32([[left, top], [right, top], [left, bottom]])


def _framed(frame, middle: float, top: float, width_px: float, kind: str) -> np.ndarray:
    half, bottom = HALF * width_px, top + DOWN[kind] * width_px
    corners = (middle - half, top), (middle + half, top), (middle - half, bottom)
    return np.float32([frame.point(*corner) for corner in corners])


def _cut(lab_HW3: np.ndarray, cloth_HW: np.ndarray, corners_32: np.ndarray, size: tuple[int, int]) -> Panel:
    """Lay a picture's part upright; blurred first where it is made smaller, so that fine patterns do not alias."""
    onto = cv2.getAffineTransform(corners_32, np.float32([[0, 0], [size[0], 0], [0, size[1]]]))
    smaller = 1 / max(float(np.sqrt(abs(np.linalg.det(onto[:, :2])))), 1e-6)
    if smaller > 1.05:
        lab_HW3 = cv2.GaussianBlur(lab_HW3, (0, 0), 0.5 * float(np.sqrt(smaller**2 - 1)))
    lab_YX3 = cv2.warpAffine(lab_HW3, onto, size, flags=cv2.INTER_LINEAR)
    mask_YX = cv2.warpAffine(cloth_HW.astype(np.float32), onto, size) > 0.99
    return Panel(lab_YX3=lab_YX3, mask_YX=mask_YX)
