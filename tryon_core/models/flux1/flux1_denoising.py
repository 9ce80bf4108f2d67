"""The denoising of FLUX.1's models, as diffusers' FluxPipeline, FluxControlPipeline, FluxControlInpaintPipeline and
FluxFillPipeline do it.

Shapes: B samples; N tokens of a picture, which show 16 x 16 pixels each; C channels of a token; L text tokens; D of a
word; P of the pooled words; h, w rows and columns of latents, which show 8 x 8 pixels each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..diffusion.flow_steps import shifted_timesteps
from ..diffusion.held_outside import Held
from .flux1_latents import packed


@dataclass(frozen=True)
class Words:
    """words_BLD of T5, with what a picture says behind them; pooled_BP of CLIP."""

    words_BLD: Any
    pooled_BP: Any


@dataclass(frozen=True, kw_only=True)
class Guide:
    """What the denoising is led by.

    guidance        a number that the transformer is told
    beside_BNC      tokens that stand beside the picture's, channel by channel: a map's, or what lies outside a mask
    negative        what it is led away from, by true classifier-free guidance of this scale: twice the work
    """

    words: Words
    guidance: float
    beside_BNC: Any = None
    negative: Words | None = None
    negative_scale: float = 1.0


@dataclass(frozen=True)
class Begun(Held):
    """A picture that is only begun from: the transformer sees what lies outside the mask, so nothing is put back."""

    def put_back(self, scheduler: Any, latents_BNC: Any, noise_BNC: Any, following: Any):
        return latents_BNC


def denoised(pipe: Any, noise_Bchw: Any, steps: int, guide: Guide, outside: Held | None = None):
    """Tokens (B, N, C) after all steps; with `outside`, what lies outside the masks is put back after each."""
    import torch

    noise_BNC = packed(pipe, noise_Bchw)
    timesteps = shifted_timesteps(pipe, steps, noise_BNC.shape[1])[outside.left_out if outside else 0 :]
    pipe.scheduler.set_begin_index(steps - len(timesteps))
    device, dtype = noise_BNC.device, pipe.transformer.dtype
    told = torch.full([len(noise_BNC)], guide.guidance, device=device)
    arguments = {
        "guidance": told if pipe.transformer.config.guidance_embeds else None,
        "img_ids": pipe._prepare_latent_image_ids(1, *(side // 2 for side in noise_Bchw.shape[2:]), device, dtype),
        "return_dict": False,
    }
    latents_BNC = outside.noised(pipe.scheduler, noise_BNC, timesteps) if outside else noise_BNC
    for number, t in enumerate(timesteps):
        shown_BNC = latents_BNC if guide.beside_BNC is None else torch.cat([latents_BNC, guide.beside_BNC], dim=2)
        flow_BNC = _flow(pipe.transformer, shown_BNC, t, guide.words, arguments)
        if guide.negative:
            away_BNC = _flow(pipe.transformer, shown_BNC, t, guide.negative, arguments)
            flow_BNC = away_BNC + guide.negative_scale * (flow_BNC - away_BNC)
        latents_BNC = pipe.scheduler.step(flow_BNC, t, latents_BNC, return_dict=False)[0]
        if outside:
            latents_BNC = outside.put_back(pipe.scheduler, latents_BNC, noise_BNC, timesteps[number + 1 :])
    return latents_BNC


def _flow(transformer: Any, shown_BNC: Any, t: Any, words: Words, arguments: Mapping[str, Any]):
    """float32 (B, N, C): where the transformer would lead the latents by these words."""
    import torch

    dtype = transformer.dtype
    return transformer(
        hidden_states=shown_BNC.to(dtype),
        timestep=t.expand(len(shown_BNC)).to(dtype) / 1000,
        pooled_projections=words.pooled_BP,
        encoder_hidden_states=words.words_BLD,
        txt_ids=torch.zeros(words.words_BLD.shape[1], 3, device=shown_BNC.device, dtype=dtype),
        **arguments,
    )[0].float()
