"""How strategies look in every figure of the arena: colour, marker and dashes each; and how a metric is named."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ...errors import BadInput
from ..figures.chart import TEXT_PT, cut
from ..figures.palette import Theme, hues
from ..streams.spend import PICTURES, UNITS
from ..tables.totals import joined, plural
from ..units import in_words
from .contest import Arena

LEGEND_IN = 0.24  # per row of a legend
_MARKERS = "os^DvPX"
_DASHES = ("-", (0, (5, 2)), (0, (1, 1.4)), (0, (6, 2, 1, 2)), (0, (3, 1, 1, 1, 1, 1)), (0, (8, 3)), (0, (2, 3)))
_NAME_CHARACTERS = 56
_ROW_CHARACTERS = 96


@dataclass(frozen=True)
class Look:
    """Colour never stands alone."""

    colour: str
    marker: str
    dashes: str | tuple


def looks(strategies: Sequence[str]) -> dict[str, Look]:
    """A look per strategy, by its place among them."""
    shades = hues(strategies)
    each = enumerate(strategies)
    return {name: Look(shades[name], _MARKERS[i % 7], _DASHES[i % 7]) for i, name in each}


def legend_columns(strategies: Sequence[str]) -> int:
    """So many names side by side that all fit."""
    longest = max(len(_short(name)) for name in strategies)
    return max(1, min(len(strategies), _ROW_CHARACTERS // (longest + 8)))


def legend_in(strategies: Sequence[str]) -> float:
    """Height of a legend in inches."""
    return LEGEND_IN * -(-len(strategies) // legend_columns(strategies)) + 0.08


def draw_legend(axes: Axes, strategies: Sequence[str], theme: Theme, lines: bool = True) -> None:
    """Into axes of its own, which show nothing else. lines: of lines with markers, else of markers alone."""
    axes.set_axis_off()
    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, ls=look.dashes if lines else "none", label=_short(name))
        for name, look in looks(strategies).items()
    ]
    columns = legend_columns(strategies)
    place = {"loc": "upper left", "ncols": columns, "borderaxespad": 0.0, "handlelength": 3.2 if lines else 1.2}
    legend = axes.legend(handles=handles, frameon=False, fontsize=TEXT_PT, labelcolor=theme.ink, **place)
    for text in legend.get_texts():
        text.set_parse_math(False)


def _short(name: str) -> str:
    return cut(name.replace("_", " "), _NAME_CHARACTERS)


# ---- metrics ---------------------------------------------------------------------------------------------------------


def held_out_metric(arena: Arena, metric: str = "") -> str:
    """The named metric, else the first that is scored and selected in no strategy.

    raises   BadInput where every one of them selected
    """
    if metric:
        return metric
    scored = list(dict.fromkeys(arena.scores.metric))
    honest = [name for name in scored if not arena.selected_by(name)]
    if not honest:
        names = joined(scored) if scored else "no metric is scored"
        raise BadInput(f"nothing is held out ({names} selected); score the runs with another metric: 'truth', 'words'")
    return honest[0]


def metric_words(metric: str) -> str:
    return metric.replace("_", " ")


def axis_label(metric: str, unit: str, better: str) -> str:
    """E.g. 'truth ssim (SSIM), higher is better'."""
    axis = in_words(unit).axis
    return f"{cut(metric_words(metric), 40)}{f' ({cut(axis, 40)})' if axis else ''}, {better} is better"


def budget_words(budget: float, unit: str) -> str:
    """E.g. '8 pictures', '1 picture'; `unit` is a name of UNITS."""
    is_one_picture = unit == PICTURES and budget == 1
    return f"{budget:,.4g} {'picture' if is_one_picture else UNITS[unit].words}"


def over_words(arena: Arena) -> str:
    """E.g. '12 samples of 6 persons'."""
    persons = f" of {arena.persons} {plural('person', arena.persons)}" if arena.persons < arena.n else ""
    return f"{arena.n} {plural('sample', arena.n)}{persons}"


def aside_words(arena: Arena) -> str:
    """What was left out, and whose spend is not whole; '' where nothing."""
    aside = joined(f"{count} {reason}" for reason, count in arena.aside.items()) if arena.aside else ""
    uncounted = [f"{joined(models)} in {name}" for name, models in arena.uncounted.items()]
    parts = (f"Left out: {aside}." if aside else "", f"Not counted: {'; '.join(uncounted)}." if uncounted else "")
    return " ".join(filter(None, parts))


def interval_words(persons: int) -> str:
    """What the bands or bars are, or why there are none."""
    if persons < 6:
        return f"No interval: {persons} {plural('person', persons)} are too few, six are the fewest."
    return f"95 % t-intervals over {persons} persons."
