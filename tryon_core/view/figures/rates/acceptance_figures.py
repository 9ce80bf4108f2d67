"""When samples are accepted, as figures: by which attempt, and how many are not yet."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ....runs.reading import Run
from ....steps import JUDGED
from ...tables import frames
from ...tables.totals import acceptance, last_attempt, plural
from ..chart import canvas, of_a_line, thinned, words
from ..palette import Theme

_NARROW = 8  # from so many attempts on, a bar has room for a count alone


@of_a_line
def accepted_by_iteration(run: Run, theme: Theme | None = None) -> Figure:
    """Share of judged samples accepted at an attempt or before, with 95 % intervals over persons."""
    ended = [record for record in run.records if record.outcome in JUDGED]
    if not ended:
        return words(run, "No sample was judged", "There is no acceptance rate to draw.", theme)
    last, judged = last_attempt(run), len(ended)
    numbers = range(1, last + 1)
    shares = [acceptance(ended, number) for number in numbers]
    accepted, persons = shares[-1].count, shares[-1].clusters
    figure, axes = canvas(run, _accepted_finding([share.count for share in shares], judged), 4.2, theme)
    named = thinned(numbers)
    axes.bar(numbers, [share.share * 100 for share in shares], 0.56, color=theme.accent)
    for number, share in zip(numbers, shares, strict=True):
        if share.low is not None:
            axes.plot([number] * 2, [share.low * 100, share.high * 100], color=theme.ink, lw=1.2, solid_capstyle="butt")
        if number in named:
            count = f"{share.count} of {judged}" if last < _NARROW else f"{share.count}"
            axes.text(number + 0.06, share.share * 100 + 1.5, count, color=theme.ink, va="bottom")
    axes.set(ylim=(0, 108), ylabel="accepted by then (% of judged)", xticks=named, yticks=range(0, 101, 20))
    axes.set_xlim(0.4, max(last, 4) + 0.75)
    lines = (
        f"{'no' if shares[-1].low is None else 'lines are 95 %'} intervals over {persons} {plural('person', persons)}"
    )
    axes.set_xlabel(f"attempt; {lines}, n = {judged}, {accepted} accepted in all")
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
def survival(run: Run, theme: Theme | None = None) -> Figure:
    """Share of samples not accepted by each attempt, with its 95 % interval over persons and numbers at risk."""
    table = frames.survival(frames.attempts(run))
    if table.empty:
        return words(run, "No sample was judged", "There is no sample to follow to acceptance.", theme)
    note = (
        "What cumulative incidence (Aalen-Johansen) leaves: a sample that was given up or ran out of attempts stays "
        "not accepted; only one that still runs leaves the count. Shaded: 95 % intervals over persons."
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
    columns = ["attempt", "at_risk", "accepted", "ended", "censored"]
    labels = ["\n".join(map(str, row)) for row in named[columns].itertuples(index=False)]
    axes.set_xticks([0, *named.attempt], ["attempt\nat risk\naccepted\nended otherwise\nstill running (|)", *labels])
    axes.get_xticklabels()[0].set_horizontalalignment("right")
    return figure


def _survival_finding(table: pd.DataFrame) -> str:
    last, n = table.iloc[-1], int(table.at_risk.iloc[0])
    by, over = int(last.attempt), f"{n} {plural('sample', n)}"
    if last.share in (0, 1):
        what = f"All {over} followed were accepted" if last.share == 0 else f"None of {over} followed was accepted"
        return f"{what} by attempt {by}"
    interval = "no interval" if pd.isna(last.low) else f"95% interval {last.low:.0%} to {last.high:.0%}"
    if table.censored.sum():
        return f"After attempt {by} an estimated {last.share:.0%} are not accepted ({interval}; n = {n})"
    left = n - int(table.accepted.sum())
    return f"{left} of {over} are not accepted by attempt {by}: {last.share:.0%} ({interval})"
