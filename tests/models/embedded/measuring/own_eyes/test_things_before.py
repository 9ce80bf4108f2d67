"""A strap before the garment stays, and is no old clothes; what is left of the old garment is."""

# Shapes: H, W rows and columns; 3 is RGB; 2 is x, y.
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from planted_geometry import people_case

from tryon_core.models.embedded.measuring import swap
from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.independent.eyes import eyes_of
from tryon_core.models.embedded.measuring.independent.openings import opening
from tryon_core.models.embedded.seeing.perception import Person
from tryon_core.pictures.features import to_lab
from tryon_core.pictures.masks import capsule

STRAP = (110, 60, 30)


def _shown(person: Person, image_HW3: np.ndarray) -> Person:
    return replace(person, image_HW3=image_HW3, lab_HW3=to_lab(image_HW3))


@cache
def _band() -> np.ndarray:
    """bool (H, W): from the picture's right shoulder to the left hip, and over the old garment alone."""
    before = people_case("p2", "lab").before
    at = [
        before.frame.point(x * before.frame.shoulder_px, y * before.frame.torso_px)
        for x, y in ((0.3, 0.1), (-0.2, 0.9))
    ]
    return capsule(before.upper.shape, *at, 0.035 * before.frame.shoulder_px) & before.upper


@pytest.fixture
def strapped() -> Case:
    """The same strap in the photograph and in the true picture."""
    shown = people_case("p2", "lab")
    pictures = [seen.image_HW3.copy() for seen in (shown.before, shown.after)]
    for picture_HW3 in pictures:
        picture_HW3[_band()] = STRAP
    return _seen(shown, *pictures)


def _seen(shown: Case, *pictures: np.ndarray) -> Case:
    before, after = (_shown(seen, image) for seen, image in zip((shown.before, shown.after), pictures, strict=True))
    return replace(shown, before=before, after=after)


def test_a_strap_in_new_shade_is_neither_cloth_nor_skin(strapped):
    lower_HW = _band() & (strapped.before.frame.down_share_HW(_band().shape) > 0.55)
    shaded_HW3 = strapped.after.image_HW3.copy()
    shaded_HW3[lower_HW] = np.uint8(0.55 * np.array(STRAP))
    case = _seen(strapped, strapped.before.image_HW3, shaded_HW3)
    assert case.things_HW[lower_HW].mean() > 0.9 and case.worn_HW[lower_HW].mean() < 0.1
    assert opening(case, eyes_of(case)).score > 9


def test_a_strap_is_no_old_clothes(strapped):
    assert strapped.things_HW[_band()].mean() > 0.7
    found = swap.measure(strapped)
    assert found.score >= 8 and found.evidence["old_beyond"].value < 0.004


def test_a_band_of_the_old_garment_is_no_thing_of_its_own():
    shown = people_case("p2", "lab")
    drawn_HW3 = np.where(_band()[..., None], shown.before.image_HW3, shown.after.image_HW3)
    left = replace(shown, after=_shown(shown.after, drawn_HW3))
    assert not left.things_HW.any() and left.left_HW[_band()].mean() > 0.5
