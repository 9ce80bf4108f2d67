"""The same counts for parts of a run: by difficulty, gender, garment type and pattern."""

from typing import Any

import pandas as pd

from ...runs.reading import Run
from ...stats import wilson
from .totals import JUDGED

DIMENSIONS = ("difficulty", "gender", "garment_type", "pattern")
UNTOLD = "not told"
_EASIEST_FIRST = ("easy", "medium", "hard")


def known(run: Run) -> pd.DataFrame:
    """What is known of each listed sample: sample_id, then DIMENSIONS; 'not told' where the source says nothing."""
    rows = [
        {"sample_id": line.sample_id, **{name: line.known.get(name) or UNTOLD for name in DIMENSIONS}}
        for line in run.listing.lines
    ]
    return pd.DataFrame(rows, columns=["sample_id", *DIMENSIONS]).astype("str")


def values(told: pd.Series) -> list[str]:
    """The values of one dimension: easy to hard, then the alphabet; 'not told' last."""
    ranks = {**{value: place for place, value in enumerate(_EASIEST_FIRST)}, UNTOLD: 9}
    return sorted(told.unique(), key=lambda value: (ranks.get(value, 5), value))


def outcomes(run: Run) -> pd.DataFrame:
    """One row a sample with a judged outcome: sample_id, accepted (bool), DIMENSIONS."""
    rows = [(record.sample_id, record.outcome == "accepted") for record in run.records if record.outcome in JUDGED]
    table = pd.DataFrame(rows, columns=["sample_id", "accepted"]).astype({"sample_id": "str", "accepted": "bool"})
    return table.merge(known(run), "left", "sample_id")


def first_attempts(run: Run, attempts: pd.DataFrame) -> pd.DataFrame:
    """One row a judged first attempt: sample_id, attempt, failed (bool: some constraint was), DIMENSIONS."""
    first = attempts[(attempts.attempt == 1) & attempts.judged]
    table = first[["sample_id", "attempt"]].assign(failed=first.primary_failure.notna())
    return table.merge(known(run), "left", "sample_id")


def slices(run: Run, attempts: pd.DataFrame) -> pd.DataFrame:
    """Accepted samples and failed first attempts by what is known of the samples.

    dimension, value       e.g. 'gender' 'female'; every value of the listed samples, 'not told' last
    measure                'accepted': of samples with a judged outcome; 'failed': first attempts with a failed
                           constraint, of judged first attempts
    count, n               n may be 0
    share, low, high       count / n with its 95 % Wilson interval; missing where n is 0
    """
    told, measured = known(run), {"accepted": outcomes(run), "failed": first_attempts(run, attempts)}
    rows = [
        {"dimension": name, "value": value, "measure": measure, **_counted(cases.loc[cases[name] == value, measure])}
        for name in DIMENSIONS
        for value in values(told[name])
        for measure, cases in measured.items()
    ]
    return pd.DataFrame(rows, columns=["dimension", "value", "measure", "count", "n", "share", "low", "high"])


def _counted(yes: pd.Series) -> dict[str, Any]:
    row = {"count": int(yes.sum()), "n": len(yes)}
    if not row["n"]:
        return row
    found = wilson(row["count"], row["n"])
    return {**row, "share": found.share, "low": found.low, "high": found.high}
