"""When samples are accepted, as figures: by which attempt, and how many are not yet."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ...runs.reading import Run
from ...stats import done_by, wilson
from ..tables import frames
from ..tables.totals import accepted_at, last_attempt, plural, totals
from .chart import canvas, of_a_line, thinned, words
from .palette import LIGHT, Theme

_NARROW = 8  # from so many attempts on, a bar has room for a count alone


@of_a_line
def accepted_by_iteration(run: Run, theme: Theme = LIGHT) -> Figure:
    """Share of judged samples accepted at an attempt or before, with 95 % Wilson intervals."""
    found = totals(run)
    if found.acceptance is None:
        return words(run, "No sample was judged", "There is no acceptance rate to draw.", theme)
    last, judged, accepted = last_attempt(run), found.judged, found.acceptance.count
    by_then = done_by(map(accepted_at, run.records), last)
    shares = [wilson(count, judged) for count in by_then]
    figure, axes = canvas(run, _accepted_finding(by_then, judged), 4.2, theme)
    numbers = range(1, last + 1)
    named = thinned(numbers)
    axes.bar(numbers, [share.share * 100 for share in shares], 0.56, color=theme.accent)
    for number, share in zip(numbers, shares, strict=True):
        axes.plot([number] * 2, [share.low * 100, share.high * 100], color=theme.ink, lw=1.2, solid_capstyle="butt")
        if number in named:
            count = f"{share.count} of {judged}" if last < _NARROW else f"{share.count}"
            axes.text(number + 0.06, share.share * 100 + 1.5, count, color=theme.ink, va="bottom")
    axes.set(ylim=(0, 108), ylabel="accepted by then (% of judged)", xticks=named, yticks=range(0, 101, 20))
    axes.set_xlim(0.4, max(last, 4) + 0.75)
    axes.set_xlabel(f"attempt; the lines are 95 % Wilson intervals, n = {judged}, {accepted} accepted in all")
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


@of_a_line
def survival(run: Run, theme: Theme = LIGHT) -> Figure:
    """Kaplan-Meier's estimate of the share of samples not yet accepted, with its 95 % interval and numbers at risk."""
    table = frames.survival(frames.attempts(run))
    if table.empty:
        return words(run, "No sample was judged", "There is no sample to follow to acceptance.", theme)
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
    named = table[table.attempt.isin(thinned(table.attempt.tolist()))]
    labels = [f"{row.attempt}\n{row.at_risk}\n{row.accepted}\n{row.censored}" for row in named.itertuples()]
    axes.set_xticks([0, *named.attempt], ["attempt\nat risk\naccepted\nended otherwise (|)", *labels])
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
