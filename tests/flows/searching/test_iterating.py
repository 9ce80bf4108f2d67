"""Iterate and sample: a closed loop where one candidate is drawn at a time, luck where all are drawn at once."""

from collections import Counter

import numpy as np
import pytest
from doubles import Lottery, Painter, Scripted, a_sample, picture, scores
from landscape import metric, scripted
from PIL import Image
from writing import ScriptedWriter, says

from tryon_core.errors import BadInput
from tryon_core.flows.closed_loop import ClosedLoop, closed_loop
from tryon_core.flows.search import Search, search
from tryon_core.flows.searching.purse import Budget
from tryon_core.records import Decision, Measurement, Sample
from tryon_core.rubrics import RUBRICS
from tryon_core.rubrics.rules import best_attempt
from tryon_core.runs.walk import Walk
from tryon_core.steps import Change, Spent

RUBRIC = RUBRICS["default"]


class Kind(Lottery):
    """A lottery whose scores are mostly good, so that every decision occurs."""

    def __call__(self, sample, image):
        drawn = super().__call__(sample, image)
        return scores(**{key: {3.0: 3.0, 4.0: 6.0}.get(score.score, 9.0) for key, score in drawn.scores.items()})


def begun(judge, painter=None, sample=None, seed=1, writer=None, **changes):
    options = Search(strategy="iterate_and_sample", **changes)
    models = {"generator": painter or Painter(), "judge": judge, "writer": writer, "rubric": RUBRIC}
    return Walk(search(sample or a_sample(), options=options, seed=seed, **models))


def walked(judge, painter=None, sample=None, seed=1, **changes):
    walk = begun(judge, painter, sample, seed, **changes)
    list(walk)
    return walk


def test_one_at_a_time_it_asks_what_a_closed_loop_asks():
    decisions = Counter()
    for seed in range(1, 40):
        ours = walked(Kind(), seed=seed, iterations=5, parallel=1)
        options = ClosedLoop(max_iterations=5)
        loop = Walk(
            closed_loop(a_sample(), generator=Painter(), judge=Kind(), rubric=RUBRIC, options=options, seed=seed)
        )
        list(loop)
        assert ours.chosen == loop.chosen
        for step, attempt in zip(ours.steps, loop.steps, strict=True):
            same = {"stage": "attempt", "scores": attempt.scores, "data": {}}
            assert step.record().model_copy(update=same) == attempt.record().model_copy(update=same)
        decisions.update(step.decision for step in ours.steps)
    assert min(decisions[each] for each in (Decision.ACCEPT, Decision.RETRY, Decision.RESTART)) > 5


def test_all_at_once_it_is_luck():
    painter = Painter()
    walk = walked(Kind(), painter, iterations=1, parallel=6)
    options, lucky = Search(strategy="best_of_n", candidates=6, metric="level"), Painter()
    list(Walk(search(a_sample(), generator=lucky, scorer=Level(), options=options, seed=1)))
    assert [each.record() for each in painter.requests] == [each.record() for each in lucky.requests]
    assert walk.chosen == best_attempt(walk.steps, RUBRIC).number


class Level:
    """A scorer of nothing, for a search that only draws."""

    card, metrics = scripted("level"), (metric("level"),)

    def __call__(self, sample, image):
        return {"level": Measurement(value=1.0, unit="m")}


def test_the_best_is_corrected_and_siblings_have_its_words():
    judge = Scripted(scores(realism=3), scores(realism=6), scores(realism=7.5), scores(realism=5))
    walk = walked(judge, iterations=2, parallel=2)
    first, better, again, sibling = walk.steps
    assert [step.parent for step in walk.steps] == [0, 0, 2, 2]
    assert again.request.noise == better.request.noise
    assert again.request.prompt == sibling.request.prompt != first.request.prompt
    assert "realism" in again.request.prompt and len({step.request.noise for step in walk.steps}) == 3
    assert walk.chosen == 3 and (again.data["iteration"], again.data["unranked"]) == (2, "the judge selects")


def test_a_restart_takes_noise_that_no_sibling_had():
    judge = Scripted(scores(identity=1), scores(identity=1), scores(identity=1))
    walk = walked(judge, iterations=3, parallel=3)
    noises = [step.request.noise for step in walk.steps]
    assert len(noises) == len(set(noises)) == 9


def test_it_ends_with_the_iteration_that_is_accepted():
    judge = Scripted(scores(realism=5), scores(realism=5), scores(), scores(realism=5))
    walk = walked(judge, iterations=4, parallel=2)
    assert len(walk.steps) == 4 and walk.chosen == 3


@pytest.mark.parametrize(("budget", "drawn"), [({"pictures": 5}, 5), ({"seconds": 16.0}, 5), ({"judge_tokens": 25}, 2)])
def test_iterating_stays_within_the_budget(budget, drawn):
    """A picture takes 2 seconds, its judging 1 second and 10 tokens; of 18 seconds' worth 16 are there."""
    painter, judge = Painter(), Scripted(scores(realism=5))

    def ledger():
        asked = {"generator": Spent(calls=len(painter.requests), seconds=2.0 * len(painter.requests))}
        return asked | {
            "judge": Spent(calls=len(judge.seen), seconds=1.0 * len(judge.seen), tokens=10 * len(judge.seen))
        }

    options = Search(strategy="iterate_and_sample", iterations=3, parallel=2, budget=Budget(**budget))
    models = {"generator": painter, "judge": judge, "rubric": RUBRIC, "ledger": ledger}
    walk = Walk(search(a_sample(), options=options, seed=1, **models))
    assert len(list(walk)) == drawn and walk.chosen


def test_a_mask_is_drawn_in_again_after_a_correction():
    mask = Image.fromarray(np.pad(np.full((40, 32), 255, np.uint8), ((20, 20), (16, 16))))
    painter = Painter()
    painter.takes = ("mask",)
    walk = walked(Scripted(scores(realism=5)), painter, a_sample(mask=mask), iterations=2, parallel=1)
    sizes = {request.images[0].size for request in painter.requests}
    assert len(walk.steps) == 2 and len(sizes) == 1
    assert walk.steps[1].image.size == walk.steps[0].image.size == (64, 80)


def test_what_a_person_wrote_is_asked_next():
    walk = begun(Scripted(scores(realism=5), scores(realism=3)), iterations=2, parallel=2)
    walk.next()
    walk.next(Change(prompt=None, decision=Decision.RETRY))
    third = walk.next(Change(prompt="Wear it open."))
    assert third.request.prompt == "Wear it open." and third.parent == 2


def test_unjudged_candidates_are_drawn_anew():
    walk = walked(Scripted(scores(realism=None)), iterations=2, parallel=2)
    assert walk.chosen is None and len({step.request.noise for step in walk.steps}) == 4
    assert [step.parent for step in walk.steps] == [0, 0, 1, 1]


def test_a_writer_polishes_the_words_of_a_correction():
    writer = ScriptedWriter(says("Wear the blue one, to the wrist."))
    walk = begun(Scripted(scores(realism=6)), iterations=2, parallel=2, rewrite=True, writer=writer)
    list(walk)
    words = [step.request.prompt for step in walk.steps]
    assert words == ["Wear it.", "Wear it."] + ["Wear the blue one, to the wrist."] * 2 and len(writer.asked) == 1


def test_what_does_not_apply_to_a_sample_is_not_held_against_it():
    bare = Sample(sample_id="bare", wish="Stand up.", images={"person": picture("red")})
    walk = walked(Scripted(scores(garment_appearance=1)), sample=bare, iterations=3, parallel=1)
    assert len(walk.steps) == 1 and walk.steps[0].decision is Decision.ACCEPT
    assert walk.steps[0].judgement.scores["garment_appearance"].status == "not_applicable"


def test_the_judge_alone_selects():
    chosen = Search(strategy="iterate_and_sample")
    assert chosen.selecting() == ("judge",) and chosen.uses_judge and chosen.judges_all
    assert not (chosen.uses_scorer or chosen.uses_clip or chosen.uses_lpips or chosen.uses_face)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"parallel": 0}, "parallel must be 1 or more, got 0"),
        ({"iterations": 0}, "iterations must be 1 or more, got 0"),
        ({"judged": "none"}, "judged cannot be 'none'"),
        ({"metric": "height"}, "the judge selects in 'iterate_and_sample'; leave metric"),
        ({"strategy": "eacps", "rewrite": True}, "rewrite is a part of 'iterate_and_sample'"),
    ],
)
def test_a_bad_setting_of_it_fails_where_it_is_written(bad, words):
    with pytest.raises(BadInput, match=words):
        Search(**{"strategy": "iterate_and_sample"} | bad)
