"""What a request asks of Stable Diffusion 1.5, its defaults filled in."""

from dataclasses import dataclass
from functools import cached_property

from ...records import EditRequest
from .sd15_denoising import steps_left_out
from .sd15_frame import drawn_size

STEPS, GUIDANCE, CONTROL_SCALE = 50, 7.5, 1.0  # of the garment pipeline's reference
STRENGTH = 1.0  # of a mask: the pipeline's own default
NEGATIVE = "low quality, worst quality, blurry, distorted, deformed, bad anatomy, extra limbs, watermark"
TEXT_TOKENS = 77  # of CLIP ViT-L/14, its two marks at both ends included; what is longer the pipeline would cut
SQUARE_PX = 512  # drawn where a request has no picture, map or size to tell another


@dataclass(frozen=True)
class Asked:
    """max_side: the longest side drawn, in pixels; usual_negative: what not to draw where the request does not say"""

    request: EditRequest
    max_side: int
    usual_negative: str

    @property
    def steps(self) -> int:
        return self.request.settings.steps or STEPS

    @property
    def guidance(self) -> float:
        return GUIDANCE if self.request.settings.guidance is None else self.request.settings.guidance

    @property
    def negative(self) -> str:
        return self.request.settings.negative_prompt or self.usual_negative

    @property
    def is_masked(self) -> bool:
        return self.request.mask is not None

    @property
    def is_controlled(self) -> bool:
        return self.request.control is not None

    @property
    def strength(self) -> float:
        return STRENGTH if self.request.settings.strength is None else self.request.settings.strength

    @property
    def left_out(self) -> int:
        """Steps that a mask's strength leaves out."""
        return steps_left_out(self.steps, self.strength) if self.is_masked else 0

    @cached_property
    def own_size(self) -> tuple[int, int]:
        """(width, height) of the picture that is given back."""
        shown = [one.size for one in (*self.request.images[:1], self.request.control) if one is not None]
        if self.is_masked or self.is_controlled:
            return shown[0]
        return self.request.settings.size or next(iter(shown), (SQUARE_PX, SQUARE_PX))

    @cached_property
    def size(self) -> tuple[int, int]:
        """(width, height) in which it is drawn."""
        return self.request.settings.size or drawn_size(self.own_size, self.max_side)

    @property
    def layout(self) -> tuple:
        """What must be equal for requests to share a batch."""
        return (self.size, self.steps, self.left_out, self.guidance, self.is_masked, self.is_controlled)
