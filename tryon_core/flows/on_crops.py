"""A step's request, asked of a crop round its mask and laid back into its picture: for flows that draw in a part."""

from dataclasses import replace

import numpy as np
from PIL import Image

from ..errors import ModelFailed
from ..pictures.crop_and_stitch import Crop, CropOptions, around
from ..records import EditRequest
from ..roles import Enhancer, Generator
from ..steps import Step
from ..text import got


def as_mask(mask_HW: np.ndarray) -> Image.Image:
    return Image.fromarray(mask_HW.astype(np.uint8) * 255)


def is_all(mask: Image.Image) -> bool:
    """Whether a mask leaves nothing of its picture out."""
    return mask.getextrema()[0] > 0


def whole(picture: Image.Image) -> Crop:
    """All of a picture as the crop: for a tool that looks around a mask by itself."""
    return Crop(box=(0, 0, *picture.size), size=picture.size, of=picture.size, feather_px=1.0)


def crop_for(model: Generator, picture: Image.Image, mask: Image.Image, padding: float) -> Crop:
    """The crop that a model works on: round the mask, or all of the picture where it keeps the frame by itself."""
    if getattr(model, "keeps_frame", False):
        return whole(picture)
    return around(picture, mask, CropOptions(padding=padding))


def picture_of(model: Generator | Enhancer, request: EditRequest) -> Image.Image:
    """What a model draws. raises ModelFailed for what is no picture, such as a list of them"""
    drawn = model(request)
    if not isinstance(drawn, Image.Image):
        raise ModelFailed(f"{model.card.name} answered with what is no PIL picture, {got(drawn)}")
    return drawn


def on_crop(step: Step, model: Generator | Enhancer, crop: Crop) -> Step:
    """The step's request, asked of a crop and laid back: outside its mask the bytes of images[0] stand."""
    photo, mask = step.request.images[0], step.request.mask
    asked = crop.request(step.request)
    drawn = picture_of(model, asked)
    return replace(step, request=asked, image=crop.stitched(photo, drawn, mask), made={"area": mask, "crop": drawn})
