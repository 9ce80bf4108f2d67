"""What each tool did to what it was used for, as a figure: tools down, constraints across, a bar of counts per cell.

Inside the grid x and y are cells: constraints from the left, tools downwards.
"""

import textwrap
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ...runs.reading import Run
from ...stats.comparing import Paired
from ..figures.chart import CAUTION_ROOM_IN, TEXT_PT, canvas, cut, of_judgements, words
from ..figures.palette import Theme, colours, gates, ink_on
from ..tables.totals import joined
from .effects import EFFECTS, NOTICED, TOOLS, arm_of, first_corrections, side_effects
from .effects import tool_effects as counted_effects

_CONTROLS = {"no_tool": "words alone", "new_noise": "new noise"}
_CELL_IN, _TITLE_IN = 0.62, 0.8  # heights of a tool's row, and of the title
_HEAD = 1.1  # cells above the middle of the first row
_BAR, _LEFT, _WIDE = 0.26, 0.06, 0.88  # of a cell
_COUNTS_CHARACTERS = 8  # beside which there is room for their sum
_SIGNS = dict(zip(EFFECTS, ("↑", "=", "↓"), strict=True))


@of_judgements
def tool_effects(run: Run, theme: Theme | None = None, *, arms: Sequence[Run] = ()) -> Figure:
    """Tool by constraint: how often it improved, left unchanged, broke what it was used for; and what else it broke.

    arms   further runs whose steps count too, such as the control arms of the same samples
    """
    runs = (run, *arms)
    table, others = counted_effects(*runs), side_effects(*runs)
    if table.empty:
        return words(run, "No picture was corrected", "No tool was used, and nothing was drawn anew.", theme)
    tools, keys = list(others.tool), [key for key in run.rubric.keys if key in set(table.constraint)]
    height_in = _TITLE_IN + _CELL_IN * (len(tools) + _HEAD) + (CAUTION_ROOM_IN if run.caution else 0.0)
    figure, axes = canvas(run, finding(runs, table), height_in, theme, _note(runs))
    _frame(axes, run, keys, tools, theme)
    for cell in table.itertuples():
        _draw_cell(axes, (keys.index(cell.constraint), tools.index(cell.tool)), cell, theme)
    for row, cell in enumerate(others.itertuples()):
        _draw_others(axes, (len(keys), row), cell, theme)
    return figure


def _frame(axes: Axes, run: Run, keys: Sequence[str], tools: Sequence[str], theme: Theme) -> None:
    """Tools named at the left, constraints with their gate above, the other constraints as the last column."""
    axes.set(xlim=(-0.02, len(keys) + 1.05), ylim=(len(tools) - 0.35, -0.3 - _HEAD), xticks=())
    axes.set_yticks(range(len(tools)), [cut(tool.replace("_", " "), 14) for tool in tools], color=theme.ink)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    shade, number = colours(run.rubric), gates(run.rubric)
    small = {"fontsize": TEXT_PT - 2, "va": "top", "color": theme.ink, "linespacing": 1.1, "parse_math": False}
    for column, key in enumerate(keys):
        axes.add_patch(Rectangle((column + _LEFT, -1.38), 0.2, 0.28, color=shade[key], lw=0))
        chip = {"fontsize": TEXT_PT - 2, "ha": "center", "va": "center", "color": ink_on(shade[key])}
        axes.text(column + _LEFT + 0.1, -1.24, str(number[key]), **chip)
        name = textwrap.fill(key.replace("_", " "), 11, break_long_words=False)
        axes.text(column + _LEFT, -1.03, "\n".join(cut(line, 12) for line in name.split("\n")[:2]), **small)
    axes.text(len(keys) + 0.15, -1.36, "broke what it\nwas not for", **small)
    axes.axvline(len(keys) + 0.02, color=theme.faint, lw=1)
    for row in range(len(tools) - 1):
        axes.axhline(row + 0.6, color=theme.faint, lw=0.8)


def _draw_cell(axes: Axes, at: tuple[int, int], cell: Any, theme: Theme) -> None:
    """A bar from improved to broke, the interval of what improved, and the counts."""
    column, row = at
    paint = dict(zip(EFFECTS, (theme.accent, theme.faint, theme.warning), strict=True))
    left, top, small = column + _LEFT, row - 0.32, {"fontsize": TEXT_PT - 2, "va": "top", "color": theme.ink}
    if not cell.n:
        axes.text(left, top + 0.1, "not scored", **small)
        return
    for effect in EFFECTS:
        wide = _WIDE * getattr(cell, effect) / cell.n
        axes.add_patch(Rectangle((left, top), wide, _BAR, fc=paint[effect], ec=theme.paper, lw=0.6))
        left += wide
    left = column + _LEFT
    if not pd.isna(cell.low):
        middle = top + _BAR / 2
        axes.plot([left + _WIDE * cell.low, left + _WIDE * cell.high], [middle] * 2, color=theme.ink, lw=1.4)
    counts = " ".join(f"{getattr(cell, effect)}{sign}" for effect, sign in _SIGNS.items() if getattr(cell, effect))
    end = f"\nof {cell.n}" if len(counts) > _COUNTS_CHARACTERS else f" of {cell.n}"
    axes.text(left, top + _BAR + 0.05, f"{counts}{end}", **small)


def _draw_others(axes: Axes, at: tuple[int, int], cell: Any, theme: Theme) -> None:
    column, row = at
    left, top = column + 0.15, row - 0.32
    axes.add_patch(Rectangle((left, top), _WIDE, _BAR, fc=theme.faint, ec=theme.paper, lw=0.6))
    axes.add_patch(Rectangle((left, top), _WIDE * cell.broke / cell.n, _BAR, fc=theme.warning, ec=theme.paper, lw=0.6))
    if not pd.isna(cell.low):
        axes.plot([left + _WIDE * cell.low, left + _WIDE * cell.high], [top + _BAR / 2] * 2, color=theme.ink, lw=1.4)
    small = {"fontsize": TEXT_PT - 2, "va": "top", "color": theme.ink}
    axes.text(left, top + _BAR + 0.05, f"{cell.broke} of {cell.n}", **small)


# ---- words -----------------------------------------------------------------------------------------------------------


def finding(runs: Sequence[Run], table: pd.DataFrame) -> str:
    """Whether tools raise their targets more often than new noise does, from the same pictures; without that arm, how
    often in these runs, and no more."""
    by_arm = {arm_of(run): run for run in runs}
    control = next((arm for arm in reversed(_CONTROLS) if arm in by_arm), "")
    pairs = first_corrections(by_arm["streams"], by_arm[control]) if control and "streams" in by_arm else None
    if pairs is None:
        return _counted(table)
    name = _CONTROLS[control]
    counts = f"{pairs.only_a} only by a tool, {pairs.only_b} only by {name}, of {pairs.n} first corrections"
    if not pairs.told:
        return f"No difference between tools and {name} can be told: {counts} improved ({_test(pairs)})"
    more = "more" if pairs.difference > 0 else "less"
    return f"Tools improve what they are for {more} often than {name}: {counts} ({_test(pairs)})"


def _test(pairs: Paired) -> str:
    if pairs.p is None and not pairs.only_a + pairs.only_b:
        return "they never differ"
    return f"{pairs.test} p = {pairs.p:.2g}" if pairs.p is not None else f"{pairs.clusters} persons are too few"


def _counted(table: pd.DataFrame) -> str:
    parts = []
    for name, rows in {
        "tools": table[table.tool.isin(set(TOOLS) - {"words", "new_noise"})],
        "words": table[table.tool == "words"],
        "new noise": table[table.tool == "new_noise"],
        "corrections": table[~table.tool.isin(TOOLS)],  # of another flow
    }.items():
        if n := int(rows.n.sum()):
            parts.append(f"{name} {int(rows.improved.sum())} of {n}")
    return f"In this run what failed was improved by {joined(parts)} times" if parts else "Nothing was scored"


def _note(runs: Sequence[Run]) -> str:
    arms = {arm_of(run) for run in runs}
    marks = f"{_SIGNS['improved']} improved, {_SIGNS['unchanged']} unchanged (by less than {NOTICED:g}), "
    marks += f"{_SIGNS['broke']} broke, of the corrections it was used for; line: 95 % interval of what improved, over "
    marks += "persons (none below six). Right: steps after which something failed that was met and not aimed at."
    chance = "What failed rises by chance too when it is drawn anew: read a tool against words and new noise."
    missing = "" if arms & set(_CONTROLS) else " No control arm is in this figure."
    return f"{marks} {chance}{missing}"
