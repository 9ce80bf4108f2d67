"""Which way a person faces, told by more than one sign: the pose network wavers where the head is cut off.

Halfway between "from the front" and "from behind" it puts both shoulders near the middle of the body, which looks like
a side view. The mirrored picture is then often seen rightly.
"""

# Shapes: H, W image rows and columns; K landmarks; 2 is (x, y); 3 is RGB or (x, y, visibility).
from dataclasses import replace

import numpy as np

from .....pictures.masks import walk
from ..body_frame import LEFT_ANKLE, LEFT_HEEL, LEFT_TOE, RIGHT_ANKLE, RIGHT_HEEL, RIGHT_TOE, BodyFrame
from ..landmarks import Pose, find_pose

FRONTAL = 0.35  # shoulder width over torso length: 0.6-0.8 from the front, about 0.25 at 70 degrees
_BROAD = 0.6  # of the silhouette at the shoulders, in torso lengths: 0.75-1.1 from the front, below 0.5 from the side
_PAIRS = ((12, 11), (24, 23), (5, 2), (8, 7), (10, 9))  # right and left shoulder, hip, eye, ear, corner of the mouth
_LEAST_SIGNS = 0.6  # share of the signs that must say "from the front"
_SEEN = 0.5  # visibility of feet
# The number of each landmark in a mirrored picture: every left one is then the right one.
_MIRRORED_K = np.array([0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, *(k + 1 if k % 2 else k - 1 for k in range(11, 33))])


def seen_from_front(image_HW3: np.ndarray, pose: Pose) -> Pose:
    """The pose; a second look's where the first seems turned away, the second faces us and the silhouette is broad."""
    if frontal(pose):
        return pose
    other = _mirrored(image_HW3)
    return other if _believed(other) else pose


def frontal(pose: Pose) -> bool:
    """The person's right shoulder at the picture's left, and far enough from the other one."""
    frame = BodyFrame.of(pose.landmarks_K3)
    return bool(frame.across_2[0] > 0 and frame.shoulder_px >= FRONTAL * frame.torso_px)


def _believed(pose: Pose) -> bool:
    return frontal(pose) and signs_of_front(pose) >= _LEAST_SIGNS and _breadth_share(pose) >= _BROAD


def signs_of_front(pose: Pose) -> float:
    """0-1: the share of pairs of joints whose right one is at the picture's left, and of feet that point at us."""
    x_K, y_K, seen_K = pose.landmarks_K3.T
    signs = [x_K[right] < x_K[left] for right, left in _PAIRS]
    for ankle, heel, toe in ((RIGHT_ANKLE, RIGHT_HEEL, RIGHT_TOE), (LEFT_ANKLE, LEFT_HEEL, LEFT_TOE)):
        if seen_K[[ankle, heel, toe]].min() > _SEEN and y_K[toe] < pose.alpha_HW.shape[0]:
            signs.append(y_K[toe] > y_K[heel])
    return float(np.mean(signs))


def _breadth_share(pose: Pose) -> float:
    """How broad the silhouette is a little below the shoulders, in torso lengths; arms that stand off do not count."""
    frame, person = BodyFrame.of(pose.landmarks_K3), pose.alpha_HW > 0.5
    start, limit_px = frame.point(0, 0.1 * frame.torso_px), 1.0 * frame.torso_px
    sides = [walk(person, start, sign * frame.across_2, limit_px) for sign in (-1, 1)]
    return sum(limit_px if side is None else side for side in sides) / max(frame.torso_px, 1e-6)


def _mirrored(image_HW3: np.ndarray) -> Pose:
    """The pose as seen in the mirrored picture, back in this one's coordinates and names."""
    pose = find_pose(np.ascontiguousarray(image_HW3[:, ::-1]))
    landmarks_K3 = pose.landmarks_K3[_MIRRORED_K]
    landmarks_K3[:, 0] = image_HW3.shape[1] - 1 - landmarks_K3[:, 0]
    return replace(
        pose,
        landmarks_K3=landmarks_K3,
        depth_px_K=pose.depth_px_K[_MIRRORED_K],
        alpha_HW=np.ascontiguousarray(pose.alpha_HW[:, ::-1]),
    )
