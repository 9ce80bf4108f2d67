import io
import itertools
import subprocess
import sys

import numpy as np
import pytest
from hand_made import Bench, called_real, every_outcome, scores
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

from tryon_core.rubrics import RUBRICS
from tryon_core.view import chart, figures
from tryon_core.view.frames import open_run
from tryon_core.view.palette import DARK, LIGHT, colours, ink_on

each_figure = pytest.mark.parametrize("draw", figures.ALL, ids=lambda draw: draw.__name__)


def title(figure):
    return figure.get_suptitle().replace("\n", " ")


def all_words(figure):
    return " ".join(text.get_text() for text in figure.findobj(Text))


def marked_pixels(figure):
    pixels_HW3 = np.asarray(Image.open(io.BytesIO(chart.png(figure))).convert("RGB"), dtype=int)
    assert pixels_HW3.shape[1] == 900
    return int((np.abs(pixels_HW3 - pixels_HW3[0, 0]).sum(-1) > 60).sum())


@pytest.fixture
def run(tmp_path):
    return open_run(every_outcome(tmp_path))


def test_titles_state_what_was_found(run):
    assert [title(draw(run)) for draw in figures.ALL] == [
        "Accepted: 1 of 3 judged samples at the first attempt, 2 by attempt 3",
        "identity fails most: 2 of 4 first attempts",
        "realism is the first to fail in 4 of 7 failed attempts",
        "identity rises most: by 3.0 from first to last attempt, mean of 2 samples",
        "Drawing takes 63% of 35 s of model time",
    ]


def test_a_tie_is_told_as_one(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("a", "not_accepted", scores(identity=6))
    bench.sample("b", "not_accepted", scores(realism=6))
    run = open_run(bench.finish())
    assert title(figures.constraint_heatmap(run)) == "identity and realism fail most: 1 of 2 first attempts"
    assert "are each the first to fail in 1 of 2" in title(figures.primary_failures(run))


@each_figure
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_figure_draws_and_no_two_labels_overlap(draw, theme, run):
    figure = draw(run, theme)
    assert marked_pixels(figure) > 5000
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    boxes = [(text.get_text(), text.get_window_extent(canvas.get_renderer()).shrunk(0.95, 0.8)) for text in texts]
    clashes = [(a, b) for (a, one), (b, other) in itertools.combinations(boxes, 2) if one.overlaps(other)]
    assert not clashes


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


def test_the_same_run_gives_the_same_svg(run):
    assert chart.svg(figures.score_paths(run)) == chart.svg(figures.score_paths(run))


def test_figures_leave_pyplot_alone():
    script = "import sys, tryon_core.view.report; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
