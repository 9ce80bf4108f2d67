"""A run's totals as a small table in words; what cannot be had is said, never a default number."""

from itertools import accumulate

import pandas as pd

from ...runs.reading import Run
from ...stats import Share
from ...steps import Ledger, Spent
from .spending import WORK, work
from .totals import FINISHED, UNJUDGED, Totals, joined, plural, totals

Row = tuple[str, str, str]  # name, value, counted over


def summary(run: Run) -> pd.DataFrame:
    """The totals as a table: rows by name, columns 'value' and 'counted over', both words."""
    found = totals(run)
    kept = _judged_rows(run, found) if run.rubric else _finished_rows(found)
    rows = [_listed_row(found), *kept, *_unjudged_rows(found), *_time_rows(run, found), *_count_rows(found)]
    return pd.DataFrame(rows, columns=["", "value", "counted over"]).set_index("")


def _listed_row(found: Totals) -> Row:
    skipped = f"{found.skipped} {plural('file', found.skipped)}" if found.skipped else "nothing"
    return "samples", str(found.listed), f"of {found.found} found; {skipped} skipped before"


def _judged_rows(run: Run, found: Totals) -> list[Row]:
    over = f"of {found.judged} judged {plural('sample', found.judged)}"
    rate = found.acceptance
    share = ("no judged sample", "") if rate is None else (f"{rate.share:.0%}", _interval(rate))
    accepted, last = [("accepted", str(found.outcomes["accepted"]), over)], ""
    if run.info.flow.shape == "line":
        by_then = accumulate(found.accepted_at.values())
        accepted = [
            (f"accepted at attempt {number}", str(count), f"{so_far} {over} by then")
            for (number, count), so_far in zip(found.accepted_at.items(), by_then, strict=True)
        ]
        last = f" in {max(found.accepted_at)}"
    return [
        *accepted,
        (f"not accepted{last}", str(found.outcomes["not_accepted"]), over),
        ("given up by the rule", str(found.outcomes["stopped"]), over),
        ("acceptance rate", *share),
    ]


def _finished_rows(found: Totals) -> list[Row]:
    finished = found.outcomes[FINISHED]
    return [
        ("finished", str(finished), f"of {found.listed} {plural('sample', found.listed)}"),
        ("with a chosen step", str(found.chosen), f"of {found.listed} {plural('sample', found.listed)}"),
        ("acceptance rate", "no rubric was asked", ""),
    ]


def _unjudged_rows(found: Totals) -> list[Row]:
    return [
        (words, str(found.outcomes[name]), "in no rate")
        for name, words in UNJUDGED.items()
        if found.outcomes[name] or name not in ("running", "not_begun")
    ]


def _interval(rate: Share) -> str:
    return f"{rate.count} of {rate.n} judged {plural('sample', rate.n)}; {rate.interval('persons')}"


def _time_rows(run: Run, found: Totals) -> list[Row]:
    words = {argument: work(run.info).get(argument, argument) for argument in found.mean_s}
    step = "attempt" if run.rubric and found.attempts == found.steps else "step"
    what, kept = ("accepted picture", "accepted") if run.rubric else ("finished sample", FINISHED)
    count, price = found.outcomes[kept], run.info.price_per_hour
    none = f"no {what}"
    return [
        *(
            (f"{words[argument]}, each {step}", _seconds(mean), _mean_over(n, step))
            for argument, (mean, n) in found.mean_s.items()
        ),
        (
            f"{_together(list(words.values()))} per {what}",
            _seconds(found.seconds_per_kept) if count else none,
            "" if found.spent_s is None else f"{found.spent_s:.1f} s in all for {count} {kept}",
        ),
        (
            f"money per {what}",
            "not priced" if price is None else none if not count else _number(found.money_per_kept),
            "" if price is None else _priced(price, found.machine_s),
        ),
    ]


def _priced(price: float, machine_s: float | None) -> str:
    if machine_s is None:
        return "no metrics.json says how long the run took"
    return f"at {price:g} per hour of the machine, held for {machine_s:.1f} s"


def _together(words: list[str]) -> str:
    """E.g. 'drawing and judging'; 'model time' where a model has no such word."""
    return joined(words) if words and set(words) <= set(WORK.values()) else "model time"


def _mean_over(n: int, step: str) -> str:
    return f"mean of {n} {plural(step, n)}, the model's own time" if n else f"no {step}"


def _count_rows(found: Totals) -> list[Row]:
    """What else the models counted: a row for each kind that any of them did."""
    kinds = {"denoising steps": "steps", "tokens": "tokens", "money for calls": "money"}
    total = sum(found.spent.values(), Spent())
    return [
        (words, f"{getattr(total, name):.6g}", _by_argument(found.spent, name))
        for words, name in kinds.items()
        if getattr(total, name) is not None
    ]


def _by_argument(ledger: Ledger, name: str) -> str:
    counted = {argument: getattr(spent, name) for argument, spent in ledger.items()}
    return ", ".join(f"{argument} {value:.6g}" for argument, value in counted.items() if value is not None)


def _seconds(value_s: float | None) -> str:
    return "not measured" if value_s is None else f"{value_s:.3g} s"


def _number(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3g}"
