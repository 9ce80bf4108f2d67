"""A run as tables: steps, attempts, samples, and what failed when. Every rate carries its n.

What counts in rates is said once, by step_tables.counted; not applicable is neither met nor failed.
Shapes: N judged attempts, K constraints in gate order.
"""

from typing import Any

import numpy as np
import pandas as pd

from ...rubrics.rules import Rubric
from ...runs.reading import Run, open_run
from ...stats import clustered
from ...stats.chance import ALPHA, largest_gap, leader_p, most_together
from .slices import dimensions, groups, known, slices
from .step_tables import attempts, counted, samples, steps
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
    "counted",
    "failed_together",
    "failure_gap",
    "failures_by_fact",
    "most_failing_p",
    "next_failures",
    "open_run",
    "primary_failures",
    "regressions",
    "samples",
    "score_paths",
    "slices",
    "steps",
    "summary",
    "surely_together",
    "survival",
    "totals",
]


_WHOSE = ["sample_id", "person", "attempt"]
_RATE_TYPES = dict.fromkeys(("rate", "low", "high"), "float64")  # NaN where persons are too few for an interval

# ---- what failed when ------------------------------------------------------------------------------------------------


def constraint_failures(attempts: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """How often each constraint failed at each attempt: one row per constraint (gate order) and attempt number.

    failed  counted attempts that scored it under the bar
    n       counted attempts that scored it; 0 where it never applied
    rate    failed / n, with its 95 % interval over persons low..high (stats.clustered); all missing where n is 0
    Later attempts hold only the samples that were not accepted before.
    """
    judged = counted(attempts)
    numbers = range(1, int(judged.attempt.max()) + 1) if len(judged) else ()
    rows = [_failure_row(judged, key, number, rubric.rule.accept_at) for key in rubric.keys for number in numbers]
    return pd.DataFrame(rows, columns=["constraint", "attempt", "failed", "n", *_RATE_TYPES]).astype(_RATE_TYPES)


def _failure_row(judged: pd.DataFrame, key: str, number: int, bar: float) -> dict[str, Any]:
    cells = judged[judged.attempt == number].dropna(subset=f"score.{key}")
    failed = cells[f"score.{key}"] < bar
    row = {"constraint": key, "attempt": number, "failed": int(failed.sum()), "n": len(cells)}
    if not row["n"]:
        return row
    share = clustered(failed.tolist(), cells.person.tolist())
    return {**row, "rate": share.share, "low": share.low, "high": share.high}


def none_failed(attempts: pd.DataFrame) -> str:
    """What to say of attempts of which none failed: that none was judged is no praise."""
    return "No attempt was judged" if counted(attempts).empty else "No judged attempt failed"


def primary_failures(attempts: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """Which constraint was the first to fail, over counted attempts that failed: most frequent first, then gate order.

    failed      attempts with this primary failure
    share       of all n failed attempts
    cumulative  share of this and all rows above
    """
    failed = counted(attempts).primary_failure.dropna()
    counts = failed.value_counts().reindex(list(rubric.keys), fill_value=0).sort_values(ascending=False, kind="stable")
    table = counts[counts > 0].rename_axis("constraint").reset_index(name="failed")
    table["n"] = len(failed)
    table["share"] = table.failed / table.n
    table["cumulative"] = table.failed.cumsum() / table.n
    return table


def failed_together(attempts: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """What failed in the same attempt: one row per pair (constraint, other), in gate order of both.

    failed  counted attempts in which both failed; where other is the constraint itself, in which it failed at all
    n       of those in which `constraint` failed and `other` was scored; where it is itself, of those that scored it
    share   failed / n; missing where n is 0
    """
    scores_NK = counted(attempts)[[f"score.{key}" for key in rubric.keys]].to_numpy(float)
    failed_NK = (scores_NK < rubric.rule.accept_at).astype(int)  # False where not scored
    scored_NK = (~np.isnan(scores_NK)).astype(int)
    both_KK, n_KK = failed_NK.T @ failed_NK, failed_NK.T @ scored_NK
    np.fill_diagonal(n_KK, scored_NK.sum(axis=0))
    pairs = pd.MultiIndex.from_product([rubric.keys, rubric.keys], names=["constraint", "other"])
    table = pd.DataFrame({"failed": both_KK.ravel(), "n": n_KK.ravel()}, index=pairs).reset_index()
    return table.assign(share=(table.failed / table.n).where(table.n > 0))


def score_paths(attempts: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """Scores from attempt to attempt, only of counted attempts and what they scored.

    sample_id, person, attempt, constraint (gate order), score, failed (under the bar)
    """
    judged = counted(attempts)[[*_WHOSE, *(f"score.{key}" for key in rubric.keys)]]
    judged = judged.rename(columns={f"score.{key}": key for key in rubric.keys})
    long = judged.melt(_WHOSE, list(rubric.keys), "constraint", "score")
    return (
        long.dropna(subset="score").assign(failed=lambda row: row.score < rubric.rule.accept_at).reset_index(drop=True)
    )


def failures_by_fact(run: Run, attempts: pd.DataFrame, by: str = "") -> pd.DataFrame:
    """How often each constraint failed in first attempts, for every value of a fact that is known of the samples.

    by               the fact by name; none: the first of slices.dimensions
    fact, value      as in `slices`, values in their order there
    constraint, failed, n, rate, low, high   as in `constraint_failures`; n is 0 where nothing scored it
    No rows where nothing parts the samples. Raises as slices.dimensions does.
    """
    names = dimensions(run, [by] if by else ())[:1]
    first = counted(attempts)
    rows = [
        {"fact": name, "value": value, **_failure_row(part, key, 1, run.rubric.rule.accept_at)}
        for name in names
        for value, sample_ids in groups(run, name).items()
        for part in [first[first.sample_id.isin(sample_ids)]]
        for key in run.rubric.keys
    ]
    return pd.DataFrame(rows, columns=["fact", "value", "constraint", "failed", "n", *_RATE_TYPES]).astype(_RATE_TYPES)


# ---- could it be chance ----------------------------------------------------------------------------------------------


def most_failing_p(attempts: pd.DataFrame, rubric: Rubric, constraint: str, attempt: int = 1) -> float:
    """How surely this constraint fails more often than every other at an attempt (stats.chance.leader_p over persons);
    a tie gives 1."""
    answers = score_paths(attempts, rubric)
    cells = answers[answers.attempt == attempt].groupby(["person", "constraint"]).failed
    by_person = [part.unstack(fill_value=0) for part in (cells.sum(), cells.size())]
    count_GK, n_GK = (part.reindex(columns=list(rubric.keys), fill_value=0).to_numpy() for part in by_person)
    return leader_p(count_GK, n_GK, rubric.keys.index(constraint))


def failure_gap(run: Run, attempts: pd.DataFrame, fact: str) -> pd.Series | None:
    """The constraint whose failures in first attempts differ most surely between two values of a fact; None where none
    differs at all.

    constraint, low, high  with the value where it fails less first
    p                      permutation test of the largest gap between any two values (stats.chance.largest_gap), times
                           the number of constraints: Bonferroni's bound
    """
    answers, value_of = score_paths(attempts[attempts.attempt == 1], run.rubric), known(run)[fact]
    rows = [
        (key, gap.low, gap.high, min(1.0, gap.p * len(run.rubric.keys)))
        for key, cells in answers.groupby("constraint", sort=False)
        if (gap := largest_gap(cells.failed, value_of[cells.sample_id], cells.person))
    ]
    table = pd.DataFrame(rows, columns=["constraint", "low", "high", "p"])
    return table.loc[table.p.idxmin()] if rows else None


def surely_together(attempts: pd.DataFrame, rubric: Rubric) -> str | None:
    """The two constraints that fail together more often than their own rates say, in a sentence, over first attempts;
    None where no pair does for sure (stats.chance.most_together over persons)."""
    first = counted(attempts)
    first = first[first.attempt == 1]
    scores_NK = first[[f"score.{key}" for key in rubric.keys]].to_numpy(float)
    failed_NK = np.where(np.isnan(scores_NK), np.nan, scores_NK < rubric.rule.accept_at)
    found = most_together(failed_NK, first.person.tolist()) if len(first) else None
    if found is None or found.p >= ALPHA:
        return None
    both = int((failed_NK[:, found.one] * failed_NK[:, found.other] == 1).sum())
    named = f"{rubric.keys[found.one]} and {rubric.keys[found.other]}"
    return (
        f"{named} fail together more often than each alone explains: in {both} of {len(first)} first attempts, "
        f"{found.expected:.1f} expected (p = {found.p:.2g})"
    )
