"""One face as 128 numbers, by dlib's network for face recognition (CC0): near for two photographs of one person.

It lies in face-recognition-models, beside the finder of five points that lays faces upright. Both packages are
optional; the models' own package is only opened, never imported, for it needs a module that setuptools dropped.
"""

# Shapes: H, W rows and columns at the working size; 128 numbers of unit scale; 2 is x, y in pixels.
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ...seeing.perception import Person
from ...seeing.recall import once_each

PACKAGES = ("dlib", "face_recognition_models")
COMMAND = "pip install --no-deps dlib-bin==20.0.1.post1 face-recognition-models==0.3.0"
NOT_COMPARED = f"faces were not compared by a network, since dlib or its models are missing: `{COMMAND}`"
_POINTS, _NETWORK = "shape_predictor_5_face_landmarks.dat", "dlib_face_recognition_resnet_model_v1.dat"


def can_compare() -> bool:
    """Whether both optional packages are installed."""
    return all(find_spec(package) for package in PACKAGES)


@once_each
def face_numbers(person: Person) -> np.ndarray | None:
    """float64 (128,) of the person's face; None where no face is seen.

    The distance (Euclidean) of two is 0 for the same pixels, about 0.3 for two photographs of one person and above 0.6
    for two persons (dlib's own limit).
    raises   ModuleNotFoundError where a package is missing: ask `can_compare` first
    """
    if person.face_mesh_K2 is None:
        return None
    (left, top), (right, bottom) = person.face_mesh_K2.min(0), person.face_mesh_K2.max(0)
    return numbers_in(person.image_HW3, (int(left), int(top), int(right), int(bottom)))


def numbers_in(image_HW3: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """float64 (128,) of the face in a box (left, top, right, bottom), pixels of a uint8 RGB picture.

    raises   ModuleNotFoundError as `face_numbers`
    """
    import dlib

    find_points, network, lock = _models()
    with lock:
        return np.array(network.compute_face_descriptor(image_HW3, find_points(image_HW3, dlib.rectangle(*box))))


@cache
def _models() -> tuple:
    """The finder of five points, the network, and a lock: one face at a time."""
    import dlib

    folder = Path(find_spec(PACKAGES[1]).submodule_search_locations[0]) / "models"
    return (
        dlib.shape_predictor(str(folder / _POINTS)),
        dlib.face_recognition_model_v1(str(folder / _NETWORK)),
        threading.Lock(),
    )
