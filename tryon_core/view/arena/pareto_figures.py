"""What strategies cost against what they give, as a figure: the Pareto front and who is dominated by whom."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..figures.chart import TEXT_PT, empty, style, words
from ..figures.notebook_theme import themed
from ..figures.palette import Theme
from ..tables.totals import joined, plural
from ..units import in_words
from .contest import Arena
from .over_budget import pareto
from .strategy_looks import (
    aside_words,
    axis_label,
    draw_legend,
    held_out_metric,
    interval_words,
    legend_in,
    looks,
    metric_words,
)


@themed
def pareto_figure(arena: Arena, metric: str = "", theme: Theme | None = None, *, circular: bool = False) -> Figure:
    """Mean cost against the mean of what each run kept; filled: no other costs no more and is no worse.

    metric   '': the first that is scored and did not select
    raises   as Arena.reported; BadInput where nothing is held out
    """
    metric = held_out_metric(arena, metric)
    table = pareto(arena, [metric], circular=circular)
    if table.empty:
        nothing = "No sample has a number under every strategy."
        return words(arena, f"Nothing to compare by {metric_words(metric)}", nothing, theme)
    room = legend_in(arena.strategies)
    figure = empty(arena, _finding(table, metric), 4.0 + room, theme, _note(arena, table))
    key, axes = figure.subplots(2, 1, height_ratios=(room, 3.4))
    draw_legend(key, arena.strategies, theme, lines=False)
    style(axes, theme)
    axes.grid(True, axis="x", color=theme.faint, lw=0.8)
    _draw(axes, table, arena, theme)
    axes.set_xlabel(f"spent ({arena.unit_words} per sample, mean)")
    axes.set_ylabel(axis_label(metric, table.unit.iloc[0], table.better.iloc[0]))
    if table.circular.any():
        axes.set_title("circular: it selected", loc="left", fontsize=TEXT_PT, color=theme.warning)
    return figure


def _draw(axes: Axes, table: pd.DataFrame, arena: Arena, theme: Theme) -> None:
    factor, look = in_words(table.unit.iloc[0]).factor, looks(arena.strategies)
    front = table[table.dominated_by == ""].sort_values("cost")
    ends = [*front.cost, table.cost.max()], [*front.value, front.value.iloc[-1]]
    axes.step(ends[0], [factor * value for value in ends[1]], where="post", color=theme.soft, lw=1, ls=(0, (4, 3)))
    for row in table.itertuples():
        colour = look[row.strategy].colour
        if not pd.isna(row.low):
            axes.plot([row.cost] * 2, [factor * row.low, factor * row.high], color=colour, lw=1.6)
        fill = {"mfc": theme.paper if row.dominated_by else colour, "mec": colour, "mew": 1.8}
        axes.plot([row.cost], [factor * row.value], look[row.strategy].marker, ms=10, **fill)
    axes.margins(x=0.12, y=0.15)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlim(left=max(0.0, axes.get_xlim()[0]))


def _finding(table: pd.DataFrame, metric: str) -> str:
    """Who is on the front, and who is dominated: of means, which are no test."""
    front, dominated = table[table.dominated_by == ""], table[table.dominated_by != ""]
    name, circular = metric_words(metric), "Circular: i" if table.circular.any() else "I"
    if dominated.empty:
        return f"{circular}n these runs no strategy is both cheaper and better than another by {name}"
    gives = "gives" if len(front) == 1 else "give"
    best = f"{joined(front.strategy)} {gives} the best mean {name} for the cost"
    return f"{circular}n these runs {best}; dominated: {joined(dominated.strategy)}"


def _note(arena: Arena, table: pd.DataFrame) -> str:
    n, persons = int(table.n.iloc[0]), int(table.persons.iloc[0])
    parts = (
        f"{n} {plural('sample', n)} of {persons} {plural('person', persons)}, scored under every strategy.",
        f"{interval_words(persons)} Filled: on the front of the means, which is no test; dashed: the front.",
        aside_words(arena),
    )
    return " ".join(filter(None, parts))
