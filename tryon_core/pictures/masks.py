"""Small tools on masks: draw them, clean them, walk along them.

A hard mask is bool (H, W); a soft one float32 (H, W), 0-1. Points are (x, y) in pixels, x right and y down.
"""

# Shapes: H, W image rows and columns; K points; 3 is RGB; 2 is (x, y).
from collections.abc import Callable, Sequence

import cv2
import numpy as np

Shape = tuple[int, int]
_WIDE_PX = 8  # a wider disc is slower than a distance transform, from which it differs by a pixel at most
_WIDE_SIGMA_PX = 6  # a wider blur is made at half the size, where it costs an eighth


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


def discs(shape: Shape, shares_K2: Sequence[tuple[float, float]], radius_px: float) -> np.ndarray:
    """bool (H, W): everything within `radius_px` of points, given in shares of the picture's width and height."""
    spots = np.zeros(shape, bool)
    for x, y in shares_K2:
        centre = np.array([x * (shape[1] - 1), y * (shape[0] - 1)])
        spots |= capsule(shape, centre, centre, radius_px)
    return spots


def disc(radius_px: float) -> np.ndarray:
    """A round structuring element, uint8 (2 r + 1, 2 r + 1); a radius below half a pixel gives a single pixel."""
    size = 2 * max(0, int(round(radius_px))) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


def box_of(mask_HW: np.ndarray, beyond_px: float = 0) -> tuple[slice, slice]:
    """Rows and columns that hold all of a mask, and `beyond_px` more inside the picture; empty slices for none."""
    rows = np.flatnonzero(mask_HW.any(1))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    columns, more = np.flatnonzero(mask_HW[rows[0] : rows[-1] + 1].any(0)), int(np.ceil(beyond_px))
    return tuple(slice(max(0, along[0] - more), along[-1] + 1 + more) for along in (rows, columns))


def _changed(mask_HW: np.ndarray, reach_px: float, change: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """bool (H, W): a change of a mask that leaves alone what is further than `reach_px` from it; made in its box.

    change  uint8 (h, w) -> bool or uint8 (h, w)
    """
    box, changed_HW = box_of(mask_HW, reach_px + 1), np.zeros(mask_HW.shape, bool)
    if mask_HW[box].size:
        changed_HW[box] = change(mask_HW[box].astype(np.uint8))
    return changed_HW


def grown(mask_HW: np.ndarray, radius_px: float) -> np.ndarray:
    """bool (H, W): the mask and everything within `radius_px` of it."""
    if radius_px > _WIDE_PX:
        return _changed(mask_HW, radius_px, lambda mask: _distance_px(mask) <= radius_px)
    return _changed(mask_HW, radius_px, lambda mask: cv2.dilate(mask, disc(radius_px)))


def _distance_px(mask: np.ndarray) -> np.ndarray:
    """float32 (h, w): how far from a mask, uint8 with at least one pixel."""
    return cv2.distanceTransform((mask == 0).astype(np.uint8), cv2.DIST_L2, 5)


def shrunk(mask_HW: np.ndarray, radius_px: float) -> np.ndarray:
    """bool (H, W): what of the mask is further than `radius_px` from its outside; the picture's edge is no outside."""
    return _changed(mask_HW, radius_px, lambda mask: cv2.erode(mask, disc(radius_px)))


def opened(mask_HW: np.ndarray, radius_px: float) -> np.ndarray:
    """bool (H, W) without whiskers and specks narrower than twice the radius."""
    return _changed(mask_HW, radius_px, lambda mask: cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc(radius_px)))


def closed(mask_HW: np.ndarray, radius_px: float) -> np.ndarray:
    """bool (H, W) with gaps narrower than twice the radius filled."""
    return _changed(mask_HW, radius_px, lambda mask: cv2.morphologyEx(mask, cv2.MORPH_CLOSE, disc(radius_px)))


def soft(mask_HW: np.ndarray, sigma_px: float) -> np.ndarray:
    """float32 (H, W), 0-1: the mask blurred by a Gaussian."""
    if sigma_px > _WIDE_SIGMA_PX and min(mask_HW.shape) > 1:
        half = (mask_HW.shape[1] // 2, mask_HW.shape[0] // 2)
        small = cv2.resize(mask_HW.astype(np.float32), half, interpolation=cv2.INTER_AREA)
        return cv2.resize(_blurred(small, sigma_px / 2), mask_HW.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return _blurred(mask_HW, max(sigma_px, 0.05))


def _blurred(mask_HW: np.ndarray, sigma_px: float) -> np.ndarray:
    """float32 (H, W): by a Gaussian, in the mask's box; it reaches 4 sigma."""
    box, blurred_HW = box_of(mask_HW, 4 * sigma_px + 1), np.zeros(mask_HW.shape, np.float32)
    if mask_HW[box].size:
        blurred_HW[box] = cv2.GaussianBlur(mask_HW[box].astype(np.float32), (0, 0), sigma_px)
    return blurred_HW


def boundary_band(mask_HW: np.ndarray, width_px: float) -> np.ndarray:
    """Ring around a mask's edge, `width_px` to either side; all False for an empty or a full mask."""
    return grown(mask_HW, width_px) & ~shrunk(mask_HW, width_px)


def islands(mask_HW: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(int32 (H, W) labels, 0 outside; int (N + 1,) areas by label, entry 0 the outside), 8-connected."""
    _, labels_HW, statistics, _ = cv2.connectedComponentsWithStats(mask_HW.astype(np.uint8))
    return labels_HW, statistics[:, cv2.CC_STAT_AREA]


def filled(mask_HW: np.ndarray) -> np.ndarray:
    """The mask and its holes, 4-connected: whatever it shuts off from the picture's border."""
    outlines, _ = cv2.findContours(mask_HW.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros(mask_HW.shape, np.uint8), outlines, -1, 1, cv2.FILLED) > 0


def largest(mask_HW: np.ndarray, share: float = 1.0) -> np.ndarray:
    """The largest connected piece and every piece with at least `share` of its area; empty stays empty."""

    def kept(mask: np.ndarray) -> np.ndarray:
        labels, areas = islands(mask)
        keep = areas >= share * areas[1:].max(initial=0)
        keep[0] = False
        return keep[labels]

    return _changed(mask_HW, 0, kept)


def touching(mask_HW: np.ndarray, seed_HW: np.ndarray, share: float, least_px: int = 0) -> np.ndarray:
    """The connected pieces of `mask` of `least_px` pixels or more, of which at least `share` lies on `seed`."""
    box, touching_HW = box_of(mask_HW), np.zeros(mask_HW.shape, bool)
    if not mask_HW[box].size:
        return touching_HW
    labels, areas = islands(mask_HW[box])
    on_seed = np.bincount(labels[seed_HW[box] & mask_HW[box]], minlength=len(areas))
    keep = (on_seed >= np.maximum(share * areas, 1)) & (areas >= least_px)
    keep[0] = False
    touching_HW[box] = keep[labels]
    return touching_HW


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
    source     float32 (H, W) or (H, W, C)
    epsilon    how much contrast counts as an edge, on a 0-1 scale squared
    """
    radius = max(1, int(round(radius_px)))
    box = box_of(source_HW if source_HW.ndim == 2 else source_HW.any(-1), 2 * radius + 1)  # beyond it all stays 0
    guided_HW = np.zeros(source_HW.shape, np.float32)
    if source_HW[box].size:
        guide = guide_HW3[box].astype(np.float32) / 255
        guided_HW[box] = cv2.ximgproc.guidedFilter(guide, source_HW[box].astype(np.float32), radius, epsilon)
    return guided_HW
