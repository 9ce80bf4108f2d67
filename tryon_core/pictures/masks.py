"""Small tools on masks: draw them, clean them, walk along them.

A hard mask is bool (H, W); a soft one float32 (H, W), 0-1. Points are (x, y) in pixels, x right and y down.
"""

# Shapes: H, W image rows and columns; K points; 3 is RGB; 2 is (x, y).
from collections.abc import Sequence

import cv2
import numpy as np

Shape = tuple[int, int]


def polygon(shape: Shape, points_K2: Sequence | np.ndarray) -> np.ndarray:
    """bool (H, W), True inside the polygon and on its edge; points may lie outside the picture."""
    canvas = np.zeros(shape, np.uint8)
    cv2.fillPoly(canvas, [np.round(np.asarray(points_K2, np.float64)).astype(np.int32)], 1)
    return canvas.astype(bool)


def capsule(
    shape: Shape, start: np.ndarray, end: np.ndarray, radius_px: float, end_radius_px: float | None = None
) -> np.ndarray:
    """bool (H, W): everything near a line, as an arm is near its bone; the radius may change along it."""
    start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
    end_radius_px = radius_px if end_radius_px is None else end_radius_px
    along = end - start
    side = np.array([-along[1], along[0]]) / (np.hypot(*along) + 1e-6)
    canvas = polygon(
        shape,
        [start + side * radius_px, end + side * end_radius_px, end - side * end_radius_px, start - side * radius_px],
    ).astype(np.uint8)
    for centre, radius in ((start, radius_px), (end, end_radius_px)):
        cv2.circle(canvas, [int(v) for v in np.round(centre)], max(1, int(round(radius))), 1, -1)
    return canvas.astype(bool)


def disc(radius_px: float) -> np.ndarray:
    """A round structuring element, uint8 (2 r + 1, 2 r + 1); a radius below half a pixel gives a single pixel."""
    size = 2 * max(0, int(round(radius_px))) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


def grown(mask_HW: np.ndarray, radius_px: float) -> np.ndarray:
    """bool (H, W): the mask and everything within `radius_px` of it."""
    return cv2.dilate(mask_HW.astype(np.uint8), disc(radius_px)).astype(bool)


def shrunk(mask_HW: np.ndarray, radius_px: float) -> np.ndarray:
    """bool (H, W): what of the mask is further than `radius_px` from its outside; the picture's edge is no outside."""
    return cv2.erode(mask_HW.astype(np.uint8), disc(radius_px)).astype(bool)


def opened(mask_HW: np.ndarray, radius_px: float) -> np.ndarray:
    """bool (H, W) without whiskers and specks narrower than twice the radius."""
    return cv2.morphologyEx(mask_HW.astype(np.uint8), cv2.MORPH_OPEN, disc(radius_px)).astype(bool)


def closed(mask_HW: np.ndarray, radius_px: float) -> np.ndarray:
    """bool (H, W) with gaps narrower than twice the radius filled."""
    return cv2.morphologyEx(mask_HW.astype(np.uint8), cv2.MORPH_CLOSE, disc(radius_px)).astype(bool)


def soft(mask_HW: np.ndarray, sigma_px: float) -> np.ndarray:
    """float32 (H, W), 0-1: the mask blurred by a Gaussian."""
    return cv2.GaussianBlur(mask_HW.astype(np.float32), (0, 0), max(sigma_px, 0.05))


def boundary_band(mask_HW: np.ndarray, width_px: float) -> np.ndarray:
    """Ring around a mask's edge, `width_px` to either side; all False for an empty or a full mask."""
    return grown(mask_HW, width_px) & ~shrunk(mask_HW, width_px)


def islands(mask_HW: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(int32 (H, W) labels, 0 outside; int (N + 1,) areas by label, entry 0 the outside), 8-connected."""
    _, labels_HW, statistics, _ = cv2.connectedComponentsWithStats(mask_HW.astype(np.uint8))
    return labels_HW, statistics[:, cv2.CC_STAT_AREA]


def largest(mask_HW: np.ndarray, share: float = 1.0) -> np.ndarray:
    """The largest connected piece and every piece with at least `share` of its area; empty stays empty."""
    labels_HW, areas = islands(mask_HW)
    if len(areas) < 2:
        return mask_HW.astype(bool)
    keep = areas >= share * areas[1:].max()
    keep[0] = False
    return keep[labels_HW]


def touching(mask_HW: np.ndarray, seed_HW: np.ndarray, share: float, least_px: int = 0) -> np.ndarray:
    """The connected pieces of `mask` of `least_px` pixels or more, of which at least `share` lies on `seed`."""
    labels_HW, areas = islands(mask_HW)
    on_seed = np.bincount(labels_HW[seed_HW & mask_HW], minlength=len(areas))
    keep = (on_seed >= np.maximum(share * areas, 1)) & (areas >= least_px)
    keep[0] = False
    return keep[labels_HW]


def runs(row_W: np.ndarray) -> list[tuple[int, int]]:
    """(first, last) column of every run of True in one row, left to right."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row_W.astype(np.int8), [0]])))
    return [(int(first), int(after) - 1) for first, after in zip(edges[::2], edges[1::2], strict=True)]


def walk(mask_HW: np.ndarray, start: np.ndarray, direction: np.ndarray, limit_px: float) -> float | None:
    """How many pixels one can go from `start` along a unit vector before leaving the mask or the picture.

    returns  None where `limit_px` is reached inside the mask; 0 where `start` is outside it
    """
    steps = np.arange(int(limit_px))
    at_K2 = np.round(np.asarray(start) + np.outer(steps, direction)).astype(int)
    inside = (at_K2 >= 0).all(1) & (at_K2 < np.array(mask_HW.shape)[::-1]).all(1)
    inside[inside] = mask_HW[at_K2[inside, 1], at_K2[inside, 0]]
    return None if inside.all() else float(inside.argmin())


def guided(guide_HW3: np.ndarray, source_HW: np.ndarray, radius_px: float, epsilon: float) -> np.ndarray:
    """float32 (H, W): `source` smoothed, its edges moved to those of the picture (He et al. 2013, guided filter).

    guide_HW3  uint8 RGB
    epsilon    how much contrast counts as an edge, on a 0-1 scale squared
    """
    guide = guide_HW3.astype(np.float32) / 255
    return cv2.ximgproc.guidedFilter(guide, source_HW.astype(np.float32), max(1, int(round(radius_px))), epsilon)
