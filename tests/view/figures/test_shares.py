"""A figure's bars and cells are shares, each with its 'x of n'; the gallery behind counts over the same n."""

import re

import pytest
from drawn import clashing_labels
from hand_made import Bench, every_outcome, scores
from matplotlib.patches import Rectangle

from tryon_core.view.figures import run_figures as figures
from tryon_core.view.tables import behind, versus
from tryon_core.view.tables.frames import open_run
from tryon_core.view.tables.inventory import counts_figure

SAME_COUNTS = {  # figure -> the questions whose bars it draws
    figures.constraint_heatmap: ("failed at an iteration",),
    figures.primary_failures: ("failed first",),
    figures.failed_together: ("failed together",),
    figures.regressions: ("broke after being met", "mended after failing"),
    figures.by_slice: ("accepted, by slice", "first attempts that failed, by slice"),
    figures.failures_by_fact: ("constraints that failed first attempts, by slice",),
}


@pytest.fixture
def run(tmp_path):
    """Four corrections of eight mend, so that counting over all corrections would be half of the truth."""
    bench = Bench(tmp_path)
    for number in range(4):
        gender = "female" if number else "male"
        bench.sample(f"mended-{number}", "accepted", scores(realism=5, identity=6), scores(), gender=gender)
        bench.sample(f"broken-{number}", "not_accepted", scores(identity=6), scores(scene_kept=5), gender="female")
    return open_run(bench.finish())


def counts(figure):
    """(x, n) of every 'x of n' that stands at a bar or in a cell, where x is not 0."""
    found = [re.fullmatch(r"\s*(\d+)\s+of\s+(\d+)\s*", text.get_text()) for axes in figure.axes for text in axes.texts]
    return sorted((int(match[1]), int(match[2])) for match in found if match and match[1] != "0")


def lengths(axes):
    return [round(abs(bar.get_width()), 6) for bar in axes.patches if isinstance(bar, Rectangle)]


@pytest.mark.parametrize("draw", SAME_COUNTS, ids=lambda draw: draw.__name__)
def test_a_figure_counts_what_its_gallery_opens(draw, run):
    behind_it = [(bar.n, bar.of) for name in SAME_COUNTS[draw] for bar in behind.QUESTIONS[name](run)]
    assert counts(draw(run)) == sorted(behind_it) != []


def test_mended_and_broken_are_counted_over_what_could_be_mended_or_broken(run):
    mended = {bar.constraint: (bar.n, bar.of, len(bar.items)) for bar in behind.mended(run)}
    assert mended == {"identity": (8, 8, 8), "realism": (4, 4, 4)}
    assert [(bar.constraint, bar.n, bar.of) for bar in behind.broke(run)] == [("scene_kept", 4, 8)]


def test_bars_of_corrections_are_as_long_as_their_share(run):
    assert sorted(filter(None, lengths(figures.regressions(run).axes[0]))) == [50, 100, 100]


def test_bars_of_primary_failures_are_as_long_as_their_share(tmp_path):
    run = open_run(every_outcome(tmp_path))
    bars = [100 * bar.n / bar.of for bar in behind.failed_first(run)]
    assert lengths(figures.primary_failures(run).axes[0]) == [round(share, 6) for share in bars]


def test_outcomes_of_two_runs_are_drawn_as_shares_of_the_samples_compared(run, tmp_path):
    bench = Bench(tmp_path / "b")
    for number in range(4):
        bench.sample(f"mended-{number}", "not_accepted", scores(realism=5))
        bench.sample(f"broken-{number}", "not_accepted", scores(realism=5))
    figure = figures.versus(versus.compare(run, open_run(bench.finish())))
    assert lengths(figure.axes[0]) == [0, 50, 0, 50]
    said = [text.get_text().strip() for text in figure.axes[0].texts]
    assert said == ["0 of 8", "4 of 8", "0 of 8", "4 of 8"] and not clashing_labels(figure)


def test_what_a_source_holds_is_drawn_as_shares_of_its_samples(run):
    (panel,) = counts_figure(run.listing).axes
    assert lengths(panel) == [87.5, 12.5]
    assert [text.get_text().strip() for text in panel.texts] == ["7 of 8", "1 of 8"]
