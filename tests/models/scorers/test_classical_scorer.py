"""`classical` prefers the true picture on every count, and says why where it cannot measure."""

from functools import cache

import cv2
import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image
from planted import planted, truth
from planted import sample as of_demo
from planted_errors import SIZES, case_of, planted_error

from tryon_core.models import load
from tryon_core.models.embedded.revision import PACKAGE, reached
from tryon_core.records import Sample

ON_CLOTH = ("garment_colour", "garment_texture", "garment_sleeves", "garment_middle")  # lower is better


@cache
def scorer():
    return load("classical", "scorer")


def answers(asked: Sample, image: Image.Image):
    given = scorer()(asked, image)
    assert list(given) == [metric.name for metric in scorer().metrics]
    return given


def numbers(asked: Sample, image: Image.Image) -> dict[str, float]:
    return {name: answer.value for name, answer in answers(asked, image).items() if not isinstance(answer, str)}


@pytest.mark.parametrize("garment", ["stripes", "lab", "checks", "blossoms"])
def test_the_true_picture_beats_the_old_clothes(garment):
    asked = of_demo(garment)
    true, old = numbers(asked, truth(garment)), numbers(asked, asked.images["person"])
    assert true["garment_colour"] < 4 and old["garment_colour"] > 15
    assert true["garment_texture"] < 0.01 and old["garment_texture"] > 0.03
    assert true["garment_sleeves"] < 0.04 < old["garment_sleeves"] and true["garment_outline"] > 0.85


def test_every_number_lies_in_its_declared_range_and_unit():
    given = answers(of_demo("lab"), truth("lab"))
    for metric in scorer().metrics:
        answer = given[metric.name]
        assert (answer.unit, answer.better) == (metric.unit, metric.better)
        assert (metric.low is None or answer.value >= metric.low) and (metric.high or np.inf) >= answer.value


def test_another_colour_is_farther_by_its_strength():
    asked = of_demo("lab")
    case = case_of(asked, truth("lab"))
    rows = [numbers(asked, planted_error(case, "another garment", size))["garment_colour"] for size in SIZES]
    assert numbers(asked, truth("lab"))["garment_colour"] + 2 < rows[0] < rows[1] < rows[2]


def test_a_softer_pattern_has_a_farther_texture():
    asked, drawn = of_demo("checks"), np.array(truth("checks"))
    soft = [Image.fromarray(cv2.GaussianBlur(drawn, (0, 0), sigma_px)) for sigma_px in (2, 6)]
    rows = [numbers(asked, image)["garment_texture"] for image in (truth("checks"), *soft)]
    assert rows[0] < rows[1] < rows[2]


@pytest.mark.parametrize(
    ("defect", "metric"),
    [
        ("the sleeves cut off", "garment_sleeves"),
        ("the hem cut off", "garment_outline"),
        ("another hue", "garment_colour"),
    ],
)
def test_a_planted_defect_is_seen_by_its_metric(defect, metric):
    true, spoilt = (numbers(of_demo("lab"), image)[metric] for image in (truth("lab"), planted("lab", defect)))
    assert spoilt < true - 0.05 if metric == "garment_outline" else spoilt > true + 0.05


def test_a_garment_that_hangs_aside_is_off_the_middle():
    aside = np.array(truth("lab"))
    edit = np.abs(aside.astype(int) - np.array(of_demo("lab").images["person"])).max(2) > 8
    moved = np.roll(aside, 24, axis=1)
    where = np.roll(edit, 24, axis=1)
    aside[where] = moved[where]
    row = numbers(of_demo("lab"), Image.fromarray(aside))
    assert row["garment_middle"] > numbers(of_demo("lab"), truth("lab"))["garment_middle"] + 0.02


def test_a_new_background_is_not_kept():
    asked = of_demo("lab")
    true, other = (numbers(asked, image) for image in (truth("lab"), planted("lab", "another background")))
    assert other["kept_ssim"] < 0.9 * true["kept_ssim"] and other["kept_psnr"] < true["kept_psnr"] - 15


def test_a_mask_says_where_the_edit_may_lie():
    init = demo_picture("persons", "p1")
    edited = np.array(init)
    edited[:200] = 0
    for rows, kept in ((slice(0, 240), True), (slice(500, 700), False)):
        mask = np.zeros((1024, 768), np.uint8)
        mask[rows] = 255
        asked = Sample(sample_id="one", wish="", images={"init": init, "mask": Image.fromarray(mask)})
        given = answers(asked, Image.fromarray(edited))
        assert (given["kept_psnr"].value == 100) is kept and "no 'garment'" in given["garment_colour"]


@pytest.mark.parametrize("size", [(384, 512), (640, 768)])
def test_a_picture_of_another_size_or_shape_is_resized_first(size):
    other = truth("lab").resize(size, Image.Resampling.LANCZOS)
    row = numbers(of_demo("lab"), other)
    assert row["garment_colour"] < 4 and row["garment_outline"] > 0.85


@pytest.mark.parametrize(
    ("images", "reason"),
    [
        ({"garment": demo_picture("garments", "lab")}, "neither an 'init' nor a 'person'"),
        ({"init": demo_picture("persons", "p2")}, "no 'garment' picture"),
        ({"person": Image.new("RGB", (300, 400), "grey"), "garment": demo_picture("garments", "lab")}, "no person"),
        ({"person": demo_picture("persons", "p4"), "garment": demo_picture("garments", "white")}, "garment's picture"),
    ],
)
def test_what_cannot_be_measured_is_a_reason(images, reason):
    given = answers(Sample(sample_id="one", wish="", images=images), demo_picture("truth", "p2_lab"))
    assert reason in given["garment_colour"] and all(isinstance(answer, str) for answer in given.values())


def test_a_picture_without_the_person_keeps_nothing_but_is_compared():
    given = answers(of_demo("lab"), Image.new("RGB", (768, 1024), "grey"))
    assert "in the picture no person" in given["garment_outline"] and given["kept_psnr"].value < 20


def test_trousers_have_an_outline_and_no_sleeves():
    person, trousers = demo_picture("persons", "p1_full"), demo_picture("garments", "trousers_a")
    given = answers(
        Sample(sample_id="one", wish="", images={"person": person, "garment": trousers}),
        demo_picture("truth", "p1_full_trousers_a"),
    )
    assert given["garment_outline"].value > 0.68 and "tops and dresses" in given["garment_sleeves"]
    assert given["garment_colour"].value < 3 and given["garment_texture"].value < 0.02


def test_the_true_picture_of_a_sample_is_not_looked_at():
    asked = of_demo("lab")
    whole = Sample(sample_id="one", wish="", images={**asked.images, "truth": demo_picture("truth", "p1_checks")})
    assert numbers(whole, truth("lab")) == numbers(asked, truth("lab"))


def test_it_reaches_no_words_no_faces_no_truth_and_no_drawing():
    files = {
        path.relative_to(PACKAGE).as_posix()
        for path in reached(PACKAGE / "models/scorers/classical/classical_scorer.py", PACKAGE)
    }
    assert "models/embedded/measuring/case.py" in files
    held_out = ("measuring/words", "measuring/faces", "true_picture", "embedded/drawing", "measuring/scale")
    assert not [file for file in files if any(part in file for part in held_out)]
