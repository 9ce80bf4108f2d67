"""Pictures, maps and masks as FLUX.1's tokens, tokens as pictures, and the denoising between.

Shapes: B samples; N tokens of a picture, which show 16 x 16 pixels each; C channels of a token; L text tokens; D of a
word; P of the pooled words; h, w rows and columns of latents, which show 8 x 8 pixels each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from ...images import digest
from ..device.cache import Kept
from ..diffusion.held_outside import Held
from ..diffusion.latent_frame import WHITE, mask_latents, padded, pixels


@dataclass(frozen=True)
class Guide:
    """What the denoising is led by.

    words_BLD  of T5
    pooled_BP  of CLIP
    map_BNC    of the control map
    guidance   a number that the transformer is told
    """

    words_BLD: Any
    pooled_BP: Any
    map_BNC: Any
    guidance: float


def framed(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Resized to `size`, its last row and column repeated until both sides are whole tokens."""
    resized = picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
    return padded(resized)


def encoded(pipe: Any, kept: Kept, picture: Image.Image):
    """float32 (1, c, h, w): the middle of what the VAE sees in a picture, kept by what it shows."""
    vae, device = pipe.vae, pipe._execution_device

    def encode():
        latents = vae.encode((2 * pixels([picture]) - 1).to(device, vae.dtype)).latent_dist.mode().float()
        return (latents - vae.config.shift_factor) * vae.config.scaling_factor

    return kept.get(("latents", digest(picture)), encode)


def packed(pipe: Any, latents_Bchw: Any):
    """(B, N, C): 2 x 2 latents to a token."""
    return pipe._pack_latents(latents_Bchw, *latents_Bchw.shape)


def decoded(pipe: Any, latents_BNC: Any, size: tuple[int, int]) -> list[Image.Image]:
    """RGB pictures of `size` = (width, height), multiples of 16."""
    vae, (width, height) = pipe.vae, size
    latents = pipe._unpack_latents(latents_BNC, height, width, pipe.vae_scale_factor)
    latents = latents / vae.config.scaling_factor + vae.config.shift_factor
    shown = vae.decode(latents.to(vae.dtype), return_dict=False)[0]
    return pipe.image_processor.postprocess(shown.float(), output_type="pil")


def held(pipe: Any, kept: Kept, pairs: Sequence[tuple], size: tuple[int, int], left_out: int) -> Held:
    """What holds pictures outside their masks; pairs: (picture, its mask) of each sample."""
    import torch

    pictures = [encoded(pipe, kept, framed(picture.convert("RGB"), size)) for picture, _ in pairs]
    masks = [framed(mask, size).point(lambda value: 255 * (value >= WHITE)) for _, mask in pairs]
    picture_Bchw, mask_B1hw = torch.cat(pictures), mask_latents(masks).to(pipe._execution_device)
    # each token has its four latents' own values of the mask, once for every channel
    mask_BNC = packed(pipe, mask_B1hw.expand(-1, picture_Bchw.shape[1], -1, -1).contiguous())
    return Held(packed(pipe, picture_Bchw), mask_BNC, left_out)


def denoised(pipe: Any, noise_Bchw: Any, steps: int, guide: Guide, outside: Held | None = None):
    """Tokens (B, N, C) after all steps; with `outside`, what lies outside the masks is put back after each.

    As diffusers' FluxControlPipeline and FluxControlInpaintPipeline do it: the map's tokens stand beside the picture's,
    channel by channel.
    """
    import torch

    device, dtype = noise_Bchw.device, pipe.transformer.dtype
    noise_BNC = packed(pipe, noise_Bchw)
    timesteps = _timesteps(pipe, steps, noise_BNC.shape[1])[outside.left_out if outside else 0 :]
    pipe.scheduler.set_begin_index(steps - len(timesteps))
    arguments = {
        "guidance": torch.full([len(noise_BNC)], guide.guidance, device=device)
        if pipe.transformer.config.guidance_embeds
        else None,
        "pooled_projections": guide.pooled_BP,
        "encoder_hidden_states": guide.words_BLD,
        "txt_ids": torch.zeros(guide.words_BLD.shape[1], 3, device=device, dtype=dtype),
        "img_ids": pipe._prepare_latent_image_ids(1, *(side // 2 for side in noise_Bchw.shape[2:]), device, dtype),
        "return_dict": False,
    }
    latents_BNC = outside.noised(pipe.scheduler, noise_BNC, timesteps) if outside else noise_BNC
    for number, t in enumerate(timesteps):
        shown = torch.cat([latents_BNC, guide.map_BNC], dim=2).to(dtype)
        flow_BNC = pipe.transformer(hidden_states=shown, timestep=t.expand(len(shown)).to(dtype) / 1000, **arguments)[0]
        latents_BNC = pipe.scheduler.step(flow_BNC.float(), t, latents_BNC, return_dict=False)[0]
        if outside:
            latents_BNC = outside.put_back(pipe.scheduler, latents_BNC, noise_BNC, timesteps[number + 1 :])
    return latents_BNC


def _timesteps(pipe: Any, steps: int, tokens: int):
    """Of a picture of so many tokens: the more, the longer at much noise."""
    import numpy as np
    from diffusers.pipelines.flux.pipeline_flux_control import calculate_shift, retrieve_timesteps

    usual = {"base_image_seq_len": 256, "max_image_seq_len": 4096, "base_shift": 0.5, "max_shift": 1.15}
    mu = calculate_shift(tokens, *(pipe.scheduler.config.get(name, value) for name, value in usual.items()))
    sigmas = np.linspace(1.0, 1 / steps, steps)
    return retrieve_timesteps(pipe.scheduler, steps, pipe._execution_device, sigmas=sigmas, mu=mu)[0]
