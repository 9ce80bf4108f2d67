"""Trace a neckline from peak to peak near the curve that it was found as, ray by ray."""

# Shapes: H, W image rows and columns; X columns; R rays; D distances along them; 3 is Lab; 2 is (x, y).
import cv2
import numpy as np

from ...seeing.paths import best_path
from .neck_edges import Collar, saturated

_EYE_SHARE, _RAYS = 0.15, 96  # the rays' common point, above the collar by this share of its width
_NEAR = 0.14  # how far from the curve the traced path may go, of the collar's width
_LATER = 0.45  # an edge counts less by this share of the strongest one before it
_STEP, _BENT = 3, 1.5  # pixels from ray to ray, and what each costs
_CLEAR_TRACE = 4.0  # three quarters of the rays see an edge of this many L*a*b* units: 7-10 on necklines, 3 on prints
_CLEAR_STANDING = 8.0  # a printed turtleneck's ruffles reach 7


def traced(lab_HW3: np.ndarray, mask_HW: np.ndarray, collar: Collar, curve_X2: np.ndarray) -> np.ndarray | None:
    """float64 (R, 2): the neckline from peak to peak, the best path through the edges seen along rays from above it.

    None where the edge is clear on too few of the rays: a print, not a neckline.
    """
    from scipy.ndimage import gaussian_filter1d

    width_px = collar.width_px
    eye = np.array([collar.centre_x, collar.base_y - _EYE_SHARE * width_px])
    ends = [np.arctan2(*(peak - eye)[::-1]) for peak in (collar.left, collar.right)]
    rays_R2 = np.stack([[np.cos(a), np.sin(a)] for a in np.linspace(ends[0], ends[1], _RAYS)])
    curve_R = np.interp(
        np.linspace(*ends, _RAYS),
        np.arctan2(curve_X2[:, 1] - eye[1], curve_X2[:, 0] - eye[0])[::-1],
        np.hypot(*(curve_X2 - eye).T)[::-1],
    )
    far_D = np.arange(0, curve_R.max() + 2 * _NEAR * width_px)
    edge_RD, outline_R = _edges_along(lab_HW3, mask_HW, eye + rays_R2[:, None] * far_D[None, :, None], collar.reach_px)
    earlier_RD = np.maximum.accumulate(edge_RD, axis=1)
    earlier_RD = np.pad(earlier_RD, ((0, 0), (2 * collar.reach_px, 0)))[:, : len(far_D)]
    beside_RD = np.abs(far_D - curve_R[:, None])
    gain_RD = edge_RD - _LATER * earlier_RD - 400 * (beside_RD / width_px) ** 2
    gain_RD = np.where((beside_RD < _NEAR * width_px) & (far_D >= outline_R[:, None]), gain_RD, -50.0)
    gain_RD[0], gain_RD[-1] = -np.abs(far_D - outline_R[0]), -np.abs(far_D - outline_R[-1])
    path_R = best_path(gain_RD, _STEP, _BENT)
    least = _CLEAR_STANDING if collar.stands else _CLEAR_TRACE
    if np.percentile(edge_RD[np.arange(_RAYS), path_R][6:-6], 25) < least:
        return None
    smooth_R = gaussian_filter1d(far_D[path_R], 2.0, mode="nearest") + 0.5 * collar.reach_px  # past the edge's middle
    return eye + rays_R2 * smooth_R[:, None]


def _edges_along(
    lab_HW3: np.ndarray, mask_HW: np.ndarray, at_RD2: np.ndarray, reach: int
) -> tuple[np.ndarray, np.ndarray]:
    """(float32 (R, D) edges into light along each ray, int (R,) where the garment begins on it)."""
    map_RD = [plane.astype(np.float32) for plane in np.moveaxis(at_RD2, -1, 0)]
    smooth = cv2.GaussianBlur(lab_HW3, (0, 0), reach / 2)
    seen_RD3 = cv2.remap(smooth, *map_RD, cv2.INTER_LINEAR)
    inside_RD = cv2.remap(mask_HW.astype(np.uint8), *map_RD, cv2.INTER_NEAREST) > 0
    step_RD3 = np.roll(seen_RD3, -reach, axis=1) - np.roll(seen_RD3, reach, axis=1)
    edge_RD = np.where(step_RD3[..., 0] > 0, step_RD3[..., 0] + 0.5 * np.hypot(step_RD3[..., 1], step_RD3[..., 2]), 0)
    outline_R = inside_RD.argmax(1)
    beyond_RD = np.arange(edge_RD.shape[1]) >= outline_R[:, None] + 1.5 * reach
    return (saturated(edge_RD) + 0.1 * edge_RD) * beyond_RD, outline_R
