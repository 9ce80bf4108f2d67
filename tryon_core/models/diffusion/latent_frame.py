"""Pictures in the sizes a latent model takes, without stretching and without losing their border."""

import math

from PIL import Image

from ...errors import BadInput
from ...pictures.standard_size import edge_repeated

MULTIPLE_PX = 16  # the VAE's factor 8, two latents to a token
MAX_PIXELS = 1024 * 1024
WHITE = 128  # of 255; diffusers' pipelines take a mask as black below and white from here on


def check_mask_of(picture: Image.Image, mask: Image.Image) -> None:
    """raises BadInput for a mask that does not fit its picture, and for one that changes nothing"""
    if mask.mode != "L" or mask.size != picture.size:
        raise BadInput(
            f"a mask is a picture of mode L, {picture.width} x {picture.height} as what it masks; got mode "
            f"{mask.mode}, {mask.width} x {mask.height}"
        )
    if mask.getextrema()[1] < WHITE:
        raise BadInput(f"nothing may change: the mask is black all over (below {WHITE}); paint white what to draw anew")


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
    return edge_repeated(picture, 0, 0, right, below)


def cropped(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The first `size` = (width, height) pixels: takes `padded` back."""
    return picture if picture.size == size else picture.crop((0, 0, *size))
