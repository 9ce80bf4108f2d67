"""Requests that a Qwen-Image-Edit model cannot honour, refused before a weight is touched."""

from ...errors import BadInput, Refused
from ..diffusion.latent_frame import check_drawn_size
from .qwen_image_masked import check_mask
from .qwen_image_request import QwenImageAsked

MOST_GUIDANCE = 30
MOST_ASPECT = 200  # of a picture that the text encoder's processor takes


def check_asked(name: str, asked: QwenImageAsked) -> None:
    """raises   BadInput for what it cannot honour, Refused for a sample that it cannot draw"""
    request, settings = asked.request, asked.request.settings
    if request.control:
        raise BadInput(f"{name} edits pictures by words and reads no control map; leave it out")
    if settings.strength is not None and not asked.is_masked:
        raise BadInput(
            f"{name} draws anew beside the pictures it is shown, without a strength; leave it out, or give a mask"
        )
    _check_images(name, asked)
    if asked.steps < 2:
        raise BadInput(f"{name} draws in 2 steps or more, since its schedule has no end with fewer; got 1")
    _check_guidance(name, asked)
    if asked.is_masked:
        check_mask(name, asked)
    elif settings.size is not None:
        check_drawn_size(name, *settings.size)


def _check_images(name: str, asked: QwenImageAsked) -> None:
    images, most = asked.request.images, asked.kind.most_images
    if not images:
        raise BadInput(f"{name} needs a picture to edit, and got none")
    if len(images) > most == 1:
        raise BadInput(
            f"{name} looks at one picture and got {len(images)}; leave the others out, or take qwen-image-edit-2509, "
            "which looks at three"
        )
    if len(images) > most:
        raise BadInput(f"{name} looks at {most} pictures at most and got {len(images)}; leave the others out")
    for image in images:
        if max(image.size) > MOST_ASPECT * min(image.size):
            raise Refused(
                "aspect_ratio",
                f"{name} takes pictures up to {MOST_ASPECT} times as long as wide, got {image.width} x {image.height}",
            )


def _check_guidance(name: str, asked: QwenImageAsked) -> None:
    guidance = asked.guidance
    if not 1 <= guidance <= MOST_GUIDANCE:
        raise BadInput(f"guidance of {name} is 1, which leads away from nothing, to {MOST_GUIDANCE}; got {guidance:g}")
    if guidance == 1 and asked.request.settings.negative_prompt:
        raise BadInput(
            f"{name} is led away from negative words by a guidance above 1, and got 1; give more, or leave them out"
        )
