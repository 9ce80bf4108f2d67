"""A judge's scores as figures: what fails first, and how scores move from attempt to attempt."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...runs.reading import Run
from ..tables import frames
from ..tables.totals import joined, last_attempt, plural
from .chart import (
    PANELS_IN_A_ROW,
    TEXT_PT,
    canvas,
    constraint_rows,
    empty,
    of_a_line,
    of_judgements,
    style,
    thinned,
    words,
)
from .palette import Theme, colours, gates

_LINES = 60  # samples, each with a line of its own


@of_judgements
def primary_failures(run: Run, theme: Theme | None = None) -> Figure:
    """Share of the failed attempts in which each constraint was the first to fail, most frequent on top."""
    attempts = frames.attempts(run)
    table = frames.primary_failures(attempts, run.rubric)
    if table.empty:
        return words(run, frames.none_failed(attempts), "There is no primary failure to count.", theme)
    shade = colours(run.rubric)
    note = "Each failed attempt counts once, for the first constraint in gate order that it fails."
    figure, axes = canvas(run, _primary_finding(table), 1.9 + 0.46 * len(table), theme, note)
    rows = range(len(table))
    axes.barh(rows, 100 * table.share, 0.62, color=[shade[key] for key in table.constraint])
    for row, cell in zip(rows, table.itertuples(), strict=True):
        axes.text(100 * cell.share, row, f" {cell.failed} of {cell.n}", va="center", color=theme.ink)
        right = {"ha": "right", "transform": axes.get_yaxis_transform()}
        axes.text(1.0, row, f"{cell.cumulative:.0%}", va="center", color=theme.soft, **right)
    constraint_rows(axes, run.rubric, table.constraint, theme)
    axes.text(1.0, -0.75, "this and all above", ha="right", color=theme.soft, transform=axes.get_yaxis_transform())
    axes.set(xlim=(0, 140), xticks=range(0, 101, 20), ylim=(len(table) - 0.5, -0.9))
    axes.set_xlabel(f"failed first (% of failed attempts, n = {table.n.iloc[0]})")
    return figure


def _primary_finding(table: pd.DataFrame) -> str:
    failed, n = int(table.failed.iloc[0]), int(table.n.iloc[0])
    top = table.constraint[table.failed == failed]
    verb = "is the first to fail in" if len(top) == 1 else "are each the first to fail in"
    return f"In this run {joined(top)} {verb} {failed} of {n} failed {plural('attempt', n)}"


@of_a_line
def score_paths(run: Run, theme: Theme | None = None) -> Figure:
    """One small panel per constraint: its scores from attempt to attempt, and the bar to reach. A line per sample; of
    more than 60 samples the median and where the middle half and eight of ten of them lie."""
    table = frames.score_paths(frames.attempts(run), run.rubric)
    if table.empty:
        return words(run, "No attempt was judged", "There are no scores to draw.", theme)
    keys, shade, last = run.rubric.keys, colours(run.rubric), last_attempt(run)
    note = "A line is a sample, a dot a judged attempt"
    many = table.sample_id.nunique() > _LINES
    if many:
        note = (
            "The line is the median of the samples that have this attempt, the dark band holds half of them, the light "
            "one eight of ten"
        )
    note += (
        f"; dashed: the bar to reach, {run.rubric.rule.accept_at:g}. Only what failed is drawn again, so scores rise "
        "by chance too: a run without corrections shows how far."
    )
    figure = empty(run, _paths_finding(table), 5.2, theme, note)
    rows = -(-len(keys) // PANELS_IN_A_ROW)
    panels = figure.subplots(rows, PANELS_IN_A_ROW, sharex=True, sharey=True, squeeze=False).ravel()
    opacity = float(np.clip(6 / table.sample_id.nunique(), 0.12, 0.85))  # many lines, each of them fainter
    for panel, key in zip(panels, keys, strict=False):
        style(panel, theme)
        panel.axhline(run.rubric.rule.accept_at, color=theme.soft, lw=1, ls=(0, (4, 3)))
        cells = table[table.constraint == key]
        if many:
            _draw_bands(panel, cells, shade[key])
        else:
            _draw_paths(panel, cells, shade[key], opacity)
        panel.set_title(f"{gates(run.rubric)[key]} {key}", fontsize=TEXT_PT - 1, color=theme.ink, loc="left")
    for panel in panels[len(keys) :]:
        panel.set_axis_off()
    panels[0].set(xlim=(0.7, last + 0.3), ylim=(-0.5, 10.5), xticks=thinned(range(1, last + 1)), yticks=(0, 4, 8))
    for panel in panels[max(0, len(keys) - PANELS_IN_A_ROW) : len(keys)]:  # the lowest one of each column
        panel.tick_params(labelbottom=True)
        panel.set_xlabel("attempt")
    figure.supylabel("score (0-10)", fontsize=TEXT_PT, color=theme.soft)
    return figure


def _draw_paths(panel: Axes, scores: pd.DataFrame, shade: str, opacity: float) -> None:
    paths = np.split(scores[["attempt", "score"]].to_numpy(), _starts(scores.sample_id))
    panel.add_collection(LineCollection(paths, colors=shade, lw=1.4, alpha=opacity))
    panel.plot(scores.attempt, scores.score, "o", ms=4, color=shade, alpha=opacity)


def _draw_bands(panel: Axes, scores: pd.DataFrame, shade: str) -> None:
    by_attempt = scores.groupby("attempt").score.quantile([0.1, 0.25, 0.5, 0.75, 0.9]).unstack()
    for low, high, alpha in ((0.1, 0.9, 0.2), (0.25, 0.75, 0.4)):
        panel.fill_between(by_attempt.index, by_attempt[low], by_attempt[high], color=shade, alpha=alpha, lw=0)
    panel.plot(by_attempt.index, by_attempt[0.5], "o-", ms=4, lw=2, color=shade)


def _starts(sample_id: pd.Series) -> np.ndarray:
    """Rows at which the next sample begins, the first one left out; a sample's rows follow one another."""
    return np.flatnonzero(sample_id.ne(sample_id.shift()))[1:]


def _paths_finding(table: pd.DataFrame) -> str:
    paths = table.groupby(["constraint", "sample_id"], sort=False).score
    change = (paths.last() - paths.first())[paths.size() > 1].groupby("constraint", sort=False)
    if not len(change):
        n = table.sample_id.nunique()
        return f"No path to follow: {n} {plural('sample', n)} with one judged attempt{' each' if n > 1 else ''}"
    mean = change.mean()
    most = mean.abs().idxmax()
    if abs(mean[most]) < 0.05:
        return "No score moved between first and last attempt, on average"
    word, n = "rises" if mean[most] > 0 else "falls", int(change.size()[most])
    over = f"mean of {n} samples" if n > 1 else "in the one sample with several"
    return f"In this run {most} {word} most: by {abs(mean[most]):.1f} from first to last attempt, {over}"
