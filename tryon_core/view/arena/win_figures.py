"""Who wins against whom on held-out metrics, as a figure: wins, ties, losses, and the difference with its interval."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..figures.chart import TEXT_PT, cut, empty, style, words
from ..figures.notebook_theme import themed
from ..figures.palette import Theme, ink_on
from ..tables.totals import joined, plural
from ..units import in_words
from .contest import Arena
from .strategy_looks import Look, aside_words, interval_words, looks, metric_words, over_words
from .winning import wins

_MOST_ROWS = 24
_HATCH = "////"
_NAME = 34  # characters of a strategy


@themed
def wins_figure(
    arena: Arena,
    metrics: Sequence[str] = (),
    theme: Theme | None = None,
    *,
    budget: float | None = None,
    by: Sequence[str] = (),
    circular: bool = False,
) -> Figure:
    """A row per pair of strategies, metric by metric, and per value of the facts `by`: see winning.wins.

    Left the samples that each wins and ties; in the middle the mean difference with its interval, each row on a scale
    of its own, its numbers on the right. A metric that selected is hatched and called circular.
    """
    table = wins(arena, metrics, budget=budget, by=by, circular=circular)
    if table.empty:
        return words(arena, "Nothing is held out", "No metric is scored under these strategies.", theme)
    shown = table.head(_MOST_ROWS)
    places, heads, height = _places(shown)
    figure = empty(arena, finding(table), 1.5 + 0.46 * height, theme, _note(arena, table, shown, budget))
    left, middle, right = figure.subplots(1, 3, sharey=True, width_ratios=(1.3, 0.85, 1.25))
    for axes in (left, middle, right):
        style(axes, theme)
        axes.grid(False)
        axes.spines[:].set_visible(False)
    for place, head in heads.items():
        bold = {"fontsize": TEXT_PT, "fontweight": "bold", "color": theme.ink, "va": "center", "parse_math": False}
        left.text(0, place, head, **bold)
    for place, row in zip(places, shown.itertuples(), strict=True):
        _draw_counts(left, place, row, looks(arena.strategies), theme)
        _draw_difference(middle, place, row, theme)
        look = {"va": "center", "fontsize": TEXT_PT - 1, "parse_math": False}
        said = "\n".join(cut(line, 40) for line in _difference_words(row).split("\n"))
        right.text(0, place, said, color=theme.soft if row.circular else theme.ink, **look)
    left.set_yticks(places, [_row_name(row) for row in shown.itertuples()], color=theme.ink, size=TEXT_PT - 1)
    for label in left.get_yticklabels():
        label.set_parse_math(False)
    _label((left, middle, right), places, theme)
    left.set_ylim(height - 0.5, -0.5)
    return figure


def _places(shown: pd.DataFrame) -> tuple[list[float], dict[float, str], float]:
    """The place of each row, from 0 downwards; that of each metric's name above its rows; and how many in all."""
    places, heads, at = [], {}, 0.0
    for head, group in groupby(shown.itertuples(), key=_head):
        rows = list(group)
        unit = re.split(r"[,(]| of ", in_words(rows[0].unit).axis)[0].strip()  # its name alone: the panel is narrow
        heads[at] = f"{head} ({unit})" if unit else head
        at += 0.75
        for _ in rows:
            places.append(at)
            at += 1
    return places, heads, at


def _label(panels: Sequence[Axes], places: Sequence[float], theme: Theme) -> None:
    left, middle, right = panels
    left.set(xlim=(0, 100), xticks=range(0, 101, 50))
    left.set_xlabel("won by the first, tied,\nwon by the second (%)", loc="left")
    middle.plot([0, 0], [places[0] - 0.4, places[-1] + 0.4], color=theme.soft, lw=1)
    middle.set(xlim=(-1.2, 1.2), xticks=())
    middle.set_xlabel("mean difference\n← second   first →", loc="center")
    right.set(xlim=(0, 1), xticks=())
    for axes in (middle, right):
        axes.tick_params(labelleft=False)


def _draw_counts(axes: Axes, place: float, row: Any, look: dict[str, Look], theme: Theme) -> None:
    n, left = row.wins + row.losses + row.ties, 0.0
    if not n:
        style = {"va": "center", "color": theme.soft, "fontsize": TEXT_PT - 1, "parse_math": False}
        axes.text(1, place, "no pair has two numbers", **style)
        return
    parts = ((row.wins, look[row.a].colour), (row.ties, theme.faint), (row.losses, look[row.b].colour))
    for count, colour in parts:
        share = 100 * count / n
        hatch = {"hatch": _HATCH, "ec": theme.paper} if row.circular else {}
        axes.barh(place, share, 0.5, left=left, color=colour, lw=0, **hatch)
        if share > 4:
            ink = theme.ink if colour == theme.faint else ink_on(colour)
            box = {"boxstyle": "square,pad=0.1", "fc": colour, "ec": "none"} if row.circular else None
            centred = {"ha": "center", "va": "center", "fontsize": TEXT_PT - 1}
            axes.text(left + share / 2, place, str(count), color=ink, bbox=box, **centred)
        left += share


def _draw_difference(axes: Axes, place: float, row: Any, theme: Theme) -> None:
    """From the middle to an edge is the farthest end of the interval, or the difference where there is none."""
    if pd.isna(row.difference):
        return
    ends = [] if pd.isna(row.low) else [row.low, row.high]
    largest = max(abs(end) for end in (row.difference, *ends)) or 1.0
    colour = theme.soft if row.circular else theme.ink
    if ends:
        axes.plot([end / largest for end in ends], [place] * 2, color=colour, lw=1.8)
    filled = {"color": colour} if row.told and not row.circular else {"mfc": theme.paper, "mec": colour, "mew": 1.5}
    axes.plot([row.difference / largest], [place], "o", ms=7, **filled)


def _difference_words(row: Any) -> str:
    """E.g. '+0.02, p = 0.03', and the interval below; the unit stands in the head."""
    if pd.isna(row.difference):
        return f"without a number: {row.why_unscored}"
    unit = in_words(row.unit)
    low, high = (unit.number(end, "+").removesuffix(" %") for end in (row.low, row.high))
    interval = "" if pd.isna(row.low) else f"\n({low} to {high})"
    amount = unit.number(row.difference, "+") if row.difference else "0"
    if row.circular:
        return f"{amount}: circular{interval}"
    return amount + ("" if pd.isna(row.flip_holm) else f", p = {row.flip_holm:.2g}") + interval


def _head(row: Any) -> str:
    fact = f", {row.dimension.replace('_', ' ')}: {row.value}" if row.dimension else ""
    return cut(metric_words(row.metric) + fact, 60) + (", circular: it selected" if row.circular else "")


def _row_name(row: Any) -> str:
    return f"{cut(row.a, _NAME)}\nagainst {cut(row.b, _NAME)}".replace("_", " ")


# ---- words -----------------------------------------------------------------------------------------------------------


def finding(table: pd.DataFrame) -> str:
    """Which differences can be told, of those on metrics that did not select."""
    honest = table[~table.circular]
    if honest.empty:
        return "Every metric here selected: it is circular and says nothing about which strategy is better"
    told = honest[honest.told]
    of = f"of {len(honest)} {plural('comparison', len(honest))}"
    if told.empty:
        return f"No difference can be told in {'the one comparison' if len(honest) == 1 else f'any {of}'}"
    beaten: dict[tuple[str, str], list[str]] = {}
    for row in told.itertuples():
        winner, loser = (row.a, row.b) if row.difference > 0 else (row.b, row.a)
        beaten.setdefault((winner, _head(row)), []).append(loser)
    most_first = sorted(beaten.items(), key=lambda each: -len(each[1]))
    claims = [f"{winner} beats {joined(losers)} on {metric}" for (winner, metric), losers in most_first[:2]]
    said = sum(len(losers) for _, losers in most_first[:2])
    more = f", and {len(told) - said} more" if len(told) > said else ""
    return f"{'; '.join(claims)}{more} ({len(told)} {of} told)"


def _note(arena: Arena, table: pd.DataFrame, shown: pd.DataFrame, budget: float | None) -> str:
    limit = "at the smaller total of the two"
    if budget is not None:
        limit = f"with at most {budget:,.4g} {arena.unit_words} per sample"
    persons = int(table.persons.max())
    parts = (
        f"{over_words(arena)}, each side {limit}: equal {arena.unit_words}. {interval_words(persons)}",
        f"p: sign-flip test over persons, Holm over all {len(table)} rows; filled: told.",
        "Hatched: a strategy selected on this metric, which then says nothing." if table.circular.any() else "",
        f"{len(table) - len(shown)} more rows are in the table." if len(shown) < len(table) else "",
        aside_words(arena),
    )
    return " ".join(filter(None, parts))
