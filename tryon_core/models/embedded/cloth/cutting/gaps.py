"""Open what a cut-out holds of its background: gaps between sleeve and body, between two legs, loops of a sleeve."""

# Shapes: H, W image rows and columns.
import cv2
import numpy as np

from .....pictures.masking.gap_places import is_beside, is_between_legs
from .....pictures.masks import boundary_band, capsule, grown, islands, opened, runs, touching
from .rims import square

_BLOCK_PX, _RINGING = 12, 0.04  # JPEG compression leaves this share of a strong edge's step in the blocks beside it
_ALIKE = 1.6  # weighted Lab distance that is certainly background
_CRUMB_SHARE = 0.003
_LEAST_GAP = 0.002  # of the cut-out's area
_SLIT_PX, _ASLANT = 1, 1.5  # half the width of a slit, and how far aside it may go for each pixel down


def without_gaps(mask: np.ndarray, distance_HW: np.ndarray, noise: float) -> np.ndarray:
    """Open what shows the background itself: gaps that the garment closes, and the narrow ends of open ones.

    A closed gap is large and tall, and lies beside the body or between two legs; anywhere else the same colour is a
    white print.

    mask         bool (H, W), the garment with its holes filled
    distance_HW  float32, weighted Lab distance from the background
    noise        the background's own spread, in the same unit
    """
    if not mask.any():
        return mask
    strongest_HW = cv2.dilate(distance_HW, square(_BLOCK_PX))
    background = mask & (distance_HW < np.maximum(max(_ALIKE, 2.5 * noise), np.minimum(_RINGING * strongest_HW, 4)))
    mask = mask & ~_wedges(background, mask)
    labels_HW, areas = islands(opened(background & mask, 2))
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    for label in np.flatnonzero(areas[1:] > _LEAST_GAP * mask.sum()) + 1:
        gap = labels_HW == label
        if is_beside(gap, rows, columns) or is_between_legs(gap, rows):
            mask = mask & ~gap
    return mask


def _wedges(background: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """bool (H, W): background that the picture's compression closed off: crumbs at the outline, and the narrow ends of
    gaps, which are far taller than wide.
    """
    from scipy.ndimage import find_objects

    labels_HW, areas = islands(opened(background, 1) & touching(background, boundary_band(mask, 1), 0.0))
    wedges, boxes = np.zeros_like(mask), find_objects(labels_HW)
    rim = boundary_band(mask, 2)
    for label in np.flatnonzero(areas[1:] > 8) + 1:
        box = boxes[label - 1]
        piece = labels_HW[box] == label
        crumb, height_px = areas[label] < _CRUMB_SHARE * mask.sum(), piece.shape[0] - 1
        narrow = height_px > 2.5 * areas[label] / (height_px + 1) and areas[label] < 0.02 * mask.sum()
        if (crumb or narrow) and (rim[box] & piece).any():
            wedges[box] |= piece
    return grown(wedges, 1) & mask


def open_loops(mask: np.ndarray) -> np.ndarray:
    """Cut a slit from every hole to the outside below it: a sleeve that touches the body again then hides no armpit.

    The slit takes the nearest way down, between the cuff and the body.
    """
    labels_HW, areas = islands(~np.pad(mask, 1, constant_values=False))
    outside_HW, slit = (labels_HW == labels_HW[0, 0])[1:-1, 1:-1], mask.copy()
    for label in np.flatnonzero(areas > _LEAST_GAP * mask.sum()):
        hole = (labels_HW == label)[1:-1, 1:-1]
        if label in (0, labels_HW[0, 0]) or not hole.any():
            continue
        bottom_y = int(np.flatnonzero(hole.any(1))[-1])
        first, last = runs(hole[bottom_y])[0]
        start = np.array([(first + last) // 2, bottom_y], float)
        slit &= ~capsule(mask.shape, start, _nearest_below(outside_HW, start), _SLIT_PX)
    return slit


def _nearest_below(outside_HW: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The nearest place outside below `start`, no further aside than _ASLANT allows; else the picture's edge."""
    y, x = np.nonzero(outside_HW[int(start[1]) :])
    below = y > np.abs(x - start[0]) / _ASLANT
    if not below.any():
        return np.array([start[0], outside_HW.shape[0] - 1.0])
    x, y = x[below], y[below]
    nearest = int(np.hypot(x - start[0], y).argmin())
    return np.array([x[nearest], y[nearest] + start[1]], float)
