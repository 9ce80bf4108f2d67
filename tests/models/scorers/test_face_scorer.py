"""`face` says how far a face moved from that of the original, or that none is seen."""

import cv2
import numpy as np
import pytest
from demo_pictures import demo_picture
from harmless import HARMLESS
from PIL import Image

from tryon_core.models import load
from tryon_core.models.embedded.measuring.faces import face_network
from tryon_core.records import Sample

needs_network = pytest.mark.skipif(not face_network.can_compare(), reason="dlib or its models are not installed")
PERSON = demo_picture("persons", "p2")


def answer(image: Image.Image, **pictures: Image.Image):
    sample = Sample(sample_id="one", wish="", images=pictures or {"person": PERSON})
    return load("face", "scorer")(sample, image)["face_distance"]


@needs_network
def test_the_same_face_is_nearer_than_another_ones():
    same = answer(demo_picture("truth", "p2_stripes")).value
    others = [answer(demo_picture("persons", name)).value for name in ("p1", "p3", "p4", "p5", "p6")]
    assert answer(PERSON).value == 0 < same < 0.15 < min(others)


@needs_network
@pytest.mark.parametrize("name", HARMLESS)
def test_lossy_storage_leaves_the_face_near(name):
    assert answer(HARMLESS[name](PERSON)).value < 0.2


@needs_network
def test_a_softer_face_is_farther():
    def softened(sigma_px: float) -> Image.Image:
        return Image.fromarray(cv2.GaussianBlur(np.array(PERSON), (0, 0), sigma_px))

    assert answer(softened(1)).value < answer(softened(2)).value < answer(softened(4)).value


@needs_network
def test_the_picture_to_edit_is_the_original():
    assert answer(PERSON, init=PERSON, person=demo_picture("persons", "p1")).value == 0


@needs_network
def test_a_small_face_is_found_at_twice_the_size():
    small = Image.new("RGB", (768, 1024), "white")
    small.paste(PERSON.resize((288, 384)), (240, 400))
    assert answer(small).value < 0.3


@needs_network
def test_where_no_face_is_seen_it_says_so():
    garment = demo_picture("garments", "lab")
    assert "in the picture no face" in answer(garment)
    assert "in the original no face" in answer(PERSON, init=garment)


@needs_network
def test_without_an_original_there_is_nothing_to_compare():
    assert "neither an 'init' nor a 'person'" in answer(PERSON, garment=demo_picture("garments", "lab"))


def test_without_the_network_the_command_is_the_reason(monkeypatch):
    monkeypatch.setattr(face_network, "find_spec", lambda name: None)
    assert face_network.COMMAND in answer(PERSON)


@needs_network
def test_a_distance_has_three_decimals():
    """Fewer would make equal what differs; more tells apart the same face behind rounding."""
    value = answer(demo_picture("persons", "p1")).value
    assert value == round(value, 3) != round(value, 2)
