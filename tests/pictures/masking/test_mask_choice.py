"""Among several masks the whole garment's is chosen, or none with a reason."""

import numpy as np
import skimage.measure
from mask_shapes import box, circle
from PIL import Image

from tryon_core.pictures.masking.mask_choice import choose
from tryon_core.roles import Mask, SegmentPrompt


def mask(pixels_HW, score=None):
    return Mask(image=Image.fromarray(pixels_HW.astype(np.uint8) * 255), score=score)


WHOLE, COLLAR = circle(100), circle(25)


def test_the_whole_garment_beats_its_collar_and_the_background():
    choice = choose([mask(COLLAR, 0.95), mask(~WHOLE, 0.99), mask(WHOLE, 0.9)])
    assert choice.index == 2 and "mask 3 of 3" in choice.why
    assert choice.totals[1] is None and choice.candidates[1].problems[0].name == "is_background"
    assert choice.totals[2] > choice.totals[0] > 0


def test_the_whole_garment_beats_a_large_part_of_it():
    whole = box(60, 60, 340, 340)
    assert choose([mask(box(60, 60, 340, 150)), mask(whole)]).index == 1


def test_a_garment_beats_the_shadow_round_it():
    shadow = circle(150) & ~circle(135)
    assert choose([mask(shadow, 0.9), mask(WHOLE, 0.9)]).index == 1


def test_the_model_is_believed_between_equals():
    assert choose([mask(WHOLE, 0.6), mask(WHOLE, 0.9)]).index == 1
    assert choose([mask(WHOLE, 0.9), mask(WHOLE, 0.6)]).index == 0


def test_a_wide_top_is_as_good_as_a_tall_dress():
    wide, tall = box(150, 50, 250, 350), box(50, 150, 350, 250)
    assert choose([mask(wide), mask(tall)]).totals[0] == choose([mask(wide), mask(tall)]).totals[1]


def test_a_shredded_mask_loses_to_a_whole_one():
    shreds = WHOLE & (np.indices(WHOLE.shape)[0] % 40 < 30)
    assert choose([mask(shreds), mask(WHOLE)]).index == 1


def test_scores_count_only_where_every_mask_has_one():
    choice = choose([mask(COLLAR, 1.0), mask(WHOLE)])
    assert choice.index == 1 and not any("score" in one.terms for one in choice.candidates)


def test_points_that_a_mask_contradicts_rule_it_out():
    left, right = box(100, 50, 300, 150), box(100, 250, 300, 350)
    prompt = SegmentPrompt(points=((0.75, 0.5, 1), (0.25, 0.5, 0)))
    choice = choose([mask(left, 0.99), mask(right, 0.5)], prompt=prompt)
    assert choice.index == 1 and choice.candidates[0].problems[0].name == "against_points"
    assert choose([mask(left)], prompt=prompt).index is None


def test_where_no_mask_is_a_garment_the_reasons_are_given():
    choice = choose([mask(~WHOLE, 0.99), mask(circle(3), 0.9)])
    assert choice.index is None and choice.totals == (None, None)
    assert "of the picture's edge" in choice.why and "can be worked with" in choice.why
    assert choose([]).why == "the segmenter gave no mask"


def test_each_mask_is_measured_once(monkeypatch):
    """Its perimeter takes most of the time."""
    perimeter, measured = skimage.measure.perimeter_crofton, []
    monkeypatch.setattr(
        skimage.measure, "perimeter_crofton", lambda *args, **more: measured.append(1) or perimeter(*args, **more)
    )
    assert choose([mask(COLLAR), mask(WHOLE)]).index == 1 and len(measured) == 2
