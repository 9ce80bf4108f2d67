"""Requests for the toy Klein, masks, and how far two of its pictures are apart."""

import numpy as np
from PIL import Image, ImageDraw

from tryon_core import models
from tryon_core.images import digest, to_png
from tryon_core.models.flux2.flux2_build import Flux2Klein
from tryon_core.records import EditRequest, Noise, Settings

NAMES = ["toy:flux2-klein-9b", "toy:flux2-klein-9b-kv"]
ROUNDING = 1  # of 255: a batch adds in another order than a single call
SIZE = (96, 128)


def picture(seed, size=SIZE):
    blocks_HW3 = np.random.default_rng(seed).integers(0, 255, (size[1] // 16, size[0] // 16, 3), dtype=np.uint8)
    return Image.fromarray(blocks_HW3).resize(size, Image.Resampling.NEAREST)


def asked(person=1, garment=2, *, prompt="Wear it.", noise=None, size=(96, 128), mask=None, **settings):
    images = (picture(person, size), picture(garment, (80, 80)))
    return EditRequest(prompt=prompt, images=images, mask=mask, noise=noise or Noise(), settings=Settings(**settings))


def box(left=24, top=32, right=71, bottom=95, *, size=SIZE):
    """White on whole squares of 8 pixels: the latents, of which the library looks at one pixel each."""
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).rectangle((left, top, right, bottom), fill=255)
    return mask


def apart(one, other):
    """Largest difference of two pictures, 0-255."""
    return int(np.abs(np.asarray(one, int) - np.asarray(other, int)).max())


def inside(image, mask, inside=True):
    return np.asarray(image, int)[np.asarray(mask) == (255 if inside else 0)]


def fresh(klein):
    """The same weights with nothing kept."""
    return Flux2Klein(klein.pipe, klein.card)


def drawn_by_code(name, request, folder):
    """(picture, code): what the copied code draws from the pictures of a run in `folder`."""
    (folder / "pictures").mkdir()
    for image in filter(None, (*request.images, request.mask, request.control)):
        (folder / f"pictures/{digest(image)}.png").write_bytes(to_png(image))
    code = models.as_code(name, request.record(), str(folder))
    done = {}
    exec(code, done)
    return done["picture"], code
