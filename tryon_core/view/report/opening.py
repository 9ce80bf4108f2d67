"""The samples with which a report opens: the best, the worst, and one that the loop repaired."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...rubrics.rules import Rubric, failures, rank
from ...runs.reading import Run
from ...steps import JUDGED, SampleRecord, StepRecord
from ..figures.strip import picture_roles
from ..tables.answers_in_words import Chip, chips, shown_score
from ..tables.story import outcome_words
from ..tables.totals import accepted_at, joined
from .what_ran import one_wish

MOST = 3  # samples


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One sample as the report opens with it.

    what      e.g. 'Best'
    wish      its own, where not all samples have the same
    words     how it ended, with its scores
    given     (role, digest) of the sample's own pictures, without the true one
    drawn     (caption, digest) of its attempts
    chips     of the last picture
    """

    what: str
    sample_id: str
    wish: str
    words: str
    given: tuple[tuple[str, str], ...]
    drawn: tuple[tuple[str, str], ...]
    chips: tuple[Chip, ...] = ()


def opening(run: Run) -> list[Shown]:
    """At most MOST samples, each once; none where nothing was judged, or finished where no rubric was asked."""
    if run.rubric is None:
        finished = [record for record in run.records if record.chosen and record.steps[record.chosen - 1].picture]
        return [_shown(run, "Chosen", record, [record.steps[record.chosen - 1]]) for record in finished[:MOST]]
    judged = [record for record in run.records if record.outcome in JUDGED and record.chosen]
    accepted = [record for record in judged if record.outcome == "accepted"]
    repaired = max((one for one in accepted if (accepted_at(one) or 0) > 1), key=_gain, default=None)
    best = _extreme(max, [one for one in accepted if one is not repaired] or accepted, run.rubric)
    rest = [one for one in judged if one is not repaired and one is not best]
    worst = _extreme(min, [one for one in rest if one.outcome != "accepted"] or rest, run.rubric)
    kinds = (("Best", best), ("Worst", worst), ("Repaired by the loop", repaired if repaired is not best else None))
    return [_shown(run, what, record, _steps(what, record)) for what, record in kinds if record]


def _extreme(which: Callable[..., Any], records: list[SampleRecord], rubric: Rubric) -> SampleRecord | None:
    return which(records, key=lambda record: rank(_kept(record).judgement, rubric), default=None)


def _gain(record: SampleRecord) -> float:
    """By how much the lowest score rose from the first attempt to the kept one."""
    return _lowest(_kept(record))[1] - _lowest(record.attempts[0])[1]


def _kept(record: SampleRecord) -> StepRecord:
    return record.steps[record.chosen - 1]


def _steps(what: str, record: SampleRecord) -> list[StepRecord]:
    return [record.attempts[0], _kept(record)] if what.startswith("Repaired") else [_kept(record)]


def _lowest(step: StepRecord) -> tuple[str, float]:
    scored = [(key, one.score) for key, one in step.judgement.scores.items() if one.score is not None]
    return min(scored, key=lambda one: one[1], default=("nothing", 0.0))


def _shown(run: Run, what: str, record: SampleRecord, steps: list[StepRecord]) -> Shown:
    words, scores = outcome_words(record).capitalize(), _score_words(steps, run.rubric)
    return Shown(
        what=what,
        sample_id=record.sample_id,
        wish="" if one_wish(run) else record.line.own_wish,
        words=f"{words}: {scores}" if scores else f"{words}.",
        given=tuple((r.replace("_", " "), record.pictures[r]) for r in picture_roles(run, record) if r != "truth"),
        drawn=tuple((_caption(record, step), step.picture) for step in steps if step.picture),
        chips=chips(steps[-1], run.rubric) if run.rubric else (),
    )


def _caption(record: SampleRecord, step: StepRecord) -> str:
    return f"attempt {record.attempts.index(step) + 1}" if step in record.attempts else f"step {step.number}"


def _score_words(steps: list[StepRecord], rubric: Rubric | None) -> str:
    """What failed first and what became of it; of a single picture what failed, or its lowest score."""
    if rubric is None:
        return ""
    first, last = steps[0], steps[-1]
    failed = failures(first.judgement, rubric) if first.judgement else ()
    if first is not last:
        return f"{joined(_change(key, first, last) for key in failed)}." if failed else ""
    if failed:
        return f"{joined(f'{key} {shown_score(first.judgement.scores[key].score)}' for key in failed)} of 10 failed."
    key, score = _lowest(last)
    return f"every constraint that applies is met; the lowest is {key} with {shown_score(score)} of 10."


def _change(key: str, first: StepRecord, last: StepRecord) -> str:
    before, after = (step.judgement.scores[key].score for step in (first, last))
    return f"{key} from {shown_score(before)} to {'unscored' if after is None else shown_score(after)} of 10"
