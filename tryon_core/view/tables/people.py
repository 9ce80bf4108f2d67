"""What people said of the judge's answers in a run, and how often they agree with it."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ...runs.kept import labels
from ...runs.kept.labels import Label
from ...runs.reading import Run
from ..figures.chart import TEXT_PT, canvas, constraint_rows, words
from ..figures.palette import LIGHT, Theme, colours
from . import frames
from .totals import joined, plural


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

    agreed, n         labels that agree, of all labels on the constraint
    share, low, high  agreed / n with its 95 % Wilson interval
    """
    shares = labels.agreement(spoken(run))
    rows: list[dict[str, Any]] = [
        {"constraint": key, "agreed": each.count, "n": each.n, "share": each.share, "low": each.low, "high": each.high}
        for key in (run.rubric.keys if run.rubric else ())
        if (each := shares.get(key))
    ]
    return pd.DataFrame(rows, columns=["constraint", "agreed", "n", "share", "low", "high"])


def people_and_judge(run: Run, theme: Theme = LIGHT) -> Figure:
    """Share of people's labels that agree with the judge, by constraint, with 95 % Wilson intervals."""
    table = agreement(run)
    if table.empty:
        return words(run, "No person has judged the judge yet", "Labels of this run's pictures appear here.", theme)
    note = (
        "A dot is the share of people's labels that agree with the judge's answer, the line its 95 % Wilson interval. "
        "People labelled what they looked at, which is no random choice of pictures."
    )
    figure, axes = canvas(run, _agreement_finding(table), 1.7 + 0.4 * len(table), theme, note)
    shade = colours(run.rubric)
    for row, cell in enumerate(table.itertuples()):
        axes.plot([cell.low * 100, cell.high * 100], [row, row], color=theme.soft, lw=1.6, solid_capstyle="butt")
        axes.plot([cell.share * 100], [row], "o", ms=9, color=shade[cell.constraint], mec=theme.ink, mew=0.8)
        axes.text(103, row, f"{cell.agreed} of {cell.n}", va="center", color=theme.soft, fontsize=TEXT_PT)
    constraint_rows(axes, run.rubric, table.constraint, theme)
    axes.grid(True, axis="x", color=theme.faint, lw=0.8)
    axes.set(xlim=(-2, 116), xticks=range(0, 101, 20), ylim=(len(table) - 0.5, -0.5))
    axes.set_xlabel(f"agreed with the judge (% of labels, n = {table.n.sum()})")
    return figure


def _agreement_finding(table: pd.DataFrame) -> str:
    agreed, n = int(table.agreed.sum()), int(table.n.sum())
    if agreed == n:
        return f"People agree with the judge each time: {n} {plural('answer', n)} labelled"
    least = table[table.share == table.share.min()]
    whole = f"People agree with the judge in {agreed} of {n} {plural('answer', n)}"
    if len(table) == 1 or len(least) == len(table):
        return f"{whole} on {joined(table.constraint)}"
    low = f"{least.agreed.iloc[0]} of {least.n.iloc[0]}" if len(least) == 1 else f"{least.share.iloc[0]:.0%} each"
    return f"{whole}; least on {joined(least.constraint)}: {low}"
