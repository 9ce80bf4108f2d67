"""Where selection parts from the truth: the score that selects goes on rising, and what it stands for falls."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...stats.chance import ALPHA
from ...stats.differences import highest_mean_p
from .contest import Arena
from .entries import Entry
from .over_budget import budgets

_TYPES = {
    **dict.fromkeys(("strategy", "metric"), "str"),
    **dict.fromkeys(("parts_at", "best_at", "last", "at_best", "at_last", "p"), "float64"),
    **{"draws": "Int64", "selection_gain": "float64", "n": "int64", "persons": "int64"},
    **{"unit": "str", "better": "str", "circular": "bool"},
}


def hacking(
    arena: Arena, metrics: Sequence[str] = (), *, at: Sequence[float] = (), circular: bool = False
) -> pd.DataFrame:
    """One row per strategy and held-out metric: the budget from which selecting harder makes the pictures worse.

    The held-out number of the picture that is kept is averaged over persons at each budget. `best_at` is the budget
    where that mean is best, the smallest of equals. The two part there where the mean is worse at the last budget than
    chance gives (p < 0.05) while the selection score has not fallen. p is that of the largest fall from any budget to
    the last, by flipping whole persons, so that it allows for the choice of the best one among all budgets.

    Over the samples that have a number at every budget.

    at               budgets; none: every one of `budgets`
    parts_at         best_at where they part; missing where they do not, or nothing can be told
    at_best, at_last held-out means there
    selection_gain   how far the selection score rose from best_at to the last budget; missing where a picture has none
    p                missing where the last budget is the only one, or no sample is scored throughout
    raises           as Arena.reported
    """
    grid = sorted(at) or budgets(arena)
    rows = [
        {"strategy": strategy, "metric": metric, "last": grid[-1], "circular": selected}
        | _parting(arena, strategy, metric, grid)
        for metric, selected in arena.reported(metrics, circular).items()
        for strategy in arena.strategies
    ]
    return pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)


def _parting(arena: Arena, strategy: str, metric: str, grid: Sequence[float]) -> dict[str, Any]:
    held = arena.held[metric]
    rows = {"unit": held.unit, "better": held.better}
    entries = [each for each in arena.entries if each.strategy == strategy]
    curves = {each: [held.of(each, budget) for budget in grid] for each in entries}
    curves = {each: curve for each, curve in curves.items() if None not in curve}
    rows |= {"n": len(curves), "persons": len({each.person for each in curves})}
    if not curves:
        return rows
    person = [each.person for each in curves]
    held_GB = pd.DataFrame(curves.values()).groupby(person).mean().to_numpy()
    best = int(np.argmax(held_GB.mean(0)))
    rows |= {"best_at": grid[best]}
    rows |= {f"at_{name}": held.sign * held_GB[:, place].mean() for name, place in (("best", best), ("last", -1))}
    gains = [_gain(each, grid[best], grid[-1]) for each in curves]
    gain = None if None in gains else float(pd.Series(gains).groupby(person).mean().mean())
    if len(grid) == 1:
        return rows | {"selection_gain": gain}
    p, draws = highest_mean_p(held_GB[:, :-1] - held_GB[:, -1:])
    parts = p < ALPHA and best < len(grid) - 1 and gain is not None and gain >= 0
    return rows | {"p": p, "draws": draws, "selection_gain": gain, "parts_at": grid[best] if parts else None}


def _gain(entry: Entry, before: float, after: float) -> float | None:
    scores = [pick.selection if (pick := entry.pick(budget)) else None for budget in (before, after)]
    return None if None in scores else scores[1] - scores[0]
