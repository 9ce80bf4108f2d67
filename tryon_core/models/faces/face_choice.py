"""Which face is meant, of those that a detector saw; and when none of them will do, why: Refused, by a fixed name.

Shapes: F faces. A box (4,) is left, top, right, bottom; points (5, 2) are x, y of the eye on the picture's left, the
other eye, the tip of the nose, and the corners of the mouth on the left and on the right. All in pixels.
"""

import math

import numpy as np
from PIL import Image

from ...errors import BadInput, Refused

WHITE = 128  # of 255: what is brighter in a mask may change, as in the systems that these masks come from
LEAST_PX = 32  # of a face's shorter side: a face network looks at 112 or 128 px, and would see mostly enlargement
MOST_TURNED = 60  # degrees to the side: beyond it the farther eye is hidden, and with it half of what is compared
RIVAL = 0.5  # of the best face's score times area: a second one above it could as well be meant
NOSE_DEPTH = 0.636  # of the eyes' distance, nose's tip before the eyes: MediaPipe's canonical face, 4.0 of 6.3 cm


def character_face(boxes_F4: np.ndarray, scores_F: np.ndarray, points_F52: np.ndarray | None = None) -> int:
    """The number of the best face of a picture of one character: the highest score times area.

    points_F52  None where the detector sees faces from the front alone
    raises      Refused: 'no_face_of_character', 'several_faces', 'tiny_face', 'profile_face'
    """
    if not len(boxes_F4):
        raise Refused("no_face_of_character", "no face is seen in the character's picture; give one that shows it")
    worth_F = scores_F * np.prod(_sides(boxes_F4), axis=1)
    best, *others = (int(number) for number in np.argsort(-worth_F, kind="stable"))
    if others and worth_F[others[0]] > RIVAL * worth_F[best]:
        raise Refused(
            "several_faces",
            f"{len(boxes_F4)} faces are seen in the character's picture and none is clearly the one that is meant: the "
            f"second is worth {worth_F[others[0]] / worth_F[best]:.0%} of the first; crop it to one",
        )
    _check_seen("the character's face", boxes_F4[best], None if points_F52 is None else points_F52[best])
    return best


def face_to_change(boxes_F4: np.ndarray, points_F52: np.ndarray | None = None, mask: Image.Image | None = None) -> int:
    """The number of the face whose box's centre is nearest to the middle of what is white in the mask, or the largest.

    mask     mode L, of the picture's size; None: the largest face
    raises   Refused: 'no_face', also where the nearest has nothing white in its box; 'tiny_face', 'profile_face';
             BadInput for a mask without white
    """
    if mask is not None:
        white_HW = white_of(mask)
    if not len(boxes_F4):
        raise Refused("no_face", "no face is seen in the picture to change")
    if mask is None:
        chosen = int(np.argmax(np.prod(_sides(boxes_F4), axis=1)))
    else:
        middle_2 = [np.average(np.arange(line.size), weights=line) for line in (white_HW.sum(0), white_HW.sum(1))]
        chosen = int(np.argmin(np.linalg.norm((boxes_F4[:, :2] + boxes_F4[:, 2:]) / 2 - middle_2, axis=1)))
        left, top, right, bottom = (max(0, round(float(edge))) for edge in boxes_F4[chosen])
        if not white_HW[top:bottom, left:right].any():
            raise Refused("no_face", "no face is seen where the mask is white; paint it over the face to change")
    _check_seen("the face to change", boxes_F4[chosen], None if points_F52 is None else points_F52[chosen])
    return chosen


def white_of(mask: Image.Image) -> np.ndarray:
    """bool (H, W), True where a mask of mode L is white. raises BadInput where it is nowhere, or for another mode"""
    if mask.mode != "L":
        raise BadInput(f"a mask is a picture of mode L, white where it may change; got mode {mask.mode}")
    white_HW = np.asarray(mask) > WHITE
    if not white_HW.any():
        raise BadInput("nothing may change: the mask is black all over; paint white over the face to change")
    return white_HW


def turned_degrees(points_52: np.ndarray) -> float:
    """How far a face is turned to the side, 0 (to the front) to 90 (profile), whatever the tilt of the head."""
    eyes_2, mouth_2 = points_52[:2].mean(0), points_52[3:].mean(0)
    down_2 = (mouth_2 - eyes_2) / max(float(np.linalg.norm(mouth_2 - eyes_2)), 1e-9)
    across_2 = np.array([down_2[1], -down_2[0]])
    apart, aside = ((points_52[1] - points_52[0]) @ across_2, (points_52[2] - eyes_2) @ across_2)
    return math.degrees(math.atan2(abs(aside), NOSE_DEPTH * abs(apart)))


def _check_seen(which: str, box_4: np.ndarray, points_52: np.ndarray | None) -> None:
    """raises   Refused for a face that is too small or too much from the side"""
    least_px = float(_sides(box_4[None]).min())
    if least_px < LEAST_PX:
        raise Refused("tiny_face", f"{which} is {least_px:.0f} px wide or high and {LEAST_PX} are needed; enlarge it")
    if points_52 is not None and (turned := turned_degrees(points_52)) > MOST_TURNED:
        raise Refused(
            "profile_face", f"{which} is turned {turned:.0f} degrees to the side, more than {MOST_TURNED}; take another"
        )


def _sides(boxes_F4: np.ndarray) -> np.ndarray:
    """float (F, 2): width and height"""
    return np.asarray(boxes_F4[:, 2:] - boxes_F4[:, :2], dtype=float)
