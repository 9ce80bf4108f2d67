"""Pictures in the sizes a latent model takes, without stretching and without losing their border; as tensors.

Shapes: B samples; H, W rows and columns of pixels; h, w of latents, which show 8 x 8 pixels each.
"""

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image

from ...errors import BadInput
from ...pictures.standard_size import edge_repeated

LATENT_PX = 8
MULTIPLE_PX = 16  # two latents to a token
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


def check_drawn_size(name: str, width: int, height: int) -> None:
    """raises BadInput for a size that a model draws nothing in"""
    if width % MULTIPLE_PX or height % MULTIPLE_PX or min(width, height) < MULTIPLE_PX:
        raise BadInput(f"{name} draws sides that are multiples of {MULTIPLE_PX}; got {width} x {height}")
    if width * height > MAX_PIXELS:
        raise BadInput(f"{name} draws up to one megapixel ({MAX_PIXELS} pixels); got {width} x {height}")


def fitted(picture: Image.Image, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """The picture itself, or a smaller copy with the same aspect ratio where it has more than `max_pixels`."""
    size = fitted_size(picture.size, max_pixels)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS)


def fitted_size(size: tuple[int, int], max_pixels: int = MAX_PIXELS) -> tuple[int, int]:
    """(width, height) of what `fitted` gives for a picture of this size."""
    width, height = size
    scale = math.sqrt(max_pixels / (width * height))
    return size if scale >= 1 else (max(1, int(width * scale)), max(1, int(height * scale)))


def padded(picture: Image.Image, multiple_px: int = MULTIPLE_PX) -> Image.Image:
    """The picture, RGB or L, with its last row and column repeated until both sides are multiples of `multiple_px`."""
    below, right = -picture.height % multiple_px, -picture.width % multiple_px
    return edge_repeated(picture, 0, 0, right, below)


def cropped(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The first `size` = (width, height) pixels: takes `padded` back."""
    return picture if picture.size == size else picture.crop((0, 0, *size))


def unframed(drawn: Image.Image, size: tuple[int, int], own_size: tuple[int, int]) -> Image.Image:
    """What was drawn for a picture resized to `size` and padded, in the picture's own size again."""
    picture = cropped(drawn, size)
    return picture if size == own_size else picture.resize(own_size, Image.Resampling.LANCZOS)


def pixels(pictures: Sequence[Image.Image]):
    """float32 (B, 3, H, W), 0-1, of RGB pictures of one size."""
    import torch

    stacked_BHW3 = np.stack([np.asarray(picture.convert("RGB"), np.float32) for picture in pictures]) / 255
    return torch.from_numpy(stacked_BHW3).permute(0, 3, 1, 2).contiguous()


def mask_latents(masks: Sequence[Image.Image]):
    """float32 (B, 1, h, w), 1 where any pixel of a latent's 8 x 8 is white, so that a thin line is drawn too; the
    pipelines look at one of the 64."""
    import torch

    white_BHW = torch.from_numpy(np.stack([np.asarray(mask) >= WHITE for mask in masks])).float()
    return torch.nn.functional.max_pool2d(white_BHW[:, None], LATENT_PX)
