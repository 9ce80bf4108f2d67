"""What a request asks of a FLUX.1 control model, its defaults filled in; what it cannot honour is refused here."""

from dataclasses import dataclass
from functools import cached_property

from ...errors import BadInput, Refused
from ...records import EditRequest
from ..diffusion.held_outside import steps_left_out
from ..diffusion.latent_frame import check_mask_of, fitted

STEPS_AND_GUIDANCE = {  # of the model cards' own examples
    "flux1-canny": (50, 30.0),
    "flux1-depth": (30, 10.0),
}
STRENGTH = 0.9  # of a mask: the example of FluxControlInpaintPipeline in diffusers 0.42.1


@dataclass(frozen=True)
class Flux1Asked:
    """usual: steps and guidance where the request names none"""

    request: EditRequest
    usual: tuple[int, float]

    @property
    def steps(self) -> int:
        return self.request.settings.steps or self.usual[0]

    @property
    def guidance(self) -> float:
        return self.usual[1] if self.request.settings.guidance is None else self.request.settings.guidance

    @property
    def is_masked(self) -> bool:
        return self.request.mask is not None

    @property
    def strength(self) -> float:
        return STRENGTH if self.request.settings.strength is None else self.request.settings.strength

    @property
    def left_out(self) -> int:
        """Steps that a mask's strength leaves out."""
        return steps_left_out(self.steps, self.strength) if self.is_masked else 0

    @property
    def own_size(self) -> tuple[int, int]:
        """(width, height) of the picture that is given back."""
        return self.request.control.size

    @cached_property
    def size(self) -> tuple[int, int]:
        """(width, height) in which it is drawn: at most one megapixel."""
        return fitted(self.request.control).size

    @property
    def layout(self) -> tuple:
        """What must be equal for requests to share a batch."""
        return (self.size, self.steps, self.left_out, self.guidance, self.is_masked)


def check_asked(name: str, asked: Flux1Asked) -> None:
    """raises   BadInput for what cannot be honoured, Refused for a sample without a map"""
    request, settings = asked.request, asked.request.settings
    if settings.negative_prompt:
        raise BadInput(f"{name} is guided without negative words (its guidance is distilled); leave them out")
    if request.images and not asked.is_masked:
        raise BadInput(
            f"{name} keeps nothing of a picture without a mask: give request.mask, white where it may draw, or leave "
            "the picture out to draw a new one by words and the map"
        )
    if asked.is_masked and not request.images:
        raise BadInput(f"{name} needs the picture that the mask is of, and got none")
    if settings.strength is not None and not asked.is_masked:
        raise BadInput(f"{name} draws a whole picture where there is no mask, without a strength; leave it out")
    if request.control is None:
        raise Refused("no_control_map", f"{name} draws along a control map and got none; give request.control")
    if settings.size not in (None, asked.own_size):
        raise BadInput(f"{name} draws in the map's own size; got settings.size {settings.size}, leave it out")
    if asked.is_masked:
        _check_mask(name, asked)


def _check_mask(name: str, asked: Flux1Asked) -> None:
    picture, control = asked.request.images[0], asked.request.control
    check_mask_of(picture, asked.request.mask)
    if control.size != picture.size:
        raise BadInput(
            f"a control map has the size of its picture, {picture.width} x {picture.height}; got {control.width} x "
            f"{control.height}"
        )
    if asked.left_out == asked.steps:
        raise BadInput(
            f"strength {asked.strength:g} of {name} leaves out all {asked.steps} steps, so nothing would change; give "
            f"more, up to 1, or leave it out for {STRENGTH:g}"
        )
