"""By which attempt samples are accepted, where others ended otherwise and some still run."""

from dataclasses import asdict

import pandas as pd

from ...records import Decision
from ...stats.incidence import cumulative_incidence
from ...steps import COUNTED

_COLUMNS = {"attempt": "int64", "at_risk": "int64", "accepted": "int64", "ended": "int64", "censored": "int64"}
_SHARES = {"share": "float64", "low": "float64", "high": "float64"}


def followed(attempts: pd.DataFrame) -> pd.DataFrame:
    """One row per sample that counts and has an attempt which was judged or accepted: sample_id, person, attempt, end.

    attempt   the one that was accepted, else the last that was judged
    end       'done': accepted; 'ended': given up, or out of attempts; 'followed': the sample still runs
    """
    accepted = attempts.decision == Decision.ACCEPT
    rows = attempts[(attempts.judged | accepted) & attempts.outcome.isin(COUNTED)]
    last = rows.groupby("sample_id", sort=False, as_index=False).last()
    ends = last.outcome.map({"accepted": "done", "running": "followed"}).fillna("ended")
    return last[["sample_id", "person", "attempt"]].assign(end=ends.astype("str"))


def survival(attempts: pd.DataFrame) -> pd.DataFrame:
    """The share not accepted by attempt 1, 2 ..., one row each: what cumulative incidence leaves (stats.incidence).

    at_risk    samples that were neither accepted nor ended before and are followed as far as this attempt
    accepted   of these at this attempt
    ended      of these at it, without being accepted: given up, or out of attempts. They stay not accepted
    censored   of these followed no further, since the sample still runs
    share      of samples not accepted by then, with its 95 % interval low..high over persons; where nothing is censored
               it is what the acceptance rate leaves
    """
    cases = followed(attempts)
    if cases.empty:
        return pd.DataFrame(columns=[*_COLUMNS, *_SHARES]).astype(_COLUMNS | _SHARES)
    steps = cumulative_incidence(cases.attempt.tolist(), cases.end.tolist(), cases.person.tolist())
    table = pd.DataFrame([asdict(step) for step in steps]).rename(columns={"step": "attempt", "done": "accepted"})
    table = table.astype(_COLUMNS | _SHARES)
    return table.assign(share=1 - table.share, low=1 - table.high, high=1 - table.low)[[*_COLUMNS, *_SHARES]]
