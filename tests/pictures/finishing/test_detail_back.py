"""What a lossy stage took from cloth is measured and put back, and what it meant to change stays changed."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from tryon_core.errors import BadInput
from tryon_core.pictures.features import colour_difference, to_lab
from tryon_core.pictures.finishing.detail_back import DetailBounds, detail_put_back
from tryon_core.pictures.finishing.detail_kept import compared

SIZE = 256
INSIDE = np.zeros((SIZE, SIZE), bool)
INSIDE[20:-20, 20:-20] = True


def cloth() -> np.ndarray:
    """Woven teal cloth with letters, uint8 RGB."""
    weave = 6 * np.sin(np.arange(SIZE) * 2 * np.pi / 5)[None, :, None] + np.zeros((SIZE, 1, 1))
    drawn = np.uint8(np.clip(np.float64([40, 120, 110]) + weave, 0, 255))
    for row, word in ((80, "NORTH"), (140, "CLUB"), (200, "WAXED")):
        drawn = cv2.putText(drawn, word, (40, row), cv2.FONT_HERSHEY_DUPLEX, 1.4, (230, 225, 210), 3, cv2.LINE_AA)
    return drawn


def jpeg(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=25)
    return np.array(Image.open(file))


def smaller(image):
    small = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_CUBIC)


LOSSY = {"blur": lambda image: cv2.GaussianBlur(image, (0, 0), 2), "jpeg": jpeg, "smaller": smaller}


def apart(one, other):
    return float(colour_difference(to_lab(one), to_lab(other))[INSIDE].mean())


@pytest.mark.parametrize("stage", LOSSY)
def test_lost_detail_is_put_back(stage):
    before, after = cloth(), LOSSY[stage](cloth())
    back = detail_put_back(before, after, INSIDE)
    assert apart(before, back.image_HW3) < 0.7 * apart(before, after)
    assert back.numbers["put_back"].value > 0.3


@pytest.mark.parametrize("stage", ["blur", "smaller"])
def test_lost_detail_is_measured(stage):
    back = detail_put_back(cloth(), LOSSY[stage](cloth()), INSIDE)
    assert back.numbers["detail_lost"].value > 0.8 and back.numbers["detail_lost_after"].value < 0.1
    lost = compared(cloth(), LOSSY[stage](cloth()), INSIDE)
    assert lost["marks_kept"].value < 0.6 < compared(cloth(), back.image_HW3, INSIDE)["marks_kept"].value


def test_bytes_outside_the_mask_stand():
    after = LOSSY["blur"](cloth())
    back = detail_put_back(cloth(), after, INSIDE).image_HW3
    assert (back[~INSIDE] == after[~INSIDE]).all() and (back[INSIDE] != after[INSIDE]).any()


def test_what_the_stage_meant_stays():
    """A red patch was asked for: it is not given the old cloth's weave or letters."""
    after = LOSSY["blur"](cloth())
    patch = np.s_[60:160, 60:160]
    after[patch] = (170, 40, 40)
    back = detail_put_back(cloth(), after, INSIDE)
    assert (back.image_HW3[70:150, 70:150] == after[70:150, 70:150]).all()
    assert back.numbers["meant"].value == pytest.approx(100 * 100 / INSIDE.sum(), abs=0.06)


def test_no_halo_lies_around_what_the_stage_meant():
    """A blur that took in the red patch would tint the cloth around it."""
    before = np.full((SIZE, SIZE, 3), (40, 120, 110), np.uint8)
    before[:, ::16] = (60, 150, 140)
    after = cv2.GaussianBlur(before, (0, 0), 2)
    after[100:156, 100:156] = (170, 40, 40)
    back = detail_put_back(before, after, INSIDE).image_HW3
    around = INSIDE.copy()
    around[100:156, 100:156] = False
    nearest = np.minimum(*(colour_difference(to_lab(image), to_lab(back)) for image in (before, after)))
    assert nearest[around].max() < 2 and (back[~around] == after[~around]).all()


@pytest.mark.parametrize("most", [5.0, 20.0])
def test_no_pixel_moves_further_than_the_bound(most):
    after = LOSSY["blur"](cloth())
    back = detail_put_back(cloth(), after, INSIDE, DetailBounds(moved=most))
    moved = colour_difference(to_lab(after), to_lab(back.image_HW3))
    freely = detail_put_back(cloth(), after, INSIDE, DetailBounds(moved=100)).numbers["put_back"].value
    assert back.numbers["put_back"].value > 0.98 * freely  # moved less, not left out
    assert 0.8 * most < moved.max() <= most and back.numbers["largest_change"].value == pytest.approx(moved.max())


def test_a_stage_that_kept_or_sharpened_is_left_alone():
    sharper = np.uint8(
        np.clip(cloth() + 0.5 * (cloth() - cv2.GaussianBlur(cloth(), (0, 0), 1.5).astype(float)), 0, 255)
    )
    for after in (cloth(), sharper):
        back = detail_put_back(cloth(), after, INSIDE)
        assert back.image_HW3 is after and back.numbers["put_back"].value == 0


def test_what_cannot_be_measured_is_a_reason():
    plain, nothing = np.full((SIZE, SIZE, 3), 90, np.uint8), np.zeros_like(INSIDE)
    numbers = compared(plain, plain, INSIDE)
    assert "no detail" in numbers["detail_lost"] and "distinctive points" in numbers["marks_kept"]
    assert numbers["palette_moved"].value == numbers["colour_moved"].value == 0
    assert set(compared(plain, plain, nothing).values()) == {"the mask is empty"}
    assert detail_put_back(plain, plain, nothing).numbers["put_back"] == "the mask is empty"


def test_a_moved_palette_is_measured():
    redder = np.uint8(np.clip(cloth().astype(int) + [40, 0, 0], 0, 255))
    numbers = compared(cloth(), redder, INSIDE)
    assert numbers["palette_moved"].value > 8 and numbers["colour_moved"].value > 5


def test_pictures_of_two_sizes_are_refused():
    with pytest.raises(BadInput, match="must lie over each other"):
        detail_put_back(cloth(), cloth()[:-1], INSIDE)
