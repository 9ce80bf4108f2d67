"""Who wins against whom, sample by sample, on held-out metrics; and, first, what such a comparison can show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import isclose
from typing import Any

import pandas as pd

from ...errors import BadInput
from ...runs.reading import Run
from ...stats import comparing
from ...stats.chance import ALPHA
from ...stats.differences import differences
from ...steps import SampleRecord
from ..tables.slices import dimensions, groups
from .contest import Arena, Held, Place
from .entries import Candidate, Entry

_TYPES = {
    **dict.fromkeys(("a", "b", "metric", "dimension", "value"), "str"),
    **dict.fromkeys(("wins", "losses", "ties", "unscored"), "int64"),
    **{"win_rate": "float64", "persons": "int64", "persons_won": "int64", "persons_lost": "int64"},
    **dict.fromkeys(("sign_p", "sign_holm", "flip_p", "flip_holm"), "float64"),
    **{"draws": "Int64", "told": "bool"},
    **dict.fromkeys(("difference", "low", "high"), "float64"),
    **{"unit": "str", "spent_a": "float64", "spent_b": "float64", "circular": "bool", "why_unscored": "str"},
}
_NOTHING_DRAWN, _NO_ROW = "nothing could be selected within the budget", "no row"


def power_table(*runs: Run) -> pd.DataFrame:
    """How large a true win rate a comparison of these runs can show, from their listings alone: to be read first.

    of         'samples', as if each stood alone, and 'persons', over whom the tests are: the truth lies between
    listed     how many of them are listed in all runs
    differing  on how many the two would differ: on all, a half, a quarter
    win_rate   the least that the exact sign test shows four times of five; missing where none would do
    """
    if not runs:
        raise BadInput("no run was given; give the runs of an arena")
    shared = set.intersection(*({line.sample_id for line in run.listing.lines} for run in runs))
    lines = [line for line in runs[0].listing.lines if line.sample_id in shared]
    persons = {SampleRecord(sample_id=line.sample_id, line=line).person for line in lines}
    rows = [
        (of, listed, differing, rate)
        for of, listed in (("samples", len(shared)), ("persons", len(persons)))
        for differing, rate in comparing.power_table(listed // part for part in (1, 2, 4)).items()
    ]
    return pd.DataFrame(rows, columns=["of", "listed", "differing", "win_rate"]).astype({"win_rate": "float64"})


def wins(
    arena: Arena,
    metrics: Sequence[str] = (),
    *,
    budget: float | None = None,
    by: Sequence[str] = (),
    circular: bool = False,
) -> pd.DataFrame:
    """One row per pair of strategies and held-out metric, and per value of the facts `by`.

    Per sample both keep what they would at the same ledger: at most `budget`; else the smaller total of the two.

    metrics                       none: all that are scored
    by                            known facts of the samples; then dimension and value say which samples a row is over
    wins, losses, ties, unscored  samples in which A is better, B is, both are equal, one has no number (why_unscored)
    win_rate                      of those that are no ties
    persons, persons_won, _lost   clusters of the tests, and by the sign of their mean difference
    sign_p, flip_p                exact sign test and sign-flip test over persons, two-sided; draws: random ones of the
                                  latter, missing where all ways were counted
    sign_holm, flip_holm          the same where all rows of this table may be asked (Holm), each test its own family
    told                          whether flip_holm tells a difference: the one test that decides
    difference, low, high         mean over persons of A - B, positive where A is better, with its 95 % t-interval over
                                  persons; none over fewer than 6
    spent_a, spent_b              what the kept pictures had spent, on average, in the arena's unit
    circular                      whether a strategy selected on the metric
    raises                        as Arena.reported; UnknownName for a fact that no sample has
    """
    reported = arena.reported(metrics, circular)
    rows = [
        {"a": a, "b": b, "metric": metric, "dimension": name, "value": value, "circular": selected}
        | _row(_pairs(arena, (a, b), metric, budget, sample_ids), arena.held[metric].unit)
        for name, value, sample_ids in _slices(arena, by)
        for metric, selected in reported.items()
        for a, b in combinations(arena.strategies, 2)
    ]
    for test in ("sign", "flip"):
        adjusted = comparing.holm({place: row[f"{test}_p"] for place, row in enumerate(rows)})
        for place, row in enumerate(rows):
            row[f"{test}_holm"] = adjusted[place]
    for row in rows:
        row["told"] = row["flip_holm"] is not None and row["flip_holm"] < ALPHA
    return pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)


def _slices(arena: Arena, by: Sequence[str]) -> list[tuple[str, str, set[str] | None]]:
    """(fact, value, ids of its samples); one without a name, of all samples, where no fact is named."""
    if not by:
        return [("", "", None)]
    run = next(iter(arena.runs.values()))
    return [
        (name, value, set(ids)) for name in dimensions(run, list(by)) for value, ids in groups(run, name).items() if ids
    ]


@dataclass
class _Pairs:
    """Pairs of one comparison: differences A - B, positive where A is better, and what goes with them."""

    differences: list[float] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)
    spent: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))
    unscored: Counter[str] = field(default_factory=Counter)


def _pairs(
    arena: Arena, two: tuple[str, str], metric: str, budget: float | None, sample_ids: set[str] | None
) -> _Pairs:
    held, pairs = arena.held[metric], _Pairs()
    for sample_id, entries in arena.by_sample.items():
        if sample_ids is not None and sample_id not in sample_ids:
            continue
        sides = [entries[name] for name in two]
        cap = min(side.total for side in sides) if budget is None else budget
        picks = [(side, side.pick(cap)) for side in sides]
        places = [(side.strategy, sample_id, pick.step if pick else 0) for side, pick in picks]
        if any(place not in held.values for place in places):
            pairs.unscored[_why(picks, places, held)] += 1
            continue
        a, b = (held.values[place] for place in places)
        pairs.differences.append(0.0 if isclose(a, b, rel_tol=1e-9) else a - b)
        pairs.persons.append(sides[0].person)
        for side, spent in zip(sides, pairs.spent, strict=True):
            spent.append(side.spent(cap))
    return pairs


def _why(picks: Sequence[tuple[Entry, Candidate | None]], places: Sequence[Place], held: Held) -> str:
    """The reason of the first of the two that has no number."""
    return next(
        _NOTHING_DRAWN if pick is None else held.reasons.get(place, _NO_ROW)
        for (_, pick), place in zip(picks, places, strict=True)
        if place not in held.values
    )


def _row(pairs: _Pairs, unit: str) -> dict[str, Any]:
    n, why = len(pairs.differences), "; ".join(f"{count} {reason}" for reason, count in pairs.unscored.most_common())
    row = {"unit": unit, "unscored": pairs.unscored.total(), "why_unscored": why}
    row |= {f"spent_{name}": sum(spent) / n if n else None for name, spent in zip("ab", pairs.spent, strict=True)}
    if not n:
        counts = dict.fromkeys(("wins", "losses", "ties", "persons", "persons_won", "persons_lost"), 0)
        return row | counts | {"sign_p": None, "flip_p": None}
    difference = differences(pairs.differences, pairs.persons)
    return row | {
        "wins": difference.wins,
        "losses": difference.losses,
        "ties": difference.ties,
        "win_rate": difference.win_rate,
        "persons": difference.mean.clusters,
        "persons_won": difference.clusters_won,
        "persons_lost": difference.clusters_lost,
        "sign_p": difference.sign_p,
        "flip_p": difference.flip_p,
        "draws": difference.draws,
        "difference": difference.mean.mean,
        "low": difference.mean.low,
        "high": difference.mean.high,
    }
