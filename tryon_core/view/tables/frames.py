"""A run as tables: steps, attempts, samples, and what failed when. Every rate carries its n.

An attempt that was not judged counts in no rate; not applicable is neither met nor failed.
Shapes: N judged attempts, K constraints in gate order.
"""

from typing import Any

import numpy as np
import pandas as pd

from ...rubrics.rules import Rubric
from ...runs.reading import Run, open_run
from ...stats import wilson
from .slices import slices
from .step_tables import attempts, samples, steps
from .summary_table import summary
from .survival import survival
from .totals import Totals, totals
from .transitions import next_failures, regressions

pd.set_option("display.html.use_mathjax", False)  # reasons and findings are outside texts: their '$' is no formula

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
    "steps",
    "summary",
    "survival",
    "totals",
]


# ---- what failed when ------------------------------------------------------------------------------------------------


def constraint_failures(attempts: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """How often each constraint failed at each attempt: one row per constraint (gate order) and attempt number.

    failed  judged attempts that scored it under the bar
    n       judged attempts that scored it; 0 where it never applied
    rate    failed / n, with its 95 % Wilson interval low..high; all missing where n is 0
    Later attempts hold only the samples that were not accepted before.
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
    share = wilson(row["failed"], row["n"])
    return {**row, "rate": share.share, "low": share.low, "high": share.high}


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
    """What failed in the same attempt: one row per pair (constraint, other), in gate order of both.

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
