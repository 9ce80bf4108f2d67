"""Where the parts of a body are, drawn as masks from its landmarks: head, arms, thighs, and any slice of the torso."""

# Shapes: H, W image rows and columns; K landmarks; 2 is (x, y); 3 is (x, y, visibility).
from dataclasses import dataclass

import cv2
import numpy as np

from ....pictures.masks import Shape, capsule, grown, polygon
from .body_frame import (
    LEFT_ELBOW,
    LEFT_HIP,
    LEFT_INDEX,
    LEFT_KNEE,
    LEFT_SHOULDER,
    LEFT_WRIST,
    RIGHT_ELBOW,
    RIGHT_HIP,
    RIGHT_INDEX,
    RIGHT_KNEE,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
    BodyFrame,
)

# Numbers of the face mesh.
_FACE_OVAL = (
    10,
    338,
    297,
    332,
    284,
    251,
    389,
    356,
    454,
    323,
    361,
    288,
    397,
    365,
    379,
    378,
    400,
    377,
    152,
    148,
    176,
    149,
    150,
    136,
    172,
    58,
    132,
    93,
    234,
    127,
    162,
    21,
    54,
    103,
    67,
    109,
)
_CHEEKS = (50, 280, 101, 330, 205, 425, 36, 266, 118, 347, 151, 9)
_FOREHEAD, _CHIN = 10, 152
_ARMS = ((LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST, LEFT_INDEX), (RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST, RIGHT_INDEX))


_HAND_SEEN = 0.3  # the network's visibility of elbow and wrist
_TIPS = 2.0  # wrist to finger tips, in lengths from the wrist to the network's points
_LONG, _WIDE = 0.6, 0.18  # shoulder widths: the length of a hand with some room, and half of one with spread fingers
_ROOM = 0.12  # shoulder widths round the network's points, which are up to a thumb's width off


@dataclass(frozen=True, kw_only=True)
class Hand:
    """Landmark numbers: elbow, wrist, and the points of the hand (knuckles of little finger and index, the thumb)."""

    elbow: int
    wrist: int
    points: tuple[int, int, int]


HANDS = (
    Hand(elbow=RIGHT_ELBOW, wrist=RIGHT_WRIST, points=(18, RIGHT_INDEX, 22)),
    Hand(elbow=LEFT_ELBOW, wrist=LEFT_WRIST, points=(17, LEFT_INDEX, 21)),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Head:
    """The face oval, and where the head is even if no face is seen.

    face, cheeks   bool (H, W), empty where no face is seen
    chin, top      points; the top is the upper end of the forehead
    """

    face: np.ndarray
    cheeks: np.ndarray
    chin: np.ndarray
    top: np.ndarray
    width_px: float
    seen: bool


def find_head(shape: Shape, face_mesh_K2: np.ndarray | None, frame: BodyFrame) -> Head:
    """From the face mesh; from the shoulders alone where there is none."""
    unit = frame.shoulder_px
    if face_mesh_K2 is None:
        nothing = np.zeros(shape, bool)
        return Head(
            face=nothing,
            cheeks=nothing,
            chin=frame.point(0, -0.32 * unit),
            top=frame.point(0, -0.9 * unit),
            width_px=0.42 * unit,
            seen=False,
        )
    oval = face_mesh_K2[list(_FACE_OVAL)]
    width_px = float(np.ptp(oval[:, 0]))
    spots = [capsule(shape, face_mesh_K2[k], face_mesh_K2[k], max(2, width_px * 0.05)) for k in _CHEEKS]
    face = polygon(shape, oval)
    return Head(
        face=face,
        cheeks=np.any(spots, axis=0) & face,
        chin=face_mesh_K2[_CHIN].astype(float),
        top=face_mesh_K2[_FOREHEAD].astype(float),
        width_px=width_px,
        seen=True,
    )


def find_arms(shape: Shape, landmarks_K3: np.ndarray, frame: BodyFrame) -> tuple[np.ndarray, np.ndarray]:
    """(arms, forearms with hands), bool (H, W), as capsules round their bones; nothing for joints that are not seen."""
    arms, forearms, unit = np.zeros(shape, bool), np.zeros(shape, bool), frame.shoulder_px
    for joints in _ARMS:
        shoulder, elbow, wrist, index = landmarks_K3[list(joints), :2]
        elbow_seen, wrist_seen = landmarks_K3[list(joints[1:3]), 2] > 0.2
        if elbow_seen:
            arms |= capsule(shape, shoulder, elbow, unit * 0.15, unit * 0.13)
        if elbow_seen and wrist_seen:
            forearms |= capsule(shape, elbow, wrist, unit * 0.13, unit * 0.11)
            forearms |= capsule(shape, wrist, index, unit * 0.11, unit * 0.13)
    return arms | forearms, forearms


def thighs(shape: Shape, landmarks_K3: np.ndarray, frame: BodyFrame) -> np.ndarray:
    """bool (H, W): the middle of both thighs, where only the lower garment can be."""
    area = np.zeros(shape, bool)
    knees_seen = landmarks_K3[[LEFT_KNEE, RIGHT_KNEE], 2].min() > 0.3
    for hip, knee in ((LEFT_HIP, LEFT_KNEE), (RIGHT_HIP, RIGHT_KNEE)):
        start = landmarks_K3[hip, :2] + frame.down_2 * frame.torso_px * 0.25
        end = (
            landmarks_K3[hip, :2] * 0.55 + landmarks_K3[knee, :2] * 0.45
            if knees_seen
            else landmarks_K3[hip, :2] + frame.down_2 * frame.torso_px * 0.6
        )
        area |= capsule(shape, start, end, frame.shoulder_px * 0.13)
    return area


def find_hand_room(shape: Shape, landmarks_K3: np.ndarray, frame: BodyFrame) -> np.ndarray:
    """bool (H, W): where both hands with their fingers can be; nothing for a hand that is not seen."""
    return np.any([hand_room(shape, landmarks_K3, hand, frame.shoulder_px) for hand in HANDS], axis=0)


def hand_room(shape: Shape, landmarks_K3: np.ndarray, hand: Hand, unit: float) -> np.ndarray:
    """bool (H, W): where one hand can be; `unit` is the shoulder width. Nothing where elbow or wrist are not seen."""
    if landmarks_K3[[hand.elbow, hand.wrist], 2].min() < _HAND_SEEN:
        return np.zeros(shape, bool)
    wrist_2, points_K2 = landmarks_K3[hand.wrist, :2].astype(float), landmarks_K3[list(hand.points), :2].astype(float)
    palm_2 = points_K2.mean(0) - wrist_2
    towards_2 = palm_2 / max(float(np.hypot(*palm_2)), 1e-6)
    spread_K2 = np.float32([wrist_2, *points_K2, *(wrist_2 + _TIPS * (points_K2 - wrist_2))])
    room = grown(polygon(shape, cv2.convexHull(spread_K2)[:, 0]), _ROOM * unit)
    return room | capsule(shape, wrist_2, wrist_2 + (_LONG - _WIDE) * unit * towards_2, _WIDE * unit)


def bare_spots(shape: Shape, landmarks_K3: np.ndarray, frame: BodyFrame) -> list[np.ndarray]:
    """bool (H, W) each: where skin shows on most people besides the face: hands, lower forearms, a spot of the neck."""
    unit, places_K2 = frame.shoulder_px, landmarks_K3[:, :2].astype(float)
    hands, forearms = [], []
    for hand in HANDS:
        if landmarks_K3[[hand.elbow, hand.wrist], 2].min() > _HAND_SEEN:
            elbow_2, wrist_2, palm_2 = (
                places_K2[hand.elbow],
                places_K2[hand.wrist],
                places_K2[list(hand.points)].mean(0),
            )
            hands.append(capsule(shape, (wrist_2 + palm_2) / 2, palm_2, unit * 0.05))
            forearms.append(capsule(shape, elbow_2 * 0.45 + wrist_2 * 0.55, wrist_2, unit * 0.06))
    neck = capsule(shape, frame.point(0, -unit * 0.17), frame.point(0, -unit * 0.22), unit * 0.05)
    return [*hands, *forearms, neck]


def torso_slice(shape: Shape, frame: BodyFrame, *, wide: float, top: float, bottom: float) -> np.ndarray:
    """bool (H, W): the torso between two heights (shares of its length), `wide` times as wide as its joints."""
    right, left = frame.right_hip - frame.right_shoulder, frame.left_hip - frame.left_shoulder
    corners = [
        frame.right_shoulder + right * top,
        frame.left_shoulder + left * top,
        frame.left_shoulder + left * bottom,
        frame.right_shoulder + right * bottom,
    ]
    middles = [(corners[0] + corners[1]) / 2] * 2 + [(corners[2] + corners[3]) / 2] * 2
    return polygon(shape, [middle + (corner - middle) * wide for corner, middle in zip(corners, middles, strict=True)])
