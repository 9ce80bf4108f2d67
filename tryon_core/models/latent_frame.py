"""Pictures in the sizes a latent model takes, without stretching and without losing their border."""

import math

import numpy as np
from PIL import Image

MULTIPLE_PX = 16  # the VAE's factor 8, two latents to a token
MAX_PIXELS = 1024 * 1024


def fitted(picture: Image.Image, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """The picture itself, or a smaller copy with the same aspect ratio where it has more than `max_pixels`."""
    scale = math.sqrt(max_pixels / (picture.width * picture.height))
    if scale >= 1:
        return picture
    size = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def padded(picture: Image.Image, multiple_px: int = MULTIPLE_PX) -> Image.Image:
    """The picture, RGB or L, with its last row and column repeated until both sides are multiples of `multiple_px`."""
    below, right = -picture.height % multiple_px, -picture.width % multiple_px
    if not (below or right):
        return picture
    pixels = np.asarray(picture)
    return Image.fromarray(np.pad(pixels, ((0, below), (0, right), (0, 0))[: pixels.ndim], mode="edge"))


def cropped(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The first `size` = (width, height) pixels: takes `padded` back."""
    return picture if picture.size == size else picture.crop((0, 0, *size))
