"""How every figure looks: its finding as the title, quiet axes, and a word of caution where a model is not real."""

import io
import textwrap
from collections.abc import Iterable

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from .opened import Run
from .palette import Theme, gates

WIDTH_IN = 9.0  # 900 px at 100 dpi
TEXT_PT = 11
_STRIP_IN = 0.32  # for the caution


class Chart(Figure):
    """A matplotlib Figure without pyplot and its state; a notebook shows it."""

    def _repr_png_(self) -> bytes:
        return png(self)


def png(figure: Figure, dpi: int = 100) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=dpi)
    return out.getvalue()


def svg(figure: Figure) -> bytes:
    """Letters as outlines, so that they look the same everywhere; the same figure gives the same bytes."""
    out = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "tryon"}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def empty(run: Run, finding: str, height_in: float, theme: Theme) -> Chart:
    """A figure without axes: the finding on top, the caution at the bottom where there is one."""
    strip = _STRIP_IN / height_in if run.caution else 0.0
    layout = ConstrainedLayoutEngine(rect=(0.0, strip, 1.0, 1.0 - strip), w_pad=0.1, h_pad=0.08)
    figure = Chart(figsize=(WIDTH_IN, height_in), layout=layout, facecolor=theme.paper)
    title = textwrap.fill(finding, 80)
    figure.suptitle(title, x=0.012, ha="left", fontsize=TEXT_PT + 2, color=theme.ink, fontweight="bold")
    if run.caution:
        figure.text(0.012, 0.4 * strip, run.caution, fontsize=TEXT_PT, color=theme.warning, fontweight="bold")
    return figure


def canvas(run: Run, finding: str, height_in: float, theme: Theme) -> tuple[Chart, Axes]:
    """A figure with one pair of axes."""
    figure = empty(run, finding, height_in, theme)
    axes = figure.add_subplot()
    style(axes, theme)
    return figure, axes


def words(run: Run, finding: str, text: str, theme: Theme) -> Chart:
    """What a figure says where there is nothing to draw."""
    figure = empty(run, finding, 1.6, theme)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.text(0.0, 0.5, text, fontsize=TEXT_PT, color=theme.soft, va="center")
    return figure


def style(axes: Axes, theme: Theme) -> None:
    axes.set_facecolor(theme.paper)
    axes.tick_params(colors=theme.soft, labelsize=TEXT_PT, length=0)
    axes.xaxis.label.set(color=theme.soft, fontsize=TEXT_PT)
    axes.yaxis.label.set(color=theme.soft, fontsize=TEXT_PT)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(theme.faint)
    axes.grid(True, axis="y", color=theme.faint, lw=0.8)
    axes.set_axisbelow(True)


def constraint_rows(axes: Axes, run: Run, keys: Iterable[str], theme: Theme) -> None:
    """Name the rows of a figure by gate number and constraint."""
    number = gates(run.rubric)
    labels = [f"{key}  {number[key]}" for key in keys]
    axes.set_yticks(range(len(labels)), labels, color=theme.ink)
    axes.grid(False)
    axes.spines[:].set_visible(False)
