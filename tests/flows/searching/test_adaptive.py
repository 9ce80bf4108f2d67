"""A search that spends by sample: how hard it is, what repeats, and what is accepted."""

import numpy as np
import pytest
from doubles import picture, scores
from landscape import SAMPLE, Landscape, first, scripted

from tryon_core.errors import BadInput
from tryon_core.flows.search import Search, search
from tryon_core.images import digest
from tryon_core.records import Decision
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.walk import Walk
from tryon_core.steps import Change

GENERAL = RUBRICS["general"]
ALONE = {"strategy": "adaptive", "metric": "height", "candidates": 8, "wide": 2}


class Tiers:
    """A judge whose scores are all that of a picture's height, by `score`; of None the first alone is unscored."""

    def __init__(self, landscape, score):
        self.landscape, self.score, self.card, self.calls = landscape, score, scripted("tiers"), 0

    def __call__(self, sample, image):
        self.calls += 1
        height = self.landscape(sample, image)["height"].value
        score = self.score(height)
        return scores(GENERAL, **dict.fromkeys(GENERAL.keys[: 1 if score is None else None], score))


class Coarse:
    """Draws one of two colours, by the first number of the noise."""

    def __init__(self, landscape):
        self.card, self.min_images, self.landscape, self.fine = scripted("coarse"), 0, landscape, landscape.generator()

    def __call__(self, request):
        point = self.landscape.points[digest(self.fine(request))]
        image = picture("red" if point[0] < 0 else "orange")
        self.landscape.points[digest(image)] = np.sign(point)
        return image


def walked(judge=None, generator=None, landscape=None, seed=1, **changes):
    landscape = landscape or Landscape({"height": first})
    generator = generator or landscape.generator()
    judge = judge and judge(landscape)
    options = Search(**ALONE | changes)
    models = {"generator": generator, "scorer": landscape, "judge": judge, "rubric": GENERAL}
    walk = Walk(search(SAMPLE, options=options, seed=seed, **models))
    list(walk)
    return walk, landscape


def test_without_its_switches_it_is_best_of_n():
    adaptive, landscape = walked()
    luck, _ = walked(strategy="best_of_n")
    assert [step.record() for step in adaptive.steps] == [step.record() for step in luck.steps]
    assert adaptive.chosen == luck.chosen and landscape.batches == [8]


@pytest.mark.parametrize(("easy", "hard", "drawn", "hardness"), [(-9, -10, 2, 0.0), (10, 9, 8, 1.0), (1, -1, 5, 0.35)])
def test_a_hard_sample_gets_more_candidates(easy, hard, drawn, hardness):
    """The better of the first two lies at 0.3, 0.35 of the way from 1 down to -1: of six more that makes three."""
    cliff = Landscape({"height": lambda point: 0.3 if first(point) > 0 else -20.0})
    walk, _ = walked(landscape=cliff, difficulty="potential", easy=float(easy), hard=float(hard))
    assert len(walk.steps) == drawn
    assert {step.data["hardness"] for step in walk.steps[2:]} == ({hardness} if drawn > 2 else set())
    assert {step.stage for step in walk.steps[2:]} <= {"round"}


def test_the_judge_says_how_hard_a_sample_is():
    """8 is accepted and 4 ends a line, so the lowest score of 6 is half as hard: three of six further candidates."""
    for score, drawn in ((9.0, 2), (6.0, 5), (4.0, 8), (1.0, 8)):
        walk, _ = walked(lambda landscape, score=score: Tiers(landscape, lambda height: score), difficulty="judge")
        assert len(walk.steps) == drawn and all(step.judged for step in walk.steps)


def test_a_sample_that_cannot_be_judged_counts_as_hard():
    walk, _ = walked(lambda landscape: Tiers(landscape, lambda height: None), difficulty="judge")
    assert len(walk.steps) == 8 and walk.steps[-1].data["hardness"] == 1.0


def test_what_nearly_repeats_is_neither_scored_nor_judged():
    landscape = Landscape({"height": first})
    judges = []
    walk, _ = walked(
        lambda landscape: judges.append(Tiers(landscape, lambda height: 5.0)) or judges[0],
        Coarse(landscape),
        landscape,
        prune=4.0,
        judged="all",
    )
    new = [step for step in walk.steps if "repeats" not in step.data]
    assert len(walk.steps) == 8 and len(new) == judges[0].calls == 2
    again = next(step for step in walk.steps if "repeats" in step.data)
    assert (again.scores, again.judgement, again.data["potential"], again.data["apart"]) == ({}, None, None, 0.0)
    assert again.data["repeats"] in {step.number for step in new} and walk.chosen in {step.number for step in new}


def test_what_repeats_gets_no_children():
    landscape = Landscape({"height": first})
    pruned, _ = walked(
        generator=Coarse(landscape),
        landscape=landscape,
        prune=4.0,
        strategy="eacps",
        wide=4,
        parents=4,
        children=1,
    )
    repeated = {step.number for step in pruned.steps if "repeats" in step.data}
    parents = [step.parent for step in pruned.steps if step.stage == "near"]
    assert repeated and parents and not repeated & set(parents)


def test_nothing_is_pruned_unless_asked():
    landscape = Landscape({"height": first})
    walk, _ = walked(generator=Coarse(landscape), landscape=landscape)
    assert len([step for step in walk.steps if step.scores]) == 8


@pytest.mark.parametrize("n", [1, 2])
def test_the_search_stops_at_the_nth_accepted(n):
    accepts = lambda landscape: Tiers(landscape, lambda height: 9.0 if height < -0.2 else 5.0)  # noqa: E731
    walk, landscape = walked(accepts, stop_after=n, wide=1, candidates=30)
    accepted = [step.number for step in walk.steps if step.decision is Decision.ACCEPT]
    assert len(accepted) == n and accepted[-1] == len(walk.steps) < 30 and set(landscape.batches) == {1}
    assert walk.chosen in accepted  # although those that are not accepted lie higher
    assert max(walk.steps, key=lambda step: step.data["potential"]).number not in accepted


def test_portions_are_drawn_together_until_one_is_accepted():
    never = lambda landscape: Tiers(landscape, lambda height: 5.0)  # noqa: E731
    walk, landscape = walked(never, stop_after=1, wide=3, candidates=8)
    assert landscape.batches == [3, 3, 2] and len(walk.steps) == 8


def test_the_judge_that_stops_also_selects():
    assert Search(**ALONE).selecting() == ("height",)
    stopping = Search(**ALONE, stop_after=1)
    assert stopping.selecting() == ("height", "judge") and stopping.judges_all and stopping.uses_judge


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"wide": 9}, "9 of 8 is too many"),
        ({"difficulty": "potential"}, "easy above hard, got None and None"),
        ({"difficulty": "potential", "easy": 1.0, "hard": 2.0}, "easy above hard, got 1.0 and 2.0"),
        ({"strategy": "best_of_n", "difficulty": "judge"}, "part of strategy 'adaptive'"),
        ({"stop_after": 1, "judged": "none"}, "judged cannot be 'none'"),
        ({"prune": -1.0}, "prune must be 0 or more"),
    ],
)
def test_a_bad_switch_fails_where_it_is_written(bad, words):
    with pytest.raises(BadInput, match=words):
        Search(**ALONE | bad)


def test_stopping_needs_a_judge_before_anything_is_drawn():
    landscape = Landscape({"height": first})
    with pytest.raises(BadInput, match="name a judge"):
        walked(landscape=landscape, stop_after=1)
    assert not landscape.drawn


def test_what_a_person_accepts_is_kept_and_ends_it():
    landscape = Landscape({"height": first})
    options = Search(**ALONE | {"strategy": "best_of_n"})
    walk = Walk(search(SAMPLE, generator=landscape.generator(), scorer=landscape, options=options, seed=1))
    higher, lower = walk.next(), walk.next()
    assert higher.data["potential"] > lower.data["potential"]
    assert walk.next(Change(decision=Decision.ACCEPT)) is None
    assert walk.chosen == lower.number and len(walk.steps) == 2
