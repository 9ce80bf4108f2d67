"""`face-identity` compares the face under the mask with the character's, and says why where it cannot."""

import pytest
from face_pictures import mask_over, person
from PIL import Image

from tryon_core.models import load
from tryon_core.models.embedded.measuring.faces import face_network
from tryon_core.records import Sample

needs_network = pytest.mark.skipif(not face_network.can_compare(), reason="dlib or its models are not installed")


def answer(image: Image.Image, **pictures: Image.Image):
    sample = Sample(sample_id="one", wish="", images=pictures)
    return load("face-identity", "scorer")(sample, image)["face_identity"]


@needs_network
def test_of_two_faces_the_one_under_the_mask_counts():
    both, mask = Image.new("RGB", (1536, 1024)), Image.new("L", (1536, 1024))
    both.paste(person("q1"), (0, 0))
    both.paste(person("q2"), (768, 0))
    mask.paste(mask_over("q2"), (768, 0))
    assert answer(both, mask=mask, character=person("q2")).value < 0.05
    assert answer(both, mask=mask, character=person("q1")).value > 0.4


@needs_network
def test_a_mask_of_another_size_is_scaled():
    assert answer(person("q2"), mask=mask_over("q2").resize((384, 512)), character=person("q2")).value == 0


@needs_network
def test_where_no_face_is_it_says_in_which_picture():
    grey = Image.new("RGB", (300, 400), "grey")
    assert "in the character's picture no face" in answer(person("q1"), character=grey)
    assert "where the mask is, no face" in answer(grey, character=person("q1"))
    mask = Image.new("L", (768, 1024))
    mask.paste(255, (0, 900, 200, 1024))
    assert "where the mask is, no face" in answer(person("q1"), mask=mask, character=person("q1"))


def test_without_character_or_network_the_reason_is_given(monkeypatch):
    assert "no 'character' picture" in answer(person("q1"), init=person("q1"))
    monkeypatch.setattr(face_network, "find_spec", lambda name: None)
    assert face_network.COMMAND in answer(person("q1"), character=person("q1"))
