"""Two small networks on LiteRT: 33 points of a body with its silhouette, and 468 points of a face.

Neither needs a detector: the first square is the whole picture (or the pose's own head), and each answer gives the
next, tighter one. Following MediaPipe's pose and face landmark graphs (Apache-2.0).
"""

# Shapes: H, W image rows and columns; K landmarks; 2 is (x, y); 3 is RGB or (x, y, visibility).
import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from ..fetch import model_file
from .body_frame import LEFT_EAR, LEFT_EYE, MOUTH_LEFT, MOUTH_RIGHT, NOSE, RIGHT_EAR, RIGHT_EYE

_POSE_SIDE_PX, _FACE_SIDE_PX = 256, 192
_POSE_ROUNDS, _FACE_ROUNDS = 4, 3
_SEEN = 0.5  # a face is looked for where nose and eyes are at least this visible
_RIGHT_EYE_CORNER, _LEFT_EYE_CORNER = 33, 263  # in the face mesh


@dataclass(frozen=True, kw_only=True, eq=False)
class Pose:
    """A body. Landmarks may lie outside the picture.

    landmarks_K3  float32 (33, 3): x, y in pixels, visibility 0-1
    depth_px_K    float32 (33,): towards the camera is negative, zero at the hips, roughly in pixels
    alpha_HW      float32 0-1, the silhouette
    presence      0-1, the network's own belief that there is a body
    """

    landmarks_K3: np.ndarray
    depth_px_K: np.ndarray
    alpha_HW: np.ndarray
    presence: float


@dataclass(frozen=True)
class _Square:
    """A square of the picture, possibly tilted."""

    centre: np.ndarray
    side_px: float
    angle: float  # radians, clockwise on the screen

    def to_crop(self, size_px: int) -> np.ndarray:
        """The (2, 3) affine map from picture to crop."""
        x = np.array([np.cos(self.angle), np.sin(self.angle)]) * self.side_px / 2
        y = np.array([-x[1], x[0]])
        corners = np.float32([self.centre - x - y, self.centre + x - y, self.centre - x + y])
        return cv2.getAffineTransform(corners, np.float32([[0, 0], [size_px, 0], [0, size_px]]))


class _Network:
    """One interpreter, one thread at a time: LiteRT interpreters hold their tensors."""

    def __init__(self, name: str):
        from ai_edge_litert.interpreter import Interpreter

        with _silence():
            self._interpreter = Interpreter(model_path=str(model_file(name)), num_threads=1)
            self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = self._interpreter.get_output_details()
        self._lock = threading.Lock()

    def __call__(self, crop_HW3: np.ndarray) -> dict[int, np.ndarray]:
        """Output tensors by their number of elements; they differ in both networks."""
        with self._lock:
            self._interpreter.set_tensor(self._input, crop_HW3[None].astype(np.float32) / 255)
            self._interpreter.invoke()
            tensors = [self._interpreter.get_tensor(output["index"]) for output in self._outputs]
        return {tensor.size: tensor for tensor in reversed(tensors)}


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep what LiteRT says of its delegate out of notebooks: it writes to the process's own stderr, unasked."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@cache
def _network(name: str) -> _Network:
    return _Network(name)


def find_pose(image_HW3: np.ndarray) -> Pose:
    """The most prominent body; look at `presence` before believing it.

    image_HW3  uint8 RGB
    raises     MissingWeights
    """
    height, width = image_HW3.shape[:2]
    square = _Square(np.array([width / 2, height / 2]), max(height, width) * 1.05, 0.0)
    for _ in range(_POSE_ROUNDS):
        to_crop = square.to_crop(_POSE_SIDE_PX)
        crop = cv2.warpAffine(image_HW3, to_crop, (_POSE_SIDE_PX, _POSE_SIDE_PX), flags=cv2.INTER_LINEAR)
        answer = _network("pose_landmark_full.tflite")(crop)
        points = answer[39 * 5].reshape(39, 5)
        to_picture = cv2.invertAffineTransform(to_crop)
        places = points[:, :2] @ to_picture[:, :2].T + to_picture[:, 2]
        scale = square.side_px / _POSE_SIDE_PX
        reach = places[34] - places[33]  # helpers: the middle of the hips, and the top of a circle round the body
        square = _Square(places[33], 2.5 * float(np.hypot(*reach)), float(np.arctan2(reach[1], reach[0]) + np.pi / 2))
    silhouette = cv2.warpAffine(
        answer[_POSE_SIDE_PX**2].reshape(_POSE_SIDE_PX, _POSE_SIDE_PX),
        to_picture,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderValue=-10.0,
    )
    landmarks = np.column_stack([places[:33], _sigmoid(points[:33, 3])]).astype(np.float32)
    return Pose(
        landmarks_K3=landmarks,
        depth_px_K=(points[:33, 2] * scale).astype(np.float32),
        alpha_HW=_sigmoid(silhouette).astype(np.float32),
        presence=float(answer[1].ravel()[0]),
    )


def find_face(image_HW3: np.ndarray, landmarks_K3: np.ndarray) -> np.ndarray | None:
    """float32 (468, 2) face mesh in pixels; None where the pose shows no face inside the picture.

    The network's own score says little of a square from the pose, so the pose decides.
    """
    if landmarks_K3[[NOSE, LEFT_EYE, RIGHT_EYE], 2].min() < _SEEN:
        return None
    mesh_K2 = _mesh(image_HW3, _head_square(landmarks_K3))[0][:, :2]
    low, high = mesh_K2.min(0), mesh_K2.max(0)
    size = np.array(image_HW3.shape[1::-1])
    slack = 0.1 * (high - low)
    return mesh_K2.astype(np.float32) if (low >= -slack).all() and (high <= size + slack).all() else None


def mesh_in(image_HW3: np.ndarray, box: tuple[float, float, float, float]) -> tuple[np.ndarray, float]:
    """(float32 (468, 3) face mesh, the network's own belief that it is a face) near a box (left, top, right, bottom).

    The mesh is x, y and depth in pixels, away from the camera positive. The belief is a logit: 20 or more for a face
    that lies in the box, below 0 where a finder took folds of cloth for one (25 photographs).
    """
    left, top, right, bottom = box
    centre, side_px = np.array([(left + right) / 2, (top + bottom) / 2]), 1.5 * max(right - left, bottom - top)
    mesh_K3, belief = _mesh(image_HW3, _Square(centre, side_px, 0.0))
    return mesh_K3.astype(np.float32), belief


def _mesh(image_HW3: np.ndarray, square: _Square) -> tuple[np.ndarray, float]:
    """((468, 3) in pixels, the network's belief) of the face that fills most of a square."""
    for _ in range(_FACE_ROUNDS):
        to_crop = square.to_crop(_FACE_SIDE_PX)
        crop = cv2.warpAffine(image_HW3, to_crop, (_FACE_SIDE_PX, _FACE_SIDE_PX), flags=cv2.INTER_LINEAR)
        answer = _network("face_landmark.tflite")(crop)
        points = answer[468 * 3].reshape(468, 3)
        to_picture = cv2.invertAffineTransform(to_crop)
        mesh_K2 = points[:, :2] @ to_picture[:, :2].T + to_picture[:, 2]
        depth_K = points[:, 2] * square.side_px / _FACE_SIDE_PX
        low, high = mesh_K2.min(0), mesh_K2.max(0)
        eyes = mesh_K2[_LEFT_EYE_CORNER] - mesh_K2[_RIGHT_EYE_CORNER]
        square = _Square((low + high) / 2, 1.5 * float((high - low).max()), float(np.arctan2(eyes[1], eyes[0])))
    return np.column_stack([mesh_K2, depth_K]), float(answer[1].ravel()[0])


def _head_square(landmarks_K3: np.ndarray) -> _Square:
    at = landmarks_K3[:, :2].astype(np.float64)
    eyes, mouth = (at[LEFT_EYE] + at[RIGHT_EYE]) / 2, (at[MOUTH_LEFT] + at[MOUTH_RIGHT]) / 2
    between = at[LEFT_EYE] - at[RIGHT_EYE]
    side = 1.5 * max(np.hypot(*(at[LEFT_EAR] - at[RIGHT_EAR])), 2.6 * np.hypot(*(mouth - eyes)))
    return _Square(eyes * 0.45 + mouth * 0.55, float(side), float(np.arctan2(between[1], between[0])))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -60, 60)))
