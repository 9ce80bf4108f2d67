"""The figures of the dual stream: their titles claim no more than a test allows, and everything can be read."""

import warnings

import pytest
from doubles import card
from drawn import all_words, clashing_labels, marked_pixels, title
from stream_runs import Mender, OnlyTexture, a_stream_run, an_arm, step_of, three_arms

from tryon_core.view.figures import run_figures as figures
from tryon_core.view.figures.chart import png
from tryon_core.view.figures.palette import DARK, LIGHT
from tryon_core.view.streams.arms import arms

each_theme = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return three_arms(tmp_path_factory.mktemp("arms"))


@each_theme
def test_tools_can_be_read(runs, theme):
    figure = figures.tool_effects(runs[0], theme, arms=runs[1:])
    assert not clashing_labels(figure) and marked_pixels(figure) > 5000
    assert title(figure).startswith("No difference between tools and new noise can be told: ")
    assert "No control arm" not in figure.note


@each_theme
def test_one_tool_alone_can_be_read(tmp_path, theme):
    figure = figures.tool_effects(a_stream_run(tmp_path, step_of("draw", realism=5), step_of("fill", base=1)), theme)
    assert not clashing_labels(figure) and title(figure) == "In this run what failed was improved by tools 1 of 1 times"
    assert "1↑ of 1" in all_words(figure) and "No control arm is in this figure" in figure.note


def test_many_toys_leave_room_for_axes(tmp_path):
    run = a_stream_run(tmp_path, step_of("draw", realism=5), step_of("fill", base=1))
    toys = {name: card(f"toy:{name}").model_copy(update={"kind": "toy"}) for name in run.info.flow.arguments}
    many = {f"{name}{number}": toy for number in range(4) for name, toy in toys.items()}
    object.__setattr__(run, "info", run.info.model_copy(update={"models": many}))
    assert len(run.caution) > 400
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert all(png(draw(run)) for draw in figures.figures_for(run))


def test_a_run_without_corrections_says_so(tmp_path):
    assert title(figures.tool_effects(a_stream_run(tmp_path, step_of("draw")))) == "No picture was corrected"


@each_theme
def test_arms_can_be_read(runs, theme):
    figure = figures.arms(arms(*runs), theme)
    assert not clashing_labels(figure) and marked_pixels(figure) > 5000
    assert title(figure).startswith("At equal pictures no difference can be told: accepted by one alone ")
    assert "Beforehand" in figure.note and "pictures within, streams" in figure.note


def test_a_perfect_tool_is_claimed(tmp_path):
    given = {"samples": 40, "persons": 40, "max_iterations": 2, "good": 1, "judge": OnlyTexture()}
    streams = an_arm(tmp_path, "streams", tools={"canny": Mender("perfect")}, **given)
    figure = figures.arms(arms(streams, an_arm(tmp_path, "new_noise", **given)))
    assert title(figure).startswith("At equal pictures the streams accept more than new noise: ")


def test_an_uncounted_unit_is_no_claim(runs):
    figure = figures.arms(arms(*runs, unit="denoising_steps"))
    assert title(figure).startswith("Not at equal denoising steps, which some models do not count: ")
    assert "Not counted: canny (canny tool) and depth (depth tool) in streams." in figure.note


def test_only_runs_of_the_flow_have_it(runs):
    assert figures.tool_effects in figures.figures_for(runs[0])
