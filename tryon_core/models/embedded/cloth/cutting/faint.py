"""Find the outline of cloth that is almost as light as its background: a closed line of faint edges."""

# Shapes: H, W image rows and columns; h, w the same at half size; 3 is Lab.
import cv2
import numpy as np

from .....pictures.features import blur_within
from .....pictures.masks import boundary_band, closed, largest, opened, shrunk

_SMOOTH_PX = 1.2  # at half size: takes off the picture's noise, keeps a step of 2 L*
_LEVELS_PER_UNIT = 24.0  # of the edge picture, for one L*a*b* unit a pixel
_BORDER_SHARE = 0.02
_SURE_PX = 6  # at half size: how far inside known cloth is sure; the blocks of lossy storage reach as far outside
_STEP = 1.5  # weighted L*a*b* units across the outline that can be told from a photograph's noise
_STEP_OF_NOISE, _LEAST_STEP = 4.0, 0.8  # times the background's own spread; where that is perfectly even, this much


def faint_outline(lab_HW3: np.ndarray, known_HW: np.ndarray, weights_3: np.ndarray) -> np.ndarray:
    """bool (H, W): what edges divide from the border, grown from what is known to be cloth.

    Background floods in from the border and cloth out from what is known; both climb edges as late as they can, so that
    they meet on the closed line of the strongest ones (watershed: Lotufo and Falcao 2000). Done at half size.

    lab_HW3    float32 CIELAB
    known_HW   bool, surely cloth; not empty
    weights_3  of L*, a*, b*
    """
    half = (lab_HW3.shape[1] // 2, lab_HW3.shape[0] // 2)
    small = cv2.resize(lab_HW3 * weights_3, half, interpolation=cv2.INTER_AREA)
    known = cv2.resize(known_HW.astype(np.uint8), half, interpolation=cv2.INTER_NEAREST) > 0
    cloth = divided(small, cloth=shrunk(known, _SURE_PX), background=np.zeros_like(known))
    whole = cv2.resize(opened(closed(cloth, 2), 3).astype(np.float32), lab_HW3.shape[1::-1]) > 0.5
    return largest(whole, 0.1)


def divided(small_hw3: np.ndarray, *, cloth: np.ndarray, background: np.ndarray) -> np.ndarray:
    """bool (h, w): what edges divide from the background, which is the picture's border and what else is known of it.

    small_hw3          float32, weighted Lab at half size
    cloth, background  bool (h, w), where each is known to be
    """
    from scipy.ndimage import watershed_ift

    height = np.clip(edge_levels(small_hw3) * _LEVELS_PER_UNIT, 0, 65535).astype(np.uint16)
    width_px = max(2, int(_BORDER_SHARE * min(cloth.shape)))
    markers = np.where(cloth, 2, 0).astype(np.int16)
    markers[background] = 1
    markers[:width_px], markers[-width_px:], markers[:, :width_px], markers[:, -width_px:] = 1, 1, 1, 1
    return watershed_ift(height, markers) == 2


def edge_levels(small_hw3: np.ndarray) -> np.ndarray:
    """float32 (h, w): how steep a picture of half size is at each place, without its noise, in its units a pixel."""
    smooth = cv2.GaussianBlur(small_hw3, (0, 0), _SMOOTH_PX)
    x, y = (cv2.Scharr(smooth, cv2.CV_32F, *order) / 32 for order in ((1, 0), (0, 1)))
    return np.sqrt((x**2 + y**2).sum(-1))


def seen_share(lab_HW3: np.ndarray, mask_HW: np.ndarray, weights_3: np.ndarray, noise: float) -> float:
    """How much of a mask's outline is a step that can be told from noise, 0-1; 0 for an empty mask.

    noise  the background's own spread, in weighted units: on an even one less can be told
    """
    outline = boundary_band(mask_HW, 1)
    if not outline.any():
        return 0.0
    inside, outside = (
        np.stack([blur_within(lab_HW3[..., k] * weights_3[k], part, 2.0)[outline] for k in range(3)], axis=-1)
        for part in (shrunk(mask_HW, 2), shrunk(~mask_HW, 2))
    )
    told = np.clip(_STEP_OF_NOISE * noise, _LEAST_STEP, _STEP)
    return float((np.linalg.norm(inside - outside, axis=-1) > told).mean())
