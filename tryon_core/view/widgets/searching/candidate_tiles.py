"""The candidates of one side as tiles that can be pressed, each at its place in the tree, lines between them.

CSS classes for tests: tryon-candidates; on its tiles button.tryon-candidate, and div.candidate with its state.
"""

from collections.abc import Callable

import ipywidgets

from ...arena.trees.tree_drawing import selection_words
from ...arena.trees.tree_layout import Grid, Layout, edges, laid_out
from ...tables.story import CHOSEN
from ..pressable import Pressables
from ..triaging.gallery import Thumbnails, picture_html
from ..widget import classed, escaped
from .search_sides import Side

MOST = 60  # tiles; the table and the figure have the rest
THUMB_PX = 160  # shown at half of it: sharp on fine screens
_GRID = Grid(columns=5, tile=(78, 136), gutter=70, gap=36)  # pixels; searching.css draws tiles of this size
_WIDTH = round(_GRID.gutter + _GRID.columns * _GRID.tile[0])
_STATES = {"best": "best so far", "ranked": "", "unranked": "unranked", "ahead": "not paid for at this budget"}


class CandidateTiles(ipywidgets.Box):
    """One side's tree."""

    def __init__(self, thumbnails: Thumbnails, on_press: Callable[[int], None]):
        """on_press   called with the number of the candidate that was pressed"""
        self._thumbnails, self._numbers = thumbnails, list[int]()
        self._ground = ipywidgets.HTML()
        self._pool = Pressables("tryon-candidate", lambda place: on_press(self._numbers[place]))
        super().__init__()
        self._scope = f"tryon-tree-{self.model_id}"
        classed(self, "tryon-candidates", self._scope)

    def show(self, side: Side) -> None:
        """Fill the tiles; nothing where the side has no tree."""
        if side.tree is None:
            self.children, self._numbers = (), []
            return
        tree, layout = side.tree, laid_out(side.tree, _GRID)
        self._numbers = list(layout.places)[:MOST]
        paid = [number for number in self._numbers if tree.state(number, side.budget) != "ahead"]
        jpegs = dict(zip(paid, self._thumbnails.read(tree.step(number).picture or "" for number in paid), strict=True))
        tiles = self._pool.first(len(self._numbers))
        for tile, number in zip(tiles, self._numbers, strict=True):
            tile.show(_face(side, number, jpegs.get(number)), _says(side, number), number == side.looked_at)
        self._ground.value = self._positions(layout) + _lines(side, layout) + _titles(layout, len(layout.places) > MOST)
        self.children = (self._ground, *tiles)

    def _positions(self, layout: Layout) -> str:
        """A rule per tile: all of them share one ipywidgets Layout."""
        height = max(top for _, top in (layout.places[number] for number in self._numbers)) + _GRID.tile[1]
        rules = [f".{self._scope} {{width: {_WIDTH}px; height: {height:.0f}px}}"]
        for place, number in enumerate(self._numbers, start=2):  # the ground is the first child
            left, top = layout.places[number]
            rules.append(f".{self._scope} > :nth-child({place}) {{left: {left:.0f}px; top: {top:.0f}px}}")
        return f"<style>{''.join(rules)}</style>"


def _lines(side: Side, layout: Layout) -> str:
    tree, best, drawn = side.tree, side.tree.best(side.budget), []
    for number, ((x0, y0), (x1, y1)) in edges(tree, layout).items():
        look = "best" if number == best else tree.state(number, side.budget)
        middle = y1 - _GRID.gap / 2
        drawn.append(f'<path class="{look}" d="M{x0},{y0 - 6} C{x0},{middle} {x1},{middle} {x1},{y1 + 5}"/>')
    return f'<svg width="{_WIDTH}" height="{layout.height:.0f}" aria-hidden="true">{"".join(drawn)}</svg>'


def _titles(layout: Layout, some_left_out: bool) -> str:
    titles = "".join(f'<p style="top: {top + 4:.0f}px">{escaped(title)}</p>' for top, title in layout.titles)
    more = f"{len(layout.places) - MOST} more: see search_tree" if some_left_out else ""
    return f'<div class="waves">{titles}<p class="more">{more}</p></div>'


def _face(side: Side, number: int, jpeg: bytes | str | None) -> str:
    state = side.tree.state(number, side.budget)
    picture = '<div class="frame"></div>' if jpeg is None else picture_html(jpeg, side.tree.name(number))
    star = f" {CHOSEN}" if state == "best" else ""
    words = escaped(selection_words(side.tree, number, state))
    return f'<div class="candidate {state}">{picture}<b>{number}{star}</b><br>{words}</div>'


def _says(side: Side, number: int) -> str:
    tree, state = side.tree, side.tree.state(number, side.budget)
    value = tree.candidates[number].selection
    if state == "unranked":
        return f"{tree.name(number)}, unranked: {tree.why_unranked(number)}"
    words = "" if value is None or state == "ahead" else f"{value:.4g}"
    return ", ".join(filter(None, (f"{side.letter}, {tree.name(number)}", words, _STATES[state])))
