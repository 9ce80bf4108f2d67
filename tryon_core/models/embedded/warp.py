"""`warp`: a classical try-on for upper-body garments. It needs no torch, no GPU and about two seconds."""

# Shapes: H, W image rows and columns; 3 is RGB.
import cv2
import numpy as np
from PIL import Image

from ...errors import BadInput, Refused
from ...masks import grown, opened, soft
from ...records import EditRequest, ModelCard
from .body import measure_body
from .canvas import Canvas
from .drape import Drape, drape
from .garment import see_garment
from .parameters import WarpParameters, apply_fixes, apply_noise
from .perception import Person, see_person
from .placement import place
from .revision import source_digest
from .shade import contact_shadow, lit
from .trousers import find_trousers
from .undress import made_up, remains

_FEATHER_PX = 1.2


class Warp:
    """Draws the person of images[0] in the garment of images[1]; the prompt's words do not matter, its fixes do.

    Only upper-body garments; frontal, unoccluded people. Deterministic: the same request gives the same bytes, and
    pixels away from the garments, the old and the new, keep theirs.
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
                 (perception.see_person, garment.see_garment); MissingWeights
        """
        _check(request)
        person, garment = see_person(request.images[0]), see_garment(request.images[1])
        if garment.kind != "upper":
            raise Refused("not_upper", f"this looks like a {garment.kind}; only tops can be drawn so far")
        parameters = apply_noise(apply_fixes(WarpParameters(), request.fixes), request.noise)
        body = measure_body(person)
        placement = place(person, body, garment, parameters)
        draped = drape(garment, placement, person)
        front_HW = occluders(person, draped)
        alpha_HW = draped.alpha_HW * (1 - front_HW)

        canvas = Canvas(person.alpha_HW.shape)
        trousers = find_trousers(person)
        canvas.paint(made_up(person, body, trousers), remains(person, trousers, alpha_HW, parameters.cover))
        canvas.paint(0.0, contact_shadow(alpha_HW, person))
        feathered_HW = cv2.GaussianBlur(alpha_HW, (0, 0), max(0.3, 0.8 * (_FEATHER_PX + parameters.edge)))
        canvas.paint(lit(draped.colour_HW3, alpha_HW, person, parameters), feathered_HW)
        canvas.reveal(front_HW)
        return canvas.over(request.images[0])


def occluders(person: Person, draped: Drape) -> np.ndarray:
    """float32 (H, W), 0-1: what stays in front of any garment: face, hair, the core of the neck, hands and forearms."""
    unit, shape = person.frame.shoulder_px, person.alpha_HW.shape
    down_HW, across_HW = person.frame.down_share_HW(shape), person.frame.across_px_HW(shape)
    above_collar = down_HW * person.frame.torso_px < -0.27 * unit
    neck = person.skin & above_collar & (np.abs(across_HW) < 0.17 * unit)
    sleeves = grown(draped.sleeves_HW > 0.3, 0.045 * unit)
    hands = opened(person.forearms & person.skin & ~sleeves & (down_HW > 0.25), 2)
    smooth_hands = soft(hands, 3.5) > 0.5  # the parse's ragged edge would show against cloth
    return np.maximum.reduce(
        [person.face.astype(np.float32), soft(person.hair, 1.2), soft(neck, 1.0), soft(smooth_hands, 1.2)]
    )


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
