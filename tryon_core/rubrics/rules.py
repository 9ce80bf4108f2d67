"""What is asked of a picture (a rubric: constraints in gate order) and what follows from the answers (its rule).

A rubric is data, so others fit. Models score; `decide`, `failures` and `rank` are the only code that turns scores into
decisions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from ..errors import BadInput
from ..records import Attempt, AttemptRecord, Decision, Judgement

Tier = Literal["critical", "garment", "finish"]
A = TypeVar("A", Attempt, AttemptRecord)


@dataclass(frozen=True, kw_only=True)
class Constraint:
    """One thing asked of a picture.

    key       its name everywhere: records, columns, files
    asks      the question, for a person and for a vision-language judge
    measured  name of the measurement that stands for it without a language model; empty where none does
    """

    key: str
    tier: Tier
    asks: str
    measured: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When to accept, correct, start over or give up. Scores are 0-10.

    accept_at      every applicable constraint must reach it
    critical_below a critical constraint under it ends this line of attempts ...
    on_critical    ... by new noise (RESTART) or by giving the sample up (STOP)
    """

    accept_at: float = 8.0
    critical_below: float = 4.0
    on_critical: Literal[Decision.RESTART, Decision.STOP] = Decision.RESTART

    def __post_init__(self) -> None:
        object.__setattr__(self, "on_critical", Decision(self.on_critical))  # options and run.json say it in a word
        if not 0 <= self.critical_below <= self.accept_at <= 10:
            raise BadInput(
                f"a rule needs 0 <= critical_below <= accept_at <= 10, got {self.critical_below} and {self.accept_at}"
            )


@dataclass(frozen=True, kw_only=True)
class Rubric:
    """Constraints in gate order, and the rule that goes with them."""

    name: str
    constraints: tuple[Constraint, ...]
    rule: Rule = Rule()

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(constraint.key for constraint in self.constraints)

    @property
    def critical(self) -> tuple[str, ...]:
        return tuple(constraint.key for constraint in self.constraints if constraint.tier == "critical")

    def check(self, judgement: Judgement) -> None:
        """raises BadInput where a judgement does not answer exactly this rubric's constraints, in order"""
        if tuple(judgement.scores) != self.keys:
            raise BadInput(
                f"the judge answered {list(judgement.scores)}; rubric {self.name!r} asks {list(self.keys)} in order"
            )


def decide(judgement: Judgement, rubric: Rubric) -> Decision:
    """The next step for a judged picture.

    Not applicable never blocks. Unscored means not judged: the picture is neither accepted nor corrected, so RESTART.
    """
    if judgement.unscored:
        return Decision.RESTART
    met = {key: judgement.scores[key].score for key in rubric.keys if judgement.scores[key].score is not None}
    if any(met[key] < rubric.rule.critical_below for key in rubric.critical if key in met):
        return rubric.rule.on_critical
    return Decision.ACCEPT if met and min(met.values()) >= rubric.rule.accept_at else Decision.RETRY


def failures(judgement: Judgement, rubric: Rubric) -> tuple[str, ...]:
    """Scored constraints below the bar, in gate order; the first is the primary failure."""
    bar = rubric.rule.accept_at
    return tuple(
        key for key in rubric.keys if judgement.scores[key].score is not None and judgement.scores[key].score < bar
    )


def rank(judgement: Judgement, rubric: Rubric) -> tuple:
    """A sort key, higher is better: judged, critical ones met, constraints met in gate order, lowest score, mean."""
    if judgement.unscored:
        return (False,)
    scores = [score.score for score in judgement.scores.values() if score.score is not None]
    failed = failures(judgement, rubric)
    gates = tuple(key not in failed for key in rubric.keys)
    critical = not any(key in failed for key in rubric.critical)
    return (True, critical, gates, min(scores, default=0.0), sum(scores) / max(len(scores), 1))


def best_attempt(attempts: Sequence[A], rubric: Rubric) -> A | None:
    """The attempt to keep: the first of the highest rank; None where none was judged."""
    judged = [attempt for attempt in attempts if not attempt.judgement.unscored]
    return max(judged, key=lambda attempt: rank(attempt.judgement, rubric), default=None)
