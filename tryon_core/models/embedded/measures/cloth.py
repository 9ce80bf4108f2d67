"""Two stretches of cloth at the same size: what is worn, and the garment photograph."""

# Shapes: H, W rows and columns; 3 is RGB or Lab.
from dataclasses import dataclass

import cv2
import numpy as np

from ....features import to_lab
from .areas import inner
from .case import Case
from .expected import chest_px, without_sleeves

ENOUGH = 0.05  # square shoulder widths of cloth below which there is no garment to speak of


@dataclass(frozen=True, kw_only=True, eq=False)
class Cloth:
    """A stretch of cloth to be compared.

    image_HW3  uint8 RGB        lab_HW3  float32 CIELAB        mask_HW  bool, the cloth without its rim
    print_HW   bool, where a print can be: for the photograph the body well inside its outline, else the mask
    """

    image_HW3: np.ndarray
    lab_HW3: np.ndarray
    mask_HW: np.ndarray
    print_HW: np.ndarray


def enough_worn(case: Case) -> bool:
    """Is there a garment to look at?"""
    return bool(case.worn_HW.sum() >= ENOUGH * case.before.frame.shoulder_px**2)


def worn_cloth(case: Case) -> Cloth:
    """What is worn, without its rim and without hair over it, cut out of the candidate."""
    rim_px = max(3, int(0.025 * case.before.frame.shoulder_px))
    mask_HW = inner(case.worn_HW & ~case.after.hair, rim_px)
    rows, columns = np.flatnonzero(mask_HW.any(1)), np.flatnonzero(mask_HW.any(0))
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)) if len(rows) else ...
    return Cloth(
        image_HW3=case.after.image_HW3[box],
        lab_HW3=case.after.lab_HW3[box],
        mask_HW=mask_HW[box],
        print_HW=mask_HW[box],
    )


def photo_at_worn_size(case: Case) -> Cloth:
    """The garment photograph, scaled so that it is as wide from armpit to armpit as the wearer's shoulders."""
    garment = case.garment
    scale = case.before.frame.shoulder_px / chest_px(garment)
    size = tuple(max(8, round(side * scale)) for side in garment.alpha_HW.shape[::-1])
    image = cv2.resize(garment.image_HW3, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    print_HW = inner(without_sleeves(garment, case.fabric_HW), int(0.08 * garment.width_px))
    mask, inside = (
        cv2.resize(part.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
        for part in (case.fabric_HW, print_HW)
    )
    return Cloth(image_HW3=image, lab_HW3=to_lab(image), mask_HW=inner(mask, 3), print_HW=inside)
