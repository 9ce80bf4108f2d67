"""How every figure looks: its finding as the title, quiet axes, and a word of caution where a model is not real."""

import io
import itertools
import textwrap
import warnings
from collections.abc import Iterable, Sequence
from functools import wraps
from typing import Any, Protocol

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from ...rubrics.rules import Rubric
from ...runs.reading import Run
from ..run_names import run_name
from ..tables.transitions import is_line
from .notebook_theme import Draw, themed
from .palette import Theme, gates

WIDTH_IN = 9.0
PAGE_DPI, SHARP_DPI = 100, 200  # pixels of a page, in which a figure is 900 wide; pixels of its PNG
TEXT_PT = 11
CAUTION_LINE_IN = 0.32
CAUTION_ROOM_IN = 2 * CAUTION_LINE_IN  # in every figure's height
PANELS_IN_A_ROW = 4
ALL_LABELLED = 11  # of an axis with more places, some labels are left out
_CHARACTERS_PER_IN = 11  # of the caution, which is bold
_TITLE_LINE_IN, _NOTE_LINE_IN = 0.22, 0.19
_NAME_CHARACTERS = 125  # of what ran, on one line
_LEFT = {"x": 0.012, "ha": "left", "parse_math": False}  # outside text may hold a $


class Drawn(Protocol):
    """What is drawn: a run, or two that are compared. `caution` says where a model is not real, '' otherwise."""

    @property
    def caution(self) -> str: ...


class Chart(Figure):
    """A matplotlib Figure without pyplot and its state; a notebook shows it. `note`: what to look for, on one line."""

    note = ""

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        """Two pixels for each of the page, and the finding as alt text, which nbconvert writes beside the picture."""
        width_px = round(PAGE_DPI * self.get_figwidth())
        return png(self, SHARP_DPI), {"width": width_px, "alt": self.get_suptitle() or self.texts[0].get_text()}


def png(figure: Figure, dpi: int = PAGE_DPI) -> bytes:
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
    """A figure without axes: the finding on top, what to look for under it; at the bottom what ran, and the caution
    if there is one.

    height_in   without the note, the run's name and a long caution, which make the figure taller
    """
    title, lines = _balanced(finding, 80), textwrap.fill(note, 118)
    note_in = _NOTE_LINE_IN * (lines.count("\n") + 1) if note else 0.0
    name_in, caution_in = _foot_in(drawn)
    height_in += note_in + name_in + max(0.0, caution_in - CAUTION_ROOM_IN)
    foot = (name_in + caution_in) / height_in
    layout = ConstrainedLayoutEngine(rect=(0.0, foot, 1.0, 1.0 - foot - note_in / height_in), w_pad=0.1, h_pad=0.08)
    figure = Chart(figsize=(WIDTH_IN, height_in), layout=layout, facecolor=theme.paper)
    figure.note = note
    figure.suptitle(title, fontsize=TEXT_PT + 2, color=theme.ink, fontweight="bold", **_LEFT)
    if note:
        top = 1 - (0.1 + _TITLE_LINE_IN * (title.count("\n") + 1)) / height_in
        figure.text(y=top, s=lines, fontsize=TEXT_PT - 1, color=theme.soft, va="top", **_LEFT)
    _write_foot(figure, drawn, theme)
    return figure


def _foot_in(drawn: Drawn) -> tuple[float, float]:
    """Inches at the bottom for what ran (of two runs the note says it), and for the caution."""
    caution = caution_lines(drawn)
    caution_in = CAUTION_LINE_IN * (caution.count("\n") + 1) if caution else 0.0
    return _NOTE_LINE_IN if isinstance(drawn, Run) else 0.0, caution_in


def _write_foot(figure: Chart, drawn: Drawn, theme: Theme) -> None:
    (_, caution_in), height_in = _foot_in(drawn), figure.get_figheight()
    alarm = {"fontsize": TEXT_PT, "color": theme.warning, "fontweight": "bold", "va": "center"}
    if caution_in:
        figure.text(y=0.4 * caution_in / height_in, s=caution_lines(drawn), **alarm, **_LEFT)
    if isinstance(drawn, Run):
        small = {"fontsize": TEXT_PT - 2, "color": theme.soft, "va": "bottom"}
        figure.text(
            y=(0.85 * caution_in + 0.05) / height_in, s=cut(run_name(drawn), _NAME_CHARACTERS), **small, **_LEFT
        )


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
    lines = "\n".join(textwrap.fill(line, 105) for line in text.split("\n"))
    figure = empty(drawn, finding, 1.6 + _NOTE_LINE_IN * lines.count("\n"), theme)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.text(0.0, 0.5, lines, fontsize=TEXT_PT, color=theme.soft, va="center", parse_math=False)
    return figure


def of_judgements(draw: Draw) -> Draw:
    """A figure of a judge's answers, which says in words where none were asked for."""

    @themed
    @wraps(draw)
    def checked(run: Run, theme: Theme | None = None, **options: Any) -> Figure:
        if run.rubric is None:
            return words(run, "No rubric was asked", "This figure counts a judge's answers; there are none.", theme)
        return draw(run, theme, **options)

    return checked


def of_a_line(draw: Draw) -> Draw:
    """A figure of attempts that correct one another, which says in words where they do not."""

    @themed
    @wraps(draw)
    def checked(run: Run, theme: Theme | None = None, **options: Any) -> Figure:
        if run.rubric is not None and not is_line(run):
            return words(run, "No attempt was corrected", "Here attempts do not follow one another.", theme)
        return of_judgements(draw)(run, theme, **options)

    return checked


def cut(label: str, characters: int) -> str:
    """A label on one line, its end left out where it is longer: outside text may be of any length."""
    label = " ".join(label.split())
    return label if len(label) <= characters else label[: characters - 1] + "…"


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
