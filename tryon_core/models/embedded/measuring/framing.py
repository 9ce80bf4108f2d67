"""How the whole picture moved: a similarity transform from the person's photograph to the candidate."""

# Shapes: K landmarks; H, W rows and columns; 2 is x, y in pixels; 3 is Lab.
from dataclasses import dataclass

import cv2
import numpy as np

from ....pictures.similarity import Similarity
from ..seeing.body_frame import (
    LEFT_ELBOW,
    LEFT_HIP,
    LEFT_KNEE,
    LEFT_SHOULDER,
    LEFT_WRIST,
    RIGHT_ELBOW,
    RIGHT_HIP,
    RIGHT_KNEE,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
)
from ..seeing.perception import Person

ANCHORS = [
    0,
    2,
    5,
    7,
    8,
    9,
    10,
    LEFT_SHOULDER,
    RIGHT_SHOULDER,
    LEFT_ELBOW,
    RIGHT_ELBOW,
    LEFT_WRIST,
    RIGHT_WRIST,
    LEFT_HIP,
    RIGHT_HIP,
    LEFT_KNEE,
    RIGHT_KNEE,
]
EDGE = 6.0  # Lab units per pixel: detail whose moving would show


@dataclass(frozen=True, kw_only=True, eq=False)
class Motion(Similarity):
    """From the photograph to the candidate."""

    def moved(self, points: np.ndarray) -> np.ndarray:
        """Where points (2,) or (K, 2) of the photograph lie in the candidate."""
        return points @ self.matrix[:, :2].T + self.matrix[:, 2]

    def undone(self, values: np.ndarray) -> np.ndarray:
        """The candidate's picture or mask laid back over the photograph."""
        if np.array_equal(self.matrix, STILL.matrix):
            return values
        how, flat = cv2.WARP_INVERSE_MAP, values.astype(np.uint8) if values.dtype == bool else values
        how |= cv2.INTER_NEAREST if values.dtype == bool else cv2.INTER_LINEAR
        laid = cv2.warpAffine(flat, self.matrix, values.shape[1::-1], flags=how, borderMode=cv2.BORDER_REPLICATE)
        return laid.astype(values.dtype)


STILL = Motion(matrix=np.float64([[1, 0, 0], [0, 1, 0]]))


def motion_between(before: Person, after: Person, change_HW: np.ndarray, zone_HW: np.ndarray) -> Motion:
    """The motion that most landmarks agree on; none where the photograph's own detail outside the zone stayed in place.

    Landmarks shift by 0.03-0.12 shoulder widths under new clothes alone, so pixels that did not move outvote them.
    """
    steep = cv2.morphologyEx(before.lab_HW3[..., 0], cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > EDGE
    detail_HW = steep & ~zone_HW
    if detail_HW.sum() > 500 and np.median(change_HW[detail_HW]) < EDGE:
        return STILL
    seen = [k for k in ANCHORS if min(before.landmarks_K3[k, 2], after.landmarks_K3[k, 2]) > 0.5]
    if len(seen) < 4:
        return STILL
    was_K2, now_K2 = before.landmarks_K3[seen, :2], after.landmarks_K3[seen, :2]
    matrix, _ = cv2.estimateAffinePartial2D(was_K2, now_K2, method=cv2.LMEDS)
    return STILL if matrix is None else Motion(matrix=_refined(matrix, before, after, zone_HW))


def _refined(matrix: np.ndarray, before: Person, after: Person, zone_HW: np.ndarray) -> np.ndarray:
    """The motion that lays lightness best over lightness outside the zone (ECC, Evangelidis and Psarakis 2008).

    The search starts from the landmarks' motion, at a quarter of the size. Where it does not converge, or runs away by
    more than landmarks can be wrong, the landmarks' motion is kept.
    """
    size = tuple(side // 4 for side in zone_HW.shape[::-1])
    was, now = (cv2.resize(person.lab_HW3[..., 0], size, interpolation=cv2.INTER_AREA) for person in (before, after))
    outside = (cv2.resize(zone_HW.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) == 0).astype(np.uint8)
    start = (matrix * [[1, 1, 0.25]]).astype(np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
    try:
        _, affine = cv2.findTransformECC(was / 100, now / 100, start, cv2.MOTION_AFFINE, stop, outside, 5)
    except cv2.error:
        return matrix
    affine = np.float64(affine) * [[1, 1, 4]]
    cosine, sine = (affine[0, 0] + affine[1, 1]) / 2, (affine[1, 0] - affine[0, 1]) / 2
    linear, centre = np.array([[cosine, -sine], [sine, cosine]]), before.frame.centre
    refined = Motion(matrix=np.c_[linear, affine[:, :2] @ centre + affine[:, 2] - linear @ centre])
    return refined.matrix if _close(Motion(matrix=matrix), refined, before) else matrix


def _close(one: Motion, other: Motion, person: Person) -> bool:
    """Within what landmarks can be wrong by: 0.08 shoulder widths, 4 % of size, 2 degrees."""
    apart_px = np.hypot(*(one.moved(person.frame.centre) - other.moved(person.frame.centre)))
    return bool(
        apart_px < 0.08 * person.frame.shoulder_px
        and abs(one.scale - other.scale) < 0.04
        and abs(one.turn_deg - other.turn_deg) < 2
    )
