"""Tell a garment from the faint box or cast shadow of its photograph: more than background, far less than the cloth."""

# Shapes: H, W image rows and columns.
import cv2
import numpy as np

from .....pictures.masks import boundary_band, grown, largest, opened
from .rims import square

_CLEAR, _CLEAR_OF_CONTRAST = 10.0, 0.25  # weighted Lab units, and share of the cloth's contrast: the core is above both
_CORE_SHARE = 0.5  # of the area, at least: of white cloth with a print the core is the print
_REST_SHARE = 0.01  # of the area: where less is left over the outline is the core's already
_SMOOTHING_PX, _RIM_PX = 3, 4
_BOX = 0.96  # of its bounding box: no garment fills so much of it
_FRAYED = 1.05  # times the outline's length: a shadow leaves a garment's own outline, light cloth that of its print
_NEAR_PX, _FAR_PX = 3, 12  # reaches across an outline: cloth's whole step lies in the near one
_SOFT = 0.6  # of the far step: 0.2-0.45 on shadows, 0.9-1 on white trim


def clear_core(distance_HW: np.ndarray, mask_HW: np.ndarray, contrast: float) -> np.ndarray:
    """bool (H, W): the largest smooth piece of what is clearly no background.

    distance_HW  float32, weighted Lab distance from the background
    mask_HW      bool, everything that differs from the background
    contrast     of the cloth just inside the mask's outline, in the same unit
    """
    clear_HW = mask_HW & (distance_HW > max(_CLEAR, _CLEAR_OF_CONTRAST * contrast))
    return largest(opened(clear_HW, _SMOOTHING_PX))


def is_box_or_shadow(distance_HW: np.ndarray, mask_HW: np.ndarray, core_HW: np.ndarray) -> bool:
    """Whether what the mask holds around its core is no cloth: it belongs to a box, or its outline fades away.

    core_HW  bool, as clear_core finds it, its holes filled
    """
    area_px, rest_HW = int(mask_HW.sum()), mask_HW & ~grown(core_HW, _RIM_PX)
    if core_HW.sum() < _CORE_SHARE * area_px or rest_HW.sum() < _REST_SHARE * area_px:
        return False
    rows, columns = np.flatnonzero(mask_HW.any(1)), np.flatnonzero(mask_HW.any(0))
    if area_px > _BOX * len(rows) * len(columns):
        return True
    if _outline_px(core_HW) > _FRAYED * _outline_px(mask_HW):
        return False
    rest_HW = grown(largest(opened(rest_HW, _SMOOTHING_PX), 0.1), _RIM_PX)
    outline_HW = boundary_band(mask_HW, 1) & rest_HW & ~grown(core_HW, _FAR_PX + _RIM_PX)
    if not outline_HW.any():
        return False
    near, far = (_step_across(distance_HW, reach_px)[outline_HW] for reach_px in (_NEAR_PX, _FAR_PX))
    return float(np.median(near / np.maximum(far, 1e-3))) < _SOFT


def _outline_px(mask_HW: np.ndarray) -> float:
    """Length of the outer outlines."""
    outlines, _ = cv2.findContours(mask_HW.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return float(sum(cv2.arcLength(outline.reshape(-1, 1, 2), True) for outline in outlines))


def _step_across(distance_HW: np.ndarray, reach_px: int) -> np.ndarray:
    """float32 (H, W): the largest difference within a reach."""
    near = square(reach_px)
    return cv2.dilate(distance_HW, near) - cv2.erode(distance_HW, near)
