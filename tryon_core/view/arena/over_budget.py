"""What a strategy holds as its budget grows: by the score that selects, and by held-out ones; and what it costs."""

from collections.abc import Sequence
from math import isclose
from typing import Any

import pandas as pd

from ...stats.differences import mean_over_clusters
from ..streams.spend import PICTURES
from .contest import Arena, Held
from .entries import Entry

_POINTS = 12  # budgets of a unit that is not counted in pictures

_SO_FAR = {
    **{"strategy": "str", "budget": "float64", "metric": "str"},
    **dict.fromkeys(("value", "low", "high"), "float64"),
    **dict.fromkeys(("n", "persons", "unscored"), "int64"),
    **{"selection": "float64", "selection_n": "int64", "spent": "float64"},
    **{"unit": "str", "better": "str", "circular": "bool"},
}


def budgets(arena: Arena) -> list[float]:
    """The budgets of a table: every number of pictures; of another unit, equal steps up to the largest total."""
    largest = max(each.total for each in arena.entries)
    if arena.unit == PICTURES:
        return [float(count) for count in range(1, round(largest) + 1)]
    return [largest * point / _POINTS for point in range(1, _POINTS + 1)]


def best_so_far(
    arena: Arena, metrics: Sequence[str] = (), *, at: Sequence[float] = (), circular: bool = False
) -> pd.DataFrame:
    """One row per strategy, budget and held-out metric: the number of the picture that is kept at that budget.

    A sample that ended below a budget stays as it ended.

    at               budgets; none: see `budgets`
    value, low, high mean over persons of the picture kept, with its 95 % t-interval; none over fewer than 6 persons
    n, unscored      samples behind it; those that had drawn nothing by then or have no number
    selection        mean of the number by which the same pictures were selected, of selection_n that have one: each
                     strategy has its own scale
    spent            mean in the arena's unit, at most the budget
    raises           as Arena.reported
    """
    rows = [
        {"strategy": strategy, "budget": budget, "metric": metric, "circular": selected}
        | _held(arena, strategy, budget, metric)
        for metric, selected in arena.reported(metrics, circular).items()
        for strategy in arena.strategies
        for budget in (at or budgets(arena))
    ]
    return pd.DataFrame(rows, columns=list(_SO_FAR)).astype(_SO_FAR)


def _held(arena: Arena, strategy: str, budget: float, metric: str) -> dict[str, Any]:
    entries = [each for each in arena.entries if each.strategy == strategy]
    held = arena.held[metric]
    value_of = {each: value for each in entries if (value := held.of(each, budget)) is not None}
    selections = [pick.selection for each in value_of if (pick := each.pick(budget)) and pick.selection is not None]
    row = {
        "n": len(value_of),
        "persons": len({each.person for each in value_of}),
        "unscored": len(entries) - len(value_of),
        "selection": _mean(selections),
        "selection_n": len(selections),
        "spent": _mean([each.spent(budget) for each in value_of]),
        "unit": held.unit,
        "better": held.better,
    }
    if not value_of:
        return row
    mean = mean_over_clusters([held.sign * value for value in value_of.values()], [each.person for each in value_of])
    return row | {"value": mean.mean, "low": mean.low, "high": mean.high}


def _mean(numbers: Sequence[float]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


_PARETO = {
    **{"metric": "str", "strategy": "str", "cost": "float64"},
    **dict.fromkeys(("value", "low", "high"), "float64"),
    **{"n": "int64", "persons": "int64", "dominated_by": "str", "unit": "str", "better": "str", "circular": "bool"},
}


def pareto(arena: Arena, metrics: Sequence[str] = (), *, circular: bool = False) -> pd.DataFrame:
    """One row per held-out metric and strategy: what it spends, what its own choice is worth, and who does both better.

    Over the samples that are scored under every strategy.

    cost          mean total in the arena's unit: what it does spend, no equal budget
    value         mean over persons of the picture that the run kept, with its 95 % t-interval
    dominated_by  strategies that cost no more and are no worse, and are better in one; '' for the Pareto front. Of the
                  means as they are: no test
    raises        as Arena.reported
    """
    rows = []
    for metric, selected in arena.reported(metrics, circular).items():
        points, sign = _points(arena, metric), arena.held[metric].sign
        for point in points:
            point |= {"dominated_by": ", ".join(_dominating(point, points, sign)), "circular": selected}
        rows += points
    return pd.DataFrame(rows, columns=list(_PARETO)).astype(_PARETO)


def _points(arena: Arena, metric: str) -> list[dict[str, Any]]:
    held = arena.held[metric]
    whole = [each for each in arena.by_sample.values() if all(held.of(entry) is not None for entry in each.values())]
    return [_point([each[strategy] for each in whole], held, metric) for strategy in arena.strategies if whole]


def _point(entries: Sequence[Entry], held: Held, metric: str) -> dict[str, Any]:
    mean = mean_over_clusters([held.sign * held.of(each) for each in entries], [each.person for each in entries])
    return {
        "metric": metric,
        "strategy": entries[0].strategy,
        "cost": _mean([each.total for each in entries]),
        "value": mean.mean,
        "low": mean.low,
        "high": mean.high,
        "n": mean.n,
        "persons": mean.clusters,
        "unit": held.unit,
        "better": held.better,
    }


def _dominating(point: dict[str, Any], points: Sequence[dict[str, Any]], sign: int) -> list[str]:
    def better(other: dict[str, Any]) -> bool:
        gains = (_above(point["cost"], other["cost"]), sign * _above(other["value"], point["value"]))
        return min(gains) >= 0 and max(gains) > 0

    return [other["strategy"] for other in points if better(other)]


def _above(one: float, other: float) -> float:
    """How far it is above the other; 0 for equal means that were rounded apart."""
    return 0.0 if isclose(one, other, rel_tol=1e-9) else one - other
