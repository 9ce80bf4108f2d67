"""Pictures as Qwen-Image's tokens, and tokens as pictures, by the pipeline's VAE.

Shapes: B samples; N tokens of a picture, which show 16 x 16 pixels each; C channels of a token; c of a latent; H, W
rows and columns of pixels; h, w of latents, which show 8 x 8 pixels each. The VAE is one of videos: 1 is its one frame.
"""

from typing import Any

from PIL import Image

from ...images import digest
from ..device.cache import Kept
from ..diffusion.latent_frame import pixels


def resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """RGB; stretched by the little that a size of whole tokens differs from the picture's aspect ratio."""
    picture = picture.convert("RGB")
    return picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)


def packed(pipe: Any, latents_Bchw: Any):
    """(B, N, C): 2 x 2 latents to a token."""
    return pipe._pack_latents(latents_Bchw, *latents_Bchw.shape)


def encoded(pipe: Any, kept: Kept, picture: Image.Image, size: tuple[int, int]):
    """float32 (1, N, C): the middle of what the VAE sees in a picture of this size, kept by what it shows."""
    vae = pipe.vae

    def encode():
        shown_1c1HW = 2 * pixels([resized(picture, size)])[:, :, None] - 1
        latents = vae.encode(shown_1c1HW.to(pipe._execution_device, vae.dtype)).latent_dist.mode().float()
        mean, std = _scale(vae, latents)
        return packed(pipe, ((latents - mean) / std)[:, :, 0])

    return kept.get(("latents", digest(picture), size), encode)


def decoded(pipe: Any, latents_BNC: Any, size: tuple[int, int]) -> list[Image.Image]:
    """RGB pictures of `size` = (width, height), multiples of 16; one after the other, since this VAE takes 3.6 GB for a
    megapixel and a batch would be no quicker."""
    import torch

    vae, (width, height) = pipe.vae, size
    latents = pipe._unpack_latents(latents_BNC, height, width, pipe.vae_scale_factor)
    mean, std = _scale(vae, latents)
    latents = (latents * std + mean).to(vae.dtype)
    shown = [vae.decode(latents_1c1hw, return_dict=False)[0][0, :, 0].float() for latents_1c1hw in latents.split(1)]
    return pipe.image_processor.postprocess(torch.stack(shown), output_type="pil")


def _scale(vae: Any, latents: Any) -> tuple[Any, Any]:
    """Mean and standard deviation of each channel."""
    config = vae.config
    return tuple(latents.new_tensor(each).view(1, -1, 1, 1, 1) for each in (config.latents_mean, config.latents_std))
