"""Masked requests of Qwen-Image-Edit, drawn as diffusers' QwenImageEditInpaintPipeline draws them.

After every step the latents outside the mask are replaced by the picture's own at that step's noise, so that only what
lies inside is drawn; a strength below 1 begins from the picture itself, some steps late. The pipeline's crop around the
mask is not here: pictures.crop_and_stitch makes one for every model.

Of the checkpoints that look at several pictures diffusers has no such pipeline. The same is done with them here: all
pictures are shown to the text encoder and to the transformer, as QwenImageEditPlusPipeline shows them, and the first is
held outside the mask. With one picture that is what the library's pipeline draws with their words.

Shapes: B samples; N tokens of a picture, which show 16 x 16 pixels each; R of all its pictures; C channels of a token.
"""

from collections.abc import Sequence
from typing import Any

from PIL import Image

from ...errors import BadInput
from ..diffusion.held_outside import Held, tokens_of_masks
from ..diffusion.latent_frame import WHITE, check_mask_of
from .qwen_image_kinds import STRENGTH
from .qwen_image_request import QwenImageAsked


def check_mask(name: str, asked: QwenImageAsked) -> None:
    """raises   BadInput for a mask that does not fit its picture or changes nothing, and for another size"""
    settings, picture, mask = asked.request.settings, asked.request.images[0], asked.request.mask
    check_mask_of(picture, mask)
    if settings.size not in (None, picture.size):
        raise BadInput(f"{name} draws inside a mask at the picture's own size; got settings.size {settings.size}")
    if not _black_and_white(mask, asked.size).getbbox():
        raise BadInput(
            f"{name} draws this picture at {asked.size[0]} x {asked.size[1]}, in which nothing of the mask's white is "
            "left; make it wider, or give a crop around it"
        )
    if asked.left_out == asked.steps:
        raise BadInput(
            f"strength {asked.strength:g} leaves out all {asked.steps} steps, so nothing would change; give more, up "
            f"to 1, or leave it out for {STRENGTH}"
        )


def held(pipe: Any, together: Sequence[QwenImageAsked], beside_BRC: Any) -> Held:
    """What holds the pictures of requests of one layout.

    beside_BRC  the tokens of all their pictures; those of the picture to edit come first
    """
    first = together[0]
    masks = [_black_and_white(asked.request.mask, asked.size) for asked in together]
    mask_BNC = tokens_of_masks(pipe, masks, beside_BRC.shape[2]).to(beside_BRC.device)
    return Held(beside_BRC[:, : mask_BNC.shape[1]], mask_BNC, first.left_out)


def _black_and_white(mask: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Stretched to the size in which its picture is shown, as that is."""
    mask = mask if mask.size == size else mask.resize(size, Image.Resampling.LANCZOS)
    return mask.point(lambda value: 255 * (value >= WHITE))
