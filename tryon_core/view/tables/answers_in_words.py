"""The answers of a judgement in words: a chip per constraint, what failed, and why some stayed unscored."""

import math
from dataclasses import dataclass

from ...records import Region, Score
from ...rubrics.rules import Rubric, failures
from ...steps import StepRecord
from ..figures.palette import MARKS
from .measured import against_bar, misses


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One constraint's answer in a few characters."""

    constraint: str
    status: str  # a key of palette.MARKS
    text: str  # the score, or nothing
    says: str  # the whole answer, for a tooltip and a screen reader

    @property
    def mark(self) -> str:
        return MARKS[self.status]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A failed constraint: its score, what was found, and the measurements that miss their bar."""

    constraint: str
    score: str
    finding: str
    missed: tuple[str, ...]
    region: Region | None


def chips(step: StepRecord, rubric: Rubric | None) -> tuple[Chip, ...]:
    """One per constraint, in gate order; none without a judgement."""
    if step.judgement is None or rubric is None:
        return ()
    failed = failures(step.judgement, rubric)
    return tuple(_chip(key, step.judgement.scores[key], key in failed) for key in rubric.keys)


def _chip(key: str, score: Score, failed: bool) -> Chip:
    status = score.status if score.score is None else "failed" if failed else "met"
    words = score.reason if score.score is None else score.finding
    text = "" if score.score is None else shown_score(score.score)
    says = " ".join(filter(None, (f"{key}, {status.replace('_', ' ')}:", text, words)))
    return Chip(constraint=key, status=status, text=text, says=says)


def failed_ones(step: StepRecord, rubric: Rubric | None) -> tuple[Failure, ...]:
    """What failed, in gate order."""
    if step.judgement is None or rubric is None:
        return ()
    return tuple(_failure(key, step.judgement.scores[key]) for key in failures(step.judgement, rubric))


def _failure(key: str, score: Score) -> Failure:
    missed = tuple(
        f"{name.replace('_', ' ')} {against_bar(found)}" for name, found in score.evidence.items() if misses(found)
    )
    return Failure(
        constraint=key, score=shown_score(score.score), finding=score.finding, missed=missed, region=score.region
    )


def unread(step: StepRecord) -> tuple[str, ...]:
    """Why constraints stayed unscored, each reason once: a reply that cannot be read leaves all of them so."""
    if step.judgement is None:
        return ()
    by_reason: dict[str, list[str]] = {}
    for key in step.judgement.unscored:
        by_reason.setdefault(step.judgement.scores[key].reason, []).append(key)
    every = len(step.judgement.scores)
    return tuple(why if len(keys) == every else f"{', '.join(keys)}: {why}" for why, keys in by_reason.items())


def shown_score(score: float) -> str:
    """One decimal, rounded down, so that a score just under the bar never reads as the bar; 10 is '10'."""
    return "10" if score == 10 else f"{math.floor(round(score * 10, 6)) / 10:.1f}"
