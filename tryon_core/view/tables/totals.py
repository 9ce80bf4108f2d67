"""A run in numbers. A number that cannot be had is None; summary.py says it in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...records import Decision
from ...runs.kept.documents import Branch
from ...runs.metrics import machine_s
from ...runs.reading import Run
from ...stats import Share, clustered
from ...stats.chance import ALPHA
from ...steps import JUDGED, Ledger, SampleRecord, together
from .spending import mean_s, seconds, work

FINISHED = "finished"  # ended, and no rubric was asked
UNJUDGED = {  # outcomes that count in no rate, in words
    "not_judged": "not judged",
    "refused": "refused",
    "unusable": "unusable pictures",
    "failed": "failed",
    "running": "not finished",
    "not_begun": "not begun",
}


@dataclass(frozen=True, kw_only=True)
class Totals:
    """A run in numbers; None where there was nothing to count or nothing was measured, never a default number.

    Seconds are the models' own: downloads, waiting and calls that were refused or failed are not in them; calls that
    ran side by side count in full each. Money is the price of the machines for as long as they were held.
    """

    listed: int  # samples of the run
    found: int  # samples of the source, before limit and filters
    skipped: int  # files that made no sample; run.listing.skipped has the reasons
    outcomes: dict[str, int]  # samples by outcome, zeros too
    accepted_at: dict[int, int]  # attempt 1 ... last -> samples accepted at it, zeros too
    steps: int
    attempts: int  # of the steps, those with a judgement
    chosen: int  # samples with a step to keep
    acceptance: Share | None  # of the samples with a judged outcome, its interval over persons
    mean_s: dict[str, tuple[float | None, int]]  # argument -> mean seconds of the steps that called it, and their count
    spent: Ledger  # all steps of all samples, by argument
    spent_s: float | None
    seconds_per_kept: float | None  # per accepted sample; per finished one where no rubric was asked
    machine_s: float | None  # that machines were held, all passes and shards (metrics.machine_s)
    money_per_kept: float | None  # of the machines, in the currency of info.price_per_hour

    @property
    def judged(self) -> int:
        """Samples whose outcome follows from a judgement."""
        return sum(self.outcomes[outcome] for outcome in JUDGED)


def accepted_at(record: SampleRecord | Branch) -> int | None:
    """The attempt at which a sample was accepted: of several the kept one; None where it was not."""
    accepted = {step.number: at for at, step in enumerate(record.attempts, 1) if step.decision is Decision.ACCEPT}
    if record.outcome != "accepted":
        return None
    return accepted.get(record.chosen, max(accepted.values()))


def totals(run: Run) -> Totals:
    """Count a run from its records."""
    outcomes = _outcomes(run)
    judged = [record for record in run.records if record.outcome in JUDGED]
    numbers = [accepted_at(record) for record in run.records]
    spent = together(*(record.spent for record in run.records))
    spent_s, price = seconds(spent) or None, run.info.price_per_hour
    kept = outcomes["accepted"] if run.rubric else outcomes[FINISHED]
    held_s = machine_s(run.store)
    steps = [step for record in run.records for step in record.steps]
    return Totals(
        listed=len(run.listing.lines),
        found=run.listing.found,
        skipped=run.listing.skipped_count,
        outcomes=outcomes,
        accepted_at={number: numbers.count(number) for number in range(1, last_attempt(run) + 1)},
        steps=len(steps),
        attempts=sum(step.judgement is not None for step in steps),
        chosen=sum(record.chosen is not None for record in run.records),
        acceptance=acceptance(judged),
        mean_s={argument: mean_s(steps, argument) for argument in dict.fromkeys([*work(run.info), *spent])},
        spent=spent,
        spent_s=spent_s,
        seconds_per_kept=spent_s / kept if spent_s and kept else None,
        machine_s=held_s,
        money_per_kept=None if held_s is None or price is None or not kept else held_s / kept / 3600 * price,
    )


def acceptance(judged: Sequence[SampleRecord], by: int | None = None) -> Share | None:
    """Share of samples with a judged outcome that were accepted, by attempt `by` where that is given; None of none."""
    at = [accepted_at(record) for record in judged]
    accepted = [number is not None and (by is None or number <= by) for number in at]
    return clustered(accepted, [record.person for record in judged]) if judged else None


def persons(run: Run) -> dict[str, str]:
    """sample_id -> who is shown."""
    return {record.sample_id: record.person for record in run.records}


def _outcomes(run: Run) -> dict[str, int]:
    outcomes = dict.fromkeys((*JUDGED, FINISHED, *UNJUDGED), 0)
    for record in run.records:
        outcomes[record.outcome] += 1
    outcomes["not_begun"] = len(run.listing.lines) - len(run.records)
    return outcomes


def last_attempt(run: Run) -> int:
    """How many attempts a sample of this run could have, at least as many as one had."""
    made = max((len(record.attempts) for record in run.records), default=1)
    return max(made, 1, run.info.parameters.get("options", {}).get("max_iterations", 1))


def surely(claim: str, p: float) -> str:
    """A superlative with its p where chance alone seldom gives it; else as a count of this run and no more."""
    return f"{claim} (p = {p:.2g})" if p < ALPHA else f"In this run {claim}"


def plural(word: str, count: int) -> str:
    return word if count == 1 else word + "s"


def joined(names: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
