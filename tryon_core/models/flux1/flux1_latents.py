"""Pictures, maps and masks as FLUX.1's tokens, and tokens as pictures, by the pipeline's VAE.

Shapes: B samples; N tokens of a picture, which show 16 x 16 pixels each; C channels of a token; H, W rows and columns
of pixels; h, w of latents, which show 8 x 8 pixels each.
"""

from collections.abc import Sequence
from typing import Any

from PIL import Image

from ...images import digest
from ..device.cache import Kept
from ..diffusion.held_outside import Held, tokens_of_masks
from ..diffusion.latent_frame import LATENT_PX, WHITE, padded, pixels

Pairs = Sequence[tuple[Image.Image, Image.Image]]  # a picture and its mask, of each sample


def framed(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Resized to `size`, its last row and column repeated until both sides are whole tokens."""
    resized = picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
    return padded(resized)


def framed_mask(mask: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Black and white, as `framed`."""
    return framed(mask, size).point(lambda value: 255 * (value >= WHITE))


def encoded(pipe: Any, kept: Kept, picture: Image.Image, hidden: Image.Image | None = None):
    """float32 (1, c, h, w): the middle of what the VAE sees in a picture, kept by what it shows.

    hidden   black and white; what is white is made grey first
    """
    vae, device = pipe.vae, pipe._execution_device

    def encode():
        shown = 2 * pixels([picture]) - 1
        if hidden is not None:
            shown = shown * (1 - pixels([hidden]))
        latents = vae.encode(shown.to(device, vae.dtype)).latent_dist.mode().float()
        return (latents - vae.config.shift_factor) * vae.config.scaling_factor

    return kept.get(("latents", digest(picture), hidden and digest(hidden)), encode)


def packed(pipe: Any, latents_Bchw: Any):
    """(B, N, C): 2 x 2 latents to a token."""
    return pipe._pack_latents(latents_Bchw, *latents_Bchw.shape)


def packed_pictures(pipe: Any, kept: Kept, pictures: Sequence[Image.Image], size: tuple[int, int]):
    """(B, N, C) of RGB pictures, each resized to `size`."""
    import torch

    return packed(pipe, torch.cat([encoded(pipe, kept, framed(picture.convert("RGB"), size)) for picture in pictures]))


def decoded(pipe: Any, latents_BNC: Any, size: tuple[int, int]) -> list[Image.Image]:
    """RGB pictures of `size` = (width, height), multiples of 16."""
    vae, (width, height) = pipe.vae, size
    latents = pipe._unpack_latents(latents_BNC, height, width, pipe.vae_scale_factor)
    latents = latents / vae.config.scaling_factor + vae.config.shift_factor
    shown = vae.decode(latents.to(vae.dtype), return_dict=False)[0]
    return pipe.image_processor.postprocess(shown.float(), output_type="pil")


def held(pipe: Any, kept: Kept, pairs: Pairs, size: tuple[int, int], left_out: int) -> Held:
    """What holds pictures outside their masks while they are denoised."""
    picture_BNC = packed_pictures(pipe, kept, [picture for picture, _ in pairs], size)
    masks = [framed_mask(mask, size) for _, mask in pairs]
    return Held(picture_BNC, tokens_of_masks(pipe, masks, picture_BNC.shape[2]).to(picture_BNC.device), left_out)


def outside_tokens(pipe: Any, kept: Kept, pairs: Pairs, size: tuple[int, int]):
    """(B, N, C + 256) as FluxFillPipeline shows its transformer what lies outside the masks: the pictures' tokens with
    the masked part grey, and behind each token the mask of its 16 x 16 pixels."""
    import torch

    shown = [(framed(picture.convert("RGB"), size), framed_mask(mask, size)) for picture, mask in pairs]
    pictures_BNC = packed(pipe, torch.cat([encoded(pipe, kept, *each) for each in shown]))
    mask_B1HW = pixels([mask for _, mask in shown])[:, :1].to(pictures_BNC.device)
    mask_B64hw = torch.nn.functional.pixel_unshuffle(mask_B1HW, LATENT_PX)
    return torch.cat([pictures_BNC, packed(pipe, mask_B64hw)], dim=2)
