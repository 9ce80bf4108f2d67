"""Masked requests of FLUX.2 Klein, drawn as diffusers' Flux2KleinInpaintPipeline draws them.

After every step the latents outside the mask are replaced by the picture's own at that step's noise, so that only what
lies inside is drawn. The picture to edit is also the first reference, as in that pipeline. Its latents see squares of
16 x 16 pixels; what they leave of the mask's finer outline and its soft edge, the finished picture is blended by.

Shapes: B samples; N tokens of a picture, which show 16 x 16 pixels each; C channels of a token.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from ...errors import BadInput
from ...records import EditRequest
from ..diffusion import held_outside
from ..diffusion.held_outside import Held
from ..diffusion.latent_frame import WHITE, check_mask_of, fitted, padded

STRENGTH = 0.8  # the pipeline's own default; with 4 steps everything above 0.75 leaves out none of them


def steps_left_out(steps: int, strength: float | None) -> int:
    return held_outside.steps_left_out(steps, STRENGTH if strength is None else strength)


def check_mask(name: str, request: EditRequest, steps: int) -> None:
    """raises BadInput for a mask that does not fit its picture or changes nothing, and for a size of its own"""
    mask, person, size = request.mask, request.images[0], request.settings.size
    check_mask_of(person, mask)
    if size not in (None, fitted(person).size):
        raise BadInput(f"{name} draws inside a mask at the picture's own size; got settings.size {size}, leave it out")
    if not mask_tokens(mask).any():
        raise BadInput(
            f"{name} sees squares of 16 x 16 pixels, and the mask's white misses the middle of every one; make it wider"
        )
    if steps_left_out(steps, request.settings.strength) == steps:
        raise BadInput(
            f"strength {request.settings.strength:g} leaves out all {steps} steps, so nothing would change; "
            f"give more, up to 1, or leave it out for {STRENGTH}"
        )


def held(requests: Sequence[EditRequest], latents_BRC: Any, noise_BNC: Any, steps: int) -> Held:
    """What holds the pictures of requests that leave out the same number of steps.

    latents_BRC  the references' tokens; the picture to edit is the first of them
    """
    import torch

    masks_BN = np.stack([mask_tokens(request.mask).ravel() for request in requests])
    return Held(
        picture_BNC=latents_BRC[:, : noise_BNC.shape[1]].to(noise_BNC.dtype),
        mask_BN1=torch.from_numpy(masks_BN).unsqueeze(2).to(noise_BNC),
        left_out=steps_left_out(steps, requests[0].settings.strength),
    )


def mask_tokens(mask: Image.Image) -> np.ndarray:
    """float32 (rows, columns) of tokens, 0-1: how white the four pixels in the middle of a token's square are, which is
    what the pipeline's bilinear reduction by 16 looks at."""
    white_HW = np.asarray(padded(fitted(mask))) >= WHITE
    return np.mean([white_HW[y::16, x::16] for y in (7, 8) for x in (7, 8)], axis=0, dtype=np.float32)


def outside_kept(request: EditRequest, drawn: Image.Image) -> Image.Image:
    """`drawn` inside the mask, the picture to edit where the mask is 0, and between them by the mask's own greys.

    The latents outside the mask are the picture's own already, but the VAE does not give back every pixel; here each of
    them is what it was, to the bit.
    """
    return Image.composite(drawn, fitted(request.images[0]).convert("RGB"), fitted(request.mask))
