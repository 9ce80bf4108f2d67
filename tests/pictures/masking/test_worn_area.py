"""Which of a person's clothes is the garment: the nearest in colour, and all of it."""

import numpy as np
import pytest
from doubles import card, drawn_mask
from PIL import Image

from tryon_core.pictures.masking.worn_area import Wearing
from tryon_core.roles import Mask

PARTS = {"upper": (30, 20, 69, 49), "lower": (30, 50, 69, 89), "clothes": (30, 20, 69, 89)}
COLOURS = {"teal": (20, 120, 120), "dark teal": (24, 116, 116), "red": (160, 30, 30)}


class Clothes:
    """Finds PARTS, each named."""

    card = card("clothes")

    def __call__(self, image, prompt):
        return [Mask(image=drawn_mask(box).image, label=label) for label, box in PARTS.items()]


def worn(upper, lower, garment_type=""):
    picture_HW3 = np.full((100, 100, 3), 200, np.uint8)
    picture_HW3[20:50, 30:70], picture_HW3[50:90, 30:70] = COLOURS[upper], COLOURS[lower]
    garment = Image.new("RGB", (100, 100), COLOURS["teal"])
    wearing = Wearing(
        segmenter=Clothes(), garment=garment, mask=Image.new("L", (100, 100), 255), garment_type=garment_type
    )
    return wearing.worn(Image.fromarray(picture_HW3))


@pytest.mark.parametrize(("lower", "rows"), [("red", 30), ("dark teal", 70)])
def test_a_garment_is_all_that_is_of_its_colours(lower, rows):
    """A dress is found in two halves, and one of them is the nearest."""
    worn_HW, why = worn("teal", lower)
    assert worn_HW.sum() == rows * 40 and ("as near as its parts" in why) == (rows == 70)


def test_of_clothes_of_one_colour_the_one_of_its_kind_is_taken():
    worn_HW, why = worn("teal", "dark teal", "lower")
    assert worn_HW[60, 50] and not worn_HW[30, 50] and why.startswith("'lower' is ")
    assert not worn("teal", "red", "lower")[0][60, 50]
