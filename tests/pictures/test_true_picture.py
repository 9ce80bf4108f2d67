import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.errors import BadInput
from tryon_core.pictures.true_picture import TruePicture, compare


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


def square(left: int, inner: int = 0) -> Image.Image:
    """A red square of 200 pixels on a grey ground of 640 x 480, whose reach is 20 pixels.

    inner   side of a grey square in its middle
    """
    picture = np.full((480, 640, 3), 150, np.uint8)
    picture[140:340, left : left + 200] = [180, 40, 40]
    rows, columns = (slice(middle - inner // 2, middle + inner // 2) for middle in (240, left + 100))
    picture[rows, columns] = 150
    return Image.fromarray(picture)


GROUND = Image.new("RGB", (640, 480), (150, 150, 150))


def test_edges_are_off_by_the_share_of_the_reach():
    """Half of the outline of a square that moves sideways moves; the other half stays, but for the way it moved."""
    true_picture = TruePicture(GROUND, square(200), rim_share=1 / 32)
    off = [true_picture.error(square(200 + px)).edges for px in (0, 4, 10)]
    assert off[0] == 0 and off[1] == pytest.approx(0.5 * 4 / 20, abs=0.02)
    assert off[2] == pytest.approx(0.5 * 10 / 20, abs=0.04)


def test_missing_edges_count_as_far_as_the_reach():
    assert compare(GROUND, square(200), GROUND).edges == 1
    far = np.full((480, 640, 3), 150, np.uint8)
    far[220:260, 280:320] = [180, 40, 40]  # 80 pixels from each side of the true square
    assert compare(GROUND, square(200), Image.fromarray(far)).edges == 1


def test_edges_that_the_true_picture_lacks_count_too():
    """A hole in the middle: all true edges are there; its own are beyond the reach, 240 beside 800 pixels of others."""
    error = compare(GROUND, square(200), square(200, inner=60))
    assert error.edges == pytest.approx(0.5 * 240 / (240 + 800), abs=0.03)


def test_a_rim_sees_what_lies_beyond_the_true_outline():
    """Surplus cloth right of the true square, which has all of its own pixels right."""
    wider = np.array(square(200))
    wider[140:340, 400:412] = [180, 40, 40]
    plain, rimmed = (TruePicture(GROUND, square(200), rim).error(Image.fromarray(wider)) for rim in (0, 1 / 32))
    assert plain.ciede2000 < 0.5 and rimmed.ciede2000 > 1


def test_a_true_picture_of_another_size_is_refused():
    with pytest.raises(BadInput, match="differ in size"):
        TruePicture(GROUND, square(200).resize((320, 240)))
