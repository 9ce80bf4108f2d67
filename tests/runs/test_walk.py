"""A flow is walked step by step: numbers, costs, a person's word, the end."""

import pytest

from tryon_core.errors import BadInput
from tryon_core.records import Decision
from tryon_core.runs.walk import Meter, Walk
from tryon_core.steps import Change, Spent, Step

ONE = Spent(calls=1)


def flow(*steps, returns=None, meter=None, sent=None):
    """Yields the steps; each costs a call, and so does the end."""
    try:
        for step in steps:
            if meter:
                meter.add("judge", ONE)
            change = yield step
            if sent is not None:
                sent.append(change)
        if meter:
            meter.add("judge", ONE + ONE)
        return returns
    finally:
        if sent is not None:
            sent.append("closed")


def test_steps_are_numbered_and_charged():
    meter = Meter()
    walk = Walk(flow(Step(), Step(parent=1, number=2), returns=2, meter=meter), meter)
    assert [(step.number, step.parent, step.spent) for step in walk] == [(1, 0, {"judge": ONE}), (2, 1, {"judge": ONE})]
    assert (walk.ended, walk.chosen, walk.after) == (True, 2, {"judge": ONE + ONE})


def test_nothing_is_said_before_the_end():
    walk = Walk(flow(Step(), returns=1))
    assert walk.next().number == 1 and (walk.ended, walk.chosen, walk.after) == (False, None, {})
    assert walk.next() is None and walk.ended and walk.chosen == 1 and walk.after == {}
    assert walk.next() is None and len(walk.steps) == 1


def test_a_flow_may_keep_nothing():
    walk = Walk(flow(Step()))
    assert [step.number for step in walk] == [1] and walk.ended and walk.chosen is None


@pytest.mark.parametrize("returned", [0, 3, -1, True, False, "1"])
def test_a_flow_keeps_a_step_of_its_own(returned):
    walk = Walk(flow(Step(), Step(), returns=returned))
    with pytest.raises(BadInput, match=f"the number of the step to keep, 1 to 2, or None; got {returned!r}"):
        list(walk)
    assert not walk.ended


@pytest.mark.parametrize("number", [1, 2])
def test_the_first_or_last_may_be_kept(number):
    walk = Walk(flow(Step(), Step(), returns=number))
    assert len(list(walk)) == 2 and walk.chosen == number


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([Step(number=2)], "step 1 says that it is number 2, made from step 0"),
        ([Step(), Step(number=1)], "step 2 says that it is number 1, made from step 0"),
        ([Step(parent=1)], "step 1 says that it is number 0, made from step 1"),
        ([Step(), Step(parent=-1)], "step 2 says that it is number 0, made from step -1"),
        (["step"], "a flow yields steps; this one yielded 'step'"),
        ([None], "this one yielded None"),
    ],
)
def test_a_wrong_step_is_refused(steps, sentence):
    with pytest.raises(BadInput, match=sentence):
        list(Walk(flow(*steps)))


def test_a_person_s_word_reaches_flow_and_step():
    sent, change = [], Change(decision=Decision.STOP)
    walk = Walk(flow(Step(), Step(), Step(), returns=3, sent=sent))
    walk.next(), walk.next(), walk.next(change), walk.next()
    assert sent == [None, change, None, "closed"]
    told = [(step.number, step.decision) for step in walk.steps]
    assert told == [(1, None), (2, Decision.STOP), (3, None)]


def test_nothing_is_overruled_before_the_first():
    sent = []
    with pytest.raises(BadInput, match="nothing can be overruled before the first step"):
        Walk(flow(Step(), sent=sent)).next(Change(keep=1))
    assert sent == []


def test_keeping_a_step_ends_the_flow():
    sent, meter = [], Meter()
    walk = Walk(flow(Step(), Step(), returns=2, sent=sent, meter=meter), meter)
    walk.next(), walk.next()
    assert walk.next(Change(keep=1)) is None
    assert (walk.ended, walk.chosen, walk.after, sent) == (True, 1, {}, [None, "closed"])
    assert walk.steps[-1].change == Change(keep=1)


def test_a_step_that_is_not_there_cannot_be_kept():
    walk = Walk(flow(Step()))
    walk.next()
    with pytest.raises(BadInput, match="1 to 1, or None; got 2"):
        walk.next(Change(keep=2))
