"""A run in numbers and as a small table. A number that cannot be had is None here and words in the table."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ...records import Decision
from ...runs.info import Branch
from ...runs.reading import Run
from ...stats import Share, done_by, wilson
from ...steps import Ledger, SampleRecord

JUDGED = ("accepted", "not_accepted", "stopped")  # outcomes that follow from a judgement: the acceptance rate's n
UNJUDGED = {  # outcomes that count in no rate, in words
    "not_judged": "not judged",
    "refused": "refused",
    "unusable": "unusable pictures",
    "failed": "failed",
    "finished": "finished",
    "running": "not finished",
    "not_begun": "not begun",
}


@dataclass(frozen=True, kw_only=True)
class Totals:
    """A run in numbers; None where there was nothing to count or nothing was measured, never a default number.

    Seconds are the models' own: downloads, waiting and calls that were refused or failed are not in them; calls that
    ran side by side count in full each.
    """

    listed: int  # samples of the run
    found: int  # samples of the source, before limit and filters
    skipped: int  # files that made no sample; run.listing.skipped has the reasons
    outcomes: dict[str, int]  # samples by outcome, zeros too
    accepted_at: dict[int, int]  # iteration 1 ... last -> samples accepted at it, zeros too
    attempts: int
    acceptance: Share | None  # of the samples with a judged outcome
    drawing_s: float | None  # mean per attempt
    judging_s: float | None  # mean per attempt
    writing_s: float | None  # mean per attempt
    spent_s: float | None  # drawing, judging and writing, all attempts of all samples
    seconds_per_accepted: float | None
    money_per_accepted: float | None  # in the currency of info.price_per_hour

    @property
    def judged(self) -> int:
        """Samples whose outcome follows from a judgement."""
        return sum(self.outcomes[outcome] for outcome in JUDGED)


def accepted_at(record: SampleRecord | Branch) -> int | None:
    """The attempt at which a sample was accepted; None where it was not."""
    numbers = [attempt.number for attempt in record.attempts if attempt.decision is Decision.ACCEPT]
    return numbers[-1] if record.outcome == "accepted" else None


def totals(run: Run) -> Totals:
    """Count a run from its records."""
    records = run.records
    outcomes = dict.fromkeys((*JUDGED, *UNJUDGED), 0)
    for record in records:
        outcomes[record.outcome] += 1
    outcomes["not_begun"] = len(run.listing.lines) - len(records)
    judged, accepted = sum(outcomes[name] for name in JUDGED), outcomes["accepted"]
    steps = [accepted_at(record) for record in records]
    ledgers = [attempt.spent for record in records for attempt in record.attempts]
    drawing_s, judging_s = _measured_s(ledgers, "generator"), _measured_s(ledgers, "judge")
    writing_s = _measured_s(ledgers, "writer")
    spent_s = None if drawing_s is None or judging_s is None else drawing_s + judging_s + (writing_s or 0.0)
    each_s = None if spent_s is None or not accepted else spent_s / accepted
    price = run.info.price_per_hour
    return Totals(
        listed=len(run.listing.lines),
        found=run.listing.found,
        skipped=run.listing.skipped_count,
        outcomes=outcomes,
        accepted_at={number: steps.count(number) for number in range(1, iterations(run) + 1)},
        attempts=len(ledgers),
        acceptance=wilson(accepted, judged) if judged else None,
        drawing_s=None if drawing_s is None else drawing_s / len(ledgers),
        judging_s=None if judging_s is None else judging_s / len(ledgers),
        writing_s=None if writing_s is None else writing_s / len(ledgers),
        spent_s=spent_s,
        seconds_per_accepted=each_s,
        money_per_accepted=None if each_s is None or price is None else each_s / 3600 * price,
    )


def iterations(run: Run) -> int:
    """How many attempts a sample of this run could have, at least as many as one had."""
    made = max((len(record.attempts) for record in run.records), default=1)
    return max(made, run.info.parameters["options"].get("max_iterations", 1))


def _measured_s(ledgers: list[Ledger], name: str) -> float | None:
    """Seconds in all; None where there were no attempts or no clock."""
    seconds = sum(ledger[name].seconds for ledger in ledgers if name in ledger)
    return seconds if seconds > 0 else None


# ---- in words --------------------------------------------------------------------------------------------------------


def summary(run: Run) -> pd.DataFrame:
    """The totals as a table: rows by name, columns 'value' and 'counted over', both words."""
    found = totals(run)
    rows = [*_sample_rows(found), *_cost_rows(found, run.info.price_per_hour)]
    return pd.DataFrame(rows, columns=["", "value", "counted over"]).set_index("")


def _sample_rows(found: Totals) -> list[tuple[str, str, str]]:
    judged, last = found.judged, max(found.accepted_at)
    steps = [step for step, count in found.accepted_at.items() for _ in range(count)]
    by_then = done_by(steps, last)
    over = f"of {judged} judged {plural('sample', judged)}"
    skipped = f"{found.skipped} {plural('file', found.skipped)}" if found.skipped else "nothing"
    rate = found.acceptance
    yield_ = ("no judged sample", "") if rate is None else (f"{rate.share:.0%}", _interval(rate))
    unjudged = [
        (words, str(found.outcomes[name]), "in no rate")
        for name, words in UNJUDGED.items()
        if found.outcomes[name] or name not in ("running", "not_begun")
    ]
    return [
        ("samples", str(found.listed), f"of {found.found} found; {skipped} skipped before"),
        *(
            (f"accepted at iteration {step}", str(count), f"{by_then[step - 1]} {over} by then")
            for step, count in found.accepted_at.items()
        ),
        (f"not accepted in {last}", str(found.outcomes["not_accepted"]), over),
        ("given up by the rule", str(found.outcomes["stopped"]), over),
        ("acceptance rate", *yield_),
        *unjudged,
    ]


def _interval(rate: Share) -> str:
    return (
        f"{rate.count} of {rate.n} judged {plural('sample', rate.n)}; "
        f"{rate.level:.0%} Wilson interval {rate.low:.0%} to {rate.high:.0%}"
    )


def _cost_rows(found: Totals, price_per_hour: float | None) -> list[tuple[str, str, str]]:
    mean = f"mean of {found.attempts} {plural('attempt', found.attempts)}, the model's own time"
    accepted = found.outcomes["accepted"]
    spent = "" if found.spent_s is None else f"{found.spent_s:.1f} s in all for {accepted} accepted"
    price = f"at {price_per_hour:g} an hour of the models' time" if price_per_hour is not None else ""
    if not accepted:
        money = seconds = "no accepted picture"
    else:
        seconds = _seconds(found.seconds_per_accepted)
        money = "not measured" if found.money_per_accepted is None else f"{found.money_per_accepted:.3g}"
    return [
        ("drawing, each attempt", _seconds(found.drawing_s), mean if found.attempts else "no attempt"),
        ("judging, each attempt", _seconds(found.judging_s), mean if found.attempts else "no attempt"),
        *([("writing words, each attempt", _seconds(found.writing_s), mean)] if found.writing_s else []),
        (f"drawing{', writing' if found.writing_s else ''} and judging per accepted picture", seconds, spent),
        ("money per accepted picture", money if price_per_hour is not None else "not priced", price),
    ]


def _seconds(value_s: float | None) -> str:
    return "not measured" if value_s is None else f"{value_s:.3g} s"


def plural(word: str, count: int) -> str:
    return word if count == 1 else word + "s"


def joined(names: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
