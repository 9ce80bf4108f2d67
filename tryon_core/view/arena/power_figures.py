"""What a comparison of strategies can show at all, as a figure: to be looked at first."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...runs.reading import Run
from ...stats.comparing import least_rate_told
from ..figures.chart import TEXT_PT, canvas
from ..figures.notebook_theme import themed
from ..figures.palette import Theme
from ..tables.totals import plural
from .winning import power_table

_FEWEST, _MOST_AT_LEAST = 6, 108  # pairs that the curve is drawn over; fewer than 6 show nothing
_MARKERS = {"samples": "o", "persons": "s"}


@dataclass(frozen=True)
class _Beforehand:
    """No model has a part in what a listing can show."""

    caution: str = ""


@themed
def power_figure(*runs: Run, theme: Theme | None = None) -> Figure:
    """The least true win rate that the exact sign test shows four times of five, by how many pairs differ.

    runs   those of an arena; only their listings are read
    """
    table = power_table(*runs)
    note = (
        "Below the curve a real difference is seen less than four times of five (exact sign test, 95 %). Strategies "
        "differ on all pairs, a half or a quarter; the tests are over persons, whose samples are alike: the truth lies "
        "between the two."
    )
    figure, axes = canvas(_Beforehand(), finding(table), 4.3, theme, note)
    most = max(_MOST_AT_LEAST, int(table.listed.max()))
    beyond = (round(_MOST_AT_LEAST * 1.2**power) for power in range(1, 60))
    counts = [*range(_FEWEST, _MOST_AT_LEAST + 1), *(count for count in beyond if count < most), most]  # it is a saw
    rates = [(count, 100 * rate) for count in counts if (rate := least_rate_told(count)) is not None]
    xs, ys = zip(*rates, strict=True)
    axes.plot(xs, ys, color=theme.ink, lw=1.8)
    axes.fill_between(xs, ys, 50, color=theme.faint, lw=0)
    for of, rows in table.dropna().groupby("of", sort=False):
        hollow = {"mfc": theme.paper, "mec": theme.ink, "mew": 1.6, "ls": "none", "ms": 8}
        label = f"these {rows.listed.iloc[0]} {of}: all, a half or a quarter of them differ"
        axes.plot(rows.differing, 100 * rows.win_rate, _MARKERS[of], label=label, **hollow)
    _label(axes, most, theme)
    return figure


def _label(axes: Axes, most: int, theme: Theme) -> None:
    axes.set_xscale("log")
    ticks = [count for count in (6, 12, 24, 54, 108, 250, 500, 1000, 2500, 5000, 10_000) if count <= most]
    axes.set_xticks(ticks, [f"{count:,}" for count in ticks])
    axes.minorticks_off()
    axes.set(xlim=(5.6, 1.06 * most), ylim=(50, 102), yticks=range(50, 101, 10))
    axes.set_xlabel("pairs on which two strategies differ")
    axes.set_ylabel("true win rate (%)")
    axes.text(6.3, 53, "too small to be seen", color=theme.soft, fontsize=TEXT_PT)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize=TEXT_PT, labelcolor=theme.ink, loc="upper right")


def finding(table: pd.DataFrame) -> str:
    """E.g. '54 samples can show a win rate of 70% or more; their 6 persons a win rate of 97% or more'."""
    rows = table.groupby("of", sort=False).first()
    samples, persons = (int(rows.listed[of]) for of in ("samples", "persons"))
    words = f"{samples} {plural('sample', samples)} can show {_what(rows.win_rate['samples'])}"
    if persons == samples:
        return words
    return f"{words}; their {persons} {plural('person', persons)} {_what(rows.win_rate['persons'])}"


def _what(rate: float) -> str:
    return "no difference at all" if pd.isna(rate) else f"a win rate of {rate:.0%} or more"
