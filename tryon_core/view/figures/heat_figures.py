"""Counts in cells, the darker the larger the share: what failed at which iteration, and what failed together."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from ...runs.reading import Run
from ..tables import frames
from ..tables.totals import joined, plural
from .chart import ALL_LABELLED, TEXT_PT, canvas, constraint_rows, of_a_line, of_judgements, thinned, words
from .palette import LIGHT, Theme, gates, ink_on

_ON_ONE_LINE = 6  # columns whose cells have room for '3 of 40'
_CENTRED = {"ha": "center", "va": "center", "fontsize": TEXT_PT - 1, "linespacing": 1.05}


@of_a_line
def constraint_heatmap(run: Run, theme: Theme = LIGHT) -> Figure:
    """Failure rate by constraint, in gate order, and attempt; each cell says how many of how many."""
    table = frames.constraint_failures(frames.attempts(run), run.rubric)
    if not table.n.sum():
        return words(run, "No attempt was judged", "There are no failure rates to draw.", theme)
    keys, steps = run.rubric.keys, sorted(table.attempt.unique())
    note = "Constraints in gate order. A row that stays dark to the right resists correction."
    if ALL_LABELLED < len(steps) <= 2 * ALL_LABELLED:
        note += " Numbers are attempts that failed."
    figure, axes = canvas(run, _heatmap_finding(table), 1.9 + 0.46 * len(keys), theme, note)
    drawn = _shades(axes, _grid(table, "rate", "attempt", keys, steps), theme)
    for cell in table.itertuples():
        ink, count = _ink(cell.rate, theme), _count(cell.failed, cell.n, len(steps))
        axes.text(steps.index(cell.attempt), keys.index(cell.constraint), count, color=ink, **_CENTRED)
    constraint_rows(axes, run.rubric, keys, theme)
    named = thinned(steps)
    axes.set_xticks([steps.index(step) for step in named], [f"{step}" for step in named])
    axes.set_xlabel("attempt (later ones hold only samples that were not accepted before)")
    _scale(figure, axes, drawn, f"failed: scored under {run.rubric.rule.accept_at:g} (% of scored)", theme)
    return figure


def _count(failed: int, n: int, columns: int) -> str:
    """What a cell says: less of it, the more columns there are."""
    if columns > 2 * ALL_LABELLED:
        return ""
    if columns > ALL_LABELLED:
        return f"{failed}" if n else ""
    if columns > _ON_ONE_LINE:
        return f"{failed}\nof {n}" if n else ""
    return f"{failed} of {n}" if n else "not scored"


def _heatmap_finding(table: pd.DataFrame) -> str:
    scored = table[table.n > 0]
    step = int(scored.attempt.min())
    first = scored[scored.attempt == step]
    worst = first[first.rate == first.rate.max()]
    failed, n = int(worst.failed.iloc[0]), int(worst.n.iloc[0])
    attempts = "first attempts" if step == 1 else f"attempts {step}"  # where no first attempt was scored
    if not failed:
        return f"No constraint failed in the {n} judged {attempts}"
    return f"{joined(worst.constraint)} {'fails' if len(worst) == 1 else 'fail'} most: {failed} of {n} {attempts}"


@of_judgements
def failed_together(run: Run, theme: Theme = LIGHT) -> Figure:
    """What failed in the same attempt: a row per constraint, its cells how often the others failed as well."""
    table = frames.failed_together(frames.attempts(run), run.rubric)
    alone, pairs = table[table.constraint == table.other], table[table.constraint != table.other]
    if not alone.failed.sum():
        return words(run, "No judged attempt failed", "Nothing failed together.", theme)
    keys, number = run.rubric.keys, gates(run.rubric)
    note = (
        "Read along a row: of the attempts in which this constraint failed, how many failed the other one too. "
        "Framed: how often it failed at all, of the attempts that scored it."
    )
    figure, axes = canvas(run, _together_finding(run, pairs), 2.1 + 0.46 * len(keys), theme, note)
    drawn = _shades(axes, _grid(pairs, "share", "other", keys, keys), theme)
    for cell in pairs.itertuples():
        text = f"{cell.failed}\n{cell.share:.0%}" if cell.failed else "0" if cell.n else ""
        ink = _ink(cell.share, theme)
        axes.text(keys.index(cell.other), keys.index(cell.constraint), text, color=ink, **_CENTRED)
    for place, cell in enumerate(alone.itertuples()):
        axes.add_patch(Rectangle((place - 0.47, place - 0.45), 0.94, 0.9, fill=False, ec=theme.soft, lw=1.2))
        axes.text(place, place, f"{cell.failed}\nof {cell.n}", color=theme.ink, **_CENTRED)
    constraint_rows(axes, run.rubric, keys, theme)
    axes.set_xticks(range(len(keys)), [str(number[key]) for key in keys])
    axes.set_xlabel("failed in the same attempt (constraint by its number)")
    _scale(figure, axes, drawn, "share of the row's failures (%)", theme)
    return figure


def _together_finding(run: Run, pairs: pd.DataFrame) -> str:
    judged = [row for row in run.step_rows if row["judged"] and row["primary_failure"]]
    over = f"{len(judged)} failed {plural('attempt', len(judged))}"
    place = gates(run.rubric)
    each = pairs[pairs.constraint.map(place) < pairs.other.map(place)]
    most = int(each.failed.max())
    if not most:
        return f"No two constraints failed in the same attempt: {over}"
    top = each[each.failed == most]
    if len(top) > 2:
        return f"{len(top)} pairs of constraints fail together most: each in {most} of {over}"
    named = ", ".join(f"{first} and {other}" for first, other in zip(top.constraint, top.other, strict=True))
    return f"{named} fail together most: {'each ' if len(top) > 1 else ''}in {most} of {over}"


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
