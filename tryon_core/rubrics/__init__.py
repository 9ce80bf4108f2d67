"""What is asked of a picture, and what follows from the answers: rules.py; the rubrics that ship: shipped.py."""

from .rules import CANDIDATE, Constraint, Rubric, Rule, Shown, best_attempt, decide, failures, rank
from .shipped import RUBRICS, rubric

__all__ = [
    "CANDIDATE",
    "RUBRICS",
    "Constraint",
    "Rubric",
    "Rule",
    "Shown",
    "best_attempt",
    "decide",
    "failures",
    "rank",
    "rubric",
]
