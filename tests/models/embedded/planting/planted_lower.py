"""True pictures of dresses, trousers and skirts, with one defect planted in each."""

# Shapes: H, W rows and columns; all pictures are 768 x 1024. `by` is in torso lengths or shoulder widths.
from functools import cache

import cv2
import numpy as np
from cloth_places import behind
from PIL import Image
from planted_geometry import axes, likeness, mixed, people_case, people_sample, redrawn

from tryon_core.models import load
from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.shape.body_chart import last_row, upright
from tryon_core.models.embedded.seeing.legs import see_legs
from tryon_core.records import Judgement


@cache
def judged_lower(person: str, garment: str, defect: str = "", by: float = 0.0) -> Judgement:
    """The judgement of a true full-length picture, with a defect of this file planted, if one is named."""
    image = people_case(person, garment).after.image_HW3
    if defect:
        image = LOWER_DEFECTS[defect](people_case(person, garment), by)
    return load("measure", "judge")(people_sample(person, garment), Image.fromarray(np.uint8(np.clip(image, 0, 255))))


def _hem(case: Case) -> float:
    """Where the garment ends, torso lengths below the shoulders; trousers at the lower end of their legs."""
    frame = case.before.frame
    if case.garment.kind == "trousers":
        return float(np.percentile(axes(case)[1][case.worn_HW], 99.8))
    return last_row(upright(case.worn_HW, frame)) * frame.shoulder_px / frame.torso_px


def _painted(case: Case, part_HW: np.ndarray, like_HW: np.ndarray) -> np.ndarray:
    near_HW = cv2.dilate(case.worn_HW.astype(np.uint8), np.ones((9, 9))).astype(bool)
    return mixed(case.after.image_HW3, likeness(case, like_HW & ~near_HW), part_HW & case.worn_HW)


def shorter(case: Case, by: float, sides: tuple[int, ...] = (0, 1)) -> np.ndarray:
    """Legs of the person's own skin instead of cloth, as thick as bare legs, round their bones; beside them the wall.

    sides  the picture's left (0) and right (1) leg
    """
    legs, shape = see_legs(case.before), case.worn_HW.shape
    across, down = legs.frame.across_px_HW(shape), legs.frame.down_share_HW(shape) * legs.frame.torso_px
    of_leg = [across < legs.middle(down), across >= legs.middle(down)]
    off_HW = (axes(case)[1] > _hem(case) - by) & np.any([of_leg[side] for side in sides], axis=0)
    round_bone = [np.abs(across - legs.bone(down, side)) < legs.radius_px(down, side) for side in (0, 1)]
    bone_HW = (of_leg[0] & round_bone[0]) | (of_leg[1] & round_bone[1])
    bare = _painted(case, off_HW & bone_HW, case.after.skin & ~case.after.face)
    return mixed(bare, behind(case), off_HW & ~bone_HW & case.worn_HW)


def longer(case: Case, by: float) -> np.ndarray:
    across, down = axes(case)
    hem, start = _hem(case), 1.2
    stretched = start + (down - start) * (hem - start) / (hem + by - start)
    return redrawn(case, case.worn_HW, across, np.where(down > start, stretched, down))


def wider(case: Case, by: float) -> np.ndarray:
    across, down = axes(case)
    middle = float(np.median(across[case.worn_HW]))
    factor = 1 + by * np.clip((down - 1.0) / 0.1, 0, 1)
    return redrawn(case, case.worn_HW, middle + (across - middle) / factor, down)


def old_left(case: Case, by: float) -> np.ndarray:
    """The old lower garment still shows below the new hem, `by` torso lengths of it."""
    _, down = axes(case)
    strip_HW = case.place.old_HW & ~case.worn_HW & (down < _hem(case) + by) & (down > 1)
    return mixed(case.after.image_HW3, case.before.image_HW3, strip_HW)


def _tinted(case: Case, part_HW: np.ndarray, by: float) -> np.ndarray:
    return mixed(case.after.image_HW3, case.after.image_HW3 * (1 - by) + by * np.array([170.0, 40.0, 60.0]), part_HW)


def other_top(case: Case, by: float) -> np.ndarray:
    return _tinted(case, case.before.upper & ~case.worn_HW, by)


def other_shoes(case: Case, by: float) -> np.ndarray:
    _, down = axes(case)
    return _tinted(case, (case.after.alpha_HW > 0.5) & (down > 2.72), by)


LOWER_DEFECTS = {
    "hem too high": shorter,
    "hem too low": longer,
    "one leg too short": lambda case, by: shorter(case, by, sides=(0,)),
    "too wide": wider,
    "old garment left": old_left,
    "another top": other_top,
    "other shoes": other_shoes,
    "the input unchanged": lambda case, by: case.before.image_HW3,
}
