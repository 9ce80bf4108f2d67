"""Requests that a FLUX.1 model cannot honour, refused before a weight is touched.

All raise BadInput for what cannot be honoured, Refused for a sample that has not what the model draws from.
"""

from ...errors import BadInput, Refused
from ..diffusion.latent_frame import check_drawn_size, check_mask_of
from .flux1_request import MOST_MASKED, Flux1Asked


def check_text(name: str, asked: Flux1Asked) -> None:
    """Of a model that draws by words alone."""
    request, settings = asked.request, asked.request.settings
    given = {"pictures": request.images, "a mask": request.mask, "a control map": request.control}
    if unread := [what for what, value in given.items() if value]:
        raise BadInput(
            f"{name} draws by words alone and would not look at {' or '.join(unread)}; leave them out, or take "
            "flux1-fill, flux1-canny or flux1-depth"
        )
    if settings.strength is not None:
        raise BadInput(f"{name} draws a whole picture, without a strength; leave it out")
    if asked.kind.guidance is None and settings.guidance is not None:
        raise BadInput(f"{name} was distilled without guidance and is told none; leave guidance out")
    if asked.kind.guidance is None and asked.negative:
        raise BadInput(f"{name} draws in a few steps without negative words; leave them out, or take flux1-dev")
    if settings.size is not None:
        check_drawn_size(name, *settings.size)


def check_control(name: str, asked: Flux1Asked) -> None:
    """Of a model that draws along a control map, inside a mask or a whole picture."""
    request, settings = asked.request, asked.request.settings
    _check_words(name, asked)
    if request.images and not asked.is_masked:
        raise BadInput(
            f"{name} keeps nothing of a picture without a mask: give request.mask, white where it may draw, or leave "
            "the picture out to draw a new one by words and the map"
        )
    if settings.strength is not None and not asked.is_masked:
        raise BadInput(f"{name} draws a whole picture where there is no mask, without a strength; leave it out")
    if request.control is None:
        raise Refused("no_control_map", f"{name} draws along a control map and got none; give request.control")
    if settings.size not in (None, asked.own_size):
        raise BadInput(f"{name} draws in the map's own size; got settings.size {settings.size}, leave it out")
    if asked.is_masked:
        _check_mask(name, asked)
        picture, control = request.images[0], request.control
        if control.size != picture.size:
            raise BadInput(
                f"a control map has the size of its picture, {picture.width} x {picture.height}; got {control.width} x "
                f"{control.height}"
            )


def check_fill(name: str, asked: Flux1Asked) -> None:
    """Of a model that draws inside a mask by what lies around it."""
    request, settings = asked.request, asked.request.settings
    _check_words(name, asked)
    if request.control is not None:
        raise BadInput(f"{name} reads no control map; leave it out, or take flux1-canny or flux1-depth")
    if not asked.is_masked:
        raise BadInput(f"{name} draws inside a mask: give request.mask, white where it may draw")
    _check_mask(name, asked)
    if settings.size not in (None, asked.own_size):
        raise BadInput(f"{name} draws in the picture's own size; got settings.size {settings.size}, leave it out")


def _check_words(name: str, asked: Flux1Asked) -> None:
    if asked.negative:
        raise BadInput(f"{name} is guided without negative words (its guidance is distilled); leave them out")


def _check_mask(name: str, asked: Flux1Asked) -> None:
    if not asked.request.images:
        raise BadInput(f"{name} needs the picture that the mask is of, and got none")
    if len(asked.request.images) > MOST_MASKED:
        raise BadInput(
            f"{name} looks at the picture to edit and at one behind it, and got {len(asked.request.images)}; leave the "
            "others out"
        )
    check_mask_of(asked.request.images[0], asked.request.mask)
    if asked.left_out == asked.steps:
        raise BadInput(
            f"strength {asked.strength:g} of {name} leaves out all {asked.steps} steps, so nothing would change; give "
            f"more, up to 1, or leave it out for {asked.kind.strength:g}"
        )
