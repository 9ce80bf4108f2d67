"""A step of the dual stream in the stepper: what it aimed at, where it drew, and satisfied beside accepted."""

import io
from dataclasses import replace

import numpy as np
import pytest
from looking import text
from PIL import Image, ImageDraw
from stream_runs import SIZE, a_stream_run, step_of

from tryon_core.records import Measurement
from tryon_core.view.report.page import report_html
from tryon_core.view.tables.answers_in_words import step_rows
from tryon_core.view.widgets.compared_pictures import outlined
from tryon_core.view.widgets.stepping.stepper import IterationStepper

WHY = "both: tools are there for what failed"


def a_mask():
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).rectangle((20, 30, 60, 70), fill=255)
    return mask


def satisfied(value):
    return {"satisfaction": Measurement(value=value, unit="0 to 1", bar=0.9, better="higher")}


@pytest.fixture
def stepper(tmp_path):
    mended = step_of(
        "fill", base=1, realism=7.9, made={"area": a_mask()}, data={"strategy_why": WHY[6:], "tool_why": ""}
    )
    steps = (
        replace(step_of("draw", realism=5), scores=satisfied(0.84)),
        replace(mended, scores=satisfied(0.93), why=WHY),
        step_of("new_noise", base=2, realism=None),
    )
    return IterationStepper(a_stream_run(tmp_path, *steps, chosen=2))


def test_satisfied_stands_beside_not_accepted(stepper):
    stepper.attempt = 2
    assert "attempt 2 of 3, fill, satisfied 0.93, not accepted: realism (gate 7) fails first, at 7.9" in text(
        stepper, "told"
    )
    stepper.attempt = 1
    assert "draw, not satisfied 0.84, " in text(stepper, "told")
    assert "<td>0.84 of 1 (at least 0.9)</td>" in text(stepper, "data")


def test_what_it_aimed_at_is_from_and_to(stepper):
    stepper.attempt = 2
    assert "<th scope='row'>aimed at realism</th><td>5.0 → 7.9 (+2.9)</td>" in text(stepper, "data")
    stepper.attempt = 3
    assert "<td>7.9 → none (not scored both times)</td>" in text(stepper, "data")


def test_a_reason_is_said_once(stepper):
    stepper.attempt = 2
    rows = dict(step_rows(stepper.step.record, stepper.step.steps))
    assert WHY in text(stepper, "told") and "strategy why" not in rows and rows["tool"] == "fill"
    assert not {"targets", "moved", "tool why"} & set(rows)


def test_new_noise_is_measured_against_another(stepper):
    stepper.attempt = 3
    assert stepper.step.place == "from the sample, measured against step 2"
    stepper.attempt = 2
    assert stepper.step.place == "from step 1"


def test_an_outline_leaves_inside_and_outside(tmp_path):
    grey = Image.new("RGB", SIZE, (128, 128, 128))
    drawn_HW = (np.asarray(outlined(grey, a_mask())) != 128).any(-1)
    assert drawn_HW[30, 40] and drawn_HW[50, 20] and drawn_HW[50, 61]
    assert not drawn_HW[50, 40] and not drawn_HW[5, 5] and 0.02 < drawn_HW.mean() < 0.15


def test_the_area_is_outlined_where_there_is_one(stepper):
    stepper.attempt = 2
    plain, area = stepper.stage.small(stepper.step.record.picture, 640), stepper.stage.with_area
    assert area(stepper.step, plain).tobytes() != plain.convert("RGB").tobytes()
    assert "; line: the area drawn anew" in text(stepper, "stage")
    stepper.attempt = 1
    assert area(stepper.step, plain) is plain and "the area drawn anew" not in text(stepper, "stage")


def test_a_still_shows_it_all(stepper):
    stepper.attempt, stepper.against = 2, "before"
    assert Image.open(io.BytesIO(stepper.still())).width == 900


def test_the_report_says_where_it_went(stepper):
    page = report_html(stepper.run)
    assert "aimed at realism</th><td>5.0 → 7.9 (+2.9)</td>" in page and "satisfaction 0.93 of 1 (at least 0.9)" in page
