"""The streams against their control arms at equal spend, as a figure: what the rule accepts, and the satisfaction."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..figures.chart import TEXT_PT, empty, style
from ..figures.notebook_theme import themed
from ..figures.palette import Theme
from ..figures.versus_figures import power_words
from ..run_names import run_name
from ..tables.totals import joined
from .arm_tests import ArmTest, arms_table, arms_tests
from .arms import Arms
from .spend import PICTURES, UNITS


@themed
def arms(compared: Arms, theme: Theme | None = None) -> Figure:
    """Per arm: samples whose best step the rule accepts, and the satisfaction of the best steps, within equal spend."""
    figure = empty(compared, finding(compared), 1.5 + 0.62 * len(compared.runs), theme, note(compared))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1, 1))
    table = arms_table(compared)
    for axes in (left, right):
        style(axes, theme)
        axes.grid(False)
        axes.grid(True, axis="x", color=theme.faint, lw=0.8)
        axes.spines[:].set_visible(False)
    _draw_accepted(left, table, theme)
    _draw_satisfaction(right, compared, table, theme)
    names = [arm.replace("_", " ") for arm in compared.runs]
    left.set_yticks(range(len(names)), names, color=theme.ink)
    left.set(ylim=(len(names) - 0.5, -0.6))
    return figure


def _draw_accepted(axes: Axes, table: pd.DataFrame, theme: Theme) -> None:
    for row, cell in enumerate(table.itertuples()):
        axes.barh(row, 100 * cell.rate, 0.5, color=theme.accent)
        if not pd.isna(cell.low):
            axes.plot([100 * cell.low, 100 * cell.high], [row, row], color=theme.ink, lw=1.6)
        axes.text(104, row, f"{cell.accepted} of {cell.n}", va="center", color=theme.ink, fontsize=TEXT_PT)
    axes.set(xlim=(0, 132), xticks=range(0, 101, 25))
    axes.set_xlabel("accepted by the rule (% of samples)", loc="left")


def _draw_satisfaction(axes: Axes, compared: Arms, table: pd.DataFrame, theme: Theme) -> None:
    """A dot per sample, the mean as a line; dashed where the loop is satisfied."""
    for row, arm in enumerate(compared.runs):
        values = compared.table[compared.table.arm == arm].satisfaction.dropna()
        spread = row + 0.3 * (np.arange(len(values)) % 5 - 2) / 2
        axes.plot(values, spread, "o", ms=5, color=theme.accent, alpha=0.8, mew=0)
        if len(values):
            mean = values.mean()
            axes.plot([mean, mean], [row - 0.32, row + 0.32], color=theme.ink, lw=2)
            beside = {"va": "center", "transform": axes.get_yaxis_transform()}
            axes.text(1.03, row, f"mean {mean:.2f}, n = {len(values)}", color=theme.ink, fontsize=TEXT_PT, **beside)
    axes.axvline(compared.threshold, color=theme.soft, lw=1, ls=(0, (4, 3)))
    least = min(compared.table.satisfaction.min(), compared.threshold, 0.75)
    low = math.floor(4 * least) / 4
    axes.set(xlim=(low - 0.01, 1.01), xticks=np.arange(low, 1.01, 0.25 if low else 0.5))
    axes.set_xlabel(f"satisfaction; dashed: {compared.threshold:g} ends the loop", loc="left")


# ---- words -----------------------------------------------------------------------------------------------------------


def finding(compared: Arms) -> str:
    """Whether the streams accept more than the control arms, in a sentence with the test of each; no claim where the
    spend of one arm is not counted as in another."""
    unit, tests = UNITS[compared.unit].words, arms_tests(compared)
    counts = joined(f"{_against(test)} against {_name(test.control)} ({_p(test)})" for test in tests)
    counts = f"accepted by one alone {counts}, of {compared.n}"
    if unequal(compared):
        return f"Not at equal {unit}, which some models do not count: {counts}"
    differing = [test for test in tests if test.told]
    if not differing:
        return f"At equal {unit} no difference can be told: {counts}"
    ways = joined(f"{_way(test)} than {_name(test.control)}" for test in differing)
    return f"At equal {unit} the streams accept {ways}: {counts}"


def _against(test: ArmTest) -> str:
    """Samples that only the streams accept, to those that only the control does: '4 to 1'."""
    return f"{test.accepted.only_a} to {test.accepted.only_b}"


def _p(test: ArmTest) -> str:
    if not test.accepted.only_a + test.accepted.only_b:
        return "no sample differs"
    return f"{test.accepted.clusters} persons: no test" if test.p is None else f"p = {test.p:.2g}"


def _way(test: ArmTest) -> str:
    return "more" if test.accepted.difference > 0 else "less"


def _name(control: str) -> str:
    return control.replace("_", " ")


def unequal(compared: Arms) -> bool:
    """Whether a model that only some arms call does not count the unit, so that their spend is not the same."""
    uncounted = {arm: set(compared.uncounted.get(arm, ())) for arm in compared.runs}
    return any(names != uncounted["streams"] for names in uncounted.values())


def power_before(compared: Arms) -> str:
    """What the comparison could tell, from the listings alone: to be printed before it is looked at."""
    return power_words(compared.runs["streams"], compared.runs[compared.controls[0]])


def note(compared: Arms) -> str:
    """What was left out, what it could tell, what was spent, what is not counted, and the satisfaction's own test."""
    aside = joined(f"{count} {reason}" for reason, count in compared.aside.items()) if compared.aside else ""
    parts = (
        f"{run_name(compared.runs['streams'])}.",
        f"Left out: {aside}." if aside else "",
        power_before(compared),
        _spent(compared),
        *(_satisfied(test) for test in arms_tests(compared)),
        "The title's p allow for each other (Holm), those of satisfaction do not;",
        "the rule decides what is accepted, satisfaction only ends the loop.",
    )
    return " ".join(filter(None, parts))


def _spent(compared: Arms) -> str:
    unit, table = UNITS[compared.unit].words, arms_table(compared)
    each = joined(f"{_name(row.arm)} {row.spent:,.4g} of its {row.total:,.4g}" for row in table.itertuples())
    missing = [f"{joined(names)} in {_name(arm)}" for arm, names in compared.uncounted.items()]
    uncounted = f" Not counted: {'; '.join(missing)}." if missing else ""
    how = "" if compared.unit == PICTURES else "; the first picture always counts"
    return f"Each sample's arms are cut off at the smallest total of its arms{how}: {unit} within, {each}.{uncounted}"


def _satisfied(test: ArmTest) -> str:
    pairs = test.higher
    if pairs is None:
        return f"Satisfaction against {_name(test.control)}: no pair has two numbers."
    p = "" if pairs.p is None else f" ({pairs.test} p = {pairs.p:.2g})"
    return (
        f"Satisfaction is higher with the streams in {pairs.only_a}, with {_name(test.control)} in {pairs.only_b}, "
        f"the same in {pairs.neither} of {pairs.n}{p}."
    )
