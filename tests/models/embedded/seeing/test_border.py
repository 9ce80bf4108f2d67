"""The border between the garments that are worn, on the demo people changed to have what photographs have."""

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.models.embedded.seeing.perception import Person, see_person
from tryon_core.pictures.features import to_lab, to_rgb


def with_waist_at(picture: Image.Image, down_share: float, lab: tuple[float, float, float]) -> Image.Image:
    """The person of a picture with the upper garment below a height dyed; its light and folds stay."""
    person = see_person(picture)
    dyed = person.upper & (person.frame.down_share_HW(person.upper.shape) > down_share) & ~person.arms
    lab_HW3 = to_lab(np.array(picture))
    lab_HW3[dyed] = (lab_HW3[dyed] - np.median(lab_HW3[dyed], 0)) * 0.5 + lab
    picture_HW3 = np.array(picture)
    picture_HW3[dyed] = to_rgb(lab_HW3)[dyed]
    return Image.fromarray(picture_HW3)


def trousers_lab(picture: Image.Image) -> tuple[float, float, float]:
    person = see_person(picture)
    return tuple(np.median(person.lab_HW3[person.lower], 0))


def in_the_middle(person: Person, top: float, bottom: float) -> np.ndarray:
    """bool (H, W): the middle of the trunk between two heights in torso lengths."""
    down, across = person.frame.down_share_HW(person.upper.shape), person.frame.across_px_HW(person.upper.shape)
    return (down > top) & (down < bottom) & (np.abs(across) < 0.3 * person.frame.shoulder_px)


@pytest.mark.parametrize("waist", [0.6, 0.75, 0.9])
@pytest.mark.parametrize("name", ["p1", "p4", "q3"])
def test_high_waisted_trousers_are_no_top(name, waist):
    picture = demo_picture("persons", name)
    person = see_person(with_waist_at(picture, waist, trousers_lab(picture)))
    assert person.lower[in_the_middle(person, waist + 0.04, 1.05)].mean() > 0.97
    assert person.upper[in_the_middle(person, 0.3, waist - 0.04)].mean() > 0.97
    assert person.border.down_px == pytest.approx(waist * person.frame.torso_px, abs=0.03 * person.frame.torso_px)
    assert person.border.confidence > 0.5


def test_a_bare_stomach_is_neither_garment():
    picture = demo_picture("persons", "p1")
    person = see_person(picture)
    bare = with_waist_at(picture, 0.6, tuple(np.median(person.lab_HW3[person.skin & person.arms], 0)))
    picture_HW3, trousers = np.array(bare), with_waist_at(picture, 0.8, trousers_lab(picture))
    waist = person.frame.down_share_HW(person.upper.shape) > 0.8
    picture_HW3[waist] = np.array(trousers)[waist]
    cropped = see_person(Image.fromarray(picture_HW3))
    assert cropped.skin[in_the_middle(cropped, 0.64, 0.76)].mean() > 0.95
    assert cropped.border.down_px == pytest.approx(0.8 * cropped.frame.torso_px, abs=0.03 * cropped.frame.torso_px)
    assert cropped.border.bare_px == pytest.approx(0.2 * cropped.frame.torso_px, abs=0.05 * cropped.frame.torso_px)


def test_a_dress_has_no_border():
    assert see_person(demo_picture("persons", "p6")).border is None


@pytest.mark.parametrize("name", ["p1", "p2", "q2", "q4"])
def test_the_border_lies_on_a_long_tops_hem(name):
    person = see_person(demo_picture("persons", name))
    level = person.border.level_px(person.frame.across_px_HW(person.upper.shape)) / person.frame.torso_px
    away = person.frame.down_share_HW(person.upper.shape) - level
    trunk = in_the_middle(person, 0.3, 1.4) & (person.alpha_HW > 0.5)
    assert person.upper[trunk & (away < -0.03)].mean() > 0.97 and person.lower[trunk & (away > 0.03)].mean() > 0.9
