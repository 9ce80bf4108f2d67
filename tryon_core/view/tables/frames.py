"""A run as tables: attempts, samples, and what failed when. Every rate carries its n.

An attempt that was not judged counts in no rate; not applicable is neither met nor failed.
Shapes: N judged attempts, K constraints in gate order.
"""

from typing import Any

import numpy as np
import pandas as pd

from ...rubrics.rules import Rubric
from ...runs.reading import Run, open_run
from ...stats import wilson
from ...steps import SampleRecord
from .slices import slices
from .survival import survival
from .totals import Totals, accepted_at, summary, totals
from .transitions import next_failures, regressions

__all__ = [
    "Run",
    "Totals",
    "attempts",
    "constraint_failures",
    "failed_together",
    "next_failures",
    "open_run",
    "primary_failures",
    "regressions",
    "samples",
    "score_paths",
    "slices",
    "summary",
    "survival",
    "totals",
]


# ---- one row each ----------------------------------------------------------------------------------------------------


def attempts(run: Run) -> pd.DataFrame:
    """One row an attempt, in listing order: the columns of runs.attempt_rows, their types fixed.

    check.*  what was measured of the edit itself, last; a column where any attempt has it, missing where it has not
    """
    rows = [row for row in run.step_rows if row["attempt"] is not None]
    checks = dict.fromkeys(name for row in rows for name in row if name.startswith("measured."))
    types = _attempt_types(run.rubric) | dict.fromkeys(checks, "float64")
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _attempt_types(rubric: Rubric) -> dict[str, str]:
    """Column -> pandas type, stated because a column without a single value has none of its own."""
    return {
        **{"sample_id": "str", "attempt": "int64", "decision": "str", "judged": "bool", "primary_failure": "str"},
        **{f"score.{key}": "float64" for key in rubric.keys},
        **{f"status.{key}": "str" for key in rubric.keys},
        **{"prompt": "str", "noise_seed": "int64", "picture": "str"},
        **{"chosen": "bool", "outcome": "str"},
    }


_SAMPLE_TYPES = {
    **{"sample_id": "str", "outcome": "str", "accepted_at": "Int64", "best": "Int64", "attempts": "int64"},
    **{"seconds": "float64", "reason": "str"},
}


def samples(run: Run) -> pd.DataFrame:
    """One row a listed sample, in listing order.

    outcome               of the record, or 'not_begun' where there is none yet
    accepted_at, best     numbers of attempts
    seconds               of drawing, judging and writing; missing where nothing was drawn
    """
    records = {record.sample_id: record for record in run.records}
    rows = [_sample_row(line.sample_id, records.get(line.sample_id)) for line in run.listing.lines]
    return pd.DataFrame(rows, columns=list(_SAMPLE_TYPES)).astype(_SAMPLE_TYPES)


def _sample_row(sample_id: str, record: SampleRecord | None) -> dict[str, Any]:
    if record is None:
        return {"sample_id": sample_id, "outcome": "not_begun", "attempts": 0, "reason": ""}
    return {
        "sample_id": sample_id,
        "outcome": record.outcome,
        "accepted_at": accepted_at(record),
        "best": record.chosen,
        "attempts": len(record.attempts),
        "seconds": sum(spent.seconds for spent in record.spent.values()) if record.attempts else None,
        "reason": record.reason,
    }


# ---- what failed when ------------------------------------------------------------------------------------------------


def constraint_failures(attempts: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """How often each constraint failed at each iteration: one row a constraint (gate order) and iteration.

    failed  judged attempts that scored it under the bar
    n       judged attempts that scored it; 0 where it never applied
    rate    failed / n, with its 95 % Wilson interval low..high; all missing where n is 0
    Later iterations hold only the samples that were not accepted before.
    """
    judged = attempts[attempts.judged]
    numbers = range(1, int(judged.attempt.max()) + 1) if len(judged) else ()
    rows = [_failure_row(judged, key, number, rubric.rule.accept_at) for key in rubric.keys for number in numbers]
    return pd.DataFrame(rows, columns=["constraint", "attempt", "failed", "n", "rate", "low", "high"])


def _failure_row(judged: pd.DataFrame, key: str, number: int, bar: float) -> dict[str, Any]:
    scores = judged.loc[judged.attempt == number, f"score.{key}"].dropna()
    row = {"constraint": key, "attempt": number, "failed": int((scores < bar).sum()), "n": len(scores)}
    if not row["n"]:
        return row
    found = wilson(row["failed"], row["n"])
    return {**row, "rate": found.share, "low": found.low, "high": found.high}


def primary_failures(attempts: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """Which constraint was the first to fail, over judged attempts that failed: most frequent first, then gate order.

    failed      attempts with this primary failure
    share       of all n failed attempts
    cumulative  share of this and all rows above
    """
    failed = attempts.loc[attempts.judged, "primary_failure"].dropna()
    counts = failed.value_counts().reindex(list(rubric.keys), fill_value=0).sort_values(ascending=False, kind="stable")
    table = counts[counts > 0].rename_axis("constraint").reset_index(name="failed")
    table["n"] = len(failed)
    table["share"] = table.failed / table.n
    table["cumulative"] = table.failed.cumsum() / table.n
    return table


def failed_together(attempts: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """What failed in the same attempt: one row a pair (constraint, other), in gate order of both.

    failed  judged attempts in which both failed; where other is the constraint itself, in which it failed at all
    n       of those in which `constraint` failed and `other` was scored; where it is itself, of those that scored it
    share   failed / n; missing where n is 0
    """
    scores_NK = attempts.loc[attempts.judged, [f"score.{key}" for key in rubric.keys]].to_numpy(float)
    failed_NK = (scores_NK < rubric.rule.accept_at).astype(int)  # False where not scored
    scored_NK = (~np.isnan(scores_NK)).astype(int)
    both_KK, n_KK = failed_NK.T @ failed_NK, failed_NK.T @ scored_NK
    np.fill_diagonal(n_KK, scored_NK.sum(axis=0))
    pairs = pd.MultiIndex.from_product([rubric.keys, rubric.keys], names=["constraint", "other"])
    table = pd.DataFrame({"failed": both_KK.ravel(), "n": n_KK.ravel()}, index=pairs).reset_index()
    return table.assign(share=(table.failed / table.n).where(table.n > 0))


def score_paths(attempts: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """Scores from attempt to attempt: sample_id, attempt, constraint (gate order), score, failed (under the bar).

    Only judged attempts, and only what they scored.
    """
    judged = attempts.loc[attempts.judged, ["sample_id", "attempt", *(f"score.{key}" for key in rubric.keys)]]
    judged = judged.rename(columns={f"score.{key}": key for key in rubric.keys})
    long = judged.melt(["sample_id", "attempt"], list(rubric.keys), "constraint", "score")
    return (
        long.dropna(subset="score").assign(failed=lambda row: row.score < rubric.rule.accept_at).reset_index(drop=True)
    )
