"""Two runs side by side, as a figure."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..tables.versus import Comparison, cost, finding, kept_failures
from .chart import TEXT_PT, constraint_rows, empty, style
from .palette import LIGHT, Theme, colours


def versus(found: Comparison, theme: Theme = LIGHT) -> Figure:
    """Who accepted which samples, and what fails in the attempts that each run chose."""
    names, pairs = found.names, found.accepted
    points = f"{pairs.difference * 100:+.1f} points ({pairs.low * 100:+.1f} to {pairs.high * 100:+.1f})"
    note = (
        f"A: {names['A']}. B: {names['B']}. Acceptance of A minus B: {points}, 95 % Bonett-Price interval. "
        f"{' '.join((cost(found), *found.warnings))}"
    )
    figure = empty(found, finding(found), 4.2, theme, note)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.5))
    for axes in (left, right):
        style(axes, theme)
    _draw_outcomes(left, found, theme)
    _draw_failures(right, found, theme)
    return figure


def _draw_outcomes(axes: Axes, found: Comparison, theme: Theme) -> None:
    pairs = found.accepted
    counts = {"both": pairs.both, "only A": pairs.only_a, "only B": pairs.only_b, "neither": pairs.neither}
    paint = {"both": theme.accent, "only A": theme.ink, "only B": theme.paper, "neither": theme.faint}
    axes.barh(range(4), list(counts.values()), 0.62, color=list(paint.values()), ec=theme.ink, lw=1)
    for row, count in enumerate(counts.values()):
        axes.text(count, row, f" {count}", va="center", color=theme.ink)
    axes.set_yticks(range(4), list(counts), color=theme.ink)
    axes.set(xlim=(0, 1.2 * max(counts.values())), ylim=(3.5, -0.5))
    axes.set_xlabel(f"accepted by (samples, n = {pairs.n})", loc="left")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.spines[:].set_visible(False)
    axes.grid(False)


def _draw_failures(axes: Axes, found: Comparison, theme: Theme) -> None:
    shade, right = colours(found.rubric), axes.get_yaxis_transform()
    for row, cell in enumerate(kept_failures(found).itertuples()):
        counts = f"A {cell.A}, B {cell.B} of {cell.n}" if cell.n else "not scored by both"
        axes.text(1.0, row, counts, transform=right, va="center", ha="right", color=theme.soft, fontsize=TEXT_PT - 1)
        if not cell.n:
            continue
        a, b = 100 * cell.A / cell.n, 100 * cell.B / cell.n
        axes.plot([a, b], [row, row], color=shade[cell.constraint], lw=3)
        axes.plot([b], [row], "s", ms=11, color=theme.paper, mec=theme.ink, mew=1.2)
        axes.plot([a], [row], "o", ms=6, color=theme.ink)
    constraint_rows(axes, found.rubric, found.rubric.keys, theme)
    axes.grid(True, axis="x", color=theme.faint, lw=0.8)
    most = max(10.0, axes.dataLim.xmax if axes.lines else 0.0)
    axes.set(xlim=(-0.05 * most, 1.75 * most), ylim=(len(found.rubric.keys) - 0.5, -0.5))
    axes.set_xticks([0, most / 2, most], ["0", f"{most / 2:.0f}", f"{most:.0f}"])
    axes.set_xlabel("failed in the chosen attempt (%)   ● A   □ B", loc="left")
