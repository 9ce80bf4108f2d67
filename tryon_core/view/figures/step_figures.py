"""Figures of steps, whatever a flow does: their numbers with the chosen one, and the seconds of each model."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...runs.reading import Run
from ...stats import wilson
from ..tables import frames
from ..tables.spending import work
from ..tables.step_tables import chosen_by
from ..tables.step_tables import step_scores as scores_of_steps
from ..tables.totals import joined, plural
from ..units import in_words
from .chart import PANELS_IN_A_ROW, TEXT_PT, canvas, cut, empty, style, thinned, words
from .notebook_theme import themed
from .palette import Theme

_MOST_PANELS = 8
_LABEL_CHARACTERS = 22


@themed
def step_scores(run: Run, theme: Theme | None = None) -> Figure:
    """One small panel per number: a dot per step, the chosen one ringed, and the bar where it is held to one."""
    table = scores_of_steps(run)
    if table.empty:
        return words(run, "No step was measured", "There are no numbers by which a step could be chosen.", theme)
    of_chosen = table[table.chosen].name
    names = list(dict.fromkeys([*of_chosen, *table.name]))  # those first by which a step may have been chosen
    drawn = names[:_MOST_PANELS]
    note = "A dot is a step, ringed where it is the chosen one of its sample; dashed: the bar, where there is one."
    if len(names) > len(drawn):
        note += f" {len(names) - len(drawn)} more numbers are in the table."
    columns = min(PANELS_IN_A_ROW, len(drawn))
    rows = -(-len(drawn) // columns)
    figure = empty(run, _scores_finding(table), 1.2 + 2.1 * rows, theme, note)
    panels = figure.subplots(rows, columns, sharex=True, squeeze=False).ravel()
    for panel, name in zip(panels, drawn, strict=False):
        style(panel, theme)
        _draw_scores(panel, table[table.name == name], theme)
    for panel in panels[len(drawn) :]:
        panel.set_axis_off()
    last = int(table.step.max())
    panels[0].set(xlim=(0.4, last + 0.6), xticks=thinned(range(1, last + 1)))
    for panel in panels[max(0, len(drawn) - columns) : len(drawn)]:  # the lowest one of each column
        panel.tick_params(labelbottom=True)
        panel.set_xlabel("step")
    return figure


def _draw_scores(panel: Axes, cells: pd.DataFrame, theme: Theme) -> None:
    opacity = float(np.clip(6 / cells.sample_id.nunique(), 0.15, 0.9))  # many samples, each of them fainter
    unit = in_words(cells.unit.iloc[0])
    cells = cells.assign(value=cells.value * unit.factor)
    chosen, bar = cells[cells.chosen], cells.bar.dropna() * unit.factor
    panel.plot(cells.step, cells.value, "o", ms=5, color=theme.accent, alpha=opacity, mew=0)
    panel.plot(chosen.step, chosen.value, "o", ms=9, mfc="none", mec=theme.ink, mew=1.6, alpha=max(opacity, 0.5))
    if len(bar):
        panel.axhline(bar.iloc[0], color=theme.soft, lw=1, ls=(0, (4, 3)))
    panel.margins(y=0.18)
    panel.locator_params(axis="y", nbins=4)
    panel.ticklabel_format(axis="y", useOffset=False)
    name = str(cells.name.iloc[0]).replace("_", " ")
    left = {"fontsize": TEXT_PT - 1, "loc": "left", "parse_math": False}
    panel.set_title(cut(f"{name} ({unit.axis})" if unit.axis else name, _LABEL_CHARACTERS), color=theme.ink, **left)


def _scores_finding(table: pd.DataFrame) -> str:
    """By which number the chosen steps are the best of their samples: by the potential, where a flow ranks by one."""
    found = chosen_by(table)
    found = found[found.n > 0]
    if (ranks := found[found.end.eq("highest") & found.name.eq("potential")]).size:
        best, n = int(ranks.best.iloc[0]), int(ranks.n.iloc[0])
        return f"In this run the chosen step has the highest potential in {best} of {n} {plural('sample', n)}"
    if found.empty:
        steps, numbers = len(table[["sample_id", "step"]].drop_duplicates()), table.name.nunique()
        measured = f"{numbers} {plural('number', numbers)} of {steps} {plural('step', steps)}"
        return f"{measured}; none had another to be chosen from"
    surest = pd.Series([wilson(row.best, row.n).low for row in found.itertuples()], index=found.index)
    top = found[surest >= surest.max() - 1e-12]
    n = int(top.n.iloc[0])
    if not found.best.sum():
        return f"The chosen step is best by none of {len(found)} numbers in {n} {plural('sample', n)}"
    groups = top.groupby("end", sort=False).name
    named = joined(f"the {end} {joined(names[:3].str.replace('_', ' '))}" for end, names in groups)
    return f"In this run the chosen step has {named} in {int(top.best.iloc[0])} of {n} {plural('sample', n)}"


@themed
def latency(run: Run, theme: Theme | None = None) -> Figure:
    """Seconds of each model, one dot per step that called it, the mean as a line; the models' own time."""
    seconds = _seconds(run)
    spent = sum(times.sum() for times in seconds.values())
    if not spent:
        return words(run, "No seconds were measured", "There is no time to split.", theme)
    most = max(seconds, key=lambda name: seconds[name].sum())
    finding = f"{most.capitalize()} takes {seconds[most].sum() / spent:.0%} of {spent:.0f} s of model time"
    note = "The models' own time; downloads and waiting are not in it."
    figure, axes = canvas(run, finding, 1.4 + 0.6 * len(seconds), theme, note)
    for row, times in enumerate(seconds.values()):
        spread = row + 0.22 * (np.arange(len(times)) % 5 - 2) / 2
        axes.scatter(times, spread, s=22, color=theme.accent, alpha=0.6, lw=0)
        axes.plot([times.mean()] * 2, [row - 0.34, row + 0.34], color=theme.ink, lw=2)
        axes.text(times.mean(), row - 0.37, f"mean {times.mean():.2g} s", ha="center", va="bottom", color=theme.ink)
    attempts, steps = len(frames.attempts(run)), len(frames.steps(run))
    step = "attempt" if attempts == steps else "step"
    axes.set(
        ylim=(len(seconds) - 0.5, -0.75),
        xlim=(0, 1.08 * max(times.max() for times in seconds.values())),
        xlabel=f"seconds of one {step} (a dot each, n = {steps})",
    )
    axes.set_yticks(range(len(seconds)), list(seconds), color=theme.ink)
    axes.grid(False)
    return figure


def _seconds(run: Run) -> dict[str, pd.Series]:
    """What each model does -> seconds of the steps that called it, in the order of the flow's arguments."""
    table, names = frames.steps(run), work(run.info)
    columns = [name for name in table.columns if name.startswith("spent.") and name.endswith(".seconds")]
    arguments = [name.removeprefix("spent.").removesuffix(".seconds") for name in columns]
    order = [*(name for name in names if name in arguments), *(name for name in arguments if name not in names)]
    timed = {names.get(argument, argument): table[f"spent.{argument}.seconds"].dropna() for argument in order}
    return {name: times for name, times in timed.items() if times.sum() > 0}
