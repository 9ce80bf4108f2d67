"""Find the front neckline inside a garment's outline: above it the picture shows the inside of the back collar."""

# Shapes: H, W image rows and columns; X columns; D depths; C curves; 3 is Lab.
from itertools import product

import cv2
import numpy as np

from .keypoints import Keypoints

# A curve hangs from the collar's peaks: y = base + depth (1 - |u|^p)^(1/q), u from -1 to 1 across share x the collar.
_CURVES = tuple(
    product(
        (1.0, 0.94, 0.88),  # share
        ((2.6, 2.6), (2.0, 2.0), (2.0, 1.4), (2.0, 1.0), (1.2, 1.0)),
    )
)  # (p, q)
_SATURATED = 10.0  # an edge of more L*a*b* units counts as this: a rib's contrast must not outshine the inner edge
_DEEPEST = 0.6  # of the collar's width
_CLEAR, _FIRST = 2.5, 0.75  # least strength; the highest curve of at least this share of the best one is taken


def front_neckline(lab_HW3: np.ndarray, mask_HW: np.ndarray, keypoints: Keypoints) -> tuple[float, np.ndarray | None]:
    """How deep the front neckline hangs, and what lies above it.

    lab_HW3  float32 CIELAB
    mask_HW  bool, the garment
    returns  (depth in pixels below the collar's peaks, bool (H, W) opening or None where the outline itself is the
             neckline). The neckline is a curve below which the colour turns lighter, out of the shadow inside; its
             strength is the median over columns, which follows neither prints nor labels.
    """
    left, right = keypoints.collar
    width_px, base_y = float(right[0] - left[0]), float(left[1] + right[1]) / 2
    outline_depth_px = max(float(keypoints.neck[1] - base_y), 0.0)
    if width_px < 12 or outline_depth_px > 0.3 * width_px:
        return outline_depth_px, None
    edges_HW = _edges_into_light(lab_HW3, mask_HW, width_px)
    x = np.arange(int(left[0] + 0.12 * width_px), int(right[0] - 0.12 * width_px) + 1)
    depths_px = np.arange(outline_depth_px + 0.05 * width_px, _DEEPEST * width_px)
    height_CX = np.stack([_height(x, keypoints, curve) for curve in _CURVES])
    y = np.clip(base_y + depths_px[:, None, None] * height_CX, 0, edges_HW.shape[0] - 1).astype(int)
    strength_DC = np.median(edges_HW[y, x], axis=-1)
    if strength_DC.max() < _CLEAR:
        return outline_depth_px, None
    first = int((strength_DC.max(1) >= _FIRST * strength_DC.max()).argmax())
    near = strength_DC[first : first + max(2, int(0.07 * width_px))]
    k, curve = np.unravel_index(int(near.argmax()), near.shape)
    depth_px = float(depths_px[first + k])
    columns = np.arange(lab_HW3.shape[1])
    floor = base_y + depth_px * _height(columns, keypoints, _CURVES[curve])
    between = (columns > left[0]) & (columns < right[0])
    return depth_px, (np.arange(lab_HW3.shape[0])[:, None] < floor) & between


def _height(x: np.ndarray, keypoints: Keypoints, curve: tuple[float, tuple[float, float]]) -> np.ndarray:
    """float64 (X,): the curve's depth at each column, as a share of its deepest; 0 beyond its ends."""
    share, (p, q) = curve
    left, right = keypoints.collar
    u = np.abs(2 * (x - (left[0] + right[0]) / 2) / (share * (right[0] - left[0])))
    return (1 - np.minimum(u, 1) ** p) ** (1 / q)


def _edges_into_light(lab_HW3: np.ndarray, mask_HW: np.ndarray, width_px: float) -> np.ndarray:
    """float32 (H, W), 0-_SATURATED: how much the colour changes where it gets lighter downwards; 0 at the outline."""
    reach_px = max(2, int(round(0.02 * width_px)))
    smooth = cv2.GaussianBlur(lab_HW3, (0, 0), reach_px / 2)
    step_HW3 = np.roll(smooth, -reach_px, axis=0) - np.roll(smooth, reach_px, axis=0)
    brighter_HW = step_HW3[..., 0]
    edges_HW = np.where(brighter_HW > 0, brighter_HW + 0.5 * np.hypot(step_HW3[..., 1], step_HW3[..., 2]), 0)
    top_W = np.where(mask_HW.any(0), mask_HW.argmax(0), mask_HW.shape[0])
    clear = np.arange(mask_HW.shape[0])[:, None] > top_W + 3 * reach_px
    return np.where(clear, np.minimum(edges_HW, _SATURATED), 0)
