"""Everything in a picture: which of the masks that a grid of points gives are kept.

SAM's automatic mask generator (Kirillov et al. 2023; facebookresearch/sam2: sam2/automatic_mask_generator.py, defaults
32 points a side, IoU 0.8, stability 0.95, NMS 0.7), on the network's own masks in place of masks at the picture's size,
which for a thousand points would take gigabytes.
"""

# Shapes: N masks, K of them kept; h, w rows and columns of the network's masks; 2 is (x, y).
from dataclasses import dataclass

import cv2
import numpy as np

from ...errors import BadInput

_OFFSET = 1.0  # logits to either side of the threshold, between which a stable mask hardly changes


@dataclass(frozen=True, kw_only=True)
class Automatic:
    """points_per_side   of the grid
    iou_at_least         the model's own estimate, 0-1
    stability_at_least   IoU of the mask at a higher and a lower threshold, 0-1
    overlap_at_most      IoU of the boxes of two masks that both stay, 0-1
    """

    points_per_side: int = 32
    iou_at_least: float = 0.8
    stability_at_least: float = 0.95
    overlap_at_most: float = 0.7

    def __post_init__(self) -> None:
        side = self.points_per_side
        if isinstance(side, bool) or not isinstance(side, int) or not 1 <= side <= 128:
            raise BadInput(f"points_per_side is a whole number, 1 to 128, got {side!r}")
        for name in ("iou_at_least", "stability_at_least", "overlap_at_most"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                raise BadInput(f"{name} is a share, 0 to 1, got {value!r}")


def grid(points_per_side: int) -> np.ndarray:
    """float64 (points_per_side ** 2, 2): the middles of equal cells, in fractions of the picture, row by row."""
    middles = (np.arange(points_per_side) + 0.5) / points_per_side
    x, y = np.meshgrid(middles, middles)
    return np.stack([x.ravel(), y.ravel()], -1)


def stability(logits_Nhw: np.ndarray) -> np.ndarray:
    """float (N,), 0-1: pixels above the higher threshold over pixels above the lower one; 0 where there are none."""
    inner = (logits_Nhw > _OFFSET).sum((1, 2))
    outer = (logits_Nhw > -_OFFSET).sum((1, 2))
    return inner / np.maximum(outer, 1)


def kept(logits_Nhw: np.ndarray, iou_N: np.ndarray, options: Automatic) -> np.ndarray:
    """int (K,): the masks that are good, stable and no other's double, best first."""
    good_N = (iou_N >= options.iou_at_least) & (stability(logits_Nhw) >= options.stability_at_least)
    numbers = np.flatnonzero(good_N & (logits_Nhw > 0).any((1, 2)))
    if not len(numbers):
        return numbers
    boxes = [cv2.boundingRect((logits_Nhw[number] > 0).astype(np.uint8)) for number in numbers]
    order = cv2.dnn.NMSBoxes(boxes, iou_N[numbers].tolist(), score_threshold=0.0, nms_threshold=options.overlap_at_most)
    return numbers[np.asarray(order, int).ravel()]
