"""What holds pictures as they are outside their masks, in flow-matching models whose transformer has tokens.

Shapes: B samples; N tokens of a picture, which show 16 x 16 pixels each; C channels of a token.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Held:
    """What holds pictures as they are outside their masks while they are denoised.

    picture_BNC  the pictures to edit, as tokens
    mask_BN1     0-1, 1 where a token may change
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


def steps_left_out(steps: int, strength: float) -> int:
    """How many of `steps` a strength leaves out: the pipelines' get_timesteps."""
    return int(steps - min(steps * strength, steps))
