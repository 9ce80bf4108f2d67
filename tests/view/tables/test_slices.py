import pandas as pd
import pytest
from drawn import clashing_labels, marked_pixels
from hand_made import Bench, scores

from tryon_core.errors import UnknownName
from tryon_core.stats import wilson
from tryon_core.view.figures import run_figures as figures
from tryon_core.view.tables import frames
from tryon_core.view.tables.frames import open_run
from tryon_core.view.tables.slices import dimensions, values


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def sliced(bench):
    run = open_run(bench.finish())
    return frames.slices(run, frames.attempts(run)).set_index(["dimension", "value", "measure"]).sort_index()


def labels(figure):
    return [tick.get_text() for tick in figure.axes[0].get_yticklabels()]


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


def test_values_go_from_easy_to_hard_then_by_size_and_alphabet():
    told = pd.Series(["hard", "odd", "not given", "10", "easy", "medium", "even", "9.5"])
    assert values(told) == ["easy", "medium", "hard", "9.5", "10", "even", "odd", "not given"]


def test_what_the_source_does_not_say_is_not_given(bench):
    bench.sample("a", "accepted", scores(), gender="male")
    bench.sample("b", "accepted", scores())
    assert set(sliced(bench).loc["gender"].index.get_level_values("value")) == {"male", "not given"}


def test_any_fact_with_two_to_eight_values_is_a_slice(bench):
    for number in range(9):
        facts = {"age": number, "studio": number % 2 == 0, "level": number % 8, "same": "x"}
        bench.sample(f"s{number}", "accepted", scores(), **facts)
    run = open_run(bench.finish())
    assert dimensions(run) == ["studio", "level"] and dimensions(run, ["age", "same"]) == ["age", "same"]
    assert "age:" in labels(figures.by_slice(run, by=["age"]))
    with pytest.raises(UnknownName, match="no known fact is called 'ages'. Did you mean 'age'"):
        figures.by_slice(run, by=["ages"])


def test_four_facts_at_most_are_drawn(bench):
    for number in range(2):
        bench.sample(f"s{number}", "accepted", scores(), **{name: number for name in "abcde"})
    drawn = labels(figures.by_slice(open_run(bench.finish())))
    assert [label for label in drawn if label.endswith(":")] == ["a:", "b:", "c:", "d:"]


def test_facts_that_part_no_samples_are_named(bench):
    bench.sample("a", "accepted", scores(), gender="male", height_cm=180)
    (said,) = figures.by_slice(open_run(bench.finish())).axes[0].texts
    assert said.get_text() == "gender: male only · height cm: 180 only"


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
    drawn = figures.by_slice(open_run(bench.finish()), by=["pattern"])
    assert labels(drawn)[-1] == "3 rarer ones" and "p07" in labels(drawn) and "p10" not in labels(drawn)
    assert "3 of 3" in [text.get_text() for text in drawn.axes[0].texts]


def test_values_from_outside_are_drawn_as_they_are_and_cut_where_they_are_long(bench):
    bench.sample("a", "accepted", scores(), pattern="$\\frac{")
    bench.sample("b", "accepted", scores(), pattern="long" * 80)
    drawn = figures.by_slice(open_run(bench.finish()))
    assert "$\\frac{" in labels(drawn) and "longlonglonglonglonglon…" in labels(drawn)
    assert marked_pixels(drawn) > 500 and not clashing_labels(drawn)
