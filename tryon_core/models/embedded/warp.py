"""`warp`: a classical try-on for tops, dresses, trousers and skirts, in about two seconds; no torch, no GPU."""

from collections.abc import Callable

from PIL import Image

from ...errors import BadInput
from ...records import EditRequest, ModelCard
from .canvas import Canvas
from .dress import draw_dress
from .garment import Garment, see_garment
from .kind import Kind
from .lower import draw_lower
from .parameters import WarpParameters, apply_fixes, apply_noise
from .perception import Person, see_person
from .revision import source_digest
from .upper import draw_upper

_DRAWN: dict[Kind, Callable[[Person, Garment, WarpParameters], Canvas]] = {
    "upper": draw_upper,
    "dress": draw_dress,
    "trousers": draw_lower,
    "skirt": draw_lower,
}


class Warp:
    """Draws the person of images[0] in the garment of images[1]; the prompt's words do not matter, its fixes do.

    Tops, dresses, trousers and skirts; frontal, unoccluded, standing people. A garment's kind is read off its outline.
    New trousers or a skirt go under the top that is worn; shoes stay. Of a picture cropped at the thighs only what it
    shows is drawn. Deterministic: the same request gives the same bytes, and pixels away from the garments, the old and
    the new, keep theirs.
    """

    def __init__(self) -> None:
        self.card = ModelCard(
            name="warp",
            revision=source_digest(),
            source="tryon_core.models.embedded",
            licence="Apache-2.0 (pose and face landmark models)",
        )

    def __call__(self, request: EditRequest) -> Image.Image:
        """RGB, of images[0]'s size.

        raises   BadInput for what cannot be honoured; Refused where the pictures are of a kind that cannot be drawn
                 (perception.see_person, garment.see_garment, lower.draw_lower, dress.draw_dress); MissingWeights
        """
        _check(request)
        person, garment = see_person(request.images[0]), see_garment(request.images[1])
        parameters = apply_noise(apply_fixes(WarpParameters(), request.fixes), request.noise)
        return _DRAWN[garment.kind](person, garment, parameters).over(request.images[0])


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
