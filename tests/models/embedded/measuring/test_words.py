"""Words on a garment are read, on its photograph and on the wearer."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from demo_pictures import demo_picture
from harmless import HARMLESS
from PIL import Image
from planted_errors import ERRORS, case_of, planted_error
from planted_geometry import people_case, people_sample

from tryon_core.models import load
from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.measuring.surface import appearance
from tryon_core.models.embedded.measuring.words import word_reader
from tryon_core.models.embedded.measuring.words.asked_words import asked_words
from tryon_core.models.embedded.measuring.words.same_words import word_readings

needs_reader = pytest.mark.skipif(not word_reader.can_read(), reason="rapidocr-onnxruntime is not installed")
PRINTED = [("p1", "lab"), ("p4", "loop")]


def words_read(person: str, garment: str, picture: Image.Image) -> list:
    return word_readings(case_of(people_sample(person, garment), picture))


@needs_reader
@pytest.mark.parametrize("person, garment", PRINTED)
def test_the_words_of_a_true_picture_are_right(person, garment):
    for picture in (change(demo_picture("truth", f"{person}_{garment}")) for change in HARMLESS.values()):
        (words,) = words_read(person, garment, picture)
        assert words.value == 1 and words.score == 10


@needs_reader
@pytest.mark.parametrize("kind", ["mirrored words", "scrambled words"])
@pytest.mark.parametrize("person, garment", PRINTED)
def test_spoilt_words_fail_the_garments_look(person, garment, kind):
    spoilt = planted_error(people_case(person, garment), kind, "middle")
    score = load("measure", "judge")(people_sample(person, garment), spoilt).scores[ERRORS[kind].constraints[0]]
    assert score.score < 8 and "letters are right" in score.finding


@needs_reader
def test_a_hidden_word_asks_nothing():
    case = people_case("p1", "lab")
    hidden = replace(case.after, hair=case.after.hair | (case.before.frame.across_px_HW(case.worn_HW.shape) > 0))
    assert word_readings(replace(case, after=hidden)) == [] != word_readings(case)


@needs_reader
def test_a_label_in_the_collar_asks_nothing():
    """The words of the chest moved up to where a label is sewn in."""
    drawn, plain = np.array(demo_picture("garments", "cropped")), see_garment(demo_picture("garments", "cropped"))
    (left, right), width_px = plain.keypoints.collar, plain.width_px
    for down, wanted in ((0.15, []), (0.5, ["NORTH"])):
        at = int((left[0] + right[0]) / 2 - 75), int(max(left[1], right[1]) + down * width_px)
        printed = cv2.putText(drawn.copy(), "NORTH", at, cv2.FONT_HERSHEY_DUPLEX, 1.5, (255, 255, 255), 4, cv2.LINE_AA)
        assert [word.text for word in asked_words(see_garment(Image.fromarray(printed)))] == wanted


@needs_reader
@pytest.mark.parametrize("garment", ["cropped", "stripes", "checks", "logo", "blossoms", "r_stripes"])
def test_a_pattern_is_no_word(garment):
    assert asked_words(see_garment(demo_picture("garments", garment))) == ()


def test_without_the_reader_a_print_is_judged_and_the_command_said(monkeypatch):
    monkeypatch.setattr(word_reader, "find_spec", lambda name: None)
    printed, plain = (appearance.measure(people_case("p1", garment)) for garment in ("lab", "cropped"))
    assert printed.score >= 8 and "words" not in printed.evidence and word_reader.COMMAND in printed.finding
    assert word_reader.COMMAND not in plain.finding
