"""The parse of people as photographs have them: sleeves as dark as the trousers, and heads that are cut off."""

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.models.embedded.seeing.perception import Person, see_person
from tryon_core.pictures.features import to_lab, to_rgb
from tryon_core.pictures.masks import capsule, shrunk


def dyed(picture: Image.Image, area: np.ndarray, lab: np.ndarray) -> Image.Image:
    """The picture with an area of another colour; its light and folds stay."""
    lab_HW3, picture_HW3 = to_lab(np.array(picture)), np.array(picture)
    lab_HW3[area] = (lab_HW3[area] - np.median(lab_HW3[area], 0)) * 0.5 + lab
    picture_HW3[area] = to_rgb(lab_HW3)[area]
    return Image.fromarray(picture_HW3)


def without_face(name: str) -> tuple[Image.Image, Person, int]:
    """(a demo person cut at the mouth, how the whole one is seen, rows cut off)."""
    picture = demo_picture("persons", name)
    whole = see_person(picture)
    cut = int(whole.landmarks_K3[[9, 10], 1].mean())
    return picture.crop((0, cut, picture.width, picture.height)), whole, cut


@pytest.mark.parametrize("name", ["q3_full"])
def test_sleeves_of_the_trousers_colour_reach_the_wrist(name):
    picture = demo_picture("persons", name)
    plain = see_person(picture)
    same = dyed(picture, plain.lower, np.median(plain.lab_HW3[plain.upper], 0))
    person = see_person(same)
    for elbow, wrist in ((14, 16), (13, 15)):
        ends = plain.landmarks_K3[[elbow, wrist], :2].astype(float)
        sleeve = capsule(plain.upper.shape, ends[0] * 0.4 + ends[1] * 0.6, ends[1], 6) & plain.upper
        assert sleeve.sum() > 100 and person.upper[sleeve].mean() > 0.95


@pytest.mark.parametrize("name", ["p4", "q3"])  # blue and wine red sleeves down to the wrists
def test_skin_without_a_face_is_learnt_from_the_hands(name):
    headless, whole, cut = without_face(name)
    person = see_person(headless)
    seen = np.array(Image.fromarray(person.skin).resize(headless.size, Image.Resampling.NEAREST))
    assert person.face_mesh_K2 is None
    assert seen[shrunk(whole.hands, 3)[cut:]].mean() > 0.9 and seen[shrunk(whole.upper, 6)[cut:]].mean() < 0.01


@pytest.mark.parametrize("name", ["p6", "q6"])
def test_hair_beside_a_neck_is_hair_without_a_face(name):
    headless, whole, cut = without_face(name)
    person = see_person(headless)
    hair, upper = (
        np.array(Image.fromarray(mask).resize(headless.size, Image.Resampling.NEAREST))
        for mask in (person.hair, person.upper)
    )
    hanging = shrunk(whole.hair, 3)[cut:]
    assert hair[hanging].mean() > 0.8 and upper[hanging].mean() < 0.1
