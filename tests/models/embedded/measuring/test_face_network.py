"""Whose face it is, told by a network that is independent of the face mesh."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from demo_pictures import demo_picture
from harmless import HARMLESS
from planted import DEMO, case

from tryon_core.models.embedded.measuring.faces import face_network, identity
from tryon_core.models.embedded.seeing.perception import Person, see_person
from tryon_core.pictures.masks import soft

needs_network = pytest.mark.skipif(not face_network.can_compare(), reason="dlib or its models are not installed")


def likeness(garment: str, after: Person):
    return identity.measure(replace(case(garment), after=after)).evidence["face_likeness"]


def with_face(person: Person, of_HW3: np.ndarray) -> Person:
    """The person with a face from another picture of the same size, its edge blended."""
    share = soft(person.face, 3)[..., None]
    return replace(person, image_HW3=np.uint8(person.image_HW3 * (1 - share) + of_HW3 * share))


@needs_network
@pytest.mark.parametrize("garment", ["lab", "loop", "cropped"])
def test_the_same_face_is_near_after_harmless_changes(garment):
    assert likeness(garment, case(garment).after).value < 0.15  # lossy storage of both
    for change in HARMLESS.values():
        changed = see_person(change(demo_picture("truth", f"{DEMO[garment]}_{garment}")))
        assert likeness(garment, changed).value < 0.2


@needs_network
@pytest.mark.parametrize("garment", ["lab", "loop", "cropped"])
def test_a_smoothed_face_and_another_one_are_far(garment):
    after, other = case(garment).after, see_person(demo_picture("persons", "p5"))
    onto, _ = cv2.estimateAffinePartial2D(other.face_mesh_K2, after.face_mesh_K2)
    lent_HW3 = cv2.warpAffine(other.image_HW3, onto, after.face.shape[::-1])
    for face_HW3 in (lent_HW3, cv2.GaussianBlur(after.image_HW3, (0, 0), 6)):
        found = likeness(garment, with_face(after, face_HW3))
        assert found.value > found.bar


def test_without_the_network_the_other_readings_stand_and_the_command_is_said(monkeypatch):
    monkeypatch.setattr(face_network, "find_spec", lambda name: None)
    score = identity.measure(case("lab"))
    assert score.score >= 8 and "face_likeness" not in score.evidence and face_network.COMMAND in score.finding
