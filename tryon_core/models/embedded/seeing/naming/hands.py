"""The hands of a person, whole: skin that is connected to the wrist and lies where a hand can reach."""

# Shapes: H, W image rows and columns; K landmarks; 2 is (x, y); 3 is (x, y, visibility).
import numpy as np

from .....pictures.masks import capsule, opened, touching
from ..anatomy import HANDS, hand_room
from ..body_frame import BodyFrame

_WRIST = 0.09  # half a wrist, in shoulder widths
_BEFORE = 0.05  # how far before the wrist a hand begins, in shoulder widths: the heel of the hand


def find_hands(bare: np.ndarray, landmarks_K3: np.ndarray, frame: BodyFrame) -> np.ndarray:
    """bool (H, W): both hands with their fingers, as far as they are seen.

    bare   bool (H, W), all skin but the face
    """
    found, unit = np.zeros(bare.shape, bool), frame.shoulder_px
    y, x = (np.arange(side, dtype=np.float32) for side in bare.shape)
    for hand in HANDS:
        room = hand_room(bare.shape, landmarks_K3, hand, unit)
        if not room.any():
            continue
        elbow_2, wrist_2 = landmarks_K3[[hand.elbow, hand.wrist], :2].astype(float)
        along_2 = (wrist_2 - elbow_2) / max(float(np.hypot(*(wrist_2 - elbow_2))), 1e-6)
        beyond = (x - wrist_2[0]) * along_2[0] + ((y - wrist_2[1]) * along_2[1])[:, None] > -_BEFORE * unit
        palm_2 = landmarks_K3[list(hand.points), :2].mean(0)
        found |= touching(opened(bare & room & beyond, 1), capsule(bare.shape, wrist_2, palm_2, _WRIST * unit), 0.05)
    return found
