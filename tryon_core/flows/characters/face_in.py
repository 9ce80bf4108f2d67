"""The character's face swapped into the picture: outside the mask the picture's bytes stand."""

from PIL import Image

from ...errors import Refused
from ...records import Sample
from ...roles import FaceSwapper, card_of
from ...steps import Step
from ..on_crops import whole

STAGE = "swap"


def swapped(sample: Sample, swapper: FaceSwapper, mask: Image.Image | None) -> Step:
    """The step of the swap.

    mask     mode L, of the picture's size: where it may change
    raises   Refused where the swapper cannot, with its reason
    """
    picture, character = sample.images["init"], sample.images["character"]
    image = swapper(picture, character, mask)
    if mask is not None:
        image = whole(picture).stitched(picture, image, mask)
    return Step(stage=STAGE, image=image, data={"model": card_of(swapper).name}, why="the character's face is put in")


def tried(sample: Sample, swapper: FaceSwapper, mask: Image.Image | None) -> Step:
    """As `swapped`; where the swapper cannot, a step without a picture says why."""
    try:
        return swapped(sample, swapper, mask)
    except Refused as e:
        return Step(stage=STAGE, data={"model": card_of(swapper).name, "refused": e.reason}, why=str(e))
