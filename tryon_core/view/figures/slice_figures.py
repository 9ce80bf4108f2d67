"""Acceptance and first failures by what is known of the samples, as a figure."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...runs.reading import Run
from ...stats import wilson
from ..tables import frames
from ..tables.slices import DIMENSIONS, UNTOLD
from ..tables.totals import joined, plural
from .chart import TEXT_PT, empty, style, words
from .palette import LIGHT, Theme

_SHOWN = 8  # values of one dimension; the rarer ones are put together
_LABEL_CHARACTERS = 24
_PANELS = {"accepted": "accepted samples (% of judged)", "failed": "first attempts that failed (% of judged)"}


def by_slice(run: Run, theme: Theme = LIGHT) -> Figure:
    """Share accepted, and first attempts with a failure, by difficulty, gender, garment type and pattern."""
    table = frames.slices(run, frames.attempts(run))
    if not table.n.sum():
        return words(run, "No sample was judged", "There are no groups of samples to compare.", theme)
    rows = _rows(table)
    if all(cells is None for _, cells in rows):
        return words(run, _slice_finding(table), " · ".join(label for label, _ in rows), theme)
    note = "Dots are shares with their 95 % Wilson intervals. Many groups are compared at once: a gap may be chance."
    figure = empty(run, _slice_finding(table), 1.5 + 0.27 * len(rows), theme, note)
    panels = figure.subplots(1, len(_PANELS), sharey=True)
    for panel, (measure, label) in zip(panels, _PANELS.items(), strict=True):
        style(panel, theme)
        _draw(panel, rows, measure, theme)
        panel.set(xlim=(-3, 140), xticks=(0, 50, 100), ylim=(len(rows) - 0.4, -0.6))
        panel.set_xlabel(label, loc="left")
    panels[0].set_yticks(range(len(rows)), [label for label, _ in rows], parse_math=False)
    for tick, (_, cells) in zip(panels[0].get_yticklabels(), rows, strict=True):
        tick.set(color=theme.ink if cells is not None else theme.soft)
    return figure


def _rows(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame | None]]:
    """(label, its counts by measure) from top to bottom; None under a heading and where there is one value only."""
    rows: list[tuple[str, pd.DataFrame | None]] = []
    for name in DIMENSIONS:
        words, cells = name.replace("_", " "), _folded(table[table.dimension == name])
        there = list(dict.fromkeys(cells.value))
        if len(there) == 1:
            rows.append((f"{words}: {_short(there[0])}{'' if there[0] == UNTOLD else ' only'}", None))
            continue
        rows.append((f"{words}:", None))
        rows += [(_short(value), cells[cells.value == value].set_index("measure")) for value in there]
    return rows


def _folded(cells: pd.DataFrame) -> pd.DataFrame:
    """The most frequent values as they are, all rarer ones as one."""
    sizes = cells.groupby("value", sort=False).n.max().sort_values(ascending=False, kind="stable")
    rare = sizes.index[_SHOWN:]
    if len(rare) < 2:
        return cells
    few = cells[cells.value.isin(rare)].groupby("measure", sort=False)[["count", "n"]].sum().reset_index()
    return pd.concat([cells[~cells.value.isin(rare)], few.assign(value=f"{len(rare)} rarer ones")])


def _short(value: str) -> str:
    """A value as a label: outside text, and may be of any length."""
    value = " ".join(value.split())
    return value if len(value) <= _LABEL_CHARACTERS else value[: _LABEL_CHARACTERS - 1] + "…"


def _draw(panel: Axes, rows: list, measure: str, theme: Theme) -> None:
    for row, (_, cells) in enumerate(rows):
        if cells is None:
            continue
        count, n = (int(cells.loc[measure, name]) for name in ("count", "n"))
        note = {"va": "center", "fontsize": TEXT_PT - 1, "color": theme.soft}
        if not n:
            panel.text(104, row, "none judged", **note)
            continue
        found = wilson(count, n)
        panel.plot([found.low * 100, found.high * 100], [row, row], color=theme.soft, lw=1.6, solid_capstyle="butt")
        panel.plot([found.share * 100], [row], "o", ms=7, color=theme.accent, mec=theme.ink, mew=0.8)
        panel.text(104, row, f"{count} of {n}", **note)
    panel.grid(False)
    panel.grid(True, axis="x", color=theme.faint, lw=0.8)
    panel.spines[:].set_visible(False)


def _slice_finding(table: pd.DataFrame) -> str:
    """The two values of one dimension whose acceptance differs for sure, and by most; else that none do."""
    accepted = table[(table.measure == "accepted") & (table.n > 0)]
    judged = int(accepted[accepted.dimension == DIMENSIONS[0]].n.sum())
    over = f"{judged} judged {plural('sample', judged)}"
    told = [name for name in DIMENSIONS if (accepted.dimension == name).sum() > 1]
    if not told:
        return f"The samples are of one kind each way: nothing to compare in {over}"
    parted = []
    for name in told:
        values = accepted[accepted.dimension == name].sort_values("share", kind="stable")
        least, most = values.iloc[0], values.iloc[-1]
        parted.append((most.low - least.high, name, least, most))
    gap, name, least, most = max(parted, key=lambda one: one[0])
    if gap <= 0:
        kinds = joined(one.replace("_", " ") for one in told)
        return f"Acceptance by {kinds}: all intervals overlap, no group stands out among {over}"
    kind = f"{name.replace('_', ' ').capitalize()} {_short(least.value)}"
    against = f"against {most['count']} of {most.n} {_short(most.value)}"
    return f"{kind} is accepted least: {least['count']} of {least.n}, {against}"
