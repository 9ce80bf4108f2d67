"""Find the front neckline inside a garment's outline: above it the picture shows the inside of the back collar."""

# Shapes: H, W image rows and columns; X columns; D depths; C curves; 3 is Lab.
from itertools import product

import cv2
import numpy as np

from ....pictures.masks import polygon
from ..seeing.paths import best_path
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
_EYE_SHARE, _RAYS = 0.15, 96  # the rays' common point, above the collar by this share of its width
_NEAR = 0.14  # how far from the curve the traced path may go, of the collar's width
_LATER = 0.45  # an edge counts less by this share of the strongest one before it
_STEP, _BENT = 3, 1.5  # pixels from ray to ray, and what each costs
_CLEAR_TRACE = 4.0  # three quarters of the rays see an edge of this many L*a*b* units: 7-10 on necklines, 3 on prints
_CLEAR_STANDING = 8.0  # a printed turtleneck's ruffles reach 7
_CLEAR, _FIRST = 2.5, 0.75  # least strength; the highest curve of at least this share of the best one is taken


def front_neckline(lab_HW3: np.ndarray, mask_HW: np.ndarray, keypoints: Keypoints) -> tuple[float, np.ndarray | None]:
    """How deep the front neckline hangs, and what lies above it.

    lab_HW3  float32 CIELAB
    mask_HW  bool, the garment
    returns  (depth in pixels below the collar's peaks, bool (H, W) opening or None where the outline itself is the
             neckline). The neckline is an edge below which the colour turns lighter, out of the shadow inside: first a
             curve, whose strength is the median over columns, which follows neither prints nor labels; then the
             best path near it, ray by ray.
    """
    left, right = keypoints.collar
    width_px, base_y = float(right[0] - left[0]), float(left[1] + right[1]) / 2
    outline_depth_px = max(float(keypoints.neck[1] - base_y), 0.0)
    if width_px < 12 or outline_depth_px > 0.3 * width_px:
        return outline_depth_px, None
    curve_X2 = _best_curve(_edges_into_light(lab_HW3, mask_HW, width_px), keypoints, base_y, outline_depth_px)
    if curve_X2 is None:
        return outline_depth_px, None
    path_R2 = _traced(lab_HW3, mask_HW, keypoints, curve_X2)
    if path_R2 is None and keypoints.collar_stands:
        return outline_depth_px, None
    path_R2 = curve_X2 if path_R2 is None else path_R2
    beyond = [(right[0], -width_px), (left[0], -width_px)]
    opening_HW = polygon(mask_HW.shape, np.concatenate([[left], path_R2, [right], beyond]))
    depth_px = float(path_R2[len(path_R2) // 2 - 2 : len(path_R2) // 2 + 3, 1].mean()) - base_y
    return max(depth_px, outline_depth_px), opening_HW


def _best_curve(
    edges_HW: np.ndarray, keypoints: Keypoints, base_y: float, outline_depth_px: float
) -> np.ndarray | None:
    """float64 (X, 2): the highest clear curve between the collar's peaks; None where no edge is clear."""
    left, right = keypoints.collar
    width_px = float(right[0] - left[0])
    x = np.arange(int(left[0] + 0.12 * width_px), int(right[0] - 0.12 * width_px) + 1)
    depths_px = np.arange(outline_depth_px + 0.05 * width_px, _DEEPEST * width_px)
    height_CX = np.stack([_height(x, keypoints, curve) for curve in _CURVES])
    y = np.clip(base_y + depths_px[:, None, None] * height_CX, 0, edges_HW.shape[0] - 1).astype(int)
    strength_DC = np.median(edges_HW[y, x], axis=-1)
    if strength_DC.max() < _CLEAR:
        return None
    first = int((strength_DC.max(1) >= _FIRST * strength_DC.max()).argmax())
    near = strength_DC[first : first + max(2, int(0.07 * width_px))]
    k, curve = np.unravel_index(int(near.argmax()), near.shape)
    columns = np.arange(int(left[0]), int(right[0]) + 1)
    depth_px = float(depths_px[first + k])
    return np.stack([columns, base_y + depth_px * _height(columns, keypoints, _CURVES[curve])], axis=1)


def _traced(lab_HW3: np.ndarray, mask_HW: np.ndarray, keypoints: Keypoints, curve_X2: np.ndarray) -> np.ndarray | None:
    """float64 (R, 2): the neckline from peak to peak, the best path through the edges seen along rays from above it.

    None where the edge is clear on too few of the rays: a print, not a neckline.
    """
    from scipy.ndimage import gaussian_filter1d

    left, right = keypoints.collar
    width_px = float(right[0] - left[0])
    eye = np.array([(left[0] + right[0]) / 2, (left[1] + right[1]) / 2 - _EYE_SHARE * width_px])
    ends = [np.arctan2(*(peak - eye)[::-1]) for peak in (left, right)]
    rays_R2 = np.stack([[np.cos(a), np.sin(a)] for a in np.linspace(ends[0], ends[1], _RAYS)])
    reach_px = max(2.0, 0.02 * width_px)
    far_D = np.arange(0, 1.3 * width_px)
    at_RD2 = (eye + rays_R2[:, None] * far_D[None, :, None]).astype(np.float32)
    smooth = cv2.GaussianBlur(lab_HW3, (0, 0), reach_px / 2)
    seen_RD3 = cv2.remap(smooth, at_RD2[..., 0], at_RD2[..., 1], cv2.INTER_LINEAR)
    inside_RD = cv2.remap(mask_HW.astype(np.uint8), at_RD2[..., 0], at_RD2[..., 1], cv2.INTER_NEAREST) > 0
    reach = int(round(reach_px))
    step_RD3 = np.roll(seen_RD3, -reach, axis=1) - np.roll(seen_RD3, reach, axis=1)
    edge_RD = np.where(step_RD3[..., 0] > 0, step_RD3[..., 0] + 0.5 * np.hypot(step_RD3[..., 1], step_RD3[..., 2]), 0)
    outline_R = inside_RD.argmax(1)
    edge_RD = (np.minimum(edge_RD, _SATURATED) + 0.1 * edge_RD) * (far_D >= outline_R[:, None] + 1.5 * reach)
    earlier_RD = np.maximum.accumulate(edge_RD, axis=1)
    earlier_RD = np.pad(earlier_RD, ((0, 0), (2 * reach, 0)))[:, : len(far_D)]
    curve_R = np.interp(
        np.linspace(*ends, _RAYS),
        np.arctan2(curve_X2[:, 1] - eye[1], curve_X2[:, 0] - eye[0])[::-1],
        np.hypot(*(curve_X2 - eye).T)[::-1],
    )
    beside_RD = np.abs(far_D - curve_R[:, None])
    gain_RD = edge_RD - _LATER * earlier_RD - 400 * (beside_RD / width_px) ** 2
    gain_RD = np.where((beside_RD < _NEAR * width_px) & (far_D >= outline_R[:, None]), gain_RD, -50.0)
    gain_RD[0], gain_RD[-1] = -np.abs(far_D - outline_R[0]), -np.abs(far_D - outline_R[-1])
    path_R = best_path(gain_RD, _STEP, _BENT)
    least = _CLEAR_STANDING if keypoints.collar_stands else _CLEAR_TRACE
    if np.percentile(edge_RD[np.arange(_RAYS), path_R][6:-6], 25) < least:
        return None
    smooth_R = gaussian_filter1d(far_D[path_R], 2.0, mode="nearest") + 0.5 * reach  # past the middle of the edge
    return eye + rays_R2 * smooth_R[:, None]


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
