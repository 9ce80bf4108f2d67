"""Satisfaction: one number from 0 to 1 for a judgement, the same for every judge; it ends a loop, the rule decides."""

from ..records import Judgement
from .rules import Rubric

CRITICAL_BELOW = 4.0  # a critical score below it caps the satisfaction ...
CAP = 0.39  # ... at this, whatever the others are


def satisfaction(judgement: Judgement, rubric: Rubric) -> float | None:
    """0 to 1: the mean of the applicable scores of the rubric over 10, at most CAP where a critical one is below 4.

    None, never a number, where a constraint is unscored or none applies. It is no verdict: scores of 5, 10, 10, 10, 10,
    10 and 10 are satisfied at 0.93 and not accepted by the default rule.
    """
    scores = {key: judgement.scores[key].score for key in rubric.keys if judgement.scores[key].score is not None}
    if judgement.unscored or not scores:
        return None
    mean = sum(scores.values()) / len(scores) / 10
    missed = any(scores[key] < CRITICAL_BELOW for key in rubric.critical if key in scores)
    return min(mean, CAP) if missed else mean
