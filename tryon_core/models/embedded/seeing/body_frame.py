"""The body frame: where the torso is, in pixels, and which way it hangs."""

# Shapes: K landmarks; 2 is (x, y); 3 is (x, y, visibility).
from dataclasses import dataclass

import numpy as np

# MediaPipe Pose landmark numbers; left and right are the person's own.
NOSE, LEFT_EYE, RIGHT_EYE, LEFT_EAR, RIGHT_EAR, MOUTH_LEFT, MOUTH_RIGHT = 0, 2, 5, 7, 8, 9, 10
LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_ELBOW, RIGHT_ELBOW, LEFT_WRIST, RIGHT_WRIST = 11, 12, 13, 14, 15, 16
ARMS = ((RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST), (LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST))
LEFT_INDEX, RIGHT_INDEX = 19, 20
LEFT_HIP, RIGHT_HIP, LEFT_KNEE, RIGHT_KNEE = 23, 24, 25, 26
LEFT_ANKLE, RIGHT_ANKLE, LEFT_HEEL, RIGHT_HEEL, LEFT_TOE, RIGHT_TOE = 27, 28, 29, 30, 31, 32


@dataclass(frozen=True, kw_only=True)
class BodyFrame:
    """Shoulders and hips and the two directions of the torso. 'right' is the person's right, the picture's left.

    right_shoulder, left_shoulder, right_hip, left_hip  float64 (2,), pixels
    across_2     unit vector from the right to the left shoulder
    down_2       unit vector towards the hips, halfway between the shoulders' perpendicular and the spine
    shoulder_px  distance between the shoulder joints
    torso_px     distance between the middle of the shoulders and the middle of the hips
    """

    right_shoulder: np.ndarray
    left_shoulder: np.ndarray
    right_hip: np.ndarray
    left_hip: np.ndarray
    across_2: np.ndarray
    down_2: np.ndarray
    shoulder_px: float
    torso_px: float

    @classmethod
    def of(cls, landmarks_K3: np.ndarray) -> "BodyFrame":
        right_shoulder, left_shoulder, right_hip, left_hip = (
            landmarks_K3[k, :2].astype(np.float64) for k in (RIGHT_SHOULDER, LEFT_SHOULDER, RIGHT_HIP, LEFT_HIP)
        )
        width = left_shoulder - right_shoulder
        shoulder_px = float(np.hypot(*width))
        across = width / max(shoulder_px, 1e-6)
        spine = (right_hip + left_hip - right_shoulder - left_shoulder) / 2
        torso_px = float(np.hypot(*spine))
        down = np.array([-across[1], across[0]]) + spine / max(torso_px, 1e-6)
        down /= max(np.hypot(*down), 1e-6)
        return cls(
            right_shoulder=right_shoulder,
            left_shoulder=left_shoulder,
            right_hip=right_hip,
            left_hip=left_hip,
            across_2=across,
            down_2=down,
            shoulder_px=shoulder_px,
            torso_px=torso_px,
        )

    @property
    def centre(self) -> np.ndarray:
        """The middle of the shoulders, float64 (2,)."""
        return (self.right_shoulder + self.left_shoulder) / 2

    def point(self, across_px: float, down_px: float) -> np.ndarray:
        """A picture point from distances to the middle of the shoulders."""
        return self.centre + self.across_2 * across_px + self.down_2 * down_px

    def coordinates(self, points_K2: np.ndarray) -> np.ndarray:
        """float64 (K, 2): (across_px, down_px) of picture points; the inverse of `point`."""
        axes = np.stack([self.across_2, self.down_2], axis=1)
        return (np.atleast_2d(points_K2) - self.centre) @ np.linalg.inv(axes).T

    def down_share_HW(self, shape: tuple[int, int]) -> np.ndarray:
        """float32 (H, W): 0 at the height of the shoulders, 1 at the hips, further below and negative above."""
        return self._projected(shape, self.down_2) / np.float32(self.torso_px)

    def across_px_HW(self, shape: tuple[int, int]) -> np.ndarray:
        """float32 (H, W): signed distance from the middle of the shoulders along `across_2`."""
        return self._projected(shape, self.across_2)

    def _projected(self, shape: tuple[int, int], axis_2: np.ndarray) -> np.ndarray:
        x = (np.arange(shape[1], dtype=np.float32) - np.float32(self.centre[0])) * np.float32(axis_2[0])
        y = (np.arange(shape[0], dtype=np.float32) - np.float32(self.centre[1])) * np.float32(axis_2[1])
        return y[:, None] + x[None]
