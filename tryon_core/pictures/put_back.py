"""A finished edit: outside it the photograph, pixel for pixel; inside, what was drawn, its drift of colour taken out.

Shapes: H, W rows and columns; 3 is RGB; a change (4, 3) turns rows (L*, a*, b*, 1) into Lab.
"""

import cv2
import numpy as np

from .edit_colour import applied
from .features import to_lab, to_rgb

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
    depth_HW = cv2.distanceTransform((edit_HW & covered_HW).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    weight_HW1 = np.clip(depth_HW / max(1.0, FEATHER * max(height, width)), 0, 1)[..., None]
    drawn_HW3 = laid_HW3 if back_43 is None else to_rgb(applied(back_43, to_lab(laid_HW3)))
    mixed_HW3 = np.round(weight_HW1 * drawn_HW3 + (1 - weight_HW1) * photo_HW3).astype(np.uint8)
    return mixed_HW3, float((weight_HW1 == 0).mean())
