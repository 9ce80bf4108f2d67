"""A question's bars and the first page behind the chosen one, as one figure: what is left where no browser draws."""

import io
import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from ....runs.reading import Run
from ...figures.chart import CAUTION_LINE_IN, CAUTION_ROOM_IN, TEXT_PT, WIDTH_IN, caution_lines, empty
from ...figures.palette import LIGHT, Theme, colours, gates
from ...tables.behind import Bar
from .gallery import Tile

_BARS, _COLUMNS = 10, 6  # bars named one by one; pictures in a row
_BAR_IN, _GAP_IN, _CAPTION_LINE_IN = 0.26, 0.45, 0.16
_NAME = 22  # characters of a sample id in a line
_LABEL_WIDTH = 0.565  # of the figure, for the bars' labels


def triage_still(
    run: Run,
    *,
    question: str,
    bars: Sequence[Bar],
    chosen: int,
    tiles: Sequence[Tile],
    jpegs: Sequence[bytes | str],
    where: str,
    theme: Theme = LIGHT,
) -> Figure:
    """The figure.

    question  what was asked and what the bars are counted over
    tiles     of one page, each with its JPEG, or with words where there is none
    where     what the tiles are, in words
    """
    first = max(0, min(chosen - _BARS // 2, len(bars) - _BARS))  # the chosen one is among those shown
    shown = bars[first : first + _BARS]
    pictures = [None if isinstance(jpeg, str) else Image.open(io.BytesIO(jpeg)) for jpeg in jpegs]
    tallest = max((one.height / one.width for one in pictures if one), default=4 / 3)
    lines = max((_caption(tile).count("\n") + 1 for tile in tiles), default=0)
    row_in = 0.94 * WIDTH_IN / _COLUMNS * tallest + _CAPTION_LINE_IN * (lines + 1.4)
    rows = -(-len(tiles) // _COLUMNS)
    top_in, caution = 0.75, caution_lines(run)
    caution_in = CAUTION_LINE_IN * (caution.count("\n") + 1) if caution else 0.05
    bars_in = max(1, len(shown)) * _BAR_IN
    height_in = top_in + bars_in + _GAP_IN + rows * row_in + caution_in
    finding = "There is nothing to show"
    if bars:
        finding = f"{_cut(bars[chosen].label, 60)}: {bars[chosen].n} of {bars[chosen].of}"
    figure = empty(run, finding, height_in - max(0.0, caution_in - CAUTION_ROOM_IN), theme)  # which it adds itself
    figure.set_layout_engine("none")
    style = {"fontsize": TEXT_PT, "color": theme.soft, "parse_math": False}
    if bars:
        few = f" ({len(shown)} of {len(bars)} bars shown)" if len(shown) < len(bars) else ""
        figure.text(0.012, 1 - 0.48 / height_in, f"{question}{few}", va="top", **style)
        box = (_LABEL_WIDTH, 1 - (top_in + bars_in) / height_in, 0.365, bars_in / height_in)
        _draw_bars(figure.add_axes(box), run, shown, chosen - first, theme)
    y = 1 - (top_in + bars_in + 0.3) / height_in
    figure.text(0.012, y, where, fontsize=TEXT_PT, color=theme.ink, parse_math=False)
    if tiles:
        axes = figure.add_axes((0, caution_in / height_in, 1, rows * row_in / height_in))
        _draw_tiles(axes, list(zip(tiles, pictures, strict=True)), row_in, theme)
    return figure


def _draw_tiles(axes: Axes, shown: Sequence[tuple[Tile, Image.Image | None]], row_in: float, theme: Theme) -> None:
    """Rows of pictures with their captions, in inches, so that pictures keep their shape."""
    axes.set_axis_off()
    for place, (tile, picture) in enumerate(shown):
        row, column = divmod(place, _COLUMNS)
        _draw_tile(axes, tile, picture, (column * WIDTH_IN / _COLUMNS, row * row_in), theme)
    rows = -(-len(shown) // _COLUMNS)
    axes.set(xlim=(0, WIDTH_IN), ylim=(rows * row_in, 0), aspect="auto")  # imshow moves them


def _draw_bars(axes: Axes, run: Run, bars: Sequence[Bar], chosen: int, theme: Theme) -> None:
    axes.set_axis_off()
    shade, number = colours(run.rubric), gates(run.rubric)
    for row, bar in enumerate(bars):
        style = {"va": "center", "fontsize": TEXT_PT - 1, "color": theme.ink, "parse_math": False}
        style["fontweight"] = "bold" if row == chosen else "normal"
        label = f"{number.get(bar.constraint, '')} {_cut(bar.label, 54)}"
        axes.barh(row, bar.n / bar.of, 0.62, color=shade.get(bar.constraint, theme.accent))
        axes.text(-0.02, row, label, ha="right", **style)
        axes.text(bar.n / bar.of + 0.02, row, f"{bar.n} of {bar.of}", **style)
    axes.set(xlim=(0, 1.4), ylim=(len(bars) - 0.5, -0.5))


def _draw_tile(
    axes: Axes, tile: Tile, picture: Image.Image | None, corner_in: tuple[float, float], theme: Theme
) -> None:
    """One picture with its caption under it."""
    (x_in, y_in), cell_in = corner_in, WIDTH_IN / _COLUMNS
    left, wide, high = x_in + 0.03 * cell_in, 0.94 * cell_in, 0.94 * cell_in * 4 / 3
    style = {"va": "top", "fontsize": TEXT_PT - 3, "parse_math": False}
    if picture:
        high = wide * picture.height / picture.width
        axes.imshow(picture, extent=(left, left + wide, y_in + high, y_in), aspect="auto")
    else:
        axes.text(left, y_in, "no picture", color=theme.soft, **style)
    axes.text(left, y_in + high + 0.04, _caption(tile), color=theme.ink, **style)


def _caption(tile: Tile) -> str:
    """The whole id, in as many lines as it takes: two ids may differ anywhere."""
    return f"{textwrap.fill(tile.title, _NAME)}\n{tile.text}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
