"""Masks by words: a garment on its plain background, or the parts of a person, as the embedded models see them."""

# Shapes: H, W image rows and columns at working size; 3 is RGB.
from collections.abc import Callable

import numpy as np
from PIL import Image

from ....errors import Refused
from ....hints import Mark, Points
from ....pictures.features import to_lab
from ....roles import SegmentPrompt
from ..cloth.cutting.clear_cutout import check_trusted, see_cutout
from ..seeing.perception import Person, see_person, working_size
from ..seeing.shoes import find_shoes

Named = tuple[str, np.ndarray]  # what it is called; bool (H, W)

_WORN: dict[str, Callable[[Person], np.ndarray]] = {
    "upper": lambda person: person.upper,
    "lower": lambda person: person.lower,
    "clothes": lambda person: person.upper | person.lower,
    "dress": lambda person: (person.upper | person.lower) & (person.border is None),
    "person": lambda person: person.alpha_HW > 0.5,
    "skin": lambda person: person.skin,
    "face": lambda person: person.face,
    "hair": lambda person: person.hair,
    "hands": lambda person: person.hands,
    "bag": lambda person: person.carried,
    "shoes": find_shoes,
    "background": lambda person: person.alpha_HW <= 0.5,
}
_LIKE = {"trousers": "lower", "skirt": "lower"}  # one is not told from the other: the mask is labelled 'lower'
PARTS = ("garment", *_LIKE, *_WORN)


def masks_of(image: Image.Image, part: str, prompt: SegmentPrompt) -> list[Named]:
    """Masks of a part, the best guess first; none where it is not there. Of 'garment' where somebody wears it: all
    clothes, then the upper and the lower ones.

    part    of PARTS
    prompt  whose points mend the cut-out of a garment
    raises  Refused as clear_cutout.see_cutout and perception.see_person do; MissingWeights
    """
    if part != "garment":
        return _worn(image, _LIKE.get(part, part))
    try:
        return [("garment", cut_garment(image, prompt))]
    except Refused as refusal:
        if refusal.reason != "garment_on_model":
            raise
    return _worn(image, "clothes", "upper", "lower")


def cut_garment(image: Image.Image, prompt: SegmentPrompt) -> np.ndarray:
    """bool (H, W): a garment that nobody wears.

    raises   Refused as clear_cutout.see_cutout and check_trusted do; MissingWeights
    """
    image_HW3 = working_size(image)
    cutout = see_cutout(image_HW3, to_lab(image_HW3), _by_hand(prompt))
    check_trusted(cutout)
    return cutout.alpha_HW > 0.5


def _by_hand(prompt: SegmentPrompt) -> Points | None:
    points: Points = {}
    for x, y, label in prompt.points:
        mark: Mark = "cloth" if label else "not_cloth"
        points[mark] = (*points.get(mark, ()), (x, y))
    return points or None


def _worn(image: Image.Image, *parts: str) -> list[Named]:
    person = see_person(image)
    masks = [(part, _WORN[part](person)) for part in parts]
    return [(part, mask_HW) for part, mask_HW in masks if mask_HW.any()]
