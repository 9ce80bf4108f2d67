"""What a character is painted over: its face swapped in, or itself laid in. Outside the mask the bytes stand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PIL import Image

from ...errors import Refused
from ...records import EditRequest, Sample, Settings
from ...roles import FaceSwapper, Generator, card_of
from ...steps import Step
from ..on_crops import on_crop, whole


def swapped(sample: Sample, swapper: FaceSwapper, mask: Image.Image | None) -> Step:
    """The step 'swap'.

    mask     mode L, of the picture's size: where it may change
    raises   Refused where the swapper cannot, with its reason
    """
    picture = sample.images["init"]
    image = swapper(picture, sample.images["character"], mask)
    if mask is not None:
        image = whole(picture).stitched(picture, image, mask)
    return Step(stage="swap", image=image, data=_by(swapper), why="the character's face is put in")


def composed(sample: Sample, compositor: Generator, opening: EditRequest) -> Step:
    """The step 'composite': the character laid into the mask, as the opening request asks. raises as the compositor"""
    images = (opening.images[0], sample.images["character"])
    request = replace(opening, images=images, settings=Settings())
    step = Step(stage="composite", request=request, data=_by(compositor), why="the character is laid into the mask")
    return on_crop(step, compositor, whole(opening.images[0]))


def tried(make: Callable[[], Step], stage: str, model: Any) -> Step:
    """What is made; where the model cannot, a step without a picture says why."""
    try:
        return make()
    except Refused as e:
        return Step(stage=stage, data={**_by(model), "refused": e.reason}, why=str(e))


def _by(model: Any) -> dict[str, str]:
    return {"model": card_of(model).name}
