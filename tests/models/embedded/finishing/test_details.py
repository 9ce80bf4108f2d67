"""`details` says what a picture kept of the garment's words, marks and palette, or why it cannot be said."""

import cv2
import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.errors import BadInput
from tryon_core.models import load
from tryon_core.models.embedded.measuring.words import word_reader
from tryon_core.records import Sample

needs_reader = pytest.mark.skipif(not word_reader.can_read(), reason="rapidocr-onnxruntime is not installed")


def sample(garment: str, person: str = "") -> Sample:
    images = {"garment": demo_picture("garments", garment)}
    if person:
        images["person"] = demo_picture("persons", person)
    return Sample(sample_id="one", wish="", images=images)


def small(picture: Image.Image, factor: int) -> Image.Image:
    """Made smaller and its own size again."""
    return picture.resize((picture.width // factor, picture.height // factor)).resize(picture.size)


@needs_reader
@pytest.mark.parametrize("person", ["", "p2"])
def test_a_true_picture_keeps_words_marks_and_palette(person):
    scores = load("details")(sample("lab", person), demo_picture("truth", "p2_lab"))
    assert scores["words_kept"].value == scores["word_LAB"].value == 1
    assert scores["marks_kept"].value > 0.9 and scores["palette_moved"].value < 5


@needs_reader
def test_lost_words_and_marks_are_seen():
    scores = load("details")(sample("lab", "p2"), small(demo_picture("truth", "p2_lab"), 20))
    assert scores["words_kept"].value == 0 and scores["word_LAB"].value < 0.75
    assert scores["marks_kept"].value < 0.5


@needs_reader
def test_a_garment_on_its_own_is_held_to_its_photograph():
    garment = demo_picture("garments", "lab")
    kept = load("details")(sample("lab"), garment.resize((garment.width * 3 // 4, garment.height * 3 // 4)))
    assert kept["words_kept"].value == 1 and kept["marks_kept"].value > 0.9 and kept["palette_moved"].value < 1
    recoloured = Image.fromarray(np.array(garment)[..., [1, 0, 2]])
    assert load("details")(sample("lab"), recoloured)["palette_moved"].value > 10


def test_a_garment_without_words_or_marks_gets_a_reason():
    scores = load("details")(sample("cropped", "p2"), demo_picture("truth", "p2_cropped"))
    assert "no single print" in scores["marks_kept"] and scores["palette_moved"].value < 5
    assert isinstance(scores["words_kept"], str) and "word_" not in "".join(set(scores) - {"words_kept"})


def test_without_the_reader_words_are_not_numbers(monkeypatch):
    monkeypatch.setattr(word_reader, "find_spec", lambda name: None)
    scores = load("details")(sample("lab", "p2"), demo_picture("truth", "p2_lab"))
    assert word_reader.COMMAND in scores["words_kept"] and scores["marks_kept"].value > 0.9


def test_what_cannot_be_seen_is_a_reason():
    nothing = Image.new("RGB", (300, 400), "white")
    scores = load("details")(sample("lab"), nothing)
    assert set(scores) == {"words_kept", "marks_kept", "palette_moved"}
    assert all("empty" in reason for reason in scores.values())


def test_a_blurred_garment_is_no_person():
    """The pose network believes in a body there; its details would be those of nobody."""
    blurred = Image.fromarray(cv2.GaussianBlur(np.array(demo_picture("garments", "logo")), (0, 0), 8))
    assert all(
        "cut out" in text or "told from its background" in text
        for text in load("details")(sample("logo"), blurred).values()
    )


def test_a_sample_without_a_garment_is_refused():
    with pytest.raises(BadInput, match="no 'garment' picture"):
        load("details")(Sample(sample_id="one", wish="", images={}), demo_picture("truth", "p2_lab"))
