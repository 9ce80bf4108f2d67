"""The same counts for parts of a run: by what is known of its samples."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ...errors import UnknownName
from ...runs.reading import Run
from ...stats import wilson
from .totals import JUDGED

NOT_GIVEN = "not given"
MOST = 4  # facts that a run is cut by, where none is named
_FEWEST_VALUES, _MOST_VALUES = 2, 8  # of a fact that is worth cutting by
_EASIEST_FIRST = ("easy", "medium", "hard")


def facts(run: Run) -> list[str]:
    """Everything that is known of any listed sample, by name, in the order of the listing."""
    return list(dict.fromkeys(name for line in run.listing.lines for name in line.known))


def known(run: Run) -> pd.DataFrame:
    """What is known of each listed sample, as text, by sample_id; 'not given' where the source says nothing."""
    names, lines = facts(run), run.listing.lines
    rows = [{name: str(line.known.get(name, "")) or NOT_GIVEN for name in names} for line in lines]
    return pd.DataFrame(rows, index=[line.sample_id for line in lines], columns=names).astype("str")


def dimensions(run: Run, names: Sequence[str] = ()) -> list[str]:
    """The facts that a run is cut by: those named, else the first MOST that have 2 to 8 values.

    raises   UnknownName with the nearest fact
    """
    for name in names:
        if name not in facts(run):
            raise UnknownName("known fact", name, facts(run))
    if names:
        return list(names)
    counts = known(run).nunique().to_dict()
    return [name for name, count in counts.items() if _FEWEST_VALUES <= count <= _MOST_VALUES][:MOST]


def values(column: pd.Series) -> list[str]:
    """The values of one fact: easy to hard, then numbers by size, then the alphabet; 'not given' last."""
    ranks = {**{value: place for place, value in enumerate(_EASIEST_FIRST)}, NOT_GIVEN: 9}

    def place(value: str) -> tuple:
        number = pd.to_numeric(value, errors="coerce")
        return (ranks.get(value, 5), pd.isna(number), 0.0 if pd.isna(number) else float(number), value)

    return sorted(column.unique(), key=place)


def groups(run: Run, name: str) -> dict[str, list[str]]:
    """Value of a fact -> the samples that have it, in listing order."""
    column = known(run)[name]
    return {value: column.index[column == value].tolist() for value in values(column)}


def outcomes(run: Run) -> pd.DataFrame:
    """One row per sample with a judged outcome: sample_id, accepted (bool)."""
    rows = [(record.sample_id, record.outcome == "accepted") for record in run.records if record.outcome in JUDGED]
    return pd.DataFrame(rows, columns=["sample_id", "accepted"]).astype({"sample_id": "str", "accepted": "bool"})


def first_attempts(attempts: pd.DataFrame) -> pd.DataFrame:
    """One row per judged first attempt: sample_id, attempt, failed (bool: some constraint was)."""
    first = attempts[(attempts.attempt == 1) & attempts.judged]
    return first[["sample_id", "attempt"]].assign(failed=first.primary_failure.notna())


def slices(run: Run, attempts: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Accepted samples and failed first attempts by what is known of the samples.

    by                     facts by name; none: see `dimensions`
    dimension, value       e.g. 'gender' 'female'; every value of the listed samples, 'not given' last
    measure                'accepted': of samples with a judged outcome; 'failed': first attempts with a failed
                           constraint, of judged first attempts
    count, n               n may be 0
    share, low, high       count / n with its 95 % Wilson interval; missing where n is 0
    """
    measured = {"accepted": outcomes(run), "failed": first_attempts(attempts)}
    rows = [
        {"dimension": name, "value": value, "measure": measure, **_counted(cases, measure, sample_ids)}
        for name in dimensions(run, by)
        for value, sample_ids in groups(run, name).items()
        for measure, cases in measured.items()
    ]
    return pd.DataFrame(rows, columns=["dimension", "value", "measure", "count", "n", "share", "low", "high"])


def _counted(cases: pd.DataFrame, measure: str, sample_ids: list[str]) -> dict[str, Any]:
    yes = cases.loc[cases.sample_id.isin(sample_ids), measure]
    row = {"count": int(yes.sum()), "n": len(yes)}
    if not row["n"]:
        return row
    share = wilson(row["count"], row["n"])
    return {**row, "share": share.share, "low": share.low, "high": share.high}
