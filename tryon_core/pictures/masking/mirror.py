"""How much a mask is like its own mirror image, and about which axis."""

# Shapes: H, W rows and columns; h, w those of the smaller mask.
import math

import cv2
import numpy as np

from ..masks import box_of

_ROWS_PX = 128  # the overlap of larger masks is read at this height: it moves by less than 0.01
_ASIDE = 0.25  # of the width: how far from the middle the axis may lie, as with one sleeve that is folded in


def mirror_overlap(mask_HW: np.ndarray) -> float:
    """0-1: intersection over union of a mask and its mirror image about the best upright axis; 0 for an empty mask.

    Rendered garments have 0.95 and more, whole photographed ones 0.86, one of which only the print was found 0.69.
    """
    return max((overlap for _, overlap in _overlaps(mask_HW)), default=0.0)


def own_axis(mask_HW: np.ndarray) -> float:
    """The column of the best upright axis of a mask, in half pixels.

    Found on the smaller mask, then among all axes within a pixel of it on the mask itself.

    mask_HW  bool, not empty
    """
    shift_share, _ = max(_overlaps(mask_HW), key=lambda pair: pair[1])
    box = box_of(mask_HW)
    start, stop = box[1].start, box[1].stop
    near = round(2 * shift_share * (stop - start))
    reach = 2 * math.ceil(mask_HW.shape[0] / _ROWS_PX)
    across_HW = mask_HW[box]
    shift = max(range(near - reach, near + reach + 1), key=lambda shift: _overlap_about(across_HW, shift))
    return (start + stop - 1 + shift) / 2


def mirrored_about(mask_HW: np.ndarray, axis_px: float) -> np.ndarray:
    """bool (H, W): the mirror image about an upright axis; what falls out of the picture is lost."""
    columns = np.round(2 * axis_px - np.arange(mask_HW.shape[1])).astype(int)
    inside = (columns >= 0) & (columns < mask_HW.shape[1])
    mirrored_HW = np.zeros_like(mask_HW)
    mirrored_HW[:, inside] = mask_HW[:, columns[inside]]
    return mirrored_HW


def _overlaps(mask_HW: np.ndarray) -> list[tuple[float, float]]:
    """(how far the axis lies to the right of the middle, in widths of the mask; the overlap about it)."""
    shrink = max(mask_HW.shape[0] / _ROWS_PX, 1.0)
    size = tuple(max(1, round(side / shrink)) for side in mask_HW.shape[::-1])
    small_hw = cv2.resize(mask_HW.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    columns = np.flatnonzero(small_hw.any(0))
    if not len(columns):
        return []
    across_hw = small_hw[:, columns[0] : columns[-1] + 1]
    width_px = across_hw.shape[1]
    aside_px = int(_ASIDE * width_px)
    shifts = range(-2 * aside_px, 2 * aside_px + 1)
    return [(shift / 2 / width_px, _overlap_about(across_hw, shift)) for shift in shifts]


def _overlap_about(mask_hw: np.ndarray, shift: int) -> float:
    """The overlap about the axis `shift` half pixels to the right of the middle."""
    padded_hw = np.pad(mask_hw, ((0, 0), (max(-shift, 0), max(shift, 0))))
    mirrored_hw = padded_hw[:, ::-1]
    return float((padded_hw & mirrored_hw).sum() / (padded_hw | mirrored_hw).sum())
