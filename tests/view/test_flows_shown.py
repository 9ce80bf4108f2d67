"""Runs of the four test flows, as they were made, in every view."""

import four_flows
import pytest

from tryon_core.runs.batch import run_batch
from tryon_core.runs.reading import open_run
from tryon_core.view.figures import run_figures
from tryon_core.view.figures.chart import png
from tryon_core.view.figures.strip import strip
from tryon_core.view.report.page import report_html
from tryon_core.view.tables import frames
from tryon_core.view.widgets.stepping.stepper import IterationStepper
from tryon_core.view.widgets.triaging.triage import FailureTriage

PNG = b"\x89PNG"


@pytest.fixture(scope="module", params=four_flows.LINES)
def run(request, tmp_path_factory):
    shelf = four_flows.shelf(tmp_path_factory.mktemp("shelf"))
    made = run_batch(four_flows.parameters(shelf, request.param, shelf / "run"), progress=False)
    return open_run(made.url)


def test_frames_hold_every_step(run):
    steps = frames.steps(run)
    assert len(steps) == sum(len(record.steps) for record in run.records)
    assert len(frames.attempts(run)) == sum(len(record.attempts) for record in run.records)
    assert list(frames.samples(run).chosen) == [record.chosen for record in run.records]


def test_figures_that_fit_are_drawn(run):
    fitting = run_figures.figures_for(run)
    assert fitting and all(png(draw(run)).startswith(PNG) for draw in run_figures.ALL)


def test_the_strip_shows_every_sample(run):
    for record in run.records:
        assert png(strip(run, record.sample_id)).startswith(PNG)


def test_the_report_names_every_sample(run):
    page = report_html(run)
    assert all(record.sample_id in page for record in run.records)
    assert "Traceback" not in page and "None" not in page


def test_the_stepper_walks_every_step(run):
    for record in run.records:
        stepper = IterationStepper(run, record.sample_id)
        for number in range(1, len(record.steps) + 1):
            stepper.attempt = number
            assert stepper.step.record.number == number
        assert stepper.still().startswith(PNG)


def test_the_triage_opens_without_a_rubric_too(run):
    assert FailureTriage(run).still().startswith(PNG)
