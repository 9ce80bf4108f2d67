"""Tell that sleeves hang beside a garment's body although none was found: their cuffs end in a step on both sides."""

# Shapes: H, W image rows and columns; Y rows from the garment's top to its bottom.
import numpy as np

from ....errors import Refused
from .keypoints import Keypoints

_FROM, _TO = 0.25, 0.94  # of the garment's height, between which cuffs hang; the hem of a flared skirt turns at 0.96
_WITHIN, _STEP = 0.02, 0.05  # how far a side moves inwards, of the width, within this share of the height: 0.06-0.2 at
# cuffs, at most 0.02 on the sleeveless garments of the tuning pictures
_LEVEL = 0.06  # of the height: how unlike high the two cuffs hang at most


def check_sleeves(mask_HW: np.ndarray, keypoints: Keypoints) -> None:
    """Raises Refused: 'sleeves_not_found' for sleeves that cannot be told from the body they hang beside."""
    if keypoints.sleeves == (None, None) and _end_in_steps(mask_HW):
        raise Refused(
            "sleeves_not_found",
            "the sleeves hang beside the garment and cannot be told from it (both sides of its outline step inwards as "
            "at cuffs); give a picture with the sleeves spread",
        )


def _end_in_steps(mask_HW: np.ndarray) -> bool:
    """Whether both sides of an outline that shows no sleeves jump inwards at the same height.

    mask_HW  bool, one garment, upright, not empty
    """
    rows, columns = np.flatnonzero(mask_HW.any(1)), np.flatnonzero(mask_HW.any(0))
    height_px, width_px = len(rows), float(len(columns))
    sides_Y = mask_HW[rows].argmax(1), mask_HW.shape[1] - mask_HW[rows, ::-1].argmax(1)
    reach_px = max(2, int(_WITHIN * height_px))
    first, last = int(_FROM * height_px), int(_TO * height_px)
    steps = [
        sign * (side_Y[reach_px:] - side_Y[:-reach_px])[first:last]
        for side_Y, sign in zip(sides_Y, (1, -1), strict=True)
    ]
    level_px = abs(int(steps[0].argmax()) - int(steps[1].argmax()))
    return min(step_Y.max() for step_Y in steps) > _STEP * width_px and level_px < _LEVEL * height_px
