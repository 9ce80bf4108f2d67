"""What people said of the judge's answers in a run, and how often they agree with it."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ...runs.kept import labels
from ...runs.kept.labels import Label
from ...runs.reading import Run
from ...stats import wilson
from ..figures.chart import TEXT_PT, canvas, constraint_rows, words
from ..figures.notebook_theme import themed
from ..figures.palette import Theme, colours
from . import frames
from .slices import SHARE_TYPES
from .totals import joined, persons, plural


def spoken(run: Run) -> list[Label]:
    """People's last words on answers of the judge in this run, in listing order; read anew each time.

    Left out: what the judge left unscored, and pictures that are not the run's own (of a branch, or drawn again since).
    """
    if run.rubric is None:
        return []
    table = frames.attempts(run)
    keys = zip(table.sample_id, table.attempt, table.picture, strict=True)
    place = {key: number for number, key in enumerate(keys)}
    said = [
        label
        for label in labels.newest(labels.read(run.store))
        if label.judge_said != "unscored"
        and label.constraint in run.rubric.keys
        and (label.sample_id, label.attempt, label.picture) in place
    ]
    return sorted(said, key=lambda label: place[label.sample_id, label.attempt, label.picture])


def agreement(run: Run) -> pd.DataFrame:
    """How often people agree with the judge: one row per constraint that somebody spoke of, in gate order.

    agreed, n         answers of the judge that more than half of those who spoke of them agree with, of all spoken of
    share, low, high  agreed / n with its 95 % interval over the persons shown (stats.clustered)
    """
    shares = labels.agreement(spoken(run), persons(run))
    rows: list[dict[str, Any]] = [
        {"constraint": key, "agreed": each.count, "n": each.n, "share": each.share, "low": each.low, "high": each.high}
        for key in (run.rubric.keys if run.rubric else ())
        if (each := shares.get(key))
    ]
    return pd.DataFrame(rows, columns=["constraint", "agreed", "n", *SHARE_TYPES]).astype(SHARE_TYPES)


@themed
def people_and_judge(run: Run, theme: Theme | None = None) -> Figure:
    """Share of the judge's answers that people agree with, by constraint, with 95 % intervals over persons."""
    table = agreement(run)
    if table.empty:
        return words(run, "No person has judged the judge yet", "Labels of this run's pictures appear here.", theme)
    note = (
        "A dot is the share of answers that most of those who spoke of them agree with, the line its 95 % interval "
        "over persons shown (none below six). People labelled what they looked at, which is no random choice of "
        "pictures."
    )
    figure, axes = canvas(run, _agreement_finding(table), 1.7 + 0.4 * len(table), theme, note)
    shade = colours(run.rubric)
    for row, cell in enumerate(table.itertuples()):
        axes.plot([cell.low * 100, cell.high * 100], [row, row], color=theme.soft, lw=1.6, solid_capstyle="butt")
        axes.plot([cell.share * 100], [row], "o", ms=9, color=shade[cell.constraint], mec=theme.ink, mew=0.8)
        axes.text(106, row, f"{cell.agreed} of {cell.n}", va="center", color=theme.soft, fontsize=TEXT_PT)
    constraint_rows(axes, run.rubric, table.constraint, theme)
    axes.grid(True, axis="x", color=theme.faint, lw=0.8)
    axes.set(xlim=(-2, 122), xticks=range(0, 101, 20), ylim=(len(table) - 0.5, -0.5))
    axes.set_xlabel(f"agreed with the judge (% of answers, n = {table.n.sum()})")
    return figure


def _agreement_finding(table: pd.DataFrame) -> str:
    agreed, n = int(table.agreed.sum()), int(table.n.sum())
    if agreed == n:
        return f"People agree with the judge each time: {n} {plural('answer', n)} labelled"
    least = least_first(table)
    whole = f"People agree with the judge in {agreed} of {n} {plural('answer', n)}"
    if len(table) == 1 or len(least) == len(table):
        return f"{whole} on {joined(table.constraint)}"
    low = f"{least.agreed.iloc[0]} of {least.n.iloc[0]}"
    return f"{whole}; least in this run on {joined(least.constraint)}: {low}{' each' if len(least) > 1 else ''}"


def least_first(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that agree least for sure: those with the lowest upper bound of Wilson's interval."""
    bound = [wilson(row.agreed, row.n).high for row in table.itertuples()]
    return table[[high <= min(bound) + 1e-12 for high in bound]]
