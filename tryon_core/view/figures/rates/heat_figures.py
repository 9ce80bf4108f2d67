"""Counts in cells, the darker the larger the share: what failed at which iteration, together, and for which samples."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from ....runs.reading import Run
from ....stats import wilson
from ....stats.chance import ALPHA
from ...tables import frames
from ...tables.totals import joined, plural, surely
from ..chart import ALL_LABELLED, TEXT_PT, canvas, constraint_rows, cut, of_a_line, of_judgements, thinned, words
from ..palette import Theme, gates, ink_on

_COLUMN_CHARACTERS = 96  # of the names of all columns together
_ON_ONE_LINE = 6  # columns whose cells have room for '3 of 40'
_CENTRED = {"ha": "center", "va": "center", "fontsize": TEXT_PT - 1, "linespacing": 1.05}


@of_a_line
def constraint_heatmap(run: Run, theme: Theme | None = None) -> Figure:
    """Failure rate by constraint, in gate order, and attempt; each cell says how many of how many."""
    table = frames.constraint_failures(frames.attempts(run), run.rubric)
    if not table.n.sum():
        return words(run, "No attempt was judged", "There are no failure rates to draw.", theme)
    keys, steps = run.rubric.keys, sorted(table.attempt.unique())
    note = (
        "Constraints in gate order; a row that stays dark to the right resists correction. A p is that of the closest "
        "rival: permutation tests over persons."
    )
    if ALL_LABELLED < len(steps) <= 2 * ALL_LABELLED:
        note += " Numbers are attempts that failed."
    figure, axes = canvas(run, _heatmap_finding(table, run), 1.9 + 0.46 * len(keys), theme, note)
    drawn = _shades(axes, _grid(table, "rate", "attempt", keys, steps), theme)
    _write_counts(axes, table, theme, share="rate", column="attempt", keys=keys, columns=steps)
    constraint_rows(axes, run.rubric, keys, theme)
    named = thinned(steps)
    axes.set_xticks([steps.index(step) for step in named], [f"{step}" for step in named])
    axes.set_xlabel("attempt (later ones hold only samples that were not accepted before)")
    _scale(figure, axes, drawn, f"failed: scored under {run.rubric.rule.accept_at:g} (% of scored)", theme)
    return figure


def _write_counts(
    axes: Axes,
    cells: pd.DataFrame,
    theme: Theme,
    *,
    share: str,
    column: str,
    keys: Sequence[str],
    columns: Sequence[Any],
) -> None:
    """Into each cell how many of how many, in the ink that can be read on the cell's shade."""
    for cell in cells.to_dict("records"):
        place = columns.index(cell[column]), keys.index(cell["constraint"])
        axes.text(*place, _count(cell["failed"], cell["n"], len(columns)), color=_ink(cell[share], theme), **_CENTRED)


def _count(failed: int, n: int, columns: int) -> str:
    """What a cell says: less of it, the more columns there are."""
    if columns > 2 * ALL_LABELLED:
        return ""
    if columns > ALL_LABELLED:
        return f"{failed}" if n else ""
    if columns > _ON_ONE_LINE:
        return f"{failed}\nof {n}" if n else ""
    return f"{failed} of {n}" if n else "not scored"


def _heatmap_finding(table: pd.DataFrame, run: Run) -> str:
    """The constraint that fails most for sure: ranked by the lower bound, so that 1 of 1 is less than 90 of 100."""
    scored = table[table.n > 0]
    step = int(scored.attempt.min())
    first = scored[scored.attempt == step]
    attempts = "first attempts" if step == 1 else f"attempts {step}"  # where no first attempt was scored
    if not first.failed.sum():
        return f"No constraint failed in the {first.n.max()} judged {attempts}"
    surest = _at_least(first)
    worst = first[surest >= surest.max() - 1e-12]
    failed, n = int(worst.failed.iloc[0]), int(worst.n.iloc[0])
    claim = f"{joined(worst.constraint)} {'fails' if len(worst) == 1 else 'fail'} most: {failed} of {n} {attempts}"
    return surely(claim, frames.most_failing_p(frames.attempts(run), run.rubric, worst.constraint.iloc[0], step))


def _at_least(cells: pd.DataFrame) -> pd.Series:
    """The lower end of each cell's Wilson interval, to rank by: there 1 of 1 is less than 90 of 100."""
    return pd.Series([wilson(cell.failed, cell.n).low for cell in cells.itertuples()], index=cells.index)


@of_judgements
def failed_together(run: Run, theme: Theme | None = None) -> Figure:
    """What failed in the same attempt: a row per constraint, its cells how often the others failed as well."""
    attempts = frames.attempts(run)
    table = frames.failed_together(attempts, run.rubric)
    alone, pairs = table[table.constraint == table.other], table[table.constraint != table.other]
    if not alone.failed.sum():
        return words(run, frames.none_failed(attempts), "Nothing failed together.", theme)
    keys, number = run.rubric.keys, gates(run.rubric)
    note = (
        "Read along a row: of the attempts in which this constraint failed and the other one was scored, how many "
        "failed that too. Framed: how often it failed at all, of the attempts that scored it. A p is over all pairs "
        "and persons, from first attempts: a permutation test against the constraints' own rates."
    )
    figure, axes = canvas(run, _together_finding(run, pairs), 2.1 + 0.46 * len(keys), theme, note)
    drawn = _shades(axes, _grid(pairs, "share", "other", keys, keys), theme)
    _write_counts(axes, pairs, theme, share="share", column="other", keys=keys, columns=keys)
    for place, cell in enumerate(alone.itertuples()):
        axes.add_patch(Rectangle((place - 0.47, place - 0.45), 0.94, 0.9, fill=False, ec=theme.soft, lw=1.2))
        axes.text(place, place, f"{cell.failed}\nof {cell.n}", color=theme.ink, **_CENTRED)
    constraint_rows(axes, run.rubric, keys, theme)
    axes.set_xticks(range(len(keys)), [str(number[key]) for key in keys])
    axes.set_xlabel("failed in the same attempt (constraint by its number)")
    _scale(figure, axes, drawn, "share of the row's failures (%)", theme)
    return figure


def _together_finding(run: Run, pairs: pd.DataFrame) -> str:
    if (sure := frames.surely_together(frames.attempts(run), run.rubric)) is not None:
        return sure
    failed = len(frames.counted(frames.attempts(run)).dropna(subset="primary_failure"))
    over = f"{failed} failed {plural('attempt', failed)}"
    place = gates(run.rubric)
    each = pairs[pairs.constraint.map(place) < pairs.other.map(place)]
    most = int(each.failed.max())
    if not most:
        return f"No two constraints failed in the same attempt: {over}"
    top = each[each.failed == most]
    if len(top) > 2:
        return f"In this run {len(top)} pairs of constraints fail together most: each in {most} of {over}"
    named = ", ".join(f"{first} and {other}" for first, other in zip(top.constraint, top.other, strict=True))
    return f"In this run {named} fail together most: {'each ' if len(top) > 1 else ''}in {most} of {over}"


@of_judgements
def failures_by_fact(run: Run, theme: Theme | None = None, by: str = "") -> Figure:
    """Failure rate of first attempts by constraint and by what is known of the samples; each cell says how many of how
    many.

    by   a fact by name; none: the first that has 2 to 8 values
    """
    table = frames.failures_by_fact(run, frames.attempts(run), by)
    if table.empty:
        return words(run, "No groups of samples to compare", "Nothing that is known of them parts them.", theme)
    fact = table.fact.iloc[0].replace("_", " ")
    if not table.n.sum():
        return words(run, f"No first attempt was judged, by {cut(fact, 24)}", "There are no rates to draw.", theme)
    keys, values = run.rubric.keys, list(dict.fromkeys(table.value))
    note = (
        "First attempts only: later ones hold what was not accepted before. Whether two groups differ by more than "
        "chance is asked once of all constraints: a permutation test over persons, p times their number."
    )
    figure, axes = canvas(run, _fact_finding(run, table), 2.2 + 0.46 * len(keys), theme, note)
    drawn = _shades(axes, _grid(table, "rate", "value", keys, values), theme)
    _write_counts(axes, table, theme, share="rate", column="value", keys=keys, columns=values)
    constraint_rows(axes, run.rubric, keys, theme)
    width = max(8, _COLUMN_CHARACTERS // len(values))
    labels = [textwrap.fill(cut(value, 3 * width), width, max_lines=3, placeholder="…") for value in values]
    axes.set_xticks(
        range(len(values)), labels, fontsize=TEXT_PT - (1 if len(values) <= _ON_ONE_LINE else 3), parse_math=False
    )
    axes.set_xlabel(cut(fact, 60), parse_math=False)
    _scale(figure, axes, drawn, f"failed: scored under {run.rubric.rule.accept_at:g} (% of scored)", theme)
    return figure


def _fact_finding(run: Run, table: pd.DataFrame) -> str:
    """The two values between which one constraint differs by more than chance; else the cell that fails most."""
    scored, name = table[table.n > 0], table.fact.iloc[0]
    fact, n = cut(name.replace("_", " "), 24), int(scored.groupby("value").n.max().sum())
    worst = scored.loc[_at_least(scored).idxmax()]
    if not worst.failed:
        return f"No constraint failed in {n} first {plural('attempt', n)}, by {fact}"
    gap = frames.failure_gap(run, frames.attempts(run), name)
    if gap is None or gap.p >= ALPHA:
        where, attempts = f"{fact} '{cut(worst.value, 24)}'", plural("attempt", worst.n)
        return f"In this run {worst.constraint} fails most with {where}: {worst.failed} of {worst.n} first {attempts}"
    cells = scored[scored.constraint == gap.constraint].set_index("value")
    low, high = (f"{cells.failed[value]} of {cells.n[value]}" for value in (gap.low, gap.high))
    return (
        f"{gap.constraint} fails more with {fact} '{cut(gap.high, 24)}' than '{cut(gap.low, 24)}': {high} against "
        f"{low} first attempts (p = {gap.p:.2g})"
    )


# ---- cells -----------------------------------------------------------------------------------------------------------


def _grid(table: pd.DataFrame, value: str, columns: str, rows: tuple[str, ...], order: list) -> np.ndarray:
    """(rows, columns) of shares 0..1; NaN where there is none."""
    grid = table.pivot(index="constraint", columns=columns, values=value)
    return grid.reindex(index=list(rows), columns=list(order)).to_numpy(float)


def _heat(theme: Theme) -> LinearSegmentedColormap:
    return LinearSegmentedColormap.from_list("share", theme.heat).with_extremes(bad=theme.paper)


def _shades(axes: Axes, share_RC: np.ndarray, theme: Theme) -> AxesImage:
    drawn = np.ma.masked_invalid(share_RC * 100)
    return axes.imshow(drawn, cmap=_heat(theme), vmin=0, vmax=100, aspect="auto")


def _ink(share: float, theme: Theme) -> str:
    """What can be read on a cell's shade; soft where nothing was counted."""
    return theme.soft if np.isnan(share) else ink_on(to_hex(_heat(theme)(share)))


def _scale(figure: Figure, axes: Axes, drawn: AxesImage, label: str, theme: Theme) -> None:
    scale = figure.colorbar(drawn, ax=axes, pad=0.02, ticks=(0, 50, 100))
    scale.set_label(label, color=theme.soft)
    scale.ax.tick_params(colors=theme.soft, length=0)
    scale.outline.set_visible(False)
