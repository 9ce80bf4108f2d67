"""`truth` is best for the true picture itself, worse for every planted error, and says why where it cannot measure."""

from functools import cache

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image
from planted import truth
from planted_errors import SIZES, case_of, planted_error

from tryon_core.models import load
from tryon_core.records import Sample

BEST = {"truth_ssim": 1.0, "truth_colour": 0.0, "truth_edges": 0.0, "truth_pattern": 1.0}


def sample(garment: str = "stripes", person: str = "p1", **changed: Image.Image) -> Sample:
    pictures = {
        "person": demo_picture("persons", person),
        "garment": demo_picture("garments", garment),
        "truth": demo_picture("truth", f"{person}_{garment}"),
    }
    return Sample(sample_id="one", wish="", images=pictures | changed)


@cache
def scorer():
    return load("truth", "scorer")


def numbers(asked: Sample, image: Image.Image) -> dict[str, float]:
    return {name: answer.value for name, answer in scorer()(asked, image).items() if not isinstance(answer, str)}


def test_the_true_picture_is_the_best():
    assert numbers(sample(), sample().images["truth"]) == pytest.approx(BEST)


@pytest.mark.parametrize("kind", ["flap", "bite", "old sleeve left", "torn shoulder", "another garment"])
def test_a_larger_error_is_farther_from_the_truth(kind):
    asked = sample("lab", "p2")
    case = case_of(asked, truth("lab"))
    rows = [numbers(asked, planted_error(case, kind, size)) for size in SIZES]
    assert 0 < rows[0]["truth_colour"] < rows[1]["truth_colour"] < rows[2]["truth_colour"]
    assert 1 > rows[0]["truth_ssim"] > rows[2]["truth_ssim"] and rows[2]["truth_edges"] > 0


def test_another_garment_is_farther_than_a_drawing_a_little_off():
    asked, drawn = sample(), np.array(demo_picture("truth", "p1_stripes"))
    near = numbers(asked, Image.fromarray(np.roll(drawn, 4, axis=1)))
    far = numbers(asked, demo_picture("truth", "p1_checks"))
    assert near["truth_edges"] < far["truth_edges"] and near["truth_pattern"] > far["truth_pattern"] + 0.2


def test_cloth_beyond_the_true_outline_counts():
    asked = sample("lab", "p2")
    drawn = np.array(asked.images["truth"])
    apart = np.abs(drawn.astype(int) - np.array(asked.images["person"])).sum(2) > 60
    row = int(np.flatnonzero(apart.sum(1) > 100)[-1])  # the hem
    columns = np.flatnonzero(apart[row])
    drawn[row + 6 : row + 20, columns] = drawn[row - 20 : row - 6, columns]
    longer = numbers(asked, Image.fromarray(drawn))
    assert longer["truth_colour"] > 0.2 and longer["truth_ssim"] < 0.999


def test_plain_cloth_has_no_pattern_to_find():
    person = np.array(demo_picture("persons", "p1"))
    person[300:700, 250:520] = [180, 40, 40]
    plain = Image.fromarray(person)
    answers = scorer()(sample(truth=plain), plain)
    assert "no texture" in answers["truth_pattern"] and answers["truth_ssim"].value == 1


def test_a_picture_of_another_size_is_resized():
    small = sample().images["truth"].resize((384, 512))
    assert numbers(sample(), small)["truth_colour"] < 4


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (sample().blind(), "no picture 'truth'"),
        (sample().without("person"), "neither an 'init' nor a 'person'"),
        (sample(truth=demo_picture("persons", "p1")), "does not differ"),
    ],
)
def test_what_cannot_be_measured_is_a_reason(asked, reason):
    answers = scorer()(asked, demo_picture("persons", "p1"))
    assert set(answers) == {metric.name for metric in scorer().metrics}
    assert all(reason in answer for answer in answers.values())


def test_the_edited_picture_is_the_original_where_there_is_one():
    init = demo_picture("truth", "p1_checks")
    asked = sample(init=init)
    assert numbers(asked, init)["truth_colour"] != pytest.approx(numbers(sample(), init)["truth_colour"])
