"""Which attempt is kept: by hand where the rule turns, and over many scripted series what must always hold."""

import random
from dataclasses import dataclass

import pytest
from test_rules import TRIO, told

from tryon_core.records import Decision, Judgement
from tryon_core.rubrics.rules import NOTICEABLE, best_attempt, decide

ASKED = object()


@dataclass(frozen=True, eq=False)
class Drawn:
    judgement: Judgement
    request: object | None = ASKED


def drawn(*values, request=ASKED):
    return Drawn(told(*values), request)


def kept(*attempts):
    """Its number, from 1."""
    return attempts.index(best_attempt(attempts, TRIO)) + 1


@pytest.mark.parametrize(
    ("first", "later", "number"),
    [
        ((9, 5, 9), (9, 7, 9), 2),  # it helped
        ((9, 5, 9), (9, 7, 7.5), 1),  # what it was not aimed at fell
        ((9, 5, 9), (9, 7, 8), 2),  # a whole number less is a judge's own noise
        ((9, 5, 9), (9, 6, 9), 1),  # and so is one more
        ((9, 5, 9), (8, 6.5, 8), 1),  # little by little more is lost than gained
        ((9, 5, 7), (9, 7.5, 5.5), 1),  # the lowest rises, and another falls below the bar
        ((9, 2, 9), (9, 7, 7), 2),  # a failure mended is worth a loss elsewhere ...
        ((9, 2, 9), (9, 7, 6), 1),  # ... of at most half of the gain
        ((9, 5, 9), (8, 8, 8), 2),  # accepted is accepted
        ((8, 8, 8), (9, 9, 7.9), 1),
        ((9, 0, 9), (5, 1, 5), 2),  # never a 0
        ((9, 1, 9), (9, 0, 10), 1),
        ((3, 9, 9), (5, 5, 5), 2),  # a critical one that ends the line
        ((5, 5, 5), (3.9, 9, 7), 1),
        ((9, 5, 7), (9, None, 7), 1),  # what cannot be told is no witness
        ((9, 5, None), (9, 7, 3), 2),
    ],
)
def test_a_correction_is_kept_where_it_helped(first, later, number):
    assert kept(drawn(*first), drawn(*later)) == number


def test_pictures_made_elsewhere_are_kept_by_rank():
    assert kept(drawn(9, 5, 9, request=None), drawn(9, 5.1, 6, request=None)) == 2


def series(chance, whole):
    """Two to five attempts as a judge may score them: whole numbers, or tenths."""
    score = (lambda: chance.randint(0, 10)) if whole else (lambda: round(chance.uniform(0, 10), 1))
    base, attempts = [score() for _ in range(3)], []
    for _ in range(chance.randint(2, 5)):
        near = [min(max(value + chance.choice((0, 0, -1, 1)), 0), 10) for value in base]
        values = [score() if chance.random() < 0.3 else value for value in near]
        attempts.append(drawn(*values))
    return attempts


def lost(attempt, other):
    return [attempt.judgement.scores[key].score - score.score for key, score in other.judgement.scores.items()]


def lowest(attempt):
    return min(score.score for score in attempt.judgement.scores.values())


@pytest.mark.parametrize("whole", [True, False])
def test_what_holds_for_every_series(whole):
    chance, corrected, gated = random.Random(7), 0, 0
    for _ in range(4000):
        attempts = series(chance, whole)
        best, first = best_attempt(attempts, TRIO), attempts[0]
        accepted = [one for one in attempts if decide(one.judgement, TRIO) is Decision.ACCEPT]
        assert best in (accepted or [one for one in attempts if lowest(one) > 0] or attempts)
        for other in attempts:
            assert not (max(lost(best, other)) <= 0 and min(lost(best, other)) < -NOTICEABLE)
        corrected += best is not first
        gated += best is first and any(lowest(one) > lowest(first) for one in attempts[1:])
    assert corrected > 100 < gated  # both happen


def test_what_differs_by_noise_alone_replaces_nothing():
    chance = random.Random(3)
    for _ in range(500):
        values = [chance.uniform(1, 7) for _ in range(3)]
        wavering = [value + chance.uniform(-NOTICEABLE, NOTICEABLE) for value in values]
        if decide(told(*values), TRIO) is decide(told(*wavering), TRIO):
            assert kept(drawn(*values), drawn(*wavering)) == 1
