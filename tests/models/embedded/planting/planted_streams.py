"""One defect for each kind of issue, planted in any true picture, with what is right for it: which tool, and where.

What a defect changed is the planted mask: pixels that differ visibly from the true picture.
"""

# Shapes: H, W rows and columns at the working size; 3 is RGB or Lab. Plants return float (H, W, 3), or None where the
# picture has no place for the defect.
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from errors_in_cloth import flap, hole, seam_line
from errors_of_garments import another_garment
from PIL import Image
from planted_geometry import mixed, shorter, sleeve_shorter

from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.surface.cloth import photo_scale
from tryon_core.models.embedded.measuring.surface.panel import SHOULDER_ABOVE
from tryon_core.pictures.features import to_lab, to_rgb
from tryon_core.pictures.masks import soft

VISIBLE = 5  # levels of 255


@dataclass(frozen=True, kw_only=True)
class StreamDefect:
    """plant   of a true picture's case
    tools   that may be chosen for it, '' for words alone
    needs   'sleeves' or 'pattern' that the garment must have
    """

    plant: Callable[[Case], np.ndarray | None]
    tools: tuple[str, ...]
    needs: str = ""


def planted_defect(case: Case, kind: str) -> tuple[Image.Image, np.ndarray] | None:
    """(the picture with the defect, bool (H, W) of what it changed); None where there is no place for it."""
    drawn_HW3 = DEFECTS[kind].plant(case)
    if drawn_HW3 is None:
        return None
    image_HW3 = np.uint8(np.clip(np.round(drawn_HW3), 0, 255))
    changed_HW = np.abs(image_HW3.astype(int) - case.after.image_HW3).max(-1) > VISIBLE
    return (Image.fromarray(image_HW3), changed_HW) if changed_HW.any() else None


def hue_turned(case: Case, degrees: float) -> np.ndarray:
    """The worn garment in another hue."""
    lab_HW3 = to_lab(case.after.image_HW3)
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    lab_HW3[..., 1:] = lab_HW3[..., 1:] @ np.array([[cosine, sine], [-sine, cosine]], np.float32)
    return mixed(case.after.image_HW3, to_rgb(lab_HW3), case.worn_HW)


def darker(case: Case, by: float) -> np.ndarray:
    """The worn garment darker; `by` in L*."""
    lab_HW3 = to_lab(case.after.image_HW3)
    lab_HW3[..., 0] -= by
    return mixed(case.after.image_HW3, to_rgb(lab_HW3), case.worn_HW)


def pattern_drawn(case: Case, *, larger: float = 1.0, turn_deg: float = 0.0) -> np.ndarray:
    """The garment painted anew with the front of its photograph, mirrored beyond its edges."""
    image_HW3, frame, keys, scale = case.after.image_HW3, case.before.frame, case.garment.keypoints, photo_scale(case)
    chest_px = frame.shoulder_px / scale
    middle = (keys.armpit[0][0] + keys.armpit[1][0]) / 2
    shoulder, hem = (float(np.mean([point[1] for point in pair])) for pair in (keys.shoulder, keys.hem))
    left, top = int(middle - 0.4 * chest_px), int(shoulder + 0.3 * chest_px)
    front = case.garment.image_HW3[top : int(hem - 0.04 * chest_px), left : int(middle + 0.4 * chest_px)]
    axes = np.stack([frame.across_2, frame.down_2], axis=1) * scale * larger
    cosine, sine = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    axes = axes @ np.array([[cosine, -sine], [sine, cosine]])
    chest_2 = frame.point(0, (0.75 - SHOULDER_ABOVE) * frame.shoulder_px)
    offset = chest_2 - axes @ np.array([middle - left, shoulder + 0.75 * chest_px - top])
    cloth = cv2.warpAffine(front, np.c_[axes, offset], image_HW3.shape[1::-1], borderMode=cv2.BORDER_REFLECT_101)
    aside = np.abs(frame.across_px_HW(image_HW3.shape[:2])) / frame.shoulder_px
    return mixed(image_HW3, cloth * (1 - 0.35 * aside**2).clip(0.6, 1)[..., None], case.worn_HW)


def face_smoothed(case: Case, sigma_px: float) -> np.ndarray:
    share_HW1 = soft(case.before.face, 3)[..., None]
    smooth = cv2.GaussianBlur(case.after.image_HW3, (0, 0), sigma_px)
    return case.after.image_HW3 * (1 - share_HW1) + smooth * share_HW1


def thing_in_the_scene(case: Case, radius: float) -> np.ndarray | None:
    """A dark red ball on the background beside the head; `radius` in shoulder widths."""
    frame, (height, width) = case.before.frame, case.worn_HW.shape
    x, y = frame.point(0.95 * frame.shoulder_px, -0.45 * frame.shoulder_px)
    rows, columns = np.mgrid[:height, :width]
    ball_HW = (np.hypot(columns - x, rows - y) < radius * frame.shoulder_px) & (case.after.alpha_HW < 0.1)
    return mixed(case.after.image_HW3, np.array((140.0, 40.0, 45.0)), ball_HW) if ball_HW.any() else None


DEFECTS = {
    "hem too high": StreamDefect(plant=lambda case: shorter(case, 0.25), tools=("depth",)),
    "sleeves too short": StreamDefect(plant=lambda case: sleeve_shorter(case, 0.2), tools=("depth",), needs="sleeves"),
    "another hue": StreamDefect(plant=lambda case: hue_turned(case, 50), tools=("canny", "")),
    "too dark": StreamDefect(plant=lambda case: darker(case, 18), tools=("canny",)),
    "pattern too large": StreamDefect(
        plant=lambda case: pattern_drawn(case, larger=1.4), tools=("canny",), needs="pattern"
    ),
    "hole": StreamDefect(plant=lambda case: hole(case, 0.08), tools=("fill",)),
    "scrap": StreamDefect(plant=lambda case: flap(case, 0.2), tools=("fill",)),
    "seam": StreamDefect(plant=lambda case: seam_line(case, 28), tools=("fill",), needs="sleeves"),
    "scene changed": StreamDefect(plant=lambda case: thing_in_the_scene(case, 0.3), tools=("put_back", "fill")),
    "face changed": StreamDefect(plant=lambda case: face_smoothed(case, 5), tools=("put_back", "fill", "")),
    "another garment": StreamDefect(plant=lambda case: another_garment(case, 60), tools=("",)),
}
