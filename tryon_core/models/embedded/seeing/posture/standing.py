"""Whether a person is the right way up in the picture: neither lying on the side nor on the head."""

# Shapes: H, W image rows and columns; 3 is RGB; 2 is (x, y).
import numpy as np

from .....errors import Refused
from ..body_frame import NOSE, BodyFrame
from ..landmarks import Pose, find_pose

# Degrees from upright. 35 frontal people, rendered and photographed, lean by up to 7, hold their shoulders within 9 and
# their heads within 22; each of them turned by a quarter or by half is beyond one of these, and is within all of them
# when turned back. 2026-11.
LEAN_DEG, SHOULDERS_DEG, HEAD_DEG = 15.0, 15.0, 30.0
UNSURE, SURE = 0.6, 0.9  # the pose network's belief that there is a body


def check_upright(image_HW3: np.ndarray, pose: Pose) -> None:
    """Raises Refused: 'not_upright' for a person who would stand upright if the picture were turned.

    pose   of the picture as it is; where that looks upright nothing else is looked at
    """
    if pose.presence > UNSURE and looks_upright(pose):
        return
    for quarters, lies in ((1, "lies on the side"), (3, "lies on the side"), (2, "stands on the head")):
        turned = find_pose(np.ascontiguousarray(np.rot90(image_HW3, -quarters)))
        if turned.presence > SURE and looks_upright(turned):
            raise Refused("not_upright", f"the person {lies}; turn the picture by {90 * quarters} degrees clockwise")


def looks_upright(pose: Pose) -> bool:
    """Head above the shoulders, these above the hips, the person's right at the picture's left."""
    frame = BodyFrame.of(pose.landmarks_K3)
    spine_2 = (frame.right_hip + frame.left_hip) / 2 - frame.centre
    neck_2 = frame.centre - pose.landmarks_K3[NOSE, :2]
    tilt_deg = np.degrees(np.arctan2(frame.across_2[1], frame.across_2[0]))
    return bool(
        abs(_from_down_deg(spine_2)) < LEAN_DEG
        and abs(tilt_deg) < SHOULDERS_DEG
        and abs(_from_down_deg(neck_2)) < HEAD_DEG
    )


def _from_down_deg(along_2: np.ndarray) -> float:
    return float(np.degrees(np.arctan2(along_2[0], along_2[1])))
