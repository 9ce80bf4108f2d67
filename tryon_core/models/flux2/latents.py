"""Pictures as FLUX.2 Klein's tokens and its tokens as pictures, by the pipeline's VAE.

Shapes: B samples; R reference tokens; N tokens of the drawn picture; C channels of a token, which shows 16 x 16 pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from ..diffusion.latent_frame import MULTIPLE_PX, fitted, padded


@dataclass(frozen=True)
class References:
    """The references of a batch, as the transformer takes them.

    latents_BRC, ids_BR4  tokens and their positions
    keys                  one a sample: what its tokens were made from
    """

    latents_BRC: Any
    ids_BR4: Any
    keys: tuple


def encoded(pipe: Any, images: Sequence[Image.Image]) -> tuple[Any, Any]:
    """Tokens (1, R, C) and positions (1, R, 4) of one sample's references, one picture behind the other."""
    pictures = [padded(fitted(image)) for image in images]
    pixels = [pipe.image_processor.preprocess(one, height=one.height, width=one.width) for one in pictures]
    return pipe.prepare_image_latents(
        images=pixels, batch_size=1, generator=None, device=pipe._execution_device, dtype=pipe.vae.dtype
    )


def decoded(pipe: Any, latents_BNC: Any, size: tuple[int, int]) -> list[Image.Image]:
    """RGB pictures of `size` = (width, height), multiples of 16; the VAE's own batch normalisation is undone first."""
    norm, (width, height) = pipe.vae.bn, size
    latents = latents_BNC.transpose(1, 2).unflatten(2, (height // MULTIPLE_PX, width // MULTIPLE_PX))  # row by row
    std = (norm.running_var + pipe.vae.config.batch_norm_eps).sqrt()
    mean, std = (one.view(1, -1, 1, 1).to(latents) for one in (norm.running_mean, std))
    latents = pipe._unpatchify_latents(latents * std + mean)
    pixels = pipe.vae.decode(latents.to(pipe.vae.dtype), return_dict=False)[0]
    return pipe.image_processor.postprocess(pixels, output_type="pil")
