"""What a request asks of a FLUX.1 model, its defaults filled in."""

from dataclasses import dataclass
from functools import cached_property

from PIL import Image

from ...records import EditRequest
from ..diffusion.held_outside import steps_left_out
from ..diffusion.latent_frame import fitted_size
from .flux1_kinds import Kind

MOST_MASKED = 2  # pictures: the one to edit, and one behind it
SQUARE_PX = 1024  # drawn where a request has no map, mask or size to tell another: the pipelines' own default


@dataclass(frozen=True)
class Flux1Asked:
    """sees_garments: whether the model looks at the picture behind the one to edit"""

    request: EditRequest
    kind: Kind
    sees_garments: bool = False

    @property
    def steps(self) -> int:
        return self.request.settings.steps or self.kind.steps

    @property
    def guidance(self) -> float:
        asked = self.request.settings.guidance
        return (self.kind.guidance or 0.0) if asked is None else asked

    @property
    def negative(self) -> str:
        return self.request.settings.negative_prompt

    @property
    def is_masked(self) -> bool:
        return self.request.mask is not None

    @property
    def strength(self) -> float:
        asked = self.request.settings.strength
        return self.kind.strength if asked is None else asked

    @property
    def left_out(self) -> int:
        """Steps that a mask's strength leaves out."""
        return steps_left_out(self.steps, self.strength) if self.is_masked else 0

    @property
    def garment(self) -> Image.Image | None:
        """The picture that is shown beside the words; None where there is none, or it is not looked at."""
        behind = self.request.images[1:2]
        return behind[0] if behind and self.is_masked and self.sees_garments else None

    @property
    def own_size(self) -> tuple[int, int]:
        """(width, height) of the picture that is given back."""
        shown = self.request.control or (self.request.images[0] if self.is_masked else None)
        return shown.size if shown else self.request.settings.size or (SQUARE_PX, SQUARE_PX)

    @cached_property
    def size(self) -> tuple[int, int]:
        """(width, height) in which it is drawn: at most one megapixel."""
        return fitted_size(self.own_size)

    @property
    def layout(self) -> tuple:
        """What must be equal for requests to share a batch."""
        words = (bool(self.negative), self.garment is not None)
        return (self.size, self.steps, self.left_out, self.guidance, self.is_masked, *words)
