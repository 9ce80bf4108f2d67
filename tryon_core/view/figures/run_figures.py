"""A run as figures. Each title states what was found in this run, each axis carries its unit.

Where there is nothing to draw, a figure says so in words; where a model is a toy or scripted, it says that too.
"""

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...runs.reading import Run
from ...stats import done_by, wilson
from ..tables import frames
from ..tables.people import people_and_judge
from ..tables.totals import accepted_at, iterations, joined, plural, totals
from .chart import TEXT_PT, canvas, constraint_rows, empty, style, words
from .heat_figures import constraint_heatmap, failed_together
from .palette import LIGHT, Theme, colours, gates
from .slice_figures import by_slice
from .transition_figures import next_failures, regressions
from .versus_figures import versus

__all__ = [
    "ALL",
    "accepted_by_iteration",
    "by_slice",
    "constraint_heatmap",
    "failed_together",
    "latency",
    "next_failures",
    "people_and_judge",
    "primary_failures",
    "regressions",
    "score_paths",
    "survival",
    "versus",
]

_PANELS_IN_A_ROW = 4


def accepted_by_iteration(run: Run, theme: Theme = LIGHT) -> Figure:
    """Share of judged samples accepted at an iteration or before, with 95 % Wilson intervals."""
    found = totals(run)
    if found.acceptance is None:
        return words(run, "No sample was judged", "There is no acceptance rate to draw.", theme)
    last, judged, accepted = iterations(run), found.judged, found.acceptance.count
    by_then = done_by(map(accepted_at, run.records), last)
    shares = [wilson(count, judged) for count in by_then]
    figure, axes = canvas(run, _accepted_finding(by_then, judged), 4.2, theme)
    steps = np.arange(1, last + 1)
    axes.bar(steps, [share.share * 100 for share in shares], 0.56, color=theme.accent)
    for step, share in zip(steps, shares, strict=True):
        axes.plot([step, step], [share.low * 100, share.high * 100], color=theme.ink, lw=1.2, solid_capstyle="butt")
        axes.text(step + 0.06, share.share * 100 + 1.5, f"{share.count} of {judged}", color=theme.ink, va="bottom")
    axes.set(ylim=(0, 108), ylabel="accepted by then (% of judged)", xticks=steps, yticks=range(0, 101, 20))
    axes.set_xlim(0.4, max(last, 4) + 0.75)
    axes.set_xlabel(f"iteration; the lines are 95 % Wilson intervals, n = {judged}, {accepted} accepted in all")
    return figure


def _accepted_finding(by_then: list[int], judged: int) -> str:
    first, in_all = by_then[0], by_then[-1]
    over = f"{judged} judged {plural('sample', judged)}"
    if not in_all:
        return f"None of {over} was accepted"
    when = by_then.index(in_all) + 1
    if when == 1:
        return f"{in_all} of {over} accepted, all at the first attempt"
    return f"Accepted: {first} of {over} at the first attempt, {in_all} by attempt {when}"


def survival(run: Run, theme: Theme = LIGHT) -> Figure:
    """Kaplan-Meier's estimate of the share of samples not yet accepted, with its 95 % interval and numbers at risk."""
    table = frames.survival(frames.attempts(run))
    if table.empty:
        return words(run, "No sample was judged", "There is nobody to follow to acceptance.", theme)
    note = (
        "Kaplan-Meier: a sample is followed until it is accepted or, where it ended otherwise, up to its last judged "
        "attempt; then it leaves the count. Shaded: 95 % intervals; there is none where all or none are accepted."
    )
    figure, axes = canvas(run, _survival_finding(table), 4.4, theme, note)
    steps, left = np.array([0, *table.attempt, len(table) + 0.6]), np.array([1.0, *table.share, table.share.iloc[-1]])
    axes.step(steps, left * 100, where="post", color=theme.ink, lw=2)
    low, high = (np.array([np.nan, *table[side], table[side].iloc[-1]]) * 100 for side in ("low", "high"))
    axes.fill_between(steps, low, high, step="post", color=theme.accent, alpha=0.35, lw=0)
    gone = table[table.censored > 0]
    axes.plot(gone.attempt + 0.3, gone.share * 100, "|", ms=12, mew=2, color=theme.ink)
    axes.set(ylim=(0, 104), xlim=(0, steps[-1]), ylabel="not yet accepted (% of samples)", yticks=range(0, 101, 20))
    labels = [f"{row.attempt}\n{row.at_risk}\n{row.accepted}\n{row.censored}" for row in table.itertuples()]
    axes.set_xticks([0, *table.attempt], ["attempt\nat risk\naccepted\nended otherwise (|)", *labels])
    axes.get_xticklabels()[0].set_horizontalalignment("right")
    return figure


def _survival_finding(table: pd.DataFrame) -> str:
    last, n = table.iloc[-1], int(table.at_risk.iloc[0])
    over = f"{n} {plural('sample', n)}"
    if last.share in (0, 1):
        what = f"All {over} followed were accepted" if last.share == 0 else f"None of {over} followed was accepted"
        return f"{what} by attempt {int(last.attempt)}"
    interval = f"95% interval {last.low:.0%} to {last.high:.0%}"
    return f"After attempt {int(last.attempt)} an estimated {last.share:.0%} are not accepted ({interval}; n = {n})"


def primary_failures(run: Run, theme: Theme = LIGHT) -> Figure:
    """How often each constraint was the first to fail in gate order, most frequent on top."""
    table = frames.primary_failures(frames.attempts(run), run.rubric)
    if table.empty:
        return words(run, "No judged attempt failed", "There is no primary failure to count.", theme)
    most, shade = int(table.failed.max()), colours(run.rubric)
    note = "Each failed attempt counts once, for the first constraint in gate order that it fails."
    figure, axes = canvas(run, _primary_finding(table), 1.9 + 0.46 * len(table), theme, note)
    rows = range(len(table))
    axes.barh(rows, table.failed, 0.62, color=[shade[key] for key in table.constraint])
    for row, cell in zip(rows, table.itertuples(), strict=True):
        axes.text(cell.failed, row, f" {cell.failed}", va="center", color=theme.ink)
        right = {"ha": "right", "transform": axes.get_yaxis_transform()}
        axes.text(1.0, row, f"{cell.cumulative:.0%}", va="center", color=theme.soft, **right)
    constraint_rows(axes, run.rubric, table.constraint, theme)
    axes.text(1.0, -0.75, "this and all above", ha="right", color=theme.soft, transform=axes.get_yaxis_transform())
    axes.set(xlim=(0, most * 1.25), ylim=(len(table) - 0.5, -0.9))
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("failed attempts in which it failed first (count)")
    return figure


def _primary_finding(table: pd.DataFrame) -> str:
    failed, n = int(table.failed.iloc[0]), int(table.n.iloc[0])
    top = table.constraint[table.failed == failed]
    verb = "is the first to fail in" if len(top) == 1 else "are each the first to fail in"
    return f"{joined(top)} {verb} {failed} of {n} failed {plural('attempt', n)}"


def score_paths(run: Run, theme: Theme = LIGHT) -> Figure:
    """One small panel a constraint: a line a sample, its score from attempt to attempt, and the bar to reach."""
    table = frames.score_paths(frames.attempts(run), run.rubric)
    if table.empty:
        return words(run, "No attempt was judged", "There are no scores to draw.", theme)
    keys, shade, last = run.rubric.keys, colours(run.rubric), iterations(run)
    note = f"A line is a sample, a dot a judged attempt; dashed: the bar to reach, {run.rubric.rule.accept_at:g}."
    figure = empty(run, _paths_finding(table), 5.2, theme, note)
    rows = -(-len(keys) // _PANELS_IN_A_ROW)
    panels = figure.subplots(rows, _PANELS_IN_A_ROW, sharex=True, sharey=True, squeeze=False).ravel()
    opacity = float(np.clip(6 / table.sample_id.nunique(), 0.12, 0.85))  # many lines, each of them fainter
    for panel, key in zip(panels, keys, strict=False):
        style(panel, theme)
        panel.axhline(run.rubric.rule.accept_at, color=theme.soft, lw=1, ls=(0, (4, 3)))
        scores = table[table.constraint == key]
        paths = np.split(scores[["attempt", "score"]].to_numpy(), _starts(scores.sample_id))
        panel.add_collection(LineCollection(paths, colors=shade[key], lw=1.4, alpha=opacity))
        panel.plot(scores.attempt, scores.score, "o", ms=4, color=shade[key], alpha=opacity)
        panel.set_title(f"{gates(run.rubric)[key]} {key}", fontsize=TEXT_PT - 1, color=theme.ink, loc="left")
    for panel in panels[len(keys) :]:
        panel.set_axis_off()
    panels[0].set(xlim=(0.7, last + 0.3), ylim=(-0.5, 10.5), xticks=range(1, last + 1), yticks=(0, 4, 8))
    for panel in panels[max(0, len(keys) - _PANELS_IN_A_ROW) : len(keys)]:  # the lowest one of each column
        panel.tick_params(labelbottom=True)
        panel.set_xlabel("attempt")
    figure.supylabel("score (0-10)", fontsize=TEXT_PT, color=theme.soft)
    return figure


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
    return f"{most} {word} most: by {abs(mean[most]):.1f} from first to last attempt, {over}"


def latency(run: Run, theme: Theme = LIGHT) -> Figure:
    """Seconds of drawing, judging and writing words, one dot an attempt, the mean as a line; the models' own time."""
    table = frames.attempts(run)
    parts = {"drawing": table.drawing_s, "judging": table.judging_s}
    if table.writing_s.sum() > 0:
        parts["writing"] = table.writing_s
    if table.empty or not (table.drawing_s.sum() > 0 and table.judging_s.sum() > 0):
        return words(run, "No seconds were measured", "There is no time to split.", theme)
    spent = sum(seconds.sum() for seconds in parts.values())
    finding = f"Drawing takes {table.drawing_s.sum() / spent:.0%} of {spent:.0f} s of model time"
    note = "The models' own time; downloads and waiting are not in it."
    figure, axes = canvas(run, finding, 2.6, theme, note)
    for row, seconds in enumerate(parts.values()):
        spread = row + 0.22 * (np.arange(len(seconds)) % 5 - 2) / 2
        axes.scatter(seconds, spread, s=22, color=theme.accent, alpha=0.6, lw=0)
        axes.plot([seconds.mean()] * 2, [row - 0.34, row + 0.34], color=theme.ink, lw=2)
        axes.text(seconds.mean(), row - 0.37, f"mean {seconds.mean():.2g} s", ha="center", va="bottom", color=theme.ink)
    axes.set(
        ylim=(len(parts) - 0.5, -0.75),
        xlim=(0, 1.08 * max(seconds.max() for seconds in parts.values())),
        xlabel=f"seconds of one attempt (a dot each, n = {len(table)})",
    )
    axes.set_yticks(range(len(parts)), list(parts), color=theme.ink)
    axes.grid(False)
    return figure


ALL = (
    accepted_by_iteration,
    survival,
    constraint_heatmap,
    primary_failures,
    failed_together,
    next_failures,
    regressions,
    score_paths,
    by_slice,
    latency,
)
