"""What strategies hold as their budget grows, as figures: selection beside what is held out, and where they part."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.ticker import MaxNLocator

from ..figures.chart import TEXT_PT, cut, empty, style, thinned, words
from ..figures.notebook_theme import themed
from ..figures.palette import Theme
from ..streams.spend import PICTURES
from ..tables.totals import joined
from ..units import in_words
from .contest import Arena
from .hacking import hacking
from .over_budget import best_so_far
from .strategy_looks import (
    aside_words,
    axis_label,
    budget_words,
    draw_legend,
    held_out_metric,
    interval_words,
    legend_in,
    looks,
    metric_words,
    over_words,
)

_CIRCULAR = "It selected: circular, which says nothing about which strategy is better."


@themed
def best_so_far_figure(
    arena: Arena, metric: str = "", theme: Theme | None = None, *, at: Sequence[float] = (), circular: bool = False
) -> Figure:
    """Left what selects, right the held-out number of the same pictures, by budget; a line per strategy.

    metric   '': the first that is scored and did not select
    at       budgets, see over_budget.best_so_far
    raises   as Arena.reported; BadInput where nothing is held out
    """
    metric = held_out_metric(arena, metric)
    table = best_so_far(arena, [metric], at=at, circular=circular)
    if not table.n.any():
        return words(arena, f"No picture has a number of {metric_words(metric)}", "There is nothing to draw.", theme)
    note = _so_far_note(arena, table)
    figure = empty(arena, _so_far_finding(arena, table, metric), 4.0 + legend_in(arena.strategies), theme, note)
    grid = figure.add_gridspec(2, 2, height_ratios=(legend_in(arena.strategies), 3.4))
    draw_legend(figure.add_subplot(grid[0, :]), arena.strategies, theme)
    left, right = (figure.add_subplot(grid[1, column]) for column in (0, 1))
    factor = in_words(table.unit.iloc[0]).factor
    for axes, column, times in ((left, "selection", 1.0), (right, "value", factor)):
        style(axes, theme)
        for name, rows in table.groupby("strategy", sort=False):
            _draw_line(axes, rows, column, arena, (name, times))
        _budget_axis(axes, arena, sorted(set(table.budget)))
    left.set_ylabel("what selects (mean)")
    right.set_ylabel(axis_label(metric, table.unit.iloc[0], table.better.iloc[0]))
    if table.circular.any():
        right.set_title("circular: it selected", loc="left", fontsize=TEXT_PT, color=theme.warning)
    return figure


def _draw_line(axes: Axes, rows: pd.DataFrame, column: str, arena: Arena, named: tuple[str, float]) -> None:
    name, times = named
    look = looks(arena.strategies)[name]
    rows = rows[rows[column].notna()]
    every = max(1, len(rows) // 8)
    axes.plot(
        rows.budget, times * rows[column], color=look.colour, ls=look.dashes, marker=look.marker, ms=5, markevery=every
    )
    banded = rows[rows.low.notna()]
    if column == "value" and len(banded):
        axes.fill_between(banded.budget, times * banded.low, times * banded.high, color=look.colour, alpha=0.15, lw=0)


def _budget_axis(axes: Axes, arena: Arena, grid: Sequence[float]) -> None:
    axes.set_xlabel(f"budget ({arena.unit_words} per sample)")
    if arena.unit == PICTURES:
        axes.set_xticks(thinned([int(count) for count in grid]))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.margins(x=0.03, y=0.12)


def _so_far_finding(arena: Arena, table: pd.DataFrame, metric: str) -> str:
    """Which mean is best at the largest budget; a mean is no test, and the sentence says so."""
    budget = table.budget.max()
    last = table[(table.budget == budget) & table.value.notna()]
    sign = -1 if table.better.iloc[0] == "lower" else 1
    best = last[sign * last.value >= (sign * last.value).max() - 1e-12]
    amount = in_words(table.unit.iloc[0]).number(best.value.iloc[0])
    holds = "hold" if len(best) > 1 else "holds"
    claim = (
        f"{joined(best.strategy)} {holds} the best mean {metric_words(metric)} at {budget_words(budget, arena.unit)}"
    )
    if table.circular.any():
        return f"Circular: {claim}, {amount}, and {metric_words(metric)} selected"
    return f"In these runs {claim}, {amount}; whether by chance, the table of wins tests"


def _so_far_note(arena: Arena, table: pd.DataFrame) -> str:
    parts = (
        f"{over_words(arena)}. {interval_words(int(table.persons.max()))}",
        "A sample that ended below a budget stays as it ended. Left what each selects by: it may differ between two.",
        _CIRCULAR if table.circular.any() else "",
        f"Up to {table.unscored.max()} samples have no number." if table.unscored.any() else "",
        aside_words(arena),
    )
    return " ".join(filter(None, parts))


# ---- where selection parts from the truth ----------------------------------------------------------------------------


@themed
def hacking_figure(
    arena: Arena, metric: str = "", theme: Theme | None = None, *, at: Sequence[float] = (), circular: bool = False
) -> Figure:
    """A column per strategy: above what selects, below the held-out number, by budget; dashed where they part.

    metric   '': the first that is scored and did not select
    raises   as best_so_far_figure
    """
    metric = held_out_metric(arena, metric)
    table = best_so_far(arena, [metric], at=at, circular=circular)
    parting = hacking(arena, [metric], at=at, circular=circular)
    if not table.n.any():
        return words(arena, f"No picture has a number of {metric_words(metric)}", "There is nothing to draw.", theme)
    room = legend_in(arena.strategies)
    finding, note = _parting_finding(arena, parting, metric), _parting_note(arena, parting, table)
    figure = empty(arena, finding, 4.9 + room, theme, note)
    columns = len(arena.strategies)
    grid = figure.add_gridspec(3, columns, height_ratios=(room, 2, 2))
    draw_legend(figure.add_subplot(grid[0, :]), arena.strategies, theme)
    panels = _panels(figure, grid, columns)
    factor = in_words(table.unit.iloc[0]).factor
    for above, below, row in zip(*panels, parting.itertuples(), strict=True):
        rows = table[table.strategy == row.strategy]
        for axes, column, times in ((above, "selection", 1.0), (below, "value", factor)):
            style(axes, theme)
            _draw_line(axes, rows, column, arena, (row.strategy, times))
            if not pd.isna(row.parts_at):
                axes.axvline(row.parts_at, color=theme.warning, lw=1.5, ls=(0, (4, 3)))
        _budget_axis(below, arena, sorted(set(table.budget)))
        below.set_xlabel(f"budget\n({arena.unit_words})")
        if columns > 2:
            below.xaxis.set_major_locator(MaxNLocator(3, integer=arena.unit == PICTURES))
        above.set_xlim(below.get_xlim())
        above.tick_params(labelbottom=False)
        colour = theme.soft if pd.isna(row.parts_at) else theme.warning
        below.set_title(_panel_words(row, arena.unit), loc="left", fontsize=TEXT_PT - 1, color=colour)
    panels[0][0].set_ylabel("what selects")
    axis = in_words(table.unit.iloc[0]).axis
    panels[1][0].set_ylabel(cut(f"{metric_words(metric)}{f' ({axis})' if axis else ''}", 26))
    return figure


def _panels(figure: Figure, grid: GridSpec, columns: int) -> list[list[Axes]]:
    """Two rows, the axes of each on one scale."""
    panels: list[list[Axes]] = []
    for row in (1, 2):
        first = figure.add_subplot(grid[row, 0])
        others = [figure.add_subplot(grid[row, column], sharey=first) for column in range(1, columns)]
        for axes in others:
            axes.tick_params(labelleft=False)
        panels.append([first, *others])
    return panels


def _panel_words(row: Any, unit: str) -> str:
    if not pd.isna(row.parts_at):
        return f"part at {budget_words(row.parts_at, unit)}"
    return "nothing can be told" if pd.isna(row.p) else f"p = {row.p:.2g}"


def _parting_finding(arena: Arena, parting: pd.DataFrame, metric: str) -> str:
    """Which strategies part from what is held out, and at which budget."""
    apart = parting[parting.parts_at.notna()]
    name = metric_words(metric)
    if apart.empty:
        return f"No strategy is seen to part from {name} as its budget grows"
    by_budget = {budget: joined(rows.strategy) for budget, rows in apart.groupby("parts_at")}
    claims = [f"{names} from {budget_words(budget, arena.unit)} on" for budget, names in by_budget.items()]
    if len(by_budget) == 1 and len(apart) == len(parting) > 2:
        claims = [f"every strategy from {budget_words(apart.parts_at.iloc[0], arena.unit)} on"]
    circular = "Circular: " if parting.circular.any() else ""
    return f"{circular}Selecting harder makes {name} worse: {joined(claims)}"


def _parting_note(arena: Arena, parting: pd.DataFrame, table: pd.DataFrame) -> str:
    better = parting.better.iloc[0]
    parts = (
        f"{over_words(arena)}, {better} is better below. {interval_words(int(table.persons.max()))}",
        "Dashed: where the held-out mean is best, if by the last budget it has fallen more than chance gives "
        "(p < 0.05, whole persons flipped) while what selects has not.",
        _CIRCULAR if parting.circular.any() else "",
        aside_words(arena),
    )
    return " ".join(filter(None, parts))
