"""Pictures as Stable Diffusion 1.5's latents and latents as pictures, by the pipeline's VAE.

Shapes: B samples; h, w rows and columns of latents, which show 8 x 8 pixels each.
"""

from collections.abc import Sequence
from typing import Any

from PIL import Image

from ...images import digest
from ..device.cache import Kept
from ..diffusion.latent_frame import WHITE, mask_latents, pixels
from .sd15_denoising import Masked
from .sd15_frame import framed


def masked(pipe: Any, kept: Kept, pairs: Sequence[tuple], size: tuple[int, int], left_out: int) -> Masked:
    """What holds pictures outside their masks.

    kept   where latents are kept by what they show
    pairs  (picture, its mask) of each sample
    size   (width, height) in which they are drawn
    """
    import torch

    device, shows_outside = pipe._execution_device, pipe.unet.config.in_channels == 9
    masks = [framed(mask, size).point(lambda value: 255 * (value >= WHITE)) for _, mask in pairs]
    pictures = [framed(picture.convert("RGB"), size) for picture, _ in pairs]
    shown = zip(pictures, masks, strict=True)
    return Masked(
        picture_B4hw=torch.cat([encoded(pipe, kept, picture) for picture in pictures]),
        outside_B4hw=torch.cat([encoded(pipe, kept, *each) for each in shown]) if shows_outside else None,
        mask_B1hw=mask_latents(masks).to(device),
        left_out=left_out,
    )


def encoded(pipe: Any, kept: Kept, picture: Image.Image, hidden: Image.Image | None = None):
    """float32 (1, 4, h, w): the middle of what the VAE sees in a picture.

    hidden   black and white; what is white is made grey first
    """
    vae, device = pipe.vae, pipe._execution_device

    def encode():
        shown = 2 * pixels([picture]) - 1
        if hidden is not None:
            shown = shown * (1 - pixels([hidden]))
        return vae.encode(shown.to(device, vae.dtype)).latent_dist.mode().float() * vae.config.scaling_factor

    return kept.get(("latents", digest(picture), hidden and digest(hidden)), encode)


def decoded(pipe: Any, latents_B4hw: Any) -> list[Image.Image]:
    """RGB pictures."""
    vae = pipe.vae
    shown = vae.decode((latents_B4hw / vae.config.scaling_factor).to(vae.dtype), return_dict=False)[0]
    return pipe.image_processor.postprocess(shown.float(), output_type="pil")
