"""What a request asks of a Qwen-Image-Edit model, its defaults filled in."""

import math
from dataclasses import dataclass
from functools import cached_property

from ...records import EditRequest
from ..diffusion.held_outside import steps_left_out
from .qwen_image_kinds import GUIDANCE, NO_WORDS, STEPS, STRENGTH, Kind

SIDE_PX = 32  # sides of what the pipelines show and draw are multiples of it


@dataclass(frozen=True)
class QwenImageAsked:
    request: EditRequest
    kind: Kind

    @property
    def steps(self) -> int:
        return self.request.settings.steps or STEPS

    @property
    def guidance(self) -> float:
        asked = self.request.settings.guidance
        return GUIDANCE if asked is None else asked

    @property
    def negative(self) -> str:
        """The words it is led away from, by a guidance above 1."""
        return self.request.settings.negative_prompt or NO_WORDS

    @property
    def is_masked(self) -> bool:
        return self.request.mask is not None

    @property
    def strength(self) -> float:
        asked = self.request.settings.strength
        return STRENGTH if asked is None else asked

    @property
    def left_out(self) -> int:
        """Steps that a mask's strength leaves out; without a mask no picture is begun from."""
        return steps_left_out(self.steps, self.strength) if self.is_masked else 0

    @cached_property
    def shown_sizes(self) -> tuple[tuple[int, int], ...]:
        """(width, height) in which the VAE sees each picture."""
        return tuple(near(image.size, self.kind.drawn_px) for image in self.request.images)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in which it is drawn; inside a mask always that in which the picture to edit is shown."""
        asked = None if self.is_masked else self.request.settings.size
        return asked or self.shown_sizes[0]

    @property
    def own_size(self) -> tuple[int, int]:
        """(width, height) of the picture that is given back."""
        return self.request.settings.size or self.request.images[0].size

    @property
    def layout(self) -> tuple:
        """What must be equal for requests to share a batch."""
        return (self.size, self.steps, self.left_out, self.guidance, self.is_masked, self.shown_sizes)


def near(size: tuple[int, int], area_px: int) -> tuple[int, int]:
    """(width, height) of about so many pixels and about the aspect ratio of `size`, each side a multiple of 32: the
    pipelines' calculate_dimensions, but never 0."""
    ratio = size[0] / size[1]
    width = math.sqrt(area_px * ratio)
    return tuple(max(SIDE_PX, round(side / SIDE_PX) * SIDE_PX) for side in (width, width / ratio))
