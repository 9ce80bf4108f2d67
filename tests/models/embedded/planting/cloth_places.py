"""Where an error is planted: places on cloth, limbs and background, found by the pose's points and what is worn."""

# Shapes: H, W rows and columns at the working size; 2 is x, y in pixels; 3 is RGB.
import numpy as np

from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.shape.fit import ARMS
from tryon_core.models.embedded.seeing.body_frame import (
    LEFT_HIP,
    LEFT_INDEX,
    LEFT_KNEE,
    LEFT_WRIST,
    RIGHT_HIP,
    RIGHT_INDEX,
    RIGHT_KNEE,
    RIGHT_WRIST,
)
from tryon_core.models.embedded.seeing.fill import grain, spread
from tryon_core.pictures.masks import grown, shrunk

LEFT_ANKLE, RIGHT_ANKLE = 27, 28
HANDS = ((RIGHT_WRIST, RIGHT_INDEX), (LEFT_WRIST, LEFT_INDEX))  # picture's left first, as ARMS
LEGS = ((RIGHT_HIP, RIGHT_KNEE, RIGHT_ANKLE), (LEFT_HIP, LEFT_KNEE, LEFT_ANKLE))
SEEN = 0.5  # visibility from which a point of the pose is believed
UPPER = ("upper", "dress")
SOFT_EDGE = 0.05  # shoulder widths: how wide a silhouette's edge is at most


def unit_px(case: Case) -> float:
    """The shoulder width, pixels: what every size of an error is counted in."""
    return case.before.frame.shoulder_px


def joints(case: Case, points: tuple[int, ...]) -> np.ndarray | None:
    """float64 (points, 2); None where one of them is outside the picture or not to be seen."""
    found = case.before.landmarks_K3[list(points)].astype(np.float64)
    inside = (found[:, :2] > 0).all() and (found[:, :2] < np.array(case.worn_HW.shape[::-1])).all()
    return found[:, :2] if inside and found[:, 2].min() > SEEN else None


def disc_at(case: Case, at_2: np.ndarray, radius_px: float) -> np.ndarray:
    """bool (H, W)"""
    y, x = np.mgrid[: case.worn_HW.shape[0], : case.worn_HW.shape[1]]
    return np.hypot(x - at_2[0], y - at_2[1]) < radius_px


def nearest(mask_HW: np.ndarray, to_2: np.ndarray) -> np.ndarray | None:
    """The pixel (x, y) of a mask that is nearest to a point; None in an empty mask."""
    rows, columns = np.nonzero(mask_HW)
    if not len(rows):
        return None
    at = np.argmin((columns - to_2[0]) ** 2 + (rows - to_2[1]) ** 2)
    return np.array([columns[at], rows[at]], float)


def on_cloth(case: Case) -> np.ndarray | None:
    """A point well inside of what is worn: beside the middle of the chest, or on the left thigh."""
    frame = case.before.frame
    wanted = frame.point(0.15 * frame.shoulder_px, (0.5 if case.garment.kind in UPPER else 1.3) * frame.torso_px)
    bare_HW = ~(case.after.hair | (case.before.arms & case.before.skin))
    return nearest(shrunk(case.worn_HW & bare_HW, 0.08 * frame.shoulder_px), wanted)


def open_edge(case: Case, side: int = 1) -> np.ndarray | None:
    """A point of the outline of what is worn with the background beside it; side -1 or 1 is the picture's left, right.

    At the waist of a top or a dress, at the thigh of trousers and skirts, or as near as the background comes.
    """
    frame = case.before.frame
    height = (0.75 if case.garment.kind in UPPER else 1.35) * frame.torso_px
    edge_HW = case.worn_HW & grown(outside(case), SOFT_EDGE * frame.shoulder_px)
    edge_HW &= side * frame.across_px_HW(edge_HW.shape) > 0
    return nearest(edge_HW, frame.point(side * 0.5 * frame.shoulder_px, height))


def sleeved(case: Case) -> bool:
    """Whether the garment has a sleeve whose seam could be seen."""
    return any(sleeve is not None for sleeve in case.garment.keypoints.sleeves)


def seam_ends(case: Case, side: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Where a sleeve's seam, a sleeveless front's side, or a leg's or skirt's middle line begins and ends: two (2,)."""
    frame, unit = case.before.frame, unit_px(case)
    if case.garment.kind in UPPER and not sleeved(case):
        return frame.point(side * 0.25 * unit, 0.15 * unit), frame.point(side * 0.25 * unit, 0.5 * frame.torso_px)
    if case.garment.kind in UPPER:
        return frame.point(side * 0.46 * unit, -0.08 * unit), frame.point(side * 0.4 * unit, 0.32 * frame.torso_px)
    return frame.point(side * 0.25 * unit, 1.15 * frame.torso_px), frame.point(side * 0.25 * unit, 1.7 * frame.torso_px)


def line_HW(case: Case, ends: tuple[np.ndarray, np.ndarray], width_px: float) -> np.ndarray:
    """float32 (H, W), 0-1: a line of a width that may be a fraction of a pixel, on what is worn only."""
    y, x = np.mgrid[: case.worn_HW.shape[0], : case.worn_HW.shape[1]]
    start, along = ends[0], ends[1] - ends[0]
    share = np.clip(((x - start[0]) * along[0] + (y - start[1]) * along[1]) / (along @ along), 0, 1)
    away = np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])
    return np.clip(width_px / 2 + 0.5 - away, 0, 1).astype(np.float32) * case.worn_HW


def outside(case: Case) -> np.ndarray:
    """bool (H, W): the background of the candidate."""
    return case.after.alpha_HW < 0.1


def behind(case: Case) -> np.ndarray:
    """The background, made up behind the person: float32 (H, W, 3)."""
    return likeness_of(case.after.image_HW3, outside(case))


def likeness_of(image_HW3: np.ndarray, part_HW: np.ndarray) -> np.ndarray:
    """Colours and grain of a part of a picture, everywhere: float32 (H, W, 3)."""
    return spread(image_HW3, part_HW) + grain(image_HW3, part_HW)


def arms_of(case: Case) -> list[np.ndarray | None]:
    """Shoulder, elbow and wrist of both arms."""
    return [joints(case, arm) for arm in ARMS]
