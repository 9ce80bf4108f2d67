"""The denoising of Stable Diffusion 1.5 with ControlNets and inside masks, as diffusers' four pipelines do it.

Shapes: B samples; h, w rows and columns of latents, which show 8 x 8 pixels each; L text tokens; D of a word; 2B: the
negative words' part first, then that of the words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Masked:
    """What holds pictures as they are outside their masks.

    picture_B4hw  latents of the pictures to edit
    outside_B4hw  latents of the pictures with their masked part grey: what the inpainting checkpoint is shown; None for
                  the plain one
    mask_B1hw     1 where a latent may change, else 0
    left_out      steps left out at the start, so that something of what was inside the mask stays too
    """

    picture_B4hw: Any
    outside_B4hw: Any
    mask_B1hw: Any
    left_out: int


@dataclass(frozen=True)
class Guided:
    """words_BLD, negative_BLD; scale: of the guidance, none at 1 or less; maps: one a ControlNet, (B, 3, H, W) 0-1."""

    words_BLD: Any
    negative_BLD: Any
    scale: float
    maps: Sequence[Any]
    control_scale: float

    @property
    def twice(self) -> bool:
        return self.scale > 1

    def both(self, one: Any) -> Any:
        """A tensor for the negative words and for the words, where both are asked."""
        import torch

        return torch.cat([one, one]) if self.twice else one


def steps_left_out(steps: int, strength: float) -> int:
    """How many of `steps` a strength leaves out: the pipelines' get_timesteps."""
    return steps - min(int(steps * strength), steps)


def denoised(pipe: Any, noise_B4hw: Any, steps: int, guided: Guided, masked: Masked | None = None):
    """Latents (B, 4, h, w) after all steps; with `masked`, what lies outside the masks is put back after each."""
    scheduler, left_out = pipe.scheduler, masked.left_out if masked else 0
    scheduler.set_timesteps(steps, device=noise_B4hw.device)
    timesteps = scheduler.timesteps[left_out:]
    scheduler.set_begin_index(left_out)
    latents_B4hw = noise_B4hw * scheduler.init_noise_sigma
    if left_out:
        latents_B4hw = scheduler.add_noise(masked.picture_B4hw, noise_B4hw, timesteps[:1])
    for number, t in enumerate(timesteps):
        predicted_B4hw = _predicted(pipe, latents_B4hw, t, guided, masked)
        latents_B4hw = scheduler.step(predicted_B4hw, t, latents_B4hw, return_dict=False)[0]
        if masked and masked.outside_B4hw is None:
            following = timesteps[number + 1 : number + 2]
            outside = masked.picture_B4hw
            if len(following):
                outside = scheduler.add_noise(outside, noise_B4hw, following)
            latents_B4hw = (1 - masked.mask_B1hw) * outside + masked.mask_B1hw * latents_B4hw
    return latents_B4hw


def _predicted(pipe: Any, latents_B4hw: Any, t: Any, guided: Guided, masked: Masked | None):
    """The noise that the UNet sees in the latents, led away from the negative words (classifier-free guidance)."""
    import torch

    dtype = pipe.unet.dtype
    shown = pipe.scheduler.scale_model_input(guided.both(latents_B4hw), t).to(dtype)
    words = torch.cat([guided.negative_BLD, guided.words_BLD]) if guided.twice else guided.words_BLD
    control = _control(pipe, shown, t, words, guided) if guided.maps else {}
    if masked and masked.outside_B4hw is not None:
        shown = torch.cat([shown, guided.both(masked.mask_B1hw), guided.both(masked.outside_B4hw)], dim=1).to(dtype)
    noise = pipe.unet(shown, t, encoder_hidden_states=words, return_dict=False, **control)[0].float()
    if not guided.twice:
        return noise
    negative, positive = noise.chunk(2)
    return negative + guided.scale * (positive - negative)


def _control(pipe: Any, shown: Any, t: Any, words: Any, guided: Guided) -> dict[str, Any]:
    """What the ControlNets add to the UNet's layers."""
    maps = [guided.both(one).to(shown.dtype) for one in guided.maps]
    scales = [guided.control_scale] * len(maps)
    several = hasattr(pipe.controlnet, "nets")
    down, middle = pipe.controlnet(
        shown,
        t,
        encoder_hidden_states=words,
        controlnet_cond=maps if several else maps[0],
        conditioning_scale=scales if several else scales[0],
        return_dict=False,
    )
    return {"down_block_additional_residuals": down, "mid_block_additional_residual": middle}
