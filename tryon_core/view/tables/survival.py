"""How long samples take to be accepted, those that ended otherwise counted for as long as they were followed."""

from dataclasses import asdict

import pandas as pd

from ...records import Decision
from ...stats import kaplan_meier

_COLUMNS = {"attempt": "int64", "at_risk": "int64", "accepted": "int64", "censored": "int64"}
_SHARES = {"share": "float64", "low": "float64", "high": "float64"}


def followed(attempts: pd.DataFrame) -> pd.DataFrame:
    """One row per sample with a judged attempt: sample_id, attempt, accepted.

    attempt   the one that was accepted, else the last that was judged: the sample is followed as far as that
    """
    accepted = attempts.decision == Decision.ACCEPT
    rows = attempts.loc[attempts.judged | accepted, ["sample_id", "attempt"]].assign(accepted=accepted)
    return rows.groupby("sample_id", sort=False, as_index=False).last()


def survival(attempts: pd.DataFrame) -> pd.DataFrame:
    """Kaplan-Meier's estimate of the share not yet accepted, one row per attempt number (stats.kaplan_meier).

    at_risk    samples that were not accepted before and are followed as far as this attempt
    accepted   of these at this attempt
    censored   of these followed no further and not accepted: iterations ran out, given up, failed, not judged after
    share      of samples not accepted by then, with its 95 % interval low..high; no interval where it is 0 or 1
    """
    cases = followed(attempts)
    if cases.empty:
        return pd.DataFrame(columns=[*_COLUMNS, *_SHARES]).astype(_COLUMNS | _SHARES)
    steps = kaplan_meier(cases.attempt.tolist(), cases.accepted.tolist())
    table = pd.DataFrame([asdict(step) for step in steps]).rename(columns={"step": "attempt", "done": "accepted"})
    left = cases[~cases.accepted].attempt.value_counts()
    table["censored"] = table.attempt.map(left).fillna(0)
    return table[[*_COLUMNS, *_SHARES]].astype(_COLUMNS | _SHARES)
