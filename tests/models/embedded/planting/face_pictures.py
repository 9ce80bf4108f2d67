"""Faces for the tests: rendered people, scikit-image's astronaut, masks over faces."""

from functools import cache

import numpy as np
from demo_pictures import demo_picture
from PIL import Image
from skimage.data import astronaut

from tryon_core.models.embedded.seeing.seen_faces import see_faces


@cache
def person(name: str) -> Image.Image:
    """A rendered person by name, or 'astronaut'."""
    return Image.fromarray(astronaut()) if name == "astronaut" else demo_picture("persons", name)


@cache
def mask_over(name: str) -> Image.Image:
    """Mode L: an ellipse over the face, a little larger than it."""
    image = person(name)
    face, (x, y) = see_faces(image)[0], np.meshgrid(np.arange(image.width), np.arange(image.height))
    away = np.hypot((x - face.centre_2[0]) / 0.6, (y - face.centre_2[1]) / 0.75)
    return Image.fromarray(np.uint8(255 * (away < face.width_px)))
