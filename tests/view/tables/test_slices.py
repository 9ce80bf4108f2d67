import pandas as pd
import pytest
from drawn import clashing_labels, marked_pixels
from hand_made import Bench, scores

from tryon_core.errors import BadInput, UnknownName
from tryon_core.stats import wilson
from tryon_core.view.figures import run_figures as figures
from tryon_core.view.tables import behind, frames
from tryon_core.view.tables.frames import open_run
from tryon_core.view.tables.slices import dimensions, groups, values


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
    assert table.n[("pattern", "dots", "failed")] == 0
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
    assert title(bench) == (
        "Acceptance by gender: no difference between groups can be told from chance among 2 judged samples"
    )


def test_a_slice_that_differs_by_more_than_chance_is_named(bench):
    for number in range(12):
        bench.sample(f"e{number}", "accepted", scores(), difficulty="easy")
        bench.sample(f"h{number}", "not_accepted", scores(realism=5), difficulty="hard")
    assert title(bench) == "Difficulty hard is accepted less than easy: 0 of 12 against 12 of 12 (p = 0.001)"


def test_rare_values_are_drawn_as_one(bench):
    for number in range(11):
        for twin in range(1 + (number < 7)):
            bench.sample(f"s{number}-{twin}", "accepted", scores(), pattern=f"p{number:02}")
    drawn = figures.by_slice(open_run(bench.finish()), by=["pattern"])
    assert labels(drawn)[-1] == "3 rarer ones" and "p07" in labels(drawn) and "p10" not in labels(drawn)
    assert "3 of 3" in [text.get_text() for text in drawn.axes[0].texts]


def test_a_number_of_many_values_is_cut_into_ranges_in_words(bench):
    for number in range(20):
        told = {} if number == 19 else {"height_cm": 150 + number, "photographer": f"p{number}"}
        bench.sample(f"s{number}", "accepted", scores(), **told)
    run = open_run(bench.finish())
    found = groups(run, "height_cm")
    assert list(found) == ["150 to 154", "155 to 159", "160 to 163", "164 to 168", "not given"]
    assert [len(part) for part in found.values()] == [5, 5, 4, 5, 1] and found["164 to 168"][0] == "s14"
    drawn = labels(figures.by_slice(run, by=["height_cm"]))
    assert [label.strip() for label in drawn] == ["height cm:", *found]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([*[0] * 30, *range(1, 10)], ["0", *map(str, range(1, 8)), "2 rarer ones"]),  # no quarter of them is a range
        ([*[7] * 5, *range(10, 22)], ["7 to 13", "14 to 17", "18 to 21"]),
        ([20240100 + day for day in range(12)], ["20240100 to 20240102", "20240103 to 20240105"]),
        ([*map(str, range(9)), "inf"], [*map(str, range(8)), "2 rarer ones"]),
    ],
)
def test_ranges_of_any_numbers_make_groups_that_can_be_read(numbers, expected, bench):
    for place, number in enumerate(numbers):
        bench.sample(f"s{place}", "accepted", scores(), number=number)
    found = groups(open_run(bench.finish()), "number")
    assert list(found)[: len(expected)] == expected and sum(map(len, found.values())) == len(numbers)


def test_ranges_go_by_size_not_by_the_alphabet(bench):
    for number in range(12):
        bench.sample(f"s{number}", "accepted", scores(), weight=80 + 5 * number)
    assert list(groups(open_run(bench.finish()), "weight"))[:2] == ["80 to 90", "95 to 105"]


def test_a_text_that_no_two_samples_share_is_refused_in_a_sentence(bench):
    for number in range(9):
        bench.sample(f"s{number}", "accepted", scores(), photographer=f"p{number}", age=number)
    run = open_run(bench.finish())
    with pytest.raises(BadInput, match="'photographer' is another text for each of 9 samples: it makes no groups"):
        figures.failures_by_fact(run, by="photographer")
    assert list(groups(run, "age")) == ["0 to 2", "3 to 4", "5 to 6", "7 to 8"]  # a number is not


@pytest.fixture
def fits(bench):
    """Text fails the appearance, the others the structure, but two that are met at once; one was not judged."""
    for number in range(12):
        kind = {"pattern": ("text", "plain", "dots")[number % 3], "height_cm": 150 + number}
        failing = {"garment_appearance": 5} if kind["pattern"] == "text" else {"garment_structure": 6}
        tried = [scores()] if number in (1, 2) else [scores(**failing), scores()]
        bench.sample(f"s{number}", "accepted", *tried, **kind)
    bench.sample("unread", "not_judged", scores(realism=None), pattern="text", height_cm=170)
    return open_run(bench.finish())


def test_constraints_are_counted_for_each_value_of_any_fact(fits):
    table = frames.failures_by_fact(fits, frames.attempts(fits), "pattern").set_index(["constraint", "value"])
    assert table.loc[("garment_appearance", "text"), ["failed", "n"]].tolist() == [4, 4]
    assert table.loc[("garment_structure", "text"), ["failed", "n"]].tolist() == [0, 4]
    assert table.loc[("garment_structure", "dots")].rate == 0.75 and len(table) == 7 * 3
    by_height = frames.failures_by_fact(fits, frames.attempts(fits), "height_cm")
    assert by_height.groupby("constraint").n.sum().unique().tolist() == [12] and by_height.value.nunique() == 4


def test_the_heat_map_of_a_fact_says_x_of_n_and_opens_the_same_pictures(fits):
    figure = figures.failures_by_fact(fits)
    assert figure.get_suptitle().replace("\n", " ") == (
        "In this run garment_appearance fails most with pattern 'text': 4 of 4 first attempts"
    )
    cells = sorted(text.get_text() for text in figure.axes[0].texts if not text.get_text().startswith("0"))
    bars = behind.failed_by_fact(fits)
    assert cells == sorted(f"{bar.n} of {bar.of}" for bar in bars) == ["3 of 4", "3 of 4", "4 of 4"]
    assert {bar.label: bar.items[0] for bar in bars}["pattern text: garment_appearance failed"] == ("s0", 1)


@pytest.mark.parametrize("many", [1, 3, 60])
def test_the_heat_map_of_any_fact_can_be_read(many, bench):
    for number in range(60):
        value = f"a rather long name of a thing, number {number % many}"
        bench.sample(f"s{number}", "accepted", scores(realism=5), scores(), thing=value, other=number % 2)
    figure = figures.failures_by_fact(open_run(bench.finish()), by="thing" if many < 60 else "other")
    assert marked_pixels(figure) > 5000 and not clashing_labels(figure)


def test_values_from_outside_are_drawn_as_they_are_and_cut_where_they_are_long(bench):
    bench.sample("a", "accepted", scores(), pattern="$\\frac{")
    bench.sample("b", "accepted", scores(), pattern="long" * 80)
    drawn = figures.by_slice(open_run(bench.finish()))
    assert "$\\frac{" in labels(drawn) and "longlonglonglonglonglon…" in labels(drawn)
    assert marked_pixels(drawn) > 500 and not clashing_labels(drawn)
