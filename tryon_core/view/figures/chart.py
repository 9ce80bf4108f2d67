"""How every figure looks: its finding as the title, quiet axes, and a word of caution where a model is not real."""

import io
import itertools
import textwrap
import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, Protocol

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from ...rubrics.rules import Rubric
from ...runs.reading import Run
from ..tables.transitions import is_line
from .palette import LIGHT, Theme, gates

WIDTH_IN = 9.0  # 900 px at 100 dpi
TEXT_PT = 11
CAUTION_LINE_IN = 0.32
PANELS_IN_A_ROW = 4
ALL_LABELLED = 11  # of an axis with more places, some labels are left out
_CHARACTERS_PER_IN = 11  # of the caution, which is bold
_TITLE_LINE_IN, _NOTE_LINE_IN = 0.22, 0.19


class Drawn(Protocol):
    """What is drawn: a run, or two that are compared. `caution` says where a model is not real, '' otherwise."""

    @property
    def caution(self) -> str: ...


class Chart(Figure):
    """A matplotlib Figure without pyplot and its state; a notebook shows it. `note`: what to look for, on one line."""

    note = ""

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        """With the finding as alt text, which nbconvert writes beside the picture."""
        return png(self), {"alt": self.get_suptitle()}


def png(figure: Figure, dpi: int = 100) -> bytes:
    """A letter the font has not, as in a judge's Chinese, is drawn as a box; tables and pages have the words."""
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font")
        figure.savefig(out, format="png", dpi=dpi)
    return out.getvalue()


def svg(figure: Figure) -> bytes:
    """Letters as outlines, so that they look the same everywhere; the same figure gives the same bytes."""
    out = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "tryon"}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def caution_lines(drawn: Drawn, width_in: float = WIDTH_IN) -> str:
    """The caution in as many lines as a figure of this width needs; '' where there is none."""
    return textwrap.fill(drawn.caution, round(_CHARACTERS_PER_IN * width_in), break_on_hyphens=False)


def empty(drawn: Drawn, finding: str, height_in: float, theme: Theme, note: str = "") -> Chart:
    """A figure without axes: the finding on top, what to look for under it, the caution at the bottom if there is one.

    height_in   without the note, which makes the figure taller
    """
    title, lines = _balanced(finding, 80), textwrap.fill(note, 118)
    note_in = _NOTE_LINE_IN * (lines.count("\n") + 1) if note else 0.0
    height_in += note_in
    caution = caution_lines(drawn)
    strip = CAUTION_LINE_IN * (caution.count("\n") + 1) / height_in if caution else 0.0
    layout = ConstrainedLayoutEngine(rect=(0.0, strip, 1.0, 1.0 - strip - note_in / height_in), w_pad=0.1, h_pad=0.08)
    figure = Chart(figsize=(WIDTH_IN, height_in), layout=layout, facecolor=theme.paper)
    figure.note = note
    plain = {"x": 0.012, "ha": "left", "parse_math": False}  # outside text may hold a $
    figure.suptitle(title, fontsize=TEXT_PT + 2, color=theme.ink, fontweight="bold", **plain)
    if note:
        top = 1 - (0.1 + _TITLE_LINE_IN * (title.count("\n") + 1)) / height_in
        figure.text(y=top, s=lines, fontsize=TEXT_PT - 1, color=theme.soft, va="top", **plain)
    if caution:
        alarm = {"fontsize": TEXT_PT, "color": theme.warning, "fontweight": "bold", "va": "center"}
        figure.text(y=0.4 * strip, s=caution, **alarm, **plain)
    return figure


def _balanced(text: str, width: int) -> str:
    """As few lines as `width` characters allow, all about as long: no last word alone."""
    few = len(textwrap.wrap(text, width))
    return textwrap.fill(
        text, next(w for w in range(len(text) // few, width + 1) if len(textwrap.wrap(text, w)) == few)
    )


def canvas(drawn: Drawn, finding: str, height_in: float, theme: Theme, note: str = "") -> tuple[Chart, Axes]:
    """A figure with one pair of axes."""
    figure = empty(drawn, finding, height_in, theme, note)
    axes = figure.add_subplot()
    style(axes, theme)
    return figure, axes


def words(drawn: Drawn, finding: str, text: str, theme: Theme) -> Chart:
    """What a figure says where there is nothing to draw."""
    figure = empty(drawn, finding, 1.6, theme)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.text(0.0, 0.5, text, fontsize=TEXT_PT, color=theme.soft, va="center", parse_math=False)
    return figure


Draw = Callable[..., Figure]


def of_judgements(draw: Draw) -> Draw:
    """A figure of a judge's answers, which says in words where none were asked for."""

    @wraps(draw)
    def checked(run: Run, theme: Theme = LIGHT, **options: Any) -> Figure:
        if run.rubric is None:
            return words(run, "No rubric was asked", "This figure counts a judge's answers; there are none.", theme)
        return draw(run, theme, **options)

    return checked


def of_a_line(draw: Draw) -> Draw:
    """A figure of attempts that correct one another, which says in words where they do not."""

    @wraps(draw)
    def checked(run: Run, theme: Theme = LIGHT, **options: Any) -> Figure:
        if run.rubric is not None and not is_line(run):
            return words(run, "No attempt was corrected", "Here attempts do not follow one another.", theme)
        return of_judgements(draw)(run, theme, **options)

    return checked


def thinned(numbers: Sequence[int]) -> list[int]:
    """The numbers that an axis names: all of up to 11, from 12 on every second, fifth, tenth, ... of them."""
    if len(numbers) <= ALL_LABELLED:
        return list(numbers)
    steps = (lead * 10**power for power in itertools.count() for lead in (2, 5, 10))
    every = next(step for step in steps if len(numbers) / step <= ALL_LABELLED)
    return [number for number in numbers if number % every == 0]


def style(axes: Axes, theme: Theme) -> None:
    axes.set_facecolor(theme.paper)
    axes.tick_params(colors=theme.soft, labelsize=TEXT_PT, length=0)
    axes.xaxis.label.set(color=theme.soft, fontsize=TEXT_PT)
    axes.yaxis.label.set(color=theme.soft, fontsize=TEXT_PT)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(theme.faint)
    axes.grid(True, axis="y", color=theme.faint, lw=0.8)
    axes.set_axisbelow(True)


def constraint_rows(axes: Axes, rubric: Rubric, keys: Iterable[str], theme: Theme) -> None:
    """Name the rows of a figure by gate number and constraint."""
    number = gates(rubric)
    labels = [f"{key}  {number[key]}" for key in keys]
    axes.set_yticks(range(len(labels)), labels, color=theme.ink)
    axes.grid(False)
    axes.spines[:].set_visible(False)
