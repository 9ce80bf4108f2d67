import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.errors import BadInput
from tryon_core.pictures.true_picture import compare


def pictures():
    return demo_picture("persons", "p1"), demo_picture("truth", "p1_stripes")


def shifted(picture: Image.Image, down_px: int) -> Image.Image:
    return Image.fromarray(np.roll(np.array(picture), down_px, axis=0))


def test_the_true_picture_has_no_error():
    person, truth = pictures()
    error = compare(person, truth, truth)
    assert (error.ciede2000, error.ssim_inside, error.ssim_outside) == (0, 1, 1) and error.found == pytest.approx(1)


def test_the_photograph_itself_is_far_from_the_truth_inside_and_equal_outside():
    person, truth = pictures()
    error = compare(person, truth, person)
    assert error.ciede2000 > 20 and error.ssim_inside < 0.7 and error.ssim_outside > 0.98


def test_a_pattern_off_by_some_pixels_is_found_again_though_ssim_is_lost():
    person, truth = pictures()
    moved = compare(person, truth, shifted(truth, 10))
    assert moved.ssim_inside < 0.6 and moved.found > 0.9


def test_another_pattern_is_not_found():
    person, truth = pictures()
    assert compare(person, truth, demo_picture("truth", "p1_checks")).found < 0.6


def test_on_plain_cloth_no_pattern_is_looked_for():
    person = demo_picture("persons", "p1")
    plain = np.array(person)
    plain[300:700, 250:520] = [180, 40, 40]
    plain = Image.fromarray(plain)
    assert compare(person, plain, plain).found is None


def test_pictures_of_different_sizes_are_refused():
    person, truth = pictures()
    with pytest.raises(BadInput, match="differ in size"):
        compare(person, truth, truth.resize((384, 512)))


def test_a_truth_that_changes_nothing_is_refused():
    person, _ = pictures()
    with pytest.raises(BadInput, match="nothing to be drawn"):
        compare(person, person, person)
