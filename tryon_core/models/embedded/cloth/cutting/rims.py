"""Shave off what photography adds round a garment's cut-out: blurred background, soft shadows, light halos."""

# Shapes: H, W image rows and columns.
import cv2
import numpy as np

from .....pictures.features import blur_within
from .....pictures.masks import islands, largest, opened, shrunk

_HALO_ROUNDS = 3
_RIM_PX, _RIM_ROUNDS = 7, 2


def without_rims(mask: np.ndarray, distance_HW: np.ndarray) -> np.ndarray:
    """bool (H, W): the mask without blurred background, soft shadows and light halos along its outline.

    distance_HW  float32, weighted Lab distance from the background
    """
    for _ in range(_RIM_ROUNDS):
        mask = _without_rim(mask, distance_HW)
    return _without_halo(mask, distance_HW)


def _without_rim(mask: np.ndarray, distance_HW: np.ndarray) -> np.ndarray:
    """Shave off blurred background: a thin rim that is much more like it than any cloth inside near by.

    Any cloth, and not only that straight inside: below a dark dot lies light cloth, and no background.
    """
    inner = shrunk(mask, _RIM_PX)
    cloth_HW = np.where(inner, np.minimum(distance_HW, 60), 60).astype(np.float32)
    faintest_HW = cv2.erode(cv2.GaussianBlur(cloth_HW, (0, 0), 1.5), square(3 * _RIM_PX))
    return mask & ~(~inner & (distance_HW < 0.4 * faintest_HW)) if inner.any() else mask


def _without_halo(mask: np.ndarray, distance_HW: np.ndarray) -> np.ndarray:
    """Shave off soft shadows and light halos: a rim whose contrast is far below that of the cloth just inside.

    Fainter than all cloth near by, too: light cloth below a dark dot is no shadow. At half size. Switched off where
    the cloth itself holds background-like colours, as white stripes do.
    """
    size = mask.shape[::-1]
    half = (size[0] // 2, size[1] // 2)
    small = cv2.resize(mask.astype(np.uint8), half, interpolation=cv2.INTER_NEAREST).astype(bool)
    distance = cv2.resize(distance_HW, half, interpolation=cv2.INTER_AREA)
    rim_px = max(4, 0.016 * half[1])
    for _ in range(_HALO_ROUNDS):
        inner, deep = shrunk(small, rim_px / 2), shrunk(small, rim_px * 1.5)
        cloth = blur_within(distance, inner, rim_px)
        faintest = cv2.erode(np.where(deep, distance, 60).astype(np.float32), square(3 * rim_px))
        weak = (distance < 0.5 * np.minimum(cloth, 60)) & (distance < 0.8 * faintest)
        patterned = blur_within(weak.astype(np.float32), deep, 3 * rim_px) > 0.04
        rim = small & ~inner & (cloth > 0)
        small = opened(small & ~(rim & weak & ~patterned), 1)
    kept = cv2.resize(largest(small, 0.05).astype(np.float32), size, interpolation=cv2.INTER_LINEAR) > 0.5
    return kept & mask


def without_pinholes(mask: np.ndarray) -> np.ndarray:
    """Fill holes of less than 0.2 % of the area: light cells of a print, not gaps."""
    labels_HW, areas = islands(~np.pad(mask, 1))
    small = areas < 0.002 * mask.sum()
    small[0] = False
    return mask | small[labels_HW][1:-1, 1:-1]


def square(reach_px: float) -> np.ndarray:
    """A structuring element that OpenCV takes row by row: far cheaper than a disc where the shape does not matter."""
    return np.ones((2 * int(reach_px) + 1,) * 2, np.uint8)
