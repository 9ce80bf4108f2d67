"""What decides among the best candidates: repeats of a judging or a scoring, and a knockout of pairs."""

from dataclasses import dataclass, field
from statistics import stdev

import pytest
from doubles import scores
from landscape import SAMPLE, Landscape, first, scripted

from tryon_core.errors import BadInput
from tryon_core.flows.search import Search, ends, search
from tryon_core.flows.searching.purse import Budget
from tryon_core.records import Measurement
from tryon_core.roles import Comparison
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.walk import Walk
from tryon_core.steps import Spent, Step

GENERAL = RUBRICS["general"]
LUCK = {"strategy": "best_of_n", "metric": "height", "candidates": 6, "judged": "none"}
UNSURE = {"select": "pessimistic", "judged": "chosen", "repeats": 3, "top": 3}


class Wavering:
    """A judge whose scores for the n-th picture it meets are, in turn, those of the n-th row."""

    def __init__(self, *rows):
        self.card, self.varies, self.rows, self.seen, self.asked = scripted("wavering"), True, rows, [], 0

    def __call__(self, sample, image):
        self.asked += 1
        if image.tobytes() not in self.seen:
            self.seen.append(image.tobytes())
            self.rows = (*self.rows, [])
        row = self.rows[self.seen.index(image.tobytes())]
        score = row.pop(0) if len(row) > 1 else row[0]
        return scores(GENERAL, **dict.fromkeys(GENERAL.keys, score))


@dataclass
class Places:
    """A comparer that prefers by height, or always a place. Notes what it is asked."""

    landscape: Landscape
    place: str = ""
    lowest: bool = False
    asked: list = field(default_factory=list)
    card = scripted("places")

    def __call__(self, sample, one, other):
        heights = [self.landscape(sample, image)["height"].value for image in (one, other)]
        self.asked.append(tuple(heights))
        higher = "first" if (heights[0] > heights[1]) != self.lowest else "second"
        return Comparison(preferred=self.place or higher)


class Wind(Landscape):
    """What lies high lies higher at times, and it is never sure when."""

    varies, asked = True, 0

    def __call__(self, sample, image):
        (name, measured), *_ = super().__call__(sample, image).items()
        self.asked += 1
        gust = 3.0 if measured.value > 1 and self.asked % 2 else 0.0
        return {name: Measurement(value=measured.value + gust, unit="m")}


class Looking:
    """A ledger in seconds: a picture costs 3, each judging or comparison 2."""

    def __init__(self, landscape, argument, asked):
        self.landscape, self.argument, self.asked = landscape, argument, asked

    def __call__(self):
        drawn, looks = len(self.landscape.drawn), self.asked()
        ledger = {"generator": Spent(calls=drawn, seconds=3.0 * drawn)} if drawn else {}
        return ledger | ({self.argument: Spent(calls=looks, seconds=2.0 * looks)} if looks else {})


def walked(landscape=None, *, ledger=None, **given):
    models = {name: given.pop(name) for name in ("judge", "comparer", "clip") if name in given}
    landscape = landscape or Landscape({"height": first})
    options = Search(**LUCK | given)
    models = {"generator": landscape.generator(), "scorer": landscape, "rubric": GENERAL, **models}
    extra = {"ledger": ledger} if ledger else {}
    walk = Walk(search(SAMPLE, options=options, seed=1, **models, **extra))
    list(walk)
    return walk


def ranked(walk):
    """Numbers of the candidates, the highest first."""
    drawn = [step for step in walk.steps if step.stage not in ("selected", "chosen")]
    return [step.number for step in sorted(drawn, key=lambda step: -step.data["potential"])]


# ---- pessimistic -----------------------------------------------------------------------------------------------------


def test_the_certain_candidate_is_kept_over_the_lucky():
    """Satisfactions 1, .6, .8: mean .8, sd .2, so .6 at k = 1. Of .7, .7, .7 it is .7. Of .5 it is .5."""
    judge = Wavering([10.0, 6.0, 8.0, 8.0], [7.0], [5.0])
    walk = walked(judge=judge, **UNSURE)
    best, second, third = ranked(walk)[:3]
    selected, chosen = walk.steps[-2:]
    assert (selected.stage, selected.parent, selected.image) == ("selected", second, None)
    rows = {row["candidate"]: (row["values"], row["lower"]) for row in selected.data["candidates"]}
    assert rows[best] == (pytest.approx([1.0, 0.6, 0.8]), pytest.approx(0.6))
    assert rows[second][1] == pytest.approx(0.7) and rows[third][1] == pytest.approx(0.5)
    assert (chosen.stage, chosen.parent, walk.chosen) == ("chosen", second, chosen.number)


def test_less_pessimism_keeps_the_lucky():
    judge = Wavering([10.0, 6.0, 8.0, 8.0], [7.0], [5.0])
    walk = walked(judge=judge, **UNSURE, pessimism=0.4)
    assert walk.steps[-1].parent == ranked(walk)[0]


def test_a_first_judging_counts_among_the_repeats():
    judge = Wavering(*([7.0] for _ in range(6)))
    walk = walked(judge=judge, **UNSURE | {"judged": "all"})
    assert judge.asked == 6 + 3 * 2 and walk.chosen == ranked(walk)[0]
    assert {len(row["values"]) for row in walk.steps[-1].data["candidates"]} == {3}


def test_what_cannot_be_judged_again_is_not_kept():
    walk = walked(judge=Wavering([None], [5.0], [4.0]), **UNSURE)
    assert walk.steps[-1].parent == ranked(walk)[1] and walk.steps[-2].data["candidates"][0]["lower"] is None


def test_scores_are_repeated_where_the_scorer_varies():
    walk = walked(Wind({"height": first}), select="pessimistic", repeated="scores", repeats=4, top=6, pessimism=3.0)
    rows = walk.steps[-1].data["candidates"]
    assert walk.steps[-1].data["by"] == "scores" and {len(row["values"]) for row in rows} == {4}
    for row in rows:
        mean = sum(row["values"]) / 4
        assert row["lower"] == pytest.approx(mean - 3 * stdev(row["values"]))
    assert walk.chosen == max(rows, key=lambda row: row["lower"])["candidate"] != rows[0]["candidate"]


def test_repeated_scores_stop_with_the_budget():
    """Six pictures of 2 seconds, scored for 1 each, cost 18; the other 5.9 are five scorings of six."""
    windy = Wind({"height": first})

    def ledger():
        drawn = {"generator": Spent(calls=len(windy.drawn), seconds=2.0 * len(windy.drawn))} if windy.drawn else {}
        return drawn | ({"scorer": Spent(calls=windy.asked, seconds=1.0 * windy.asked)} if windy.asked else {})

    again = {"select": "pessimistic", "repeated": "scores", "repeats": 3, "top": 3}
    walk = walked(windy, ledger=ledger, budget=Budget(seconds=23.9, pictures=6), **again)
    rows = walk.steps[-1].data["candidates"]
    assert [len(row["values"]) for row in rows] == [3, 3, 2] and windy.asked == 6 + 5


def test_a_scorer_that_varies_and_does_not_select_is_no_help():
    level, windy = Landscape({"height": first}), Wind({"depth": first})
    with pytest.raises(BadInput, match="each time: landscape;"):
        walked(level, clip=windy, select="pessimistic", repeated="scores")


@pytest.mark.parametrize("repeated", ["judge", "scores"])
def test_a_model_that_does_not_vary_is_refused_before_work(repeated):
    landscape, judge = Landscape({"height": first}), Wavering([5.0])
    judge.varies = False
    with pytest.raises(BadInput, match="answer the same each time: (wavering|landscape); give it a temperature"):
        walked(landscape, judge=judge, **UNSURE, repeated=repeated)
    assert not landscape.drawn and not judge.asked


@pytest.mark.parametrize("seconds", [18.0, 21.0])
def test_a_budget_for_no_repeat_keeps_the_best_ranked(seconds):
    """Six pictures cost 18 seconds; of 3 more one judging takes 2, and one number makes no sd."""
    landscape, judge = Landscape({"height": first}), Wavering([5.0], [6.0], [7.0])
    ledger = Looking(landscape, "judge", lambda: judge.asked)
    walk = walked(landscape, judge=judge, ledger=ledger, **UNSURE, budget=Budget(seconds=seconds))
    assert judge.asked - 1 == (seconds > 18)  # the chosen one is judged in any case
    assert walk.steps[-1].parent == ranked(walk)[0] and "nothing could be repeated" in walk.steps[-2].why


# ---- knockout --------------------------------------------------------------------------------------------------------


def test_the_best_meets_the_worst_in_both_orders():
    landscape = Landscape({"height": first})
    comparer = Places(landscape, lowest=True)
    walk = walked(landscape, comparer=comparer, select="knockout", top=4)
    one, two, three, four = ranked(walk)[:4]
    matches = walk.steps[-1].data["matches"]
    assert [(match["round"], match["first"], match["second"]) for match in matches] == [
        (1, one, four),
        (1, two, three),
        (2, four, three),
    ]
    assert walk.chosen == four and {match["by"] for match in matches} == {"comparer"}
    assert walk.steps[-1].why == f"{four} beats {one}; {three} beats {two}; {four} beats {three}"
    assert comparer.asked[0] == comparer.asked[1][::-1] and len(comparer.asked) == 6


def test_the_better_ranked_have_the_byes():
    landscape = Landscape({"height": first})
    walk = walked(landscape, comparer=Places(landscape, lowest=True), select="knockout", top=5)
    order = ranked(walk)[:5]
    pairs = [(match["round"], match["first"], match["second"]) for match in walk.steps[-1].data["matches"]]
    one, two, three, four, five = order
    assert pairs == [(1, four, five), (2, one, five), (2, two, three), (3, five, three)] and walk.chosen == five


def test_who_prefers_a_place_decides_nothing():
    landscape = Landscape({"height": first})
    for place in ("first", "second", "tie"):
        walk = walked(landscape, comparer=Places(landscape, place=place), select="knockout", top=4)
        assert walk.chosen == ranked(walk)[0]
        assert {match["by"] for match in walk.steps[-1].data["matches"]} == {"rank"}


@pytest.mark.parametrize("seconds", [18.0, 19.0, 21.0, 23.5, 25.0, 30.0, 99.0])
def test_a_knockout_stays_within_the_budget(seconds):
    landscape = Landscape({"height": first})
    comparer = Places(landscape, lowest=True)
    ledger = Looking(landscape, "comparer", lambda: len(comparer.asked))
    walk = walked(landscape, comparer=comparer, ledger=ledger, select="knockout", budget=Budget(seconds=seconds))
    spent = sum(each.seconds for each in ledger().values())
    assert len(landscape.drawn) == 6 and spent <= seconds
    assert len(comparer.asked) == min(6, int((seconds - 18) / 2) if seconds >= 21 else 0)
    unasked = [match for match in walk.steps[-1].data["matches"] if None in match["answers"]]
    assert all(match["by"] == "rank" and match["kept"] == match["first"] for match in unasked)


def test_looks_are_no_pictures():
    """So that a budget of pictures is spent on pictures and leaves room to compare them."""
    landscape = Landscape({"height": first})
    comparer = Places(landscape)
    ledger = Looking(landscape, "comparer", lambda: len(comparer.asked))
    budget = Budget(pictures=5)
    walk = walked(landscape, comparer=comparer, ledger=ledger, select="knockout", budget=budget)
    assert len(landscape.drawn) == 5 and len(comparer.asked) == 6 and walk.steps[-1].stage == "selected"


def test_the_judge_s_own_ranking_seeds_a_knockout():
    landscape = Landscape({"height": first})
    judge = Wavering([5.0], [7.0], [6.0], [4.0])
    options = {"strategy": "iterate_and_sample", "iterations": 1, "parallel": 4, "metric": "", "judged": "chosen"}
    walk = walked(landscape, judge=judge, comparer=Places(landscape, place="tie"), select="knockout", **options)
    match = walk.steps[-1].data["matches"][0]
    assert walk.chosen == 2 and (match["first"], match["second"]) == (2, 4)


# ---- what the settings say -------------------------------------------------------------------------------------------


def test_the_settings_say_who_selects():
    assert Search(**LUCK | UNSURE).selecting() == ("height", "judge")
    assert Search(**LUCK | {"select": "pessimistic", "repeated": "scores"}).selecting() == ("height",)
    assert Search(**LUCK, select="knockout").selecting() == ("height", "comparer")
    assert Search(**LUCK, select="knockout").uses_comparer and not Search(**LUCK).uses_comparer
    assert not Search(**LUCK | UNSURE).judges_all


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"repeats": 1, "judged": "chosen"}, "2 repeats or more, got 1"),
        ({"pessimism": -1.0}, "pessimism must be 0 or more"),
        ({"top": 0}, "top must be 1 or more"),
        ({"judged": "none"}, "judged cannot be 'none'"),
        ({"strategy": "iterate_and_sample", "metric": "", "repeated": "scores", "judged": "all"}, "is 'judge'"),
    ],
)
def test_a_bad_selection_fails_where_it_is_written(bad, words):
    with pytest.raises(BadInput, match=words):
        Search(**LUCK | {"select": "pessimistic"} | bad)


@pytest.mark.parametrize(
    ("judged", "stage", "over"),
    [("none", "selected", True), ("chosen", "selected", False), ("chosen", "chosen", True), ("none", "near", False)],
)
def test_the_last_step_says_whether_the_search_is_over(judged, stage, over):
    assert ends([Step(stage=stage)], Search(**LUCK | {"select": "knockout", "judged": judged})) is over


def test_a_knockout_needs_a_comparer_before_work():
    landscape = Landscape({"height": first})
    with pytest.raises(BadInput, match="name a comparer"):
        walked(landscape, select="knockout")
    assert not landscape.drawn
