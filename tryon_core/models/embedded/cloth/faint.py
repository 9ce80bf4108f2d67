"""Find the outline of cloth that is almost as light as its background: a closed line of faint edges."""

# Shapes: H, W image rows and columns; 3 is Lab.
import cv2
import numpy as np

from ....pictures.features import blur_within
from ....pictures.masks import boundary_band, closed, largest, opened, shrunk

_SMOOTH_PX = 1.2  # at half size: takes off the picture's noise, keeps a step of 2 L*
_LEVELS_PER_UNIT = 24.0  # of the edge picture, for one L*a*b* unit a pixel
_BORDER_SHARE, _SURE_PX = 0.02, 3
_STEP = 1.5  # weighted L*a*b* units across the outline that can be told from noise


def faint_outline(lab_HW3: np.ndarray, known_HW: np.ndarray, weights_3: np.ndarray) -> np.ndarray:
    """bool (H, W): what edges divide from the border, grown from what is known to be cloth.

    Background floods in from the border and cloth out from what is known; both climb edges as late as they can, so that
    they meet on the closed line of the strongest ones (watershed: Lotufo and Falcao 2000). Done at half size.

    lab_HW3    float32 CIELAB
    known_HW   bool, surely cloth; not empty
    weights_3  of L*, a*, b*
    """
    from scipy.ndimage import watershed_ift

    half = (lab_HW3.shape[1] // 2, lab_HW3.shape[0] // 2)
    small = cv2.GaussianBlur(cv2.resize(lab_HW3 * weights_3, half, interpolation=cv2.INTER_AREA), (0, 0), _SMOOTH_PX)
    x, y = (cv2.Scharr(small, cv2.CV_32F, *order) / 32 for order in ((1, 0), (0, 1)))
    height = np.clip(np.sqrt((x**2 + y**2).sum(-1)) * _LEVELS_PER_UNIT, 0, 255).astype(np.uint8)
    known = cv2.resize(known_HW.astype(np.uint8), half, interpolation=cv2.INTER_NEAREST) > 0
    width_px = max(2, int(_BORDER_SHARE * min(half)))
    markers = np.where(shrunk(known, _SURE_PX), 2, 0).astype(np.int16)
    markers[:width_px], markers[-width_px:], markers[:, :width_px], markers[:, -width_px:] = 1, 1, 1, 1
    cloth = watershed_ift(height, markers) == 2
    whole = cv2.resize(opened(closed(cloth, 2), 3).astype(np.float32), lab_HW3.shape[1::-1]) > 0.5
    return largest(whole, 0.1)


def seen_share(lab_HW3: np.ndarray, mask_HW: np.ndarray, weights_3: np.ndarray) -> float:
    """How much of a mask's outline is a step that can be told from noise, 0-1; 0 for an empty mask."""
    outline = boundary_band(mask_HW, 1)
    if not outline.any():
        return 0.0
    inside, outside = (
        np.stack([blur_within(lab_HW3[..., k] * weights_3[k], part, 2.0)[outline] for k in range(3)], axis=-1)
        for part in (shrunk(mask_HW, 2), shrunk(~mask_HW, 2))
    )
    return float((np.linalg.norm(inside - outside, axis=-1) > _STEP).mean())
