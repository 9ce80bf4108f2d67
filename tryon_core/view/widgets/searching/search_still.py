"""Two searches side by side as one PNG: the trees at the budget, what is looked at, and what is held out."""

import textwrap
from collections.abc import Callable, Sequence

from PIL import Image

from ....errors import StorageError
from ...arena.trees.tree_drawing import TreeDrawing
from ...figures.chart import CAUTION_LINE_IN, TEXT_PT, WIDTH_IN, Chart, Drawn, caution_lines, cut
from ...figures.palette import LIGHT, Theme
from ...figures.sheet import CAPTION_IN, Sheet
from .held_out_words import Verdict
from .search_sides import Side

_MARGIN, _LINE, _GAP = 0.14, 0.18, 0.2
_COLUMN = (WIDTH_IN - 2 * _MARGIN - _GAP) / 2
_PICTURE = (1.25, 1.7)
_BESIDE, _ALONE, _WIDE = 42, 66, 124  # characters of a line: beside the picture, under it, over the whole width
_MOST_LINES = 24  # of scores and noise; the widget has them all

Small = Callable[[str], Image.Image]


def search_still(
    shown: Drawn,
    both: Sequence[Side],
    small: Small,
    *,
    finding: str,
    note: str,
    verdicts: Sequence[Verdict],
    trouble: str,
    theme: Theme = LIGHT,
) -> Chart:
    """The figure, 900 pixels wide.

    small     digest -> thumbnail
    note      sample, wish and budget, in a line
    verdicts  of held-out metrics; trouble: why there are none
    """
    title, under = textwrap.wrap(finding, 82), textwrap.wrap(note, _WIDE)
    drawings = [_drawing(side, small) for side in both]
    words = [_words_of(side) for side in both]
    held_out = _verdict_lines(verdicts, trouble)
    top = _MARGIN + 0.25 * len(title) + _LINE * len(under) + 0.1
    heads = max(len(_heading(side)) for side in both)
    trees_at = top + _LINE * heads + 0.1
    looked_at = trees_at + max(drawing.layout.height if drawing else 0.3 for drawing in drawings) + 0.1
    verdict_at = looked_at + max(CAPTION_IN + _PICTURE[1], _LINE * (max(map(len, words)) + 1)) + 0.15
    caution = caution_lines(shown)
    caution_at = verdict_at + _LINE * len(held_out) + 0.1
    sheet = Sheet(caution_at + CAUTION_LINE_IN * (caution.count("\n") + 1) * bool(caution) + 0.08, theme)
    sheet.write(_MARGIN, _MARGIN, "\n".join(title), size=TEXT_PT + 2, weight="bold", linespacing=1.25)
    sheet.write(_MARGIN, top - 0.08 - _LINE * len(under), "\n".join(under), color=theme.soft)
    for place, (side, drawing, lines) in enumerate(zip(both, drawings, words, strict=True)):
        left = _MARGIN + place * (_COLUMN + _GAP)
        sheet.write(left, top, "\n".join(_heading(side)), weight="bold", linespacing=1.2)
        if drawing is None:
            sheet.write(left, trees_at, textwrap.fill(side.trouble, 62), color=theme.warning)
            continue
        drawing.draw(sheet, (left, trees_at))
        _draw_looked_at(sheet, (left, looked_at), side, small, lines)
    for place, (line, colour) in enumerate(held_out):
        sheet.write(_MARGIN, verdict_at + _LINE * place, line, color=getattr(theme, colour))
    sheet.write(_MARGIN, caution_at, caution, weight="bold", color=theme.warning)
    return sheet.figure


def _drawing(side: Side, small: Small) -> TreeDrawing | None:
    if side.tree is None:
        return None
    return TreeDrawing(tree=side.tree, width=_COLUMN, small=small, budget=side.budget, looked_at=side.looked_at)


def _heading(side: Side) -> list[str]:
    return textwrap.wrap(side.heading, 50)


def _words_of(side: Side) -> list[str]:
    """What is looked at, its rows, and what all cost so far."""
    if side.tree is None:
        return []
    width = _BESIDE if side.picture else _ALONE
    rows = [f"{name}: {words}" for name, words in side.rows()]
    lines = [line for row in rows for line in textwrap.wrap(row, width, subsequent_indent="  ")]
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], "..."]
    cost = textwrap.wrap(f"all so far: {side.cost}", width, subsequent_indent="  ")
    return [*textwrap.wrap(side.title, width), *lines, *cost]


def _draw_looked_at(sheet: Sheet, at: tuple[float, float], side: Side, small: Small, lines: Sequence[str]) -> None:
    left, theme = at[0], sheet.theme
    if side.picture:
        try:
            sheet.show(small(side.picture), (left, at[1]), _PICTURE, side.tree.name(side.looked_at))
        except StorageError as e:
            sheet.write(left, at[1] + CAPTION_IN, textwrap.fill(str(e), 16), color=theme.warning)
        left += _PICTURE[0] + 0.12
    for place, line in enumerate(lines):
        sheet.write(left, at[1] + _LINE * place, line, color=theme.soft if place else theme.ink, size=TEXT_PT - 2)


def _verdict_lines(verdicts: Sequence[Verdict], trouble: str) -> list[tuple[str, str]]:
    """(line, name of its colour in the theme)."""
    if trouble:
        return [(line, "soft") for line in textwrap.wrap(trouble, _WIDE)]
    lines = []
    for verdict in verdicts:
        name = verdict.metric.replace("_", " ")
        numbers = f"A {verdict.a}, B {verdict.b}"
        words = f"{name}: {verdict.here} ({numbers}). {verdict.overall}."
        if verdict.circular:
            words = f"{name}, circular (it selected, so it says nothing): {numbers}."
        colour = "soft" if verdict.circular else "ink"
        lines += [(line, colour) for line in textwrap.wrap(words, _WIDE, subsequent_indent="  ")]
    return lines or [(cut("No held-out metric was scored.", _WIDE), "soft")]
