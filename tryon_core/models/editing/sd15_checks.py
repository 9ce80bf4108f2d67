"""Requests that Stable Diffusion 1.5 cannot honour, refused before a weight is touched."""

from ...errors import BadInput
from ..diffusion.latent_frame import LATENT_PX, check_mask_of
from .sd15_request import STRENGTH, Asked


def check_asked(name: str, asked: Asked, *, controlnets: int, inpaints_only: bool) -> None:
    """raises   BadInput for what cannot be honoured

    controlnets    how many the model has
    inpaints_only  whether it is the inpainting checkpoint
    """
    if not asked.is_masked and inpaints_only:
        raise BadInput(f"{name} draws inside a mask only; give one, or take sd15-controlnet")
    if not asked.is_masked and asked.request.settings.strength is not None:
        raise BadInput(f"{name} draws a whole picture where there is no mask, without a strength; leave it out")
    if asked.is_masked:
        _check_mask(name, asked)
    if asked.is_controlled:
        _check_control(name, asked, controlnets)
    if asked.request.settings.size is not None:
        _check_size(name, asked)


def _check_mask(name: str, asked: Asked) -> None:
    images = asked.request.images
    if not images:
        raise BadInput(f"{name} needs the picture that the mask is of, and got none")
    check_mask_of(images[0], asked.request.mask)
    if asked.left_out == asked.steps:
        raise BadInput(
            f"strength {asked.strength:g} leaves out all {asked.steps} steps, so nothing would change; give more, up "
            f"to 1, or leave it out for {STRENGTH:g}"
        )


def _check_control(name: str, asked: Asked, controlnets: int) -> None:
    control, images = asked.request.control, asked.request.images
    if images and control.size != images[0].size:
        raise BadInput(
            f"a control map has the size of its picture, {images[0].width} x {images[0].height}; got {control.width} x "
            f"{control.height}"
        )
    if controlnets > 1 and not images:
        raise BadInput(
            f"{name} has {controlnets} ControlNets and maps the picture itself for all but the first; give it one"
        )


def _check_size(name: str, asked: Asked) -> None:
    """A size of one's own is for a whole picture drawn by words: a mask or a map would be stretched."""
    width, height = asked.request.settings.size
    if asked.is_masked or asked.is_controlled:
        if (width, height) != asked.own_size or (width, height) != asked.size:
            raise BadInput(f"{name} draws by a mask or a map in their own shape; got settings.size, leave it out")
    if max(width, height) > asked.max_side or min(width, height) < LATENT_PX:
        raise BadInput(f"{name} draws sides of {LATENT_PX} to {asked.max_side} px; got {width} x {height}")
