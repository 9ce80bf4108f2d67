"""What holds pictures as they are outside their masks, in flow-matching models whose transformer has tokens.

Shapes: B samples; N tokens of a picture, which show 16 x 16 pixels each; C channels of a token.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from .latent_frame import mask_latents


@dataclass(frozen=True)
class Held:
    """What holds pictures as they are outside their masks while they are denoised.

    picture_BNC  the pictures to edit, as tokens
    mask_BN1     0-1, 1 where a token may change; or one number a channel, (B, N, C)
    left_out     steps left out at the start, so that something of what was inside the mask stays too
    """

    picture_BNC: Any
    mask_BN1: Any
    left_out: int

    def noised(self, scheduler: Any, noise_BNC: Any, timesteps: Any):
        """The latents that the first of `timesteps` starts from."""
        return scheduler.scale_noise(self.picture_BNC, timesteps[:1].expand(len(noise_BNC)), noise_BNC)

    def put_back(self, scheduler: Any, latents_BNC: Any, noise_BNC: Any, following: Any):
        """`latents` with the picture's own outside the mask, at the noise of the step that follows, if any does."""
        outside = self.noised(scheduler, noise_BNC, following) if len(following) else self.picture_BNC
        return (1 - self.mask_BN1) * outside + self.mask_BN1 * latents_BNC


def tokens_of_masks(pipe: Any, masks: Sequence[Image.Image], channels: int):
    """(B, N, C) of black and white masks: each token has its four latents' own values, once for every channel.

    pipe   of FLUX.1 or Qwen-Image, which packs 2 x 2 latents to a token
    """
    mask_B1hw = mask_latents(masks)
    mask_Bchw = mask_B1hw.expand(-1, channels // 4, -1, -1).contiguous()
    return pipe._pack_latents(mask_Bchw, *mask_Bchw.shape)


def steps_left_out(steps: int, strength: float) -> int:
    """How many of `steps` a strength leaves out: the pipelines' get_timesteps."""
    return int(steps - min(steps * strength, steps))
