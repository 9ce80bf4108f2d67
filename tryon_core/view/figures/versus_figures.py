"""Two runs side by side, as a figure."""

from dataclasses import replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...runs.reading import Run
from ...stats.comparing import Paired
from ..tables.side_by_side import discordant
from ..tables.spending import calls_of, seconds
from ..tables.totals import joined, plural
from ..tables.versus import Comparison, kept_failures, power, spent
from .chart import TEXT_PT, Chart, constraint_rows, cut, empty, style, words
from .notebook_theme import themed
from .palette import MARKS, Theme, colours
from .strip import Column, drawn, picture_roles


@themed
def versus(found: Comparison, theme: Theme | None = None) -> Figure:
    """Who accepted which samples, and what fails in the attempts that each run chose."""
    names = found.names
    told = (_points(found.accepted), power_words(found.a, found.b)) if not found.longer else ()
    parts = (left_out(found), *told, cost(found), *found.warnings)
    note = f"A: {names['A']}. B: {names['B']}. {' '.join(filter(None, parts))}"
    figure = empty(found, finding(found), 4.2, theme, note)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.5))
    for axes in (left, right):
        style(axes, theme)
    _draw_outcomes(left, found, theme)
    _draw_failures(right, found, theme)
    return figure


@themed
def discordant_pictures(found: Comparison, theme: Theme | None = None, most: int = 4) -> Chart:
    """Samples that only one of two runs accepts: person, garment and what A and B chose, side by side.

    most   samples shown, half of them accepted by A where there are so many
    """
    table = discordant(found)
    shown = table.groupby("accepted_by").head(max(1, most // 2))
    over = f"{len(table)} of {found.accepted.n} {plural('sample', found.accepted.n)}"
    finding = f"Only one run accepts {over}" + (f"; {len(shown)} of them are shown" if len(shown) < len(table) else "")
    if table.empty:
        return words(found, finding, "Both runs accept the same samples.", theme)
    runs = {"A": found.a, "B": found.b}
    kept = {digest: run for run in runs.values() for record in run.records for digest in record.pictures.values()}
    kept |= {row[f"picture_{name}"]: run for name, run in runs.items() for _, row in shown.iterrows()}
    columns = [column for row in shown.itertuples() for column in _compared_columns(row, found)]
    head = [finding, *(f"{name}: {cut(what, 118)}" for name, what in found.names.items())]
    return drawn(found, lambda digest: kept[digest].picture(digest), columns, theme, in_a_row=4, head=head)


def _compared_columns(row: Any, found: Comparison) -> list[Column]:
    record = next(in_a for in_a, _ in found.pairs if in_a.sample_id == row.sample_id)
    roles = (*picture_roles(found.a, record), "", "")[:2]  # also where a flow was given fewer
    given = [Column(role, picture=record.pictures.get(role)) for role in roles]
    given[0] = replace(given[0], caption=row.sample_id)
    why = f"{row.failed} {row.score}: {row.finding}" if row.failed else "nothing failed, and not accepted"
    for name in "AB":
        number, wins = getattr(row, f"attempt_{name}"), row.accepted_by == name
        title = f"{MARKS['met' if wins else 'failed']} {name}, attempt {number}"
        given.append(Column(title, "accepted" if wins else why, getattr(row, f"picture_{name}")))
    return given


def _draw_outcomes(axes: Axes, found: Comparison, theme: Theme) -> None:
    pairs = found.accepted
    counts = {"both": pairs.both, "only A": pairs.only_a, "only B": pairs.only_b, "neither": pairs.neither}
    paint = {"both": theme.accent, "only A": theme.ink, "only B": theme.paper, "neither": theme.faint}
    shares = [100 * count / pairs.n for count in counts.values()]
    axes.barh(range(4), shares, 0.62, color=list(paint.values()), ec=theme.ink, lw=1)
    for row, (share, count) in enumerate(zip(shares, counts.values(), strict=True)):
        axes.text(share, row, f" {count} of {pairs.n}", va="center", color=theme.ink)
    axes.set_yticks(range(4), list(counts), color=theme.ink)
    axes.set(xlim=(0, 175), xticks=(0, 50, 100), ylim=(3.5, -0.5))
    axes.set_xlabel(f"accepted by (% of samples, n = {pairs.n})", loc="left")
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


# ---- words -----------------------------------------------------------------------------------------------------------


def finding(found: Comparison) -> str:
    """Who accepts more, in a sentence, with the p of its test; neither where chance would do, nor where it is told only
    without the samples that one of them declined; no test where one run only goes on where the other ends."""
    pairs, more = found.accepted, "A" if found.accepted.difference > 0 else "B"
    over = f"of {pairs.n} {plural('sample', pairs.n)}"
    counts = f"{pairs.only_a} accepted only by A, {pairs.only_b} only by B, {over}"
    if not pairs.only_a + pairs.only_b:
        return f"A and B accept the same {pairs.both} {over}"
    if found.longer:
        shorter = "B" if found.longer == "A" else "A"
        return f"{found.longer} goes on where {shorter} ends, which can only add: {counts}"
    if not pairs.told:
        return f"No difference can be told: {counts} ({_test(pairs)})"
    if not found.declined.told or found.declined.difference * pairs.difference < 0:
        return f"{more} accepts more of what both judged, not of all: {counts} ({_test(pairs)})"
    return f"{more} accepts more: {counts} ({_test(pairs)})"


def _test(pairs: Paired) -> str:
    if pairs.p is None:
        return f"{pairs.clusters} persons are too few for a test"
    return f"{pairs.test} p = {pairs.p:.2g}"


def _points(pairs: Paired) -> str:
    """E.g. 'Acceptance of A minus B: +12.5 points (-3.0 to +28.0, 95 % interval over 8 persons).'"""
    over = f" over {pairs.clusters} persons" if pairs.is_clustered else ""
    interval = f"no interval{over}"
    if pairs.low is not None:
        interval = f"{pairs.low * 100:+.1f} to {pairs.high * 100:+.1f}, 95 % interval{over}"
    return f"Acceptance of A minus B: {pairs.difference * 100:+.1f} points ({interval})."


def left_out(found: Comparison) -> str:
    """Which samples are not compared, and what is found where those that a run declined count as not accepted."""
    if not found.aside:
        return ""
    why = f"Left out: {joined(f'{count} {reason}' for reason, count in found.aside.items())}."
    all_of = found.declined
    if all_of.n == found.accepted.n:
        return why
    counts = f"{all_of.only_a} accepted only by A, {all_of.only_b} only by B, of {all_of.n}"
    test = "" if found.longer or not all_of.only_a + all_of.only_b else f" ({_test(all_of)})"
    return f"{why} Refused and not judged counted as not accepted: {counts}{test}."


def power_words(a: Run, b: Run) -> str:
    """What a comparison of two runs could tell before it was made."""
    table = power(a, b).dropna()
    if table.empty:
        return "So few samples can tell no difference, whatever comes of them."
    each = joined(f"{rate:.0%} of {differing}" for differing, rate in table.itertuples(index=False))
    return f"Beforehand: four times of five a sign test tells a run that wins {each} on which the two differ."


def cost(found: Comparison) -> str:
    """Whether the two are compared at equal cost, in a sentence."""
    ledgers, runs = spent(found), {"A": found.a, "B": found.b}
    pictures = {name: calls_of(ledger, runs[name].info.cards("generator")) for name, ledger in ledgers.items()}
    each = [f"{name} {pictures[name]} and {seconds(ledger):.0f} s" for name, ledger in ledgers.items()]
    equal = "the same number of pictures" if pictures["A"] == pictures["B"] else "not an equal number of pictures"
    n = found.accepted.n
    return f"Drawn for {n} {plural('sample', n)}: {equal} ({', '.join(each)} of model time)."
