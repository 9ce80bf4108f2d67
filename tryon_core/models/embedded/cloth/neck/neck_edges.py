"""Where a garment's colour changes below its collar, and the two points between which its neckline hangs."""

# Shapes: H, W image rows and columns; 3 is Lab; 2 is (x, y).
from dataclasses import dataclass

import cv2
import numpy as np

from ..keypoints import Keypoints

_SATURATED = 10.0  # an edge of more L*a*b* units counts as this: a rib's contrast must not outshine the inner edge
_REACH = 0.02  # of the collar's width: across how much of it an edge is measured, to either side


@dataclass(frozen=True, kw_only=True, eq=False)
class Collar:
    """What the neckline hangs from. Lengths in pixels of the garment's picture.

    left, right       float64 (2,), the collar's peaks
    outline_depth_px  how far below them the garment's outline dips between them
    stands            whether the collar stands up the neck
    """

    left: np.ndarray
    right: np.ndarray
    outline_depth_px: float
    stands: bool

    @classmethod
    def of(cls, keypoints: Keypoints) -> "Collar":
        left, right = keypoints.collar
        base_y = float(left[1] + right[1]) / 2
        depth_px = max(float(keypoints.neck[1]) - base_y, 0.0)
        return cls(left=left, right=right, outline_depth_px=depth_px, stands=keypoints.collar_stands)

    @property
    def width_px(self) -> float:
        return float(self.right[0] - self.left[0])

    @property
    def centre_x(self) -> float:
        return float(self.left[0] + self.right[0]) / 2

    @property
    def base_y(self) -> float:
        """The height of the peaks."""
        return float(self.left[1] + self.right[1]) / 2

    @property
    def reach_px(self) -> int:
        """Across how much of the cloth an edge is measured, to either side."""
        return max(2, int(round(_REACH * self.width_px)))


def saturated(edges: np.ndarray) -> np.ndarray:
    """Edges in L*a*b* units, none of which counts for more than a neckline's."""
    return np.minimum(edges, _SATURATED)


def edges_downwards(lab_HW3: np.ndarray, mask_HW: np.ndarray, collar: Collar, *, into_dark: bool = False) -> np.ndarray:
    """float32 (H, W), 0-10 L*a*b* units: how much the colour changes downwards; 0 at the garment's outline.

    into_dark  whether an edge counts below which it is darker, too; else only those out of the shadow into the light
    """
    reach = collar.reach_px
    smooth = cv2.GaussianBlur(lab_HW3, (0, 0), reach / 2)
    step_HW3 = np.roll(smooth, -reach, axis=0) - np.roll(smooth, reach, axis=0)
    brighter_HW = np.abs(step_HW3[..., 0]) if into_dark else step_HW3[..., 0]
    edges_HW = np.where(brighter_HW > 0, brighter_HW + 0.5 * np.hypot(step_HW3[..., 1], step_HW3[..., 2]), 0)
    top_W = np.where(mask_HW.any(0), mask_HW.argmax(0), mask_HW.shape[0])
    clear = np.arange(mask_HW.shape[0])[:, None] > top_W + 3 * reach
    return np.where(clear, saturated(edges_HW), 0)
