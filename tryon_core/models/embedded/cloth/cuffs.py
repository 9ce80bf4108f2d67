"""Find where a sleeve's cuff shows its inside: the far wall of the opening, darker than the cloth before it."""

# Shapes: H, W image rows and columns; U places across the sleeve; V along it; K curves; E edge points; 2 is (x, y).
import cv2
import numpy as np

from ....pictures.masks import polygon
from .sleeve_outline import EDGE_SHARES, Sleeve

_FROM, _BEYOND = 0.78, 1.06  # shares of the sleeve's length between which its opening may begin and end
_ACROSS, _ALONG = 24, 72
_DARKER = 9.0  # least L* by which the inside is darker: 15-40 on the rendered sleeves
_CLEAR_SHARE = 0.7  # of the width where the step is seen
_STEEPEST = 0.3  # what more of a step counts beyond twice that: the edge is in the middle of it
_ASLANT = np.arange(-20, 21, 2)  # places along the sleeve that one end of a cuff's front edge lies beyond the other
_SAG = np.arange(-12, 13, 2)  # and its middle beyond the line between the ends
_BESIDE = 3  # places within which a step counts for an arc: cloth is no ellipse


def inside_of_cuff(lightness_HW: np.ndarray, mask_HW: np.ndarray, sleeve: Sleeve) -> np.ndarray:
    """bool (H, W): what lies beyond the front edge of the cuff; all False where no inside is seen.

    lightness_HW  float32 L*
    """
    grid_UV2 = _grid(sleeve)
    light_UV, inside_UV = (
        cv2.remap(values.astype(np.float32), *np.moveaxis(grid_UV2, -1, 0), cv2.INTER_LINEAR, borderValue=0)
        for values in (cv2.GaussianBlur(lightness_HW, (0, 0), 1.5), mask_HW)
    )
    reach = 3
    darker_UV = np.roll(light_UV, reach, axis=1) - np.roll(light_UV, -reach, axis=1)
    within_UV = (np.roll(inside_UV, -reach, axis=1) > 0.9) & (np.roll(inside_UV, reach, axis=1) > 0.9)
    within_UV[:, :reach] = within_UV[:, -reach:] = False
    gain_UV = np.where(within_UV, np.minimum(darker_UV, 2 * _DARKER) + _STEEPEST * darker_UV, 0.0)
    near_UV = cv2.dilate(gain_UV.astype(np.float32), np.ones((1, _BESIDE), np.uint8))
    path_U = _clearest_arc(near_UV)
    seen_U = near_UV[np.arange(_ACROSS), path_U] > _DARKER
    beyond_UV = (np.arange(_ALONG) > path_U[:, None] + reach) & (inside_UV > 0.9)
    before_UV = (np.arange(_ALONG) < path_U[:, None] - reach) & (inside_UV > 0.9)
    dark = beyond_UV.any() and before_UV.any() and _much_darker(light_UV[beyond_UV], light_UV[before_UV])
    if seen_U.mean() < _CLEAR_SHARE or not dark:
        return np.zeros(mask_HW.shape, bool)
    edge_U2 = grid_UV2[np.arange(_ACROSS), path_U]
    return polygon(mask_HW.shape, np.concatenate([edge_U2, grid_UV2[::-1, -1]]))


def _clearest_arc(gain_UV: np.ndarray) -> np.ndarray:
    """int (U,): the front edge of a round opening is an arc; a path from step to step would follow dots and flowers."""
    start_K, slant_K, sag_K = (axis.ravel() for axis in np.meshgrid(np.arange(_ALONG), _ASLANT, _SAG))
    u = np.linspace(0, 1, len(gain_UV))
    arc_KU = start_K[:, None] + slant_K[:, None] * u + sag_K[:, None] * 4 * u * (1 - u)
    arc_KU = np.clip(np.round(arc_KU), 0, _ALONG - 1).astype(int)
    return arc_KU[gain_UV[np.arange(len(gain_UV)), arc_KU].sum(1).argmax()]


def _much_darker(inside_N: np.ndarray, cloth_N: np.ndarray) -> bool:
    """All of the inside lies in shadow; a dark stripe of the cloth does not."""
    return bool(np.percentile(inside_N, 80) < np.median(cloth_N) - _DARKER)


def _grid(sleeve: Sleeve) -> np.ndarray:
    """float32 (U, V, 2): places on the last part of a sleeve and a little beyond it."""
    along = np.linspace(_FROM, _BEYOND, _ALONG)
    outer, inner = (_read(edge_E2, along) for edge_E2 in (sleeve.outer_E2, sleeve.inner_E2))
    across = np.linspace(-0.02, 1.02, _ACROSS)[:, None, None]
    return (outer * (1 - across) + inner * across).astype(np.float32)


def _read(edge_E2: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Places along an edge; straight on beyond its end."""
    on_edge = np.stack([np.interp(shares, EDGE_SHARES, edge_E2[:, k]) for k in (0, 1)], axis=1)
    beyond = np.maximum(shares - 1, 0)[:, None] / (EDGE_SHARES[-1] - EDGE_SHARES[-2])
    return on_edge + beyond * (edge_E2[-1] - edge_E2[-2])
