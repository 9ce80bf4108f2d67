"""The answers of a judgement in words: a chip per constraint, what failed, what stayed unscored, what was aimed at."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...records import Region, Score
from ...rubrics.rules import Rubric, failures
from ...steps import StepRecord
from ..figures.palette import MARKS
from .measured import against_bar, data_rows, misses


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


# ---- what a step aimed at and found ----------------------------------------------------------------------------------


def step_rows(step: StepRecord, steps: Sequence[StepRecord]) -> tuple[tuple[str, str], ...]:
    """What a flow found at a step: the scores it aimed at, before and after, then its data by name.

    Empty words are left out, and sentences of the data that the step's reason says already.

    steps   all of its sample, of which its data name the one that it mends as 'base', its aims as 'targets'
    """
    aims = dict(_aims(step, steps))
    instead = ("targets", "moved") if aims else ()
    data = {
        name: value
        for name, value in step.data.items()
        if name not in instead and value != "" and not (isinstance(value, str) and " " in value and value in step.why)
    }
    return (*aims.items(), *data_rows(data))


def _aims(step: StepRecord, steps: Sequence[StepRecord]) -> Iterator[tuple[str, str]]:
    """E.g. ('aimed at identity', '6.4 → 8.5 (+2.1)'); nothing for a step that mends none, or was not judged."""
    base, targets = step.data.get("base"), step.data.get("targets") or ()
    if not base or step.judgement is None or steps[base - 1].judgement is None:
        return
    for key in targets:
        before, after = (each.judgement.scores[key].score for each in (steps[base - 1], step))
        moved = "not scored both times" if None in (before, after) else f"{after - before:+.1f}"
        numbers = " → ".join("none" if score is None else shown_score(score) for score in (before, after))
        yield f"aimed at {key.replace('_', ' ')}", f"{numbers} ({moved})"
