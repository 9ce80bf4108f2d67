"""Every face of a picture: dlib's finder and the pose say where, the mesh network lays its 468 points on each.

dlib is optional; without it the one face is seen that the pose network's body has.
"""

# Shapes: H, W rows and columns; K mesh points; 3 is RGB or x, y, depth; 2 is x, y in pixels.
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

import cv2
import numpy as np
from PIL import Image

from ....images import digest
from ...device.shelf import Shelf
from .landmarks import find_face, find_pose, mesh_in
from .perception import working_size

Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels
RIGHT_EYE, LEFT_EYE = 33, 263  # outer corners in the mesh, of the person's own right and left
OVAL = (  # of the mesh: its outline from the forehead's middle, clockwise for the viewer
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
_LEAST_BELIEF = 8.0  # a logit: 21 and more on 15 photographed faces, -2 and less on folds that dlib took for faces
_MESH_PX = 256  # of a face's box where its mesh is found: the network itself looks at 192
_ROOM = 1.0  # of a box's side, beyond it
_pictures = Shelf(64)  # 6 KB a face: a search looks at the same init and character time and again


@dataclass(frozen=True, kw_only=True, eq=False)
class SeenFace:
    """A face.

    mesh_K3  float32 (468, 3) in MediaPipe's order: x, y and depth in pixels of the picture, farther away is positive
    """

    mesh_K3: np.ndarray

    @property
    def mesh_K2(self) -> np.ndarray:
        return np.ascontiguousarray(self.mesh_K3[:, :2])

    @property
    def oval_K2(self) -> np.ndarray:
        """float32 (36, 2): the outline, from hairline to chin."""
        return self.mesh_K2[list(OVAL)]

    @property
    def centre_2(self) -> np.ndarray:
        return (self.mesh_K2.min(0) + self.mesh_K2.max(0)) / 2

    @property
    def width_px(self) -> float:
        """Of the mesh, level with the eyes or not."""
        return float(np.ptp(self.mesh_K2[:, 0]))

    @property
    def yaw_deg(self) -> float:
        """How far it is turned aside: 0 from the front, 90 a profile; positive turned to the viewer's right."""
        across = self.mesh_K3[LEFT_EYE] - self.mesh_K3[RIGHT_EYE]
        return float(np.degrees(np.arctan2(across[2], np.hypot(*across[:2]))))


def see_faces(image: Image.Image) -> tuple[SeenFace, ...]:
    """Every face of a picture of any mode and size, the largest first; none where none is seen. Remembered by pixels.

    From the front or nearly, 40 pixels or more where the picture's longer side has 1,024; of the most prominent body
    any face whose nose and eyes are seen.
    raises   MissingWeights
    """
    return _pictures.get(digest(image), lambda: _faces_of(image))


def _faces_of(image: Image.Image) -> tuple[SeenFace, ...]:
    image_HW3, small_HW3 = np.array(image.convert("RGB")), working_size(image)
    scale = image_HW3.shape[1] / small_HW3.shape[1]
    faces: list[SeenFace] = []
    for box in [*boxes_in(small_HW3), *_of_the_body(small_HW3)]:
        mesh_K3, belief = _mesh_of(image_HW3, tuple(scale * side for side in box))
        face = SeenFace(mesh_K3=mesh_K3)
        if belief >= _LEAST_BELIEF and not any(_same(face, other) for other in faces):
            faces.append(face)
    return tuple(sorted(faces, key=lambda face: -face.width_px))


def face_at(faces: Sequence[SeenFace], mask: Image.Image | None) -> SeenFace | None:
    """The face nearest to the middle of what is white in a mask, if the mask touches it; without a mask the largest.

    faces  the largest first
    mask   mode L, of the size of the picture that shows them, not black all over
    """
    if mask is None or not faces:
        return next(iter(faces), None)
    white_HW = np.asarray(mask) > 0
    middle_2 = np.argwhere(white_HW).mean(0)[::-1]
    nearest = min(faces, key=lambda face: float(np.hypot(*(face.centre_2 - middle_2))))
    at_K2 = np.clip(np.round(nearest.mesh_K2).astype(int), 0, np.array(white_HW.shape[::-1]) - 1)
    return nearest if white_HW[at_K2[:, 1], at_K2[:, 0]].any() else None


def boxes_in(image_HW3: np.ndarray, doubled: bool = True) -> list[Box]:
    """Where dlib's finder (histograms of oriented gradients) sees faces from the front in a uint8 RGB picture.

    Of 80 pixels or more, of 40 where it looks at the picture doubled; a fold may be among them. None without dlib.
    """
    if not find_spec("dlib"):
        return []
    finder, lock = _finder()
    with lock:
        faces = finder(image_HW3, int(doubled))
    return [(face.left(), face.top(), face.right(), face.bottom()) for face in faces]


def largest_face(image_HW3: np.ndarray) -> tuple[int, int, int, int] | None:
    """Box in pixels of the largest face that dlib's finder sees in a uint8 RGB picture; None for none, or no dlib.

    It knows faces from the front, of 80 pixels or more; where it sees none it looks again at twice the size.
    """
    boxes = boxes_in(image_HW3, doubled=False) or boxes_in(image_HW3)
    return max(boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)


def _of_the_body(image_HW3: np.ndarray) -> list[Box]:
    mesh_K2 = find_face(image_HW3, find_pose(image_HW3).landmarks_K3)
    return [] if mesh_K2 is None else [(*mesh_K2.min(0), *mesh_K2.max(0))]


def _mesh_of(image_HW3: np.ndarray, box: Box) -> tuple[np.ndarray, float]:
    """The mesh at the picture's own size, and the network's belief; a large face is reduced first, without aliasing."""
    sides = np.array([box[2] - box[0], box[3] - box[1]])
    low = np.maximum(np.floor(np.array(box[:2]) - _ROOM * sides), 0).astype(int)
    high = np.ceil(np.array(box[2:]) + _ROOM * sides).astype(int)
    crop_hw3 = image_HW3[low[1] : high[1], low[0] : high[0]]
    scale = min(1.0, _MESH_PX / float(max(sides)))
    small = crop_hw3 if scale == 1 else cv2.resize(crop_hw3, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    mesh_K3, belief = mesh_in(small, tuple((np.array(box) - np.tile(low, 2)) * scale))
    return (mesh_K3 / scale + np.append(low, 0)).astype(np.float32), belief


def _same(one: SeenFace, other: SeenFace) -> bool:
    """Whether the middle of one lies well within the other."""
    return float(np.hypot(*(one.centre_2 - other.centre_2))) < 0.5 * max(one.width_px, other.width_px)


@cache
def _finder() -> tuple:
    """The finder, whose weights lie in the library, and a lock: one picture at a time."""
    import dlib

    return dlib.get_frontal_face_detector(), threading.Lock()
