"""The denoising of Qwen-Image-Edit, as diffusers' QwenImageEditPipeline, QwenImageEditPlusPipeline and
QwenImageEditInpaintPipeline do it.

Shapes: B samples; N tokens of the drawn picture; R of the pictures beside it; C channels of a token; L text tokens; D
of a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..diffusion.flow_steps import shifted_timesteps
from ..diffusion.held_outside import Held

Grid = tuple[int, int, int]  # frames, rows and columns of a picture's tokens


@dataclass(frozen=True)
class Words:
    """words_BLD of the text encoder, which saw the pictures too; mask_BL True on words, None where all are."""

    words_BLD: Any
    mask_BL: Any


@dataclass(frozen=True, kw_only=True)
class Guide:
    """What the denoising is led by.

    beside_BRC  tokens of the pictures to edit, which stand behind the drawn one's
    grids       of the drawn picture and of those beside it, equal in all samples
    negative    what it is led away from, by true classifier-free guidance of this scale: twice the work
    """

    words: Words
    beside_BRC: Any
    grids: Sequence[Grid]
    negative: Words | None = None
    scale: float = 1.0


def denoised(pipe: Any, noise_BNC: Any, steps: int, guide: Guide, outside: Held | None = None):
    """float32 tokens (B, N, C) after all steps; with `outside`, what lies outside the masks is put back after each."""
    timesteps = shifted_timesteps(pipe, steps, noise_BNC.shape[1])[outside.left_out if outside else 0 :]
    pipe.scheduler.set_begin_index(steps - len(timesteps))
    latents_BNC = outside.noised(pipe.scheduler, noise_BNC, timesteps) if outside else noise_BNC
    for number, t in enumerate(timesteps):
        flow_BNC = _flow(pipe.transformer, latents_BNC, t, guide.words, guide)
        if guide.negative:
            away_BNC = _flow(pipe.transformer, latents_BNC, t, guide.negative, guide)
            flow_BNC = _led(flow_BNC, away_BNC, guide.scale)
        latents_BNC = pipe.scheduler.step(flow_BNC, t, latents_BNC, return_dict=False)[0]
        if outside:
            latents_BNC = outside.put_back(pipe.scheduler, latents_BNC, noise_BNC, timesteps[number + 1 :])
    return latents_BNC


def _flow(transformer: Any, latents_BNC: Any, t: Any, words: Words, guide: Guide):
    """float32 (B, N, C): where the transformer would lead the latents by these words."""
    import torch

    dtype, (samples, tokens, _) = transformer.dtype, latents_BNC.shape
    return transformer(
        hidden_states=torch.cat([latents_BNC, guide.beside_BRC], dim=1).to(dtype),
        timestep=t.expand(samples).to(dtype) / 1000,
        encoder_hidden_states=words.words_BLD,
        encoder_hidden_states_mask=words.mask_BL,
        img_shapes=[list(guide.grids)] * samples,
        return_dict=False,
    )[0][:, :tokens].float()


def _led(flow_BNC: Any, away_BNC: Any, scale: float):
    """Away from what the negative words draw, each token as long as it was before."""
    import torch

    led_BNC = away_BNC + scale * (flow_BNC - away_BNC)
    length, led_length = (torch.norm(each, dim=-1, keepdim=True) for each in (flow_BNC, led_BNC))
    return led_BNC * (length / led_length)
