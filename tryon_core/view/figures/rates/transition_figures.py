"""What an attempt was followed by, as figures: the flow from failure to failure, and what corrections broke and mended.

Inside the flow, x and y are inches: from the left, and downwards.
"""

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from ....runs.reading import Run
from ....stats import wilson
from ...tables import frames
from ...tables.totals import joined, plural
from ...tables.transitions import ACCEPTED, ENDED, NOT_JUDGED, NOTHING_FAILED, in_order, states
from ..chart import TEXT_PT, WIDTH_IN, canvas, constraint_rows, of_a_line, thinned, words
from ..palette import MARKS, Theme, colours, gates

_WIDE_IN, _TALL_IN = WIDTH_IN - 0.3, 4.0
_NODE_IN, _LABEL_IN, _GAP_IN = 0.1, 0.19, 0.05
_LARGEST_IN = 0.5  # of one attempt
_LAST_IN = 1.0  # right of the last column, for its label
_HEADED_FROM_IN = 0.75  # columns closer than this are headed by their number and count alone
_NAMED_FROM_IN = 1.85  # columns closer than this name constraints by their number alone


@dataclass(frozen=True)
class _Node:
    """A state at an attempt: where it stands and how many attempts it holds."""

    left: float
    top: float
    tall: float
    n: int


@of_a_line
def next_failures(run: Run, theme: Theme | None = None) -> Figure:
    """From attempt to attempt: a column per attempt number, a node per primary failure, a ribbon what became of it."""
    attempts = frames.attempts(run)
    if attempts.empty:
        return words(run, "No attempt was judged", "There is nothing to follow.", theme)
    table, ribbons = states(attempts, run.rubric), frames.next_failures(attempts, run.rubric)
    counts = _node_counts(table, ribbons)
    columns = max(column for column, _ in counts)
    wide = (_WIDE_IN - _LAST_IN) / max(1, columns - 1)
    note = (
        "Columns are attempts, nodes what failed first in them, ribbons what came next, in the colour of the failure "
        f"they leave. {ENDED.capitalize()}: no further attempt (iterations ran out, given up, not finished)."
    )
    if wide < _NAMED_FROM_IN:
        note += f" {', '.join(f'{number} {key}' for key, number in gates(run.rubric).items())}."
    if wide < _HEADED_FROM_IN:
        note += " Above a column: its attempt's number, and how many there are."
    nodes = _placed(counts, in_order(run.rubric), wide)
    tall = max(node.top + max(node.tall, _LABEL_IN) for node in nodes.values())
    figure, axes = canvas(run, _next_finding(ribbons, run), tall + 1.1, theme, note)
    axes.set_axis_off()
    axes.set(xlim=(0, _WIDE_IN), ylim=(tall, -0.35))
    shade = _shades(run, theme)
    _draw_ribbons(axes, ribbons, nodes, shade, theme)
    named = thinned(range(1, columns + 1))
    for (column, state), node in nodes.items():
        face = theme.paper if state == ENDED else shade[state]
        axes.add_patch(Rectangle((node.left, node.top), _NODE_IN, node.tall, fc=face, ec=shade[state], lw=1))
        if column in named:
            _label_node(axes, node, _label(state, node.n, run, wide), theme)
    made = table.attempt.value_counts()
    for column in named:
        head = _head(column, made, wide)
        axes.text((column - 1) * wide, -0.1, head, color=theme.soft, fontsize=TEXT_PT - 1, va="bottom")
    return figure


def _label_node(axes: Axes, node: _Node, label: str, theme: Theme) -> None:
    label_on = {"fc": theme.paper, "alpha": 0.6, "lw": 0, "pad": 0.8}  # lightens the ribbons under a label
    style = {"va": "center", "color": theme.ink, "fontsize": TEXT_PT - 2, "bbox": label_on}
    axes.text(node.left + 0.15, node.top + node.tall / 2, label, **style)


def _head(column: int, made: pd.Series, wide: float) -> str:
    """What stands above a column."""
    if column not in made:
        return "after the\nlast" if wide >= _HEADED_FROM_IN else "end"
    return f"attempt {column}\nn = {made[column]}" if wide >= _HEADED_FROM_IN else f"{column}\n{made[column]}"


def _next_finding(ribbons: pd.DataFrame, run: Run) -> str:
    failed = ribbons[ribbons.state.isin(run.rubric.keys) & (ribbons.next != ENDED)]
    n = int(failed.n.sum())
    if not n:
        return "No failed attempt was followed by another"
    same, other = failed.next == failed.state, failed.next.isin(run.rubric.keys) & (failed.next != failed.state)
    parts = {
        "accepted": failed.next == ACCEPTED,
        "failed first on the same constraint": same,
        "failed first on another": other,
        "not judged": failed.next == NOT_JUDGED,
        "without anything to score": failed.next == NOTHING_FAILED,
    }
    counts = [f"{int(failed.n[which].sum())} {what}" for what, which in parts.items() if which.any()]
    return f"What came after {n} failed {plural('attempt', n)}: {joined(counts)}"


def _node_counts(table: pd.DataFrame, ribbons: pd.DataFrame) -> dict[tuple[int, str], int]:
    """(column, state) -> attempts; what ended after attempt k stands in column k + 1."""
    counts = table.groupby(["attempt", "state"]).size().to_dict()
    ended = ribbons[ribbons.next == ENDED].groupby("attempt").n.sum()
    return counts | {(int(attempt) + 1, ENDED): int(n) for attempt, n in ended.items()}


def _placed(counts: dict[tuple[int, str], int], order: list[str], wide: float) -> dict[tuple[int, str], _Node]:
    """Nodes as tall as their counts on one scale; each in a slot tall enough for its label."""
    columns: dict[int, list[str]] = {}
    for column, state in sorted(counts, key=lambda one: (one[0], order.index(one[1]))):
        columns.setdefault(column, []).append(state)
    scale = min(_fitting([counts[column, state] for state in held]) for column, held in columns.items())
    nodes = {}
    for column, held in columns.items():
        top = 0.0
        for state in held:
            tall = counts[column, state] * scale
            slot = max(tall, _LABEL_IN)
            nodes[column, state] = _Node((column - 1) * wide, top + (slot - tall) / 2, tall, counts[column, state])
            top += slot + _GAP_IN
    return nodes


def _fitting(counts: list[int]) -> float:
    """Inches for one attempt, so that a column's slots fill its height: the small ones have the label's height."""
    room, rest = _TALL_IN - _GAP_IN * (len(counts) - 1), sorted(counts)
    while rest[0] * room / sum(rest) < _LABEL_IN and len(rest) > 1:
        room -= _LABEL_IN
        rest = rest[1:]
    return min(room / sum(rest), _LARGEST_IN)


def _draw_ribbons(axes: Axes, ribbons: pd.DataFrame, nodes, shade: dict[str, str], theme: Theme) -> None:
    """Ribbons leave and reach a node in the order of the nodes, so that few cross; thick ones say their count."""
    left, reached = {}, {}
    for ribbon in ribbons.itertuples():
        start, end = (ribbon.attempt, ribbon.state), (ribbon.attempt + 1, ribbon.next)
        tall = nodes[start].tall * ribbon.n / nodes[start].n
        one = nodes[start].top + left.get(start, 0.0)
        other = nodes[end].top + reached.get(end, 0.0)
        left[start], reached[end] = left.get(start, 0.0) + tall, reached.get(end, 0.0) + tall
        x0, x1 = nodes[start].left + _NODE_IN, nodes[end].left
        axes.add_patch(PathPatch(_ribbon(x0, one, x1, other, tall), fc=shade[ribbon.state], alpha=0.4, lw=0))
        if tall >= _LABEL_IN and ribbon.n < nodes[end].n:  # a lone ribbon's count is its node's
            count = {"ha": "right", "va": "center", "fontsize": TEXT_PT - 3}
            axes.text(x1 - 0.03, other + tall / 2, str(ribbon.n), color=theme.soft, **count)


def _ribbon(x0: float, y0: float, x1: float, y1: float, tall: float) -> Path:
    middle = (x0 + x1) / 2
    corners = [(x0, y0), (middle, y0), (middle, y1), (x1, y1), (x1, y1 + tall)]
    corners += [(middle, y1 + tall), (middle, y0 + tall), (x0, y0 + tall), (x0, y0)]
    steps = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return Path(corners, steps)


def _shades(run: Run, theme: Theme) -> dict[str, str]:
    return {state: theme.soft for state in in_order(run.rubric)} | {ACCEPTED: theme.ink} | colours(run.rubric)


def _label(state: str, n: int, run: Run, wide: float) -> str:
    number = gates(run.rubric)
    mark = {ACCEPTED: MARKS["met"], ENDED: MARKS["failed"], NOT_JUDGED: MARKS["unscored"]}.get(state, "")
    if wide < _NAMED_FROM_IN:
        return f"{number.get(state, mark or state)}: {n}"
    return f"{number.get(state, mark)} {state}: {n}".strip()


@of_a_line
def regressions(run: Run, theme: Theme | None = None) -> Figure:
    """Shares of what was met that corrections broke, to the left, and of what failed that they mended, to the right."""
    table = frames.regressions(frames.attempts(run), run.rubric)
    if not table.n.sum():
        return words(run, "No attempt was corrected", "No correction could break or mend anything.", theme)
    shade, keys, ink = colours(run.rubric), run.rubric.keys, theme.ink
    note = (
        f"A correction keeps the noise and changes the words (n = {table.n.max()}); restarts are none. A good one "
        "mends (right) without breaking what was met (left). A judge that answers at random breaks as often as it "
        "fails at first."
    )
    figure, axes = canvas(run, _regression_finding(table), 1.9 + 0.46 * len(keys), theme, note)
    paint = [shade[key] for key in keys]
    broke = (100 * table.broke / table.met_before).fillna(0)  # no bar where nothing was met before
    mended = (100 * table.mended / table.failed_before).fillna(0)
    axes.barh(range(len(keys)), -broke, 0.62, color=paint)
    axes.barh(range(len(keys)), mended, 0.62, color=paint, alpha=0.45, hatch="//", ec=theme.paper, lw=0)
    for row, cell in enumerate(table.itertuples()):
        if cell.met_before:
            axes.text(-broke[row], row, f"{cell.broke} of {cell.met_before} ", va="center", ha="right", color=ink)
        if cell.failed_before:
            axes.text(mended[row], row, f" {cell.mended} of {cell.failed_before}", va="center", color=ink)
    axes.axvline(0, color=theme.soft, lw=1)
    constraint_rows(axes, run.rubric, keys, theme)
    axes.set(xlim=(-140, 140), xticks=range(-100, 101, 50), ylim=(len(keys) - 0.5, -0.5))
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
    axes.set_xlabel("broke (% of what was met before)  ←   →  mended (% of what failed before)")
    return figure


def _regression_finding(table: pd.DataFrame) -> str:
    n = int(table.n.max())
    if not table.broke.sum():
        return f"No correction broke what was met: {n} {plural('correction', n)}, {int(table.mended.sum())} mended"
    some = table[table.met_before > 0]
    surest = pd.Series([wilson(row.broke, row.met_before).low for row in some.itertuples()], index=some.index)
    top = some[surest >= surest.max() - 1e-12]
    verb = "breaks most: failed after" if len(top) == 1 else "break most: each failed after"
    broke, met = int(top.broke.iloc[0]), int(top.met_before.iloc[0])
    return f"In this run {joined(top.constraint)} {verb} {broke} of {met} {plural('correction', met)} that found it met"
