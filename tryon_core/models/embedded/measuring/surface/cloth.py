"""Two stretches of cloth at the same size: what is worn, and the garment photograph."""

# Shapes: H, W rows and columns; 3 is RGB or Lab.
from dataclasses import dataclass

import cv2
import numpy as np

from .....pictures.features import to_lab
from ...seeing.perception import Person
from ..areas import inner
from ..case import Case
from ..shape.expected import SHOULDER_ABOVE, chest_px
from ..shape.fit import body_width

LOWER = ("trousers", "skirt")
HIPS = 1.08  # torso lengths below the shoulders, where a body is widest between waist and thighs
ENOUGH = 0.05  # square shoulder widths of cloth below which there is no garment to speak of


@dataclass(frozen=True, kw_only=True, eq=False)
class Cloth:
    """A stretch of cloth to be compared.

    lab_HW3  float32 CIELAB        mask_HW  bool, the cloth without its rim
    """

    lab_HW3: np.ndarray
    mask_HW: np.ndarray


def enough_worn(case: Case) -> bool:
    """Is there a garment to look at?"""
    return bool(case.worn_HW.sum() >= ENOUGH * case.before.frame.shoulder_px**2)


def worn_cloth(case: Case) -> Cloth:
    """What is worn, without its rim and without hair over it, cut out of the candidate."""
    rim_px = max(3, int(0.025 * case.before.frame.shoulder_px))
    mask_HW = inner(case.worn_HW & ~case.after.hair, rim_px)
    rows, columns = np.flatnonzero(mask_HW.any(1)), np.flatnonzero(mask_HW.any(0))
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)) if len(rows) else ...
    return Cloth(lab_HW3=case.after.lab_HW3[box], mask_HW=mask_HW[box])


def hips_px(person: Person) -> float | None:
    """Width of the clothed hips; None where arms hide their sides."""
    width = body_width(person, HIPS)
    return None if width is None else width * person.frame.shoulder_px


def unit_px(case: Case) -> float | None:
    """The wearer's width that a garment's size follows: hips for trousers and skirts, else shoulders."""
    return hips_px(case.before) if case.garment.kind in LOWER else case.before.frame.shoulder_px


def photo_scale(case: Case) -> float | None:
    """Pixels of the candidate per pixel of the garment's photograph, if the garment is the wearer's size.

    Tops and dresses: shoulder width over the distance between the armpits. Trousers and skirts: the wearer's hips over
    the garment's. None where the hips cannot be seen.
    """
    unit = unit_px(case)
    own = case.garment.lower.width_px if case.garment.kind in LOWER else chest_px(case.garment)
    return None if unit is None else unit / own


def fabric_above_hem(case: Case) -> np.ndarray:
    """bool, size of the garment picture: the cloth of a top as far down as it is worn, for the rest may be tucked in.

    All of it for other kinds, and where the hem cannot be told or less than half would be left: garment_structure asks
    for the length.
    """
    hem = case.fit(case.worn_HW).hem if case.garment.kind == "upper" else None
    if hem is None:
        return case.fabric_HW
    frame, shoulder_y = case.before.frame, np.mean([point[1] for point in case.garment.keypoints.shoulder])
    down = hem * frame.torso_px / frame.shoulder_px + SHOULDER_ABOVE
    shown_HW = case.fabric_HW & (np.arange(len(case.fabric_HW))[:, None] < shoulder_y + down * chest_px(case.garment))
    return shown_HW if 2 * shown_HW.sum() > case.fabric_HW.sum() else case.fabric_HW


def photo_at_worn_size(case: Case) -> Cloth | None:
    """The garment photograph, scaled to the size it would have on the wearer; None where that cannot be told."""
    garment, scale = case.garment, photo_scale(case)
    if scale is None:
        return None
    size = tuple(max(8, round(side * scale)) for side in garment.alpha_HW.shape[::-1])
    image = cv2.resize(garment.image_HW3, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    mask_HW = cv2.resize(case.fabric_HW.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    return Cloth(lab_HW3=to_lab(image), mask_HW=inner(mask_HW, 3))
