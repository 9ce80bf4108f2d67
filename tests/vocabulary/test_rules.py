"""A rubric's rule at its bars, and the order of attempts, number by number."""

from types import SimpleNamespace

import pytest
from doubles import scores

from tryon_core.errors import BadInput
from tryon_core.records import Decision, Judgement, Score
from tryon_core.rubrics import rubric
from tryon_core.rubrics.rules import (
    CANDIDATE,
    Constraint,
    Rubric,
    Rule,
    Shown,
    best_attempt,
    decide,
    failures,
    rank,
)

KEYS = ("face", "cloth", "light")
TRIO = Rubric(
    name="trio",
    constraints=tuple(Constraint(key=key, tier="t", asks="?", critical=key == "face") for key in KEYS),
)
CROPPED = Score(status="not_applicable", reason="cropped")


def told(*values):
    """None is not applicable, '?' is unscored."""
    kinds = {None: CROPPED, "?": Score(status="unscored", reason="no reply")}
    return Judgement(
        scores={key: kinds.get(value) or Score(score=value) for key, value in zip(KEYS, values, strict=True)}
    )


@pytest.mark.parametrize(
    ("values", "decision"),
    [
        ((8, 8, 8), Decision.ACCEPT),
        ((8, 8, 7.9), Decision.RETRY),
        ((4, 8, 8), Decision.RETRY),
        ((3.9, 8, 8), Decision.RESTART),
        ((9, 3, 9), Decision.RETRY),
        ((None, 8, 8), Decision.ACCEPT),
        ((None, None, None), Decision.RETRY),
        (("?", 3, 3), Decision.RESTART),
        ((9, "?", 9), Decision.RESTART),
    ],
)
def test_the_rule_holds_at_its_bars(values, decision):
    assert decide(told(*values), TRIO) is decision


def test_a_rule_may_give_up():
    stop = Rubric(name="s", constraints=TRIO.constraints, rule=Rule(on_critical="stop"))
    assert decide(told(3, 9, 9), stop) is Decision.STOP is stop.rule.on_critical
    assert decide(told("?", 9, 9), stop) is Decision.RESTART


def test_what_reaches_the_bar_fails_not():
    assert failures(told(8, 7.9, 8), TRIO) == ("cloth",) and failures(told(None, 8, 0), TRIO) == ("light",)
    assert failures(told(1, 1, 1), TRIO) == KEYS


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (("?", 9, 9), (False,)),
        ((8, 8, 9), (True, True, True, True, 8, 0, 25 / 3)),
        ((7, 9, 8), (True, False, True, False, 7, -1, 8.0)),
        ((9, 0, 3), (True, False, False, True, 0, -2, 4.0)),
        ((1, 6, 5), (True, False, True, False, 1, -3, 4.0)),
        ((None, 6, 8), (True, False, True, True, 6, -1, 7.0)),
        ((None, 8, None), (True, True, True, True, 8, 0, 8.0)),
        ((None, None, None), (True, False, False, True, 0.0, 0, 0.0)),
    ],
)
def test_attempts_are_ordered_number_by_number(values, order):
    assert rank(told(*values), TRIO) == order


def test_the_first_of_the_best_is_kept():
    none, unread, low, high, same = [
        SimpleNamespace(judgement=one, request=None)
        for one in (None, told(9, 9, "?"), told(9, 9, 5), told(9, 9, 6), told(9, 6, 9))
    ]
    assert best_attempt([none, unread, low, high, same], TRIO) is high
    assert best_attempt([none, unread], TRIO) is best_attempt([], TRIO) is None


@pytest.mark.parametrize(
    "given",
    [
        {"accept_at": 10},
        {"accept_at": 0, "critical_below": 0},
        {"accept_at": 5, "critical_below": 5},
        {"accept_at": 9.5, "on_critical": Decision.STOP},
    ],
)
def test_a_rule_may_lie_at_its_limits(given):
    rule = Rule(**given)
    assert all(getattr(rule, name) == value for name, value in given.items())


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"accept_at": 10.5}, "0 <= critical_below <= accept_at <= 10, got 4.0 and 10.5"),
        ({"critical_below": -0.5}, "got -0.5 and 8.0"),
        ({"critical_below": 8.5}, "got 8.5 and 8.0"),
        ({"critical_below": True}, "critical_below of a rule is a number from 0 to 10, got True"),
        ({"accept_at": "8"}, "accept_at of a rule is a number from 0 to 10, got '8'"),
        ({"accept_at": None}, "accept_at of a rule is a number"),
        ({"on_critical": "retry"}, "is 'restart' or 'stop', got 'retry'"),
    ],
)
def test_a_rule_beyond_them_is_refused(given, sentence):
    with pytest.raises(BadInput, match=sentence):
        Rule(**given)


def test_a_rubric_says_what_it_leaves_out():
    assert (TRIO.rule, TRIO.task, TRIO.critical, TRIO.keys) == (Rule(), "You judge a picture.", ("face",), KEYS)
    assert (Rule().accept_at, Rule().critical_below, Rule().on_critical) == (8.0, 4.0, Decision.RESTART)
    assert TRIO.shows == (Shown(role=CANDIDATE, words="the candidate", crops=()),) and CANDIDATE == "candidate"
    bare = Constraint(key="k", tier="t", asks="?")
    assert (bare.critical, bare.compared_with, bare.measured) == (False, "", "")


def test_answers_in_another_order_are_refused():
    TRIO.check(told(1, 2, 3))
    for wrong in (scores(), Judgement(scores=dict(reversed(told(1, 2, 3).scores.items())))):
        with pytest.raises(BadInput, match=r"the judge answered \[.*rubric 'trio' asks \['face', 'cloth', 'light'\]"):
            TRIO.check(wrong)


def test_nothing_is_compared_with_a_picture_that_lacks():
    general = rubric("general")
    seen = scores(general, rest_kept=3)
    alone = general.applied(seen, roles=())
    assert [key for key, score in alone.scores.items() if score.score is None] == ["subject_kept", "rest_kept"]
    assert "no picture 'init'" in alone.scores["rest_kept"].reason and general.applied(seen, roles={"init"}) is seen
