"""`words` says how well a garment's words are read back, or that it has none."""

import pytest
from demo_pictures import demo_picture
from PIL import Image, ImageOps
from planted import truth
from planted_errors import SIZES, case_of, planted_error

from tryon_core.models import load
from tryon_core.models.embedded.measuring.words import word_reader
from tryon_core.records import Sample

needs_reader = pytest.mark.skipif(not word_reader.can_read(), reason="rapidocr-onnxruntime is not installed")


def sample(garment: str = "lab", person: str = "p2") -> Sample:
    pictures = {"garment": demo_picture("garments", garment), "person": demo_picture("persons", person)}
    return Sample(sample_id="one", wish="", images=pictures)


def answer(image: Image.Image, asked: Sample | None = None):
    return load("words", "scorer")(asked or sample(), image)["words_read"]


@needs_reader
@pytest.mark.parametrize(("garment", "person"), [("lab", "p2"), ("loop", "p4")])
def test_words_are_read_on_the_wearer_and_not_before(garment, person):
    asked = sample(garment, person)
    assert answer(demo_picture("truth", f"{person}_{garment}"), asked).value == 1
    assert answer(asked.images["person"], asked).value == 0


@needs_reader
@pytest.mark.parametrize("kind", ["mirrored words", "scrambled words"])
def test_spoilt_words_are_read_less(kind):
    case = case_of(sample(), truth("lab"))
    assert answer(planted_error(case, kind, SIZES[-1])).value < 0.7


@needs_reader
def test_words_that_shrink_are_read_less():
    small = truth("lab").resize((72, 96)).resize((768, 1024))
    assert answer(small).value < answer(truth("lab")).value


@needs_reader
def test_words_count_without_an_original_too():
    alone = sample().without("person")
    assert answer(truth("lab"), alone).value == 1 and answer(ImageOps.mirror(truth("lab")), alone).value < 1


@needs_reader
def test_a_garment_without_words_is_a_reason():
    asked = sample("stripes", "p1")
    assert answer(demo_picture("truth", "p1_stripes"), asked) == "no word is printed on the garment"


@needs_reader
def test_a_garment_that_cannot_be_seen_is_a_reason():
    assert "told from its background" in answer(truth("lab"), sample("white"))
    assert "no 'garment' picture" in answer(truth("lab"), sample().without("garment"))


def test_without_the_reader_the_command_is_the_reason(monkeypatch):
    monkeypatch.setattr(word_reader, "find_spec", lambda name: None)
    assert word_reader.COMMAND in answer(truth("lab"))
