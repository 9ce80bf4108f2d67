"""Acceptance and first failures by what is known of the samples, as a figure."""

import textwrap
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ....runs.reading import Run
from ....stats.chance import ALPHA
from ...tables import frames
from ...tables.slices import gaps, said
from ...tables.totals import joined, plural, totals
from ..chart import TEXT_PT, cut, empty, of_judgements, style, words
from ..palette import Theme

_LABEL_CHARACTERS = 24
_PANELS = {"accepted": "accepted samples (% of judged)", "failed": "first attempts that failed (% of judged)"}


@of_judgements
def by_slice(run: Run, theme: Theme | None = None, by: Sequence[str] = ()) -> Figure:
    """Share accepted, and first attempts with a failure, by what is known of the samples.

    by   facts by name; none: up to four that have 2 to 8 values
    """
    attempts = frames.attempts(run)
    if not attempts.judged.any():
        return words(run, "No sample was judged", "There are no groups of samples to compare.", theme)
    table = frames.slices(run, attempts, by)
    rows = _rows(table)
    if all(cells is None for _, cells in rows):
        return words(run, _slice_finding(table, run, by), _facts(run), theme)
    note = (
        "Dots are shares, lines their 95 % intervals over persons (none below six), each for itself. Whether a gap is "
        "more than chance is asked once of all groups: a permutation test over persons, p times the number of facts."
    )
    figure = empty(run, _slice_finding(table, run, by), 1.5 + 0.27 * len(rows), theme, note)
    panels = figure.subplots(1, len(_PANELS), sharey=True)
    for panel, (measure, label) in zip(panels, _PANELS.items(), strict=True):
        style(panel, theme)
        _draw(panel, rows, measure, theme)
        panel.set(xlim=(-3, 150), xticks=(0, 50, 100), ylim=(len(rows) - 0.4, -0.6))
        panel.set_xlabel(label, loc="left")
    panels[0].set_yticks(range(len(rows)), [label for label, _ in rows], parse_math=False)
    for tick, (_, cells) in zip(panels[0].get_yticklabels(), rows, strict=True):
        tick.set(color=theme.ink if cells is not None else theme.soft)
    return figure


def _facts(run: Run) -> str:
    """What is known of the samples, where nothing of it parts them."""
    table = said(run)
    parts = []
    for name in table.columns:
        count = table[name].nunique()
        what = f"{_short(table[name].iloc[0])} only" if count == 1 else f"{count} values"
        parts.append(f"{_short(name.replace('_', ' '))}: {what}")
    return textwrap.fill(" · ".join(parts) or "Nothing is known of them.", 110, max_lines=3, placeholder=" ...")


def _rows(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame | None]]:
    """(label, its counts by measure) from top to bottom; None under a heading and where there is one value only."""
    rows: list[tuple[str, pd.DataFrame | None]] = []
    for name in dict.fromkeys(table.dimension):
        label, cells = _short(name.replace("_", " ")), table[table.dimension == name]
        values = list(dict.fromkeys(cells.value))
        if len(values) == 1:
            rows.append((f"{label}: {_short(values[0])} only", None))
            continue
        rows.append((f"{label}:", None))
        rows += [(_short(value), cells[cells.value == value].set_index("measure")) for value in values]
    return rows


def _short(value: str) -> str:
    return cut(value, _LABEL_CHARACTERS)


def _draw(panel: Axes, rows: list, measure: str, theme: Theme) -> None:
    for row, (_, cells) in enumerate(rows):
        if cells is None:
            continue
        count, n = (int(cells.loc[measure, name]) for name in ("count", "n"))
        note = {"va": "center", "fontsize": TEXT_PT - 1, "color": theme.soft}
        if not n:
            panel.text(110, row, "none judged", **note)
            continue
        low, high = cells.loc[measure, ["low", "high"]]
        panel.plot([low * 100, high * 100], [row, row], color=theme.soft, lw=1.6, solid_capstyle="butt")
        panel.plot([count / n * 100], [row], "o", ms=7, color=theme.accent, mec=theme.ink, mew=0.8)
        panel.text(110, row, f"{count} of {n}", **note)
    panel.grid(False)
    panel.grid(True, axis="x", color=theme.faint, lw=0.8)
    panel.spines[:].set_visible(False)


def _slice_finding(table: pd.DataFrame, run: Run, by: Sequence[str]) -> str:
    """The two values of one fact whose acceptance differs by more than chance; else that none do."""
    accepted = table[(table.measure == "accepted") & (table.n > 0)]
    judged = totals(run).judged
    over = f"{judged} judged {plural('sample', judged)}"
    names = [name for name in dict.fromkeys(table.dimension) if (accepted.dimension == name).sum() > 1]
    if not names:
        return f"No groups of samples to compare among {over}"
    found = gaps(run, by)
    if found.empty or found.p.iloc[0] >= ALPHA:
        kinds = joined(_short(name.replace("_", " ")) for name in names)
        return f"Acceptance by {kinds}: no difference between groups can be told from chance among {over}"
    gap = found.iloc[0]
    cells = accepted[accepted.dimension == gap.dimension].set_index("value")
    low, high = (f"{cells['count'][value]} of {cells.n[value]}" for value in (gap.low, gap.high))
    kind = f"{gap.dimension.replace('_', ' ').capitalize()} {_short(gap.low)}"
    return f"{kind} is accepted less than {_short(gap.high)}: {low} against {high} (p = {gap.p:.2g})"
