"""What is found of a photograph once, however many edits of it are looked at: its distinctive points, its colours."""

import threading
from collections import OrderedDict
from typing import NamedTuple

import numpy as np
from PIL import Image

from ..images import digest
from .edit_colour import smoothed_lab
from .edit_frame import Points, points_of

KEPT = 16  # photographs; about 2 MB each

_kept: OrderedDict[tuple[str, tuple[int, int]], "Photo"] = OrderedDict()  # in the order of their last use
_guard = threading.Lock()


class Photo(NamedTuple):
    """points  of the photograph at the drawn picture's size; lab_HW3  its smoothed CIELAB, at the size of `drift`"""

    points: Points
    lab_HW3: np.ndarray


def photo_of(photo: Image.Image, photo_HW3: np.ndarray) -> Photo:
    """Of a photograph that is compared as `photo_HW3`, uint8 RGB; remembered by its pixels and that size."""
    key = (digest(photo), photo_HW3.shape[:2])
    with _guard:
        found = _kept.pop(key, None)
    found = found or Photo(points_of(photo_HW3), smoothed_lab(photo_HW3))
    with _guard:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found
