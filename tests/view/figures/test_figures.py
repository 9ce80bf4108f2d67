import random
import subprocess
import sys

import numpy as np
import pytest
from drawn import all_words, clashing_labels, marked_pixels, title
from hand_made import Bench, called_real, every_outcome, scores
from matplotlib.colors import to_rgb

from tryon_core.records import Judgement, Score
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.view.figures import chart
from tryon_core.view.figures import run_figures as figures
from tryon_core.view.figures.palette import DARK, LIGHT, colours, ink_on
from tryon_core.view.tables import frames
from tryon_core.view.tables.frames import open_run

each_figure = pytest.mark.parametrize("draw", figures.ALL, ids=lambda draw: draw.__name__)


@pytest.fixture
def run(tmp_path):
    return open_run(every_outcome(tmp_path))


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """Two hundred samples of every kind, up to four attempts each."""
    bench = Bench(tmp_path_factory.mktemp("busy"))
    draw = random.Random(0)
    for number in range(200):
        tried = [bad_scores(draw) for _ in range(draw.randint(1, 4))]
        accepted = len(tried) < 4
        told = {"difficulty": ("easy", "medium", "hard")[number % 3], "pattern": f"pattern-{number % 12}"}
        outcome = "accepted" if accepted else "not_accepted"
        bench.sample(f"s{number}", outcome, *tried, *([scores()] if accepted else []), gender="female", **told)
    return open_run(bench.finish())


def bad_scores(draw):
    keys = RUBRICS["default"].keys
    return scores(**{key: draw.randint(4, 7) for key in draw.sample(keys, draw.randint(1, 4))})


def test_titles_state_what_was_found(run):
    assert [title(draw(run)) for draw in figures.ALL] == [
        "Accepted: 1 of 3 judged samples at the first attempt, 2 by attempt 3",
        "1 of 3 samples are not accepted by attempt 4: 33% (95% interval 6% to 79%)",
        "In this run identity and realism fail most: 1 of 3 first attempts",
        "In this run realism is the first to fail in 4 of 6 failed attempts",
        "In this run garment_structure and realism fail together most: in 1 of 6 failed attempts",
        "What came after 5 failed attempts: 1 accepted, 3 failed first on the same constraint and "
        "1 failed first on another",
        "No correction broke what was met: 4 corrections, 2 mended",
        "In this run identity rises most: by 3.0 from first to last attempt, mean of 2 samples",
        "No groups of samples to compare among 3 judged samples",
        "No groups of samples to compare",
        "In this run what failed was improved by corrections 5 of 6 times",
        "No step was measured",
        "Drawing takes 63% of 35 s of model time",
    ]


def test_a_run_without_a_judged_attempt_is_not_praised(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("a", "not_judged", scores(realism=None))
    run = open_run(bench.finish())
    assert {title(draw(run)) for draw in (figures.primary_failures, figures.failed_together)} == {
        "No attempt was judged"
    }


def test_a_tie_is_told_as_one(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("a", "not_accepted", scores(identity=6))
    bench.sample("b", "not_accepted", scores(realism=6))
    run = open_run(bench.finish())
    assert title(figures.constraint_heatmap(run)) == "In this run identity and realism fail most: 1 of 2 first attempts"
    assert "are each the first to fail in 1 of 2" in title(figures.primary_failures(run))


@each_figure
def test_first_attempts_to_which_nothing_applied_stop_no_figure(draw, tmp_path):
    bench, keys = Bench(tmp_path), RUBRICS["default"].keys
    nothing = Judgement(scores={key: Score(status="not_applicable", reason="no person") for key in keys})
    bench.sample("a", "not_accepted", nothing, scores(identity=6))
    run = open_run(bench.finish())
    assert marked_pixels(draw(run)) > 1000
    assert title(figures.constraint_heatmap(run)) == "In this run identity fails most: 1 of 1 attempts 2"


@each_figure
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_figure_draws_and_no_two_labels_overlap(draw, theme, run):
    figure = draw(run, theme)
    assert marked_pixels(figure) > 5000
    assert not clashing_labels(figure)


@each_figure
def test_no_two_labels_overlap_with_hundreds_of_samples(draw, busy):
    assert not clashing_labels(draw(busy))


@each_figure
def test_a_scripted_model_is_named_in_every_figure_and_a_real_one_in_none(draw, tmp_path):
    scripted = open_run(every_outcome(tmp_path / "a"))
    real = open_run(every_outcome(tmp_path / "b", cards=called_real()))
    assert "Not a result: generator painter is scripted, judge scripted is scripted." in all_words(draw(scripted))
    assert "Not a result" not in all_words(draw(real))


@each_figure
def test_a_run_without_a_judged_attempt_says_so_in_words(draw, tmp_path):
    bench = Bench(tmp_path)
    bench.line("waiting")
    figure = draw(open_run(bench.finish()))
    assert title(figure).startswith("No ") and marked_pixels(figure) > 500


@each_figure
def test_one_sample_accepted_at_once_is_enough_for_every_figure(draw, tmp_path):
    bench = Bench(tmp_path)
    bench.sample("only", "accepted", scores())
    assert marked_pixels(draw(open_run(bench.finish()))) > 500


def test_a_constraint_has_one_colour_and_readable_ink():
    for rubric in RUBRICS.values():
        given = colours(rubric)
        assert len(set(given.values())) == len(rubric.keys) == 7
        assert all(contrast(colour, ink_on(colour)) >= 4.5 for colour in given.values())


def contrast(*two):
    """WCAG 2 contrast ratio."""

    def luminance(colour):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    darker, lighter = sorted(map(luminance, two))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_in_figures_can_be_read_on_their_paper(theme):
    assert all(contrast(ink, theme.paper) >= 4.5 for ink in (theme.ink, theme.soft, theme.warning))


@each_figure
def test_the_same_run_gives_the_same_svg(draw, run):
    assert chart.svg(draw(run)) == chart.svg(draw(run))


@pytest.mark.parametrize("rubric", RUBRICS.values(), ids=RUBRICS)
@each_figure
def test_constraints_of_any_rubric_can_be_read(draw, rubric, tmp_path):
    bench = Bench(tmp_path, rubric=rubric)
    first, last = rubric.keys[0], rubric.keys[-1]
    bench.sample("one", "not_accepted", *[scores(rubric, **{first: 5}), scores(rubric, **{last: 5})] * 2)
    bench.sample("two", "accepted", scores(rubric, **{first: 5, last: 5}), scores(rubric))
    assert not clashing_labels(draw(open_run(bench.finish())))


@each_figure
def test_no_two_labels_overlap_after_many_attempts(draw, tmp_path):
    chance, bench = random.Random(2), Bench(tmp_path)
    for number, attempts in enumerate((3, 9, 14, 26)):
        bench.sample(f"s{number}", "accepted", *[bad_scores(chance) for _ in range(attempts)], scores())
    assert not clashing_labels(draw(open_run(bench.finish())))


def test_scores_of_many_samples_are_bands_and_of_few_are_lines(busy, run):
    many, few = figures.score_paths(busy).axes[0], figures.score_paths(run).axes[0]
    assert [len(axes.collections) for axes in (many, few)] == [2, 1]  # two bands; all lines together
    (median,) = [line.get_ydata() for line in many.lines if line.get_marker() == "o"]
    table = frames.attempts(busy)
    assert list(median) == table.groupby("attempt")[f"score.{busy.rubric.keys[0]}"].median().tolist()


def test_a_title_of_two_lines_leaves_no_word_alone(run):
    lines = chart.empty(run, "word " * 17 + "end", 3.0, LIGHT).get_suptitle().split("\n")
    assert len(lines) == 2 and abs(len(lines[0]) - len(lines[1])) < 10


def test_what_a_figure_says_under_its_title_is_part_of_it(run):
    figure = chart.empty(run, "Found", 3.0, LIGHT, note="Look here.")
    assert figure.note == "Look here." and "Look here." in all_words(figure)


def test_figures_leave_pyplot_alone():
    script = "import sys, tryon_core.view.report.page; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
