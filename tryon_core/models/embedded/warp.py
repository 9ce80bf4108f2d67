"""`warp`: a classical try-on for tops, dresses, trousers and skirts, in about two seconds; no torch, no GPU."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image

from ...errors import BadInput
from ...images import digest
from ...pictures.masks import soft
from ...records import EditRequest, Fix, ModelCard
from ..diffusion.redraw import by_request
from . import LICENCES
from .aspects import ASPECTS, unit_of
from .cloth.flat_garment import Garment, see_garment
from .cloth.kind import Kind
from .drawing.composed.canvas import Canvas
from .drawing.drawing_parameters import BOUNDS, WarpParameters, apply_fixes, apply_noise
from .drawing.dress import draw_dress
from .drawing.lower_body.lower import draw_lower
from .drawing.spoken import not_spoken, spoken_fixes
from .drawing.upper import draw_upper
from .revision import source_digest
from .seeing.perception import Person, see_person

_DRAWN: dict[Kind, Callable[[Person, Garment, WarpParameters], Canvas]] = {
    "upper": draw_upper,
    "dress": draw_dress,
    "trousers": draw_lower,
    "skirt": draw_lower,
}
_KEPT_EDGE_PX = 1.0  # sigma of the edge of what a person says to keep: as soft as a photograph's own edges
_TOLD = 3  # sentences; the others are counted


class Warp:
    """Draws the person of images[0] in the garment of images[1], as the request's fixes and plain words ask (spoken).

    Tops, dresses, trousers and skirts; frontal, unoccluded, standing people. A garment's kind is read off its outline.
    New trousers or a skirt go under the top that is worn; shoes stay. Of a picture cropped at the thighs only what it
    shows is drawn. Deterministic: the same request gives the same bytes, and pixels away from the garments, the old and
    the new, keep theirs.
    """

    keeps_frame = True  # it draws into the photograph
    min_images = 2
    clock = staticmethod(time.thread_time)  # it works in the thread that calls it

    def __init__(self) -> None:
        self.card = ModelCard(
            name="warp",
            revision=source_digest("warp"),
            source="tryon_core.models.embedded",
            licence=LICENCES["warp"],
        )

    def __call__(self, request: EditRequest) -> Image.Image:
        """RGB, of images[0]'s size.

        raises   BadInput for what cannot be honoured; Refused where the pictures are of a kind that cannot be drawn
                 (perception.see_person, garment.see_garment, lower.draw_lower, dress.draw_dress); MissingWeights
        """
        _check(request)
        person = see_person(request.images[0], request.hints.about("person"))
        garment = see_garment(request.images[1], request.hints.about("garment"))
        canvas = _DRAWN[garment.kind](person, garment, _parameters(request))
        if person.kept_HW is not None:
            canvas.reveal(soft(person.kept_HW, _KEPT_EDGE_PX))
        return canvas.over(*request.images)

    def draws_alike(self, request: EditRequest, other: EditRequest) -> bool:
        """Whether both requests give the same picture: the same pictures with the same hints and parameters."""
        same = [digest(image) for image in request.images] == [digest(image) for image in other.images]
        return same and request.hints == other.hints and _parameters(request) == _parameters(other)

    def reads(self, prompt: str, fixes: tuple[Fix, ...] = ()) -> str:
        """For a person: what of this request it acts on, and on which sentences it cannot; '' for a wish alone."""
        asked, left = _asked(prompt, fixes), [repr(sentence) for sentence in not_spoken(prompt, fixes)]
        moved = [f"{aspect} {_amount(aspect, getattr(asked, aspect))}" for aspect in ASPECTS if getattr(asked, aspect)]
        more = f" and {len(left) - _TOLD} more" if len(left) > _TOLD else ""
        cannot = ", ".join(left[:_TOLD]) + more
        if not moved:
            return f"warp cannot act on: {cannot}" if left else ""
        return f"warp acts on: {', '.join(moved)}" + (f"; not on: {cannot}" if left else "")


def _parameters(request: EditRequest) -> WarpParameters:
    return apply_noise(_asked(request.prompt, request.fixes), request.noise)


def _asked(prompt: str, fixes: tuple[Fix, ...]) -> WarpParameters:
    """The best blind drawing, changed by what is asked for in numbers and in words."""
    return apply_fixes(WarpParameters(), (*fixes, *spoken_fixes(prompt, fixes)))


def _amount(aspect: str, value: float) -> str:
    return f"{value:+.3g} {unit_of(aspect)}" + (", its limit" if value in BOUNDS[aspect] else "")


def _check(request: EditRequest) -> None:
    if len(request.images) != 2:
        raise BadInput(f"warp needs two pictures, the person and the garment; got {len(request.images)}")
    settings = request.settings
    asked = [name for name in ("steps", "guidance", "strength", "size") if getattr(settings, name) is not None]
    asked += [
        name
        for name, value in (
            ("negative_prompt", settings.negative_prompt),
            ("mask", request.mask),
            ("control", request.control),
        )
        if value
    ]
    if asked:
        raise BadInput(f"warp is no diffusion model and cannot honour {', '.join(asked)}; leave them out")


def build() -> Warp:
    """The generator `warp`; models are loaded at the first picture."""
    return Warp()


def as_code(name: str, request: Mapping[str, Any], run_url: str) -> str:
    """Python that draws an attempt again, see models.as_code."""
    imports = [f"from {__name__} import Warp"]
    return by_request("Warp()", imports, request, run_url, names=("person", "garment"))
