"""Where a mask's outline lies already on the edge between a thing and what is behind it."""

# Shapes: H, W image rows and columns; 3 is RGB or Lab.
import cv2
import numpy as np

from ..features import to_lab
from ..masks import shrunk

# Chosen on rendered garments: what is found on an edge stays, and masks that are coarse or ragged still come back.
_ACROSS_PX = 3  # over which the strength of an edge is read; over 5 an outline beside the edge would be on it
_BLURRED_PX = 3  # how far outside an edge its own blur reaches
_STRONG = 4.0  # Lab units: fainter is no edge
_TIMES = 4.0  # as strong as what lies outside: an outline inside the cloth or its pattern is less
_NEARLY_ALL = 0.85  # share of a stretch that lies on such an edge: a ragged outline crosses it again and again


def settled(mask_HW: np.ndarray, image_HW3: np.ndarray, reach_px: float) -> np.ndarray:
    """bool (H, W): True near stretches of the outline where the picture has an edge, outside of which it is even.

    mask_HW    bool
    image_HW3  uint8 RGB
    reach_px   how far outside is looked; stretches are twice as long to either side
    """
    edges_HW, across = _edges(image_HW3), 2 * int(2 * reach_px) + 1
    outline_HW = mask_HW & ~shrunk(mask_HW, 1)
    away_HW = cv2.distanceTransform((~mask_HW).astype(np.uint8), cv2.DIST_L2, 5)
    outside_HW = (away_HW >= _BLURRED_PX) & (away_HW < _BLURRED_PX + reach_px)
    on_outside_HW, known_HW = _near(edges_HW, outside_HW, across)
    strong_HW = edges_HW >= np.maximum(_STRONG, _TIMES * on_outside_HW)
    return known_HW & (_near(strong_HW, outline_HW, across)[0] >= _NEARLY_ALL)


def _edges(image_HW3: np.ndarray) -> np.ndarray:
    """float32 (H, W): by how much the colours around a pixel differ, Lab units."""
    lab_HW3, square = to_lab(image_HW3).astype(np.float32), np.ones((_ACROSS_PX, _ACROSS_PX), np.uint8)
    return np.linalg.norm(cv2.dilate(lab_HW3, square) - cv2.erode(lab_HW3, square), axis=-1)


def _near(values_HW: np.ndarray, where_HW: np.ndarray, across: int) -> tuple[np.ndarray, np.ndarray]:
    """(float (H, W): the mean of values that lie `where_HW` in a square about each pixel, 0 where there is none;
    bool (H, W): where there is one)"""
    sums_HW, counts_HW = (
        cv2.boxFilter(one.astype(np.float64), -1, (across, across), normalize=False, borderType=cv2.BORDER_CONSTANT)
        for one in (values_HW * where_HW, where_HW)
    )
    return sums_HW / np.maximum(counts_HW, 1), counts_HW > 0.5
