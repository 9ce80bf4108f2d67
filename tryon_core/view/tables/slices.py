"""The same counts for parts of a run: by what is known of its samples."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...errors import BadInput, UnknownName
from ...runs.reading import Run
from ...stats import clustered
from ...stats.chance import largest_gap
from ...steps import JUDGED
from .step_tables import counted

NOT_GIVEN = "not given"
MOST = 4  # facts that a run is cut by, where none is named
_FEWEST_VALUES, _MOST_VALUES = 2, 8  # of a fact that is worth cutting by
_RANGES = 4  # of a number with more values, each of about as many samples
_EASIEST_FIRST = ("easy", "medium", "hard")
SHARE_TYPES = dict.fromkeys(("share", "low", "high"), "float64")  # NaN where persons are too few for an interval
_RARER = re.compile(r"\d+ rarer ones")
_RANGE = re.compile(r"(\S+) to \S+")


def facts(run: Run) -> list[str]:
    """Everything that is known of any listed sample, by name, in the order of the listing."""
    return list(dict.fromkeys(name for line in run.listing.lines for name in line.known))


def known(run: Run) -> pd.DataFrame:
    """What is known of each listed sample, as text, by sample_id, in few groups; 'not given' where nothing is said.

    A fact of more than 8 values is put into groups: a number into four ranges of about as many samples, in words
    ('148 to 160'); of texts the 8 most frequent stand for themselves, the others are '33 rarer ones'.
    """
    return said(run).apply(_grouped)


def said(run: Run) -> pd.DataFrame:
    """What is known of each listed sample, as the source says it, as text."""
    names, lines = facts(run), run.listing.lines
    rows = [{name: str(line.known.get(name, "")) or NOT_GIVEN for name in names} for line in lines]
    return pd.DataFrame(rows, index=[line.sample_id for line in lines], columns=names).astype("str")


def _grouped(column: pd.Series) -> pd.Series:
    given = column[column != NOT_GIVEN]
    if given.nunique() <= _MOST_VALUES:
        return column
    numbers = pd.to_numeric(given, errors="coerce")
    ranges = _ranges(numbers) if np.isfinite(numbers).all() else given
    several = 1 < ranges.nunique() <= _RANGES  # all are in one where most samples share a number
    return column.where(column == NOT_GIVEN, ranges if several else _frequent(given))


def _ranges(numbers: pd.Series) -> pd.Series:
    """Each number as the range it lies in, from the least to the largest number in it."""
    place = pd.qcut(numbers, _RANGES, labels=False, duplicates="drop")
    ends = numbers.groupby(place).agg(["min", "max"])
    words = {at: f"{low:.10g} to {high:.10g}" if low < high else f"{low:.10g}" for at, low, high in ends.itertuples()}
    return place.map(words)


def _frequent(given: pd.Series) -> pd.Series:
    sizes = given.value_counts()
    return given.where(given.isin(sizes.index[:_MOST_VALUES]), f"{len(sizes) - _MOST_VALUES} rarer ones")


def dimensions(run: Run, names: Sequence[str] = ()) -> list[str]:
    """The facts that a run is cut by: those named, else the first MOST that have 2 to 8 values.

    raises   UnknownName with the nearest fact; BadInput for a text that no two samples share
    """
    for name in names:
        if name not in facts(run):
            raise UnknownName("known fact", name, facts(run))
        column = said(run)[name]
        if column.nunique() == len(column) and any(map(_RARER.fullmatch, _grouped(column))):
            raise BadInput(f"{name!r} is another text for each of {len(column)} samples: it makes no groups")
    if names:
        return list(names)
    counts = said(run).nunique().to_dict()
    return [name for name, count in counts.items() if _FEWEST_VALUES <= count <= _MOST_VALUES][:MOST]


def values(column: pd.Series) -> list[str]:
    """The values of one fact: easy to hard, then numbers and ranges by size, then the alphabet; what is rarer and
    'not given' last."""
    ranks = {**{value: place for place, value in enumerate(_EASIEST_FIRST)}, NOT_GIVEN: 9}

    def place(value: str) -> tuple:
        low = _RANGE.fullmatch(value)
        number = pd.to_numeric(low[1] if low else value, errors="coerce")
        rank = 8 if _RARER.fullmatch(value) else ranks.get(value, 5)
        return (rank, pd.isna(number), 0.0 if pd.isna(number) else float(number), value)

    return sorted(column.unique(), key=place)


def groups(run: Run, name: str) -> dict[str, list[str]]:
    """Value of a fact -> the samples that have it, in listing order."""
    column = known(run)[name]
    return {value: column.index[column == value].tolist() for value in values(column)}


def outcomes(run: Run) -> pd.DataFrame:
    """One row per sample with a judged outcome: sample_id, person, accepted (bool)."""
    judged = [record for record in run.records if record.outcome in JUDGED]
    rows = [(record.sample_id, record.person, record.outcome == "accepted") for record in judged]
    types = {"sample_id": "str", "person": "str", "accepted": "bool"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def first_attempts(attempts: pd.DataFrame) -> pd.DataFrame:
    """One row per counted first attempt: sample_id, person, attempt, failed (bool: some constraint was)."""
    first = counted(attempts)
    first = first[first.attempt == 1]
    return first[["sample_id", "person", "attempt"]].assign(failed=first.primary_failure.notna())


def slices(run: Run, attempts: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Accepted samples and failed first attempts by what is known of the samples.

    by                     facts by name; none: see `dimensions`
    dimension, value       e.g. 'gender' 'female'; every value of the listed samples, 'not given' last
    measure                'accepted': of samples with a judged outcome; 'failed': first attempts with a failed
                           constraint, of counted first attempts
    count, n               n may be 0
    share, low, high       count / n with its 95 % interval over persons (stats.clustered); missing where n is 0
    """
    measured = {"accepted": outcomes(run), "failed": first_attempts(attempts)}
    rows = [
        {"dimension": name, "value": value, "measure": measure, **_counted(cases, measure, sample_ids)}
        for name in dimensions(run, by)
        for value, sample_ids in groups(run, name).items()
        for measure, cases in measured.items()
    ]
    columns = ["dimension", "value", "measure", "count", "n", *SHARE_TYPES]
    return pd.DataFrame(rows, columns=columns).astype(SHARE_TYPES)


def _counted(cases: pd.DataFrame, measure: str, sample_ids: list[str]) -> dict[str, Any]:
    part = cases[cases.sample_id.isin(sample_ids)]
    row = {"count": int(part[measure].sum()), "n": len(part)}
    if not row["n"]:
        return row
    share = clustered(part[measure].tolist(), part.person.tolist())
    return {**row, "share": share.share, "low": share.low, "high": share.high}


def gaps(run: Run, by: Sequence[str] = ()) -> pd.DataFrame:
    """The two values of each fact whose acceptance lies furthest apart, the least likely gap first.

    dimension, low, high  the fact and its two values, the less accepted one first
    p                     permutation test of the largest gap between any two values (stats.chance.largest_gap), times
                          the number of facts that are asked: Bonferroni's bound, which for the first row is Holm's
    """
    cases, names = outcomes(run), dimensions(run, by)
    values_of = known(run).loc[cases.sample_id]
    found = {name: largest_gap(cases.accepted, values_of[name], cases.person) for name in names if len(cases)}
    rows = [(name, gap.low, gap.high, min(1.0, gap.p * len(names))) for name, gap in found.items() if gap]
    return pd.DataFrame(rows, columns=["dimension", "low", "high", "p"]).sort_values("p", ignore_index=True)
