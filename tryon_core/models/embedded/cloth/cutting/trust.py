"""Whether a cut-out ends where its photograph has edges: what lies beyond it is plain background, or it lost cloth."""

# Shapes: H, W image rows and columns; h, w the same at half size; 3 is Lab.
import cv2
import numpy as np

from .....pictures.masks import boundary_band, grown
from .faint import edge_levels

_ON_EDGE_PX, _AWAY_PX = 3, 12  # at half size: an edge's own width, and where the background's own grain is measured
_GRAIN, _LEAST = 95, 0.3  # percentile of the background's steepness that is grain; weighted Lab units a pixel
_MARGIN = 0.03  # of the picture's shorter side: the photograph's own border is no cloth


def edge_share(lab_HW3: np.ndarray, mask_HW: np.ndarray, weights_3: np.ndarray) -> float:
    """Share of the gradient on and beyond a cut-out's outline that lies on it, 0-1; 0 for an empty mask.

    1 on a plain background; less where cloth was left out, whose edges then lie beyond the outline. The gradient is
    Scharr's at half size, without the background's own grain. Blind to what was cut off along a line without edges.

    lab_HW3    float32 CIELAB
    mask_HW    bool, the cut-out
    weights_3  of L*, a*, b*
    """
    half = lab_HW3.shape[1] // 2, lab_HW3.shape[0] // 2
    mask_hw = cv2.resize(mask_HW.astype(np.uint8), half, interpolation=cv2.INTER_NEAREST) > 0
    steep_hw = edge_levels(cv2.resize(lab_HW3 * weights_3, half, interpolation=cv2.INTER_AREA))
    on_hw, away_hw = boundary_band(mask_hw, _ON_EDGE_PX), ~grown(mask_hw, _AWAY_PX)
    grain = max(float(np.percentile(steep_hw[away_hw], _GRAIN)) if away_hw.any() else 0.0, _LEAST)
    steep_hw = np.maximum(steep_hw - grain, 0)
    on, beyond = (float(steep_hw[part_hw].sum()) for part_hw in (on_hw, _looked_at(mask_hw) & ~on_hw & ~mask_hw))
    return on / (on + beyond) if on > 0 else 0.0


def _looked_at(mask_hw: np.ndarray) -> np.ndarray:
    """bool (h, w): the picture without its margin."""
    margin_px = int(_MARGIN * min(mask_hw.shape)) + 1
    inside_hw = np.zeros(mask_hw.shape, bool)
    inside_hw[margin_px:-margin_px, margin_px:-margin_px] = True
    return inside_hw
