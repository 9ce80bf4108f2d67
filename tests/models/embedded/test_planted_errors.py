"""The planted errors are where they should be, grow with their size, and leave out what a picture has no place for."""

import numpy as np
import pytest
from demo_pictures import demo_picture
from harmless import HARMLESS
from planted_errors import ERRORS, SIZES, planted_error
from planted_geometry import people_case

from tryon_core.models.embedded.measuring.words.word_reader import can_read
from tryon_core.rubrics.shipped import RUBRICS

WITH_WORDS = ("mirrored words", "scrambled words")
RECOLOURED = "another garment"  # all of it at every size
ON_BARED_ARMS = "skin's jump"
ONLY_LOWER = ("missing shin", "old skirt left")


def _changed_share(case, kind: str, size: str) -> float:
    """Share of the picture that an error changes visibly."""
    planted = np.array(planted_error(case, kind, size)).astype(int)
    return float((np.abs(planted - case.after.image_HW3).max(-1) > 5).mean())


@pytest.mark.parametrize(
    "kind", [kind for kind in ERRORS if kind not in (*ONLY_LOWER, *WITH_WORDS, RECOLOURED, ON_BARED_ARMS)]
)
def test_an_error_on_a_top_grows_with_its_size(kind):
    shares = [_changed_share(people_case("p1", "lab"), kind, size) for size in SIZES]
    assert 0 < shares[0] <= shares[1] <= shares[2] < 0.25 and shares[0] < shares[2]


@pytest.mark.parametrize("kind", ["bite", "hole", "slit", "old waistband left", *ONLY_LOWER])
def test_an_error_on_trousers_grows_with_its_size(kind):
    shares = [_changed_share(people_case("p2_full", "trousers_a"), kind, size) for size in SIZES]
    assert 0 < shares[0] < shares[1] < shares[2] < 0.25


def test_bared_skin_jumps_where_sleeves_were():
    shares = [_changed_share(people_case("p3", "blossoms"), ON_BARED_ARMS, size) for size in SIZES]
    assert 0 < shares[1] <= shares[2] < 0.1  # the small one lies below what is counted as visible
    assert planted_error(people_case("p1", "lab"), ON_BARED_ARMS, "large") is None


def test_a_sleeveless_top_has_no_seam_of_a_sleeve():
    sleeveless = people_case("p1", "blossoms")
    assert planted_error(sleeveless, "seam line", "large") is None
    assert _changed_share(sleeveless, "slit", "middle") > 0


@pytest.mark.skipif(not can_read(), reason="rapidocr-onnxruntime is not installed")
@pytest.mark.parametrize("kind", WITH_WORDS)
def test_words_are_spoilt_where_there_are_some(kind):
    assert 0.001 < _changed_share(people_case("p1", "lab"), kind, "large") < 0.02
    assert planted_error(people_case("p1", "cropped"), kind, "large") is None


def test_a_picture_without_a_place_for_an_error_has_none():
    top, trousers = people_case("p1", "lab"), people_case("p2_full", "trousers_a")
    assert all(planted_error(top, kind, "large") is None for kind in ONLY_LOWER)
    assert all(planted_error(trousers, kind, "large") is None for kind in ("old sleeve left", "torn shoulder"))


def test_every_error_belongs_to_constraints_of_the_rubric():
    keys = {constraint.key for constraint in RUBRICS["default"].constraints}
    assert all(set(error.constraints) <= keys for error in ERRORS.values())


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_is_hardly_seen(name):
    picture = demo_picture("truth", "p1_lab")
    changed = np.array(HARMLESS[name](picture)).astype(int)
    assert changed.shape == np.array(picture).shape and 0 < np.abs(changed - np.array(picture)).mean() < 3
