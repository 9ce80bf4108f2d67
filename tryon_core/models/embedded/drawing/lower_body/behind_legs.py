"""Make up the background behind legs: walls and floors go on sideways, so each row is filled from its own two ends."""

# Shapes: H, W image rows and columns; 3 is RGB.
import numpy as np

from .....pictures.features import blur_within
from ...seeing.fill import spread

_NOISE_PX = 1.5  # the ends are averaged over so much, or each would draw a streak


def carried_across(image_HW3: np.ndarray, known_HW: np.ndarray) -> np.ndarray:
    """Each unknown stretch of a row mixed from the known pixels at its two ends, by their nearness.

    image_HW3  uint8 or float RGB, 0-255
    known_HW   bool
    returns    float32 (H, W, 3); rows without a known pixel are spread from the others, the picture itself without any
    """
    if not known_HW.any():
        return image_HW3.astype(np.float32)
    smooth_HW3 = blur_within(image_HW3.astype(np.float32), known_HW, _NOISE_PX)
    columns, width = np.arange(known_HW.shape[1]), known_HW.shape[1]
    left_HW = np.maximum.accumulate(np.where(known_HW, columns, -1), axis=1)
    right_HW = np.minimum.accumulate(np.where(known_HW, columns, width)[:, ::-1], axis=1)[:, ::-1]
    rows_H1 = np.arange(len(known_HW))[:, None]
    from_left_HW3 = smooth_HW3[rows_H1, np.maximum(left_HW, 0)]
    from_right_HW3 = smooth_HW3[rows_H1, np.minimum(right_HW, width - 1)]
    share_HW = (columns - left_HW) / np.maximum(right_HW - left_HW, 1)
    share_HW = np.where(left_HW < 0, 1.0, np.where(right_HW >= width, 0.0, share_HW))[..., None].astype(np.float32)
    mixed_HW3 = from_left_HW3 * (1 - share_HW) + from_right_HW3 * share_HW
    empty_H = ~known_HW.any(1)
    if empty_H.any():
        mixed_HW3[empty_H] = spread(image_HW3, known_HW)[empty_H]
    return mixed_HW3
