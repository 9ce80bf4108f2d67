"""What a person says that a garment is decides where its outline could be either; else it is refused by name."""

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image, ImageDraw

from tryon_core.errors import Refused
from tryon_core.hints import Hints
from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.cloth.stated_kind import stated_kind
from tryon_core.models.embedded.measure import build
from tryon_core.records import EditRequest, Sample


def kind(picture, said):
    return see_garment(picture, Hints(garment_type=said)).kind


@pytest.fixture(scope="module")
def closed_legs() -> Image.Image:
    """Trousers whose legs touch: the outline of a skirt."""
    picture = Image.new("RGB", (600, 800), "white")
    ImageDraw.Draw(picture).polygon([(210, 100), (390, 100), (440, 750), (160, 750)], fill=(40, 50, 90))
    return picture


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("T-Shirt", "upper"),
        ("upper_body", "upper"),
        ("Blouses", "upper"),
        ("dresses", "dress"),
        ("gown", "dress"),
        ("jeans", "trousers"),
        ("Pants", "trousers"),
        ("skirts", "skirt"),
        ("lower body", "lower"),
        ("coat", None),
        ("5", None),
        ("", None),
    ],
)
def test_many_words_name_a_kind(word, means):
    assert stated_kind(word) == means


def test_the_statement_decides_where_both_could_be(closed_legs):
    assert see_garment(closed_legs).kind == "skirt" and kind(closed_legs, "jeans") == "trousers"
    assert see_garment(closed_legs, Hints(garment_type="jeans")).lower.crotch is not None


def test_a_dress_may_be_as_short_as_a_top(red_tee):
    assert see_garment(red_tee).kind == "upper" and kind(red_tee, "Dress") == "dress"


@pytest.mark.parametrize(("garment", "said"), [("cropped", "jeans"), ("trousers_a", "dress"), ("lab", "skirt")])
def test_a_contradiction_is_refused_in_a_sentence(garment, said):
    with pytest.raises(Refused) as caught:
        kind(demo_picture("garments", garment), said)
    assert caught.value.reason == "garment_type_differs" and f"says {said!r}, but the outline" in str(caught.value)


def test_a_word_that_names_no_kind_changes_nothing(red_tee):
    assert kind(red_tee, "kimono") == see_garment(red_tee).kind


def test_what_is_said_reaches_warp_and_measure(warp, closed_legs):
    person, hints = demo_picture("persons", "p2_full"), Hints(garment_type="trousers")
    asked = EditRequest(prompt="", images=(person, closed_legs), hints=hints)
    drawn, as_skirt = warp(asked), warp(EditRequest(prompt="", images=(person, closed_legs)))
    assert (np.array(drawn) != np.array(as_skirt)).any(-1).mean() > 0.01
    sample = Sample(sample_id="a", wish="", images={"person": person, "garment": closed_legs}, hints=hints)
    assert "left_leg" in build()(sample, drawn).scores["garment_structure"].evidence


def test_other_hints_are_another_picture(warp, man, red_tee):
    plain, said = (EditRequest(prompt="", images=(man, red_tee), hints=Hints(garment_type=w)) for w in ("", "top"))
    assert warp.draws_alike(plain, plain) and not warp.draws_alike(plain, said)
