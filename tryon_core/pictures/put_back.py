"""A finished edit: outside it the photograph, pixel for pixel; inside, what was drawn, its drift of colour taken out.

Shapes: H, W rows and columns; 3 is RGB; a change (4, 3) turns rows (L*, a*, b*, 1) into Lab.
"""

import cv2
import numpy as np

from .edit_colour import applied
from .features import to_lab, to_rgb
from .masks import box_of

FEATHER = 0.008  # of the longer side: how wide the seam is blended, all of it inside the edit


def put_back(
    photo_HW3: np.ndarray,
    laid_HW3: np.ndarray,
    covered_HW: np.ndarray,
    edit_HW: np.ndarray,
    back_43: np.ndarray | None,
) -> tuple[np.ndarray, float]:
    """(the photograph with the edit laid into it, the share of its pixels that stand as photographed).

    photo_HW3, laid_HW3  uint8 RGB of one size, the drawn picture moved back over the photograph
    covered_HW           bool, True where the drawn picture reaches; elsewhere the photograph stays, in an edit too
    edit_HW              bool, True where the drawn picture is taken; of any size of the same shape
    back_43              takes the drift of the drawn colours out; None leaves them
    """
    height, width = photo_HW3.shape[:2]
    if edit_HW.shape != (height, width):
        edit_HW = cv2.resize(edit_HW.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR) > 0.5
    weight_HW = feathered(edit_HW & covered_HW, FEATHER * max(height, width))
    drawn_HW3 = laid_HW3 if back_43 is None else to_rgb(applied(back_43, to_lab(laid_HW3)))
    return mixed(photo_HW3, drawn_HW3, weight_HW), float((weight_HW == 0).mean())


def feathered(edit_HW: np.ndarray, width_px: float) -> np.ndarray:
    """float32 (H, W), 0-1: 0 outside an edit, rising to 1 over `width_px` inside it; the picture's edge is no edge."""
    box, weight_HW = box_of(edit_HW, 1), np.zeros(edit_HW.shape, np.float32)
    if edit_HW[box].size:
        depth_hw = cv2.distanceTransform(edit_HW[box].astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        weight_HW[box] = np.clip(depth_hw / max(1.0, width_px), 0, 1)
    return weight_HW


def mixed(photo_HW3: np.ndarray, drawn_HW3: np.ndarray, weight_HW: np.ndarray) -> np.ndarray:
    """uint8 (H, W, 3): the photograph's own bytes where the weight is 0, the drawn ones where it is 1."""
    weight_HW1 = weight_HW[..., None]
    return np.round(weight_HW1 * drawn_HW3 + (1 - weight_HW1) * photo_HW3).astype(np.uint8)
