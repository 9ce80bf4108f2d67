import pandas as pd
import pytest
from drawn import clashing_labels, marked_pixels
from hand_made import Bench, scores

from tryon_core.stats import wilson
from tryon_core.view.figures import run_figures as figures
from tryon_core.view.tables import frames
from tryon_core.view.tables.frames import open_run
from tryon_core.view.tables.slices import values


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def sliced(bench):
    run = open_run(bench.finish())
    return frames.slices(run, frames.attempts(run)).set_index(["dimension", "value", "measure"]).sort_index()


def title(bench):
    return figures.by_slice(open_run(bench.finish())).get_suptitle().replace("\n", " ")


def test_each_slice_counts_accepted_samples_and_failed_first_attempts(bench):
    bench.sample("a", "accepted", scores(realism=5), scores(), difficulty="easy")
    bench.sample("b", "not_accepted", scores(realism=5), difficulty="hard")
    bench.sample("c", "accepted", scores(), difficulty="hard")
    table = sliced(bench)
    assert table.loc[("difficulty", "easy")][["count", "n"]].values.tolist() == [[1, 1], [1, 1]]
    assert table.loc[("difficulty", "hard")][["count", "n"]].values.tolist() == [[1, 2], [1, 2]]
    cell = table.loc[("difficulty", "hard", "accepted")]
    assert (cell.share, cell.low, cell.high) == (0.5, wilson(1, 2).low, wilson(1, 2).high)


def test_what_has_no_judged_outcome_counts_in_no_share(bench):
    bench.sample("a", "failed", scores(realism=5), pattern="dots", reason="broke")
    bench.sample("b", "not_judged", scores(realism=None), pattern="text")
    table = sliced(bench)
    assert table.n[("pattern", "dots", "accepted")] == 0 and pd.isna(table.share[("pattern", "dots", "accepted")])
    assert table.loc[("pattern", "dots", "failed"), ["count", "n"]].tolist() == [1, 1]
    assert table.n[("pattern", "text", "failed")] == 0


def test_values_go_from_easy_to_hard_then_by_the_alphabet_and_untold_last():
    told = pd.Series(["hard", "odd", "not told", "easy", "medium", "even"])
    assert values(told) == ["easy", "medium", "hard", "even", "odd", "not told"]


def test_what_the_source_does_not_say_is_not_told(bench):
    bench.sample("a", "accepted", scores(), gender="male")
    assert set(sliced(bench).loc["pattern"].index.get_level_values("value")) == {"not told"}


def test_a_dimension_of_one_value_is_said_to_be_one(bench):
    bench.sample("a", "accepted", scores(), gender="male")
    (told,) = figures.by_slice(open_run(bench.finish())).axes[0].texts
    assert told.get_text() == "difficulty: not told · gender: male only · garment type: not told · pattern: not told"


def test_slices_that_cannot_be_told_apart_are_not_called_different(bench):
    bench.sample("a", "accepted", scores(), gender="male")
    bench.sample("b", "not_accepted", scores(realism=5), gender="female")
    assert title(bench) == "Acceptance by gender: all intervals overlap, no group stands out among 2 judged samples"


def test_a_slice_whose_interval_stands_apart_is_named(bench):
    for number in range(12):
        bench.sample(f"e{number}", "accepted", scores(), difficulty="easy")
        bench.sample(f"h{number}", "not_accepted", scores(realism=5), difficulty="hard")
    assert title(bench) == "Difficulty hard is accepted least: 0 of 12, against 12 of 12 easy"


def test_rare_values_are_drawn_as_one(bench):
    for number in range(11):
        for twin in range(1 + (number < 7)):
            bench.sample(f"s{number}-{twin}", "accepted", scores(), pattern=f"p{number:02}")
    drawn = figures.by_slice(open_run(bench.finish()))
    labels = [tick.get_text() for tick in drawn.axes[0].get_yticklabels()]
    assert labels[-1] == "3 rarer ones" and "p07" in labels and "p10" not in labels
    assert "3 of 3" in [text.get_text() for text in drawn.axes[0].texts]


def test_values_from_outside_are_drawn_as_they_are_and_cut_where_they_are_long(bench):
    bench.sample("a", "accepted", scores(), pattern="$\\frac{")
    bench.sample("b", "accepted", scores(), pattern="long" * 80)
    drawn = figures.by_slice(open_run(bench.finish()))
    labels = [tick.get_text() for tick in drawn.axes[0].get_yticklabels()]
    assert "$\\frac{" in labels and "longlonglonglonglonglon…" in labels
    assert marked_pixels(drawn) > 500 and not clashing_labels(drawn)
