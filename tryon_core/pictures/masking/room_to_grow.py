"""How far a mask goes beyond what it holds: room for a garment that is to be larger, and for a soft edge."""

# Shapes: H, W image rows and columns.
import cv2
import numpy as np
from PIL import Image

from ..masks import box_of, grown
from ..put_back import feathered

# The soft edge: a share of the side of a square of the mask's area, within shares of the picture's longer side. The
# feather lies in it, so that what the mask holds is drawn whole.
_GROWN, _LEAST_GROWN, _MOST_GROWN = 0.15, 0.006, 0.02
_ROOM_IN_WORDS = 0.04  # of the longer side, around a garment that is to change by an amount that nobody measured
_ARM_ROOM = 0.05  # of the garment's height, beyond where a longer sleeve is to end
_SIDEWAYS = ("width", "neckline", "shift_down", "shift_right")  # aspects of a Fix in shoulder widths


def with_edge(mask_HW: np.ndarray, times: float = 1) -> np.ndarray:
    """bool (H, W): the mask and the room for its soft edge, `times` as wide."""
    return grown(mask_HW, _edge_px(mask_HW, times))


def soft_edged(mask_HW: np.ndarray) -> Image.Image:
    """Mode L: 0 outside the mask, rising to 255 over an edge inside it."""
    return Image.fromarray(np.uint8(np.round(255 * feathered(mask_HW, _edge_px(mask_HW)))))


def _edge_px(mask_HW: np.ndarray, times: float = 1) -> float:
    side_px = max(mask_HW.shape)
    return float(np.clip(times * _GROWN * mask_HW.sum() ** 0.5, _LEAST_GROWN * side_px, _MOST_GROWN * side_px))


def room_for(aspect: str, amount: float, worn_HW: np.ndarray, arms_HW: np.ndarray | None) -> tuple[np.ndarray, str]:
    """(bool (H, W): where a garment is to be after a change, a few words; '' where it needs no room).

    aspect   of a Fix
    amount   signed, in the aspect's unit; of 'length' and 'sleeve' taken of the garment's height, which is more than
             that of the torso and of the arm. 0 where nobody measured by how much
    arms_HW  bool (H, W), into which a longer sleeve goes; None where they are not known
    """
    rows, columns = box_of(worn_HW)
    height_px, half_px = rows.stop - rows.start, (columns.stop - columns.start) / 2
    if not amount:
        return grown(worn_HW, _ROOM_IN_WORDS * max(worn_HW.shape)), "room around it"
    if aspect == "length" and amount > 0:
        down_px = round(amount * height_px)
        line = np.ones((down_px + 1, 1), np.uint8)
        return cv2.dilate(worn_HW.astype(np.uint8), line, anchor=(0, down_px)) > 0, f"{down_px} px below it"
    if aspect == "sleeve" and amount > 0:
        near_HW = grown(worn_HW, (amount + _ARM_ROOM) * height_px)
        return (near_HW if arms_HW is None else near_HW & arms_HW), "the arms beyond its sleeves"
    if aspect in _SIDEWAYS:
        return grown(worn_HW, abs(amount) * half_px), "room around it"
    return worn_HW, ""
