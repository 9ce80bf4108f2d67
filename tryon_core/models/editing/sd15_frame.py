"""Pictures, masks and maps at the size Stable Diffusion 1.5 draws: never stretched, whole latents, back to their own.

Shapes: B samples; H, W rows and columns of pixels; h, w of latents, which show 8 x 8 pixels each.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from ..diffusion.latent_frame import WHITE, cropped, padded

LATENT_PX = 8
MAX_SIDE_PX, LEAST_SIDE_PX = 768, 512  # it was trained at 512; beyond about 768 bodies repeat


def drawn_size(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    """(width, height) in which a picture of `size` is drawn: its longer side between LEAST_SIDE_PX and max_side."""
    longer = max(size)
    scale = min(max(longer, LEAST_SIDE_PX), max_side) / longer
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def framed(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Resized to `size`, its last row and column repeated until both sides are whole latents."""
    resized = picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
    return padded(resized, LATENT_PX)


def unframed(drawn: Image.Image, size: tuple[int, int], own_size: tuple[int, int]) -> Image.Image:
    """Takes `framed` back, into the picture's own size."""
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
