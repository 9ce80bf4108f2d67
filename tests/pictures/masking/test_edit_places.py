"""Places that somebody named, as masks: of a box what fills it, a thing by its noun, what differs from a photograph."""

from dataclasses import replace

import numpy as np
import pytest
from doubles import Finds, drawn_mask
from PIL import Image

from tryon_core.errors import Refused
from tryon_core.pictures.masking.edit_places import box_mask, by_noun, changed, filling, in_box, noun_of
from tryon_core.records import Region

SIZE, REGION = (100, 100), Region(left=0.2, top=0.2, right=0.4, bottom=0.4)
BOX_HW = box_mask(REGION, SIZE)
DISC, SQUARE = (drawn_mask((20, 20, 39, 39), round=disc) for disc in (True, False))
PHOTO = Image.new("RGB", SIZE, "grey")


def test_a_box_becomes_its_pixels():
    assert BOX_HW[20:40, 20:40].all() and BOX_HW.sum() == 400


def test_of_a_box_s_masks_the_first_that_fills_it_is_taken():
    part, whole = drawn_mask((22, 22, 30, 30)), drawn_mask((0, 0, 99, 99))
    mask_HW, why = filling([part, whole, DISC, SQUARE], BOX_HW)
    assert np.array_equal(mask_HW, np.asarray(DISC.image) > 0) and why == "mask 3 of 4 fills 77% of the box"


def test_what_a_mask_has_outside_the_box_is_cut_off():
    stray_HW = np.array(DISC.image)
    stray_HW[90:93, 90:93] = 255
    mask_HW, _ = filling([replace(DISC, image=Image.fromarray(stray_HW))], BOX_HW)
    assert mask_HW[30, 30] and not mask_HW[80:].any()


def test_the_model_s_own_score_decides_where_all_have_one():
    low, high = replace(DISC, score=0.5), replace(SQUARE, score=0.8)
    assert filling([low, high], BOX_HW)[0].sum() == 400
    assert filling([low, SQUARE], BOX_HW)[0].sum() < 400


def test_what_lies_outside_the_box_or_fills_little_of_it_is_nothing():
    for box in ((60, 60, 80, 80), (22, 22, 30, 30), (0, 0, 99, 99)):
        mask_HW, why = filling([drawn_mask(box)], BOX_HW)
        assert mask_HW is None and why == "none of 1 masks lies in the box and fills 70% of it"


def test_who_takes_no_box_or_declines_it_is_not_used():
    for segmenter, why in ((None, "no segmenter"), (Finds(takes=("words",)), "no segmenter"), (Declines(), "too_dark")):
        mask_HW, said = in_box(PHOTO, REGION, segmenter)
        assert mask_HW is None and why in said


class Declines(Finds):
    def __call__(self, image, prompt):
        raise Refused("too_dark", "the script says so")


def test_the_first_noun_that_is_known_and_seen_is_taken():
    segmenter = Finds({"skin": (10, 10, 20, 20), "arms": None})
    assert by_noun(PHOTO, ("elbows", "arms", "skin"), segmenter)[15, 15]
    assert by_noun(PHOTO, ("elbows", "arms"), segmenter) is None
    assert by_noun(PHOTO, ("skin",), Finds(segmenter.by_noun, takes=("box",))) is None


@pytest.mark.parametrize(
    ("finding", "noun"),
    [
        ("The left sleeve is too short for the dress.", "left sleeve"),
        ("Two buildings lean.", "buildings"),
        ("It is weary and faceted.", ""),
    ],
)
def test_a_finding_s_first_thing_is_looked_for(finding, noun):
    assert noun_of(finding) == noun


def test_what_differs_is_neither_noise_nor_a_speck():
    grain_HW3 = np.random.default_rng(0).normal(128, 3, (200, 200, 3))
    photo, picture_HW3 = Image.fromarray(np.uint8(grain_HW3)), np.uint8(grain_HW3 + 3)
    picture_HW3[50:90, 50:90], picture_HW3[150, 150] = (200, 30, 30), 255
    differs_HW = changed(Image.fromarray(picture_HW3), photo.resize((100, 100)))
    assert differs_HW[55:85, 55:85].all() and not differs_HW[:40].any() and not differs_HW[100:].any()
