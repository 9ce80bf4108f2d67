"""Find the front neckline inside a garment's outline: above it the picture shows the inside of the back collar."""

# Shapes: H, W image rows and columns; X places along the neckline; 3 is Lab; 2 is (x, y).
import numpy as np

from .....pictures.masks import polygon
from ..keypoints import Keypoints
from .neck_curves import curve_below, deep_v, round_curve
from .neck_edges import Collar, edges_downwards
from .neck_label import label_bottom
from .neck_trace import traced

_NARROWEST_PX = 12  # a collar of fewer pixels shows no neckline
_OPEN_OUTLINE = 0.3  # of the collar's width: an outline that dips so deep is the neckline itself

_LOOKED_AT = 1.6  # collar widths below the peaks: no neckline is traced further down


def front_neckline(lab_HW3: np.ndarray, mask_HW: np.ndarray, keypoints: Keypoints) -> tuple[float, np.ndarray | None]:
    """How deep the front neckline hangs, and what lies above it.

    lab_HW3  float32 CIELAB
    mask_HW  bool, the garment
    returns  (depth in pixels below the collar's peaks, bool (H, W) opening or None where the outline itself is the
             neckline)
    """
    collar = Collar.of(keypoints)
    path_X2 = None
    if collar.width_px >= _NARROWEST_PX and collar.outline_depth_px <= _OPEN_OUTLINE * collar.width_px:
        path_X2 = _neckline(lab_HW3, mask_HW, collar)
    if path_X2 is None:
        return collar.outline_depth_px, None
    beyond = [(collar.right[0], -collar.width_px), (collar.left[0], -collar.width_px)]
    opening_HW = polygon(mask_HW.shape, np.concatenate([[collar.left], path_X2, [collar.right], beyond]))
    middle = len(path_X2) // 2
    depth_px = float(path_X2[middle - 2 : middle + 3, 1].mean()) - collar.base_y
    return max(depth_px, collar.outline_depth_px), opening_HW


def _neckline(lab_HW3: np.ndarray, mask_HW: np.ndarray, collar: Collar) -> np.ndarray | None:
    """float64 (X, 2): the neckline from peak to peak, an edge below which the colour turns lighter, out of the shadow
    inside: first as a curve, then as the best path near it. What a label hangs over is the back's rib, and the neckline
    lies below the label.
    """
    lowest = int(collar.base_y + _LOOKED_AT * collar.width_px)
    lab_HW3, mask_HW = lab_HW3[:lowest], mask_HW[:lowest]
    edges_HW = edges_downwards(lab_HW3, mask_HW, collar)
    round_X2 = round_curve(edges_HW, collar)
    if round_X2 is None:
        return None
    v_X2 = deep_v(edges_HW, collar, float(round_X2[:, 1].max()) - collar.base_y)
    curve_X2 = round_X2 if v_X2 is None else v_X2
    path_X2 = traced(lab_HW3, mask_HW, collar, curve_X2)
    if path_X2 is None and collar.stands:
        return None
    path_X2 = curve_X2 if path_X2 is None else path_X2
    label_y = label_bottom(lab_HW3, mask_HW, collar, path_X2)
    if label_y is None:
        return path_X2
    return curve_below(edges_downwards(lab_HW3, mask_HW, collar, into_dark=True), collar, label_y)
