"""A search tree drawn on a sheet: thumbnails wave by wave, a line from each parent, the best so far framed."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from PIL import Image, ImageOps

from ....errors import StorageError
from ...figures.chart import TEXT_PT
from ...figures.sheet import Sheet
from ...tables.story import CHOSEN
from .search_trees import SearchTree, State
from .tree_layout import Grid, Layout, edges, laid_out

_GUTTER_IN, _GUTTER_CHARACTERS, _GUTTER_LINES = 1.15, 15, 6
_GAP_IN, _MARGIN_IN = 0.3, 0.05
_CAPTION_IN, _TALL = 0.4, 1.25  # height of a caption; height of a thumbnail as a share of its width
_WIDEST_IN = 1.2


@dataclass(frozen=True, kw_only=True)
class TreeDrawing:
    """How a tree is drawn into a column of a sheet.

    width      of the column, in inches
    small      digest -> thumbnail; where it raises StorageError a cross stands in its place
    budget     in the tree's unit: what it does not pay for is an empty frame; None: all are shown
    looked_at  the candidate that is ringed; 0: none
    """

    tree: SearchTree
    width: float
    small: Callable[[str], Image.Image]
    budget: float | None = None
    looked_at: int = 0

    @property
    def layout(self) -> Layout:
        """As large as the widest wave allows, and as the column holds."""
        widest = max((len(wave.numbers) for wave in self.tree.waves), default=1)
        room = self.width - _GUTTER_IN
        columns = min(max(widest, int(room / _WIDEST_IN)), max(4, int(room / 0.8)))
        wide = min(_WIDEST_IN, room / columns)
        tile = wide, _TALL * (wide - 2 * _MARGIN_IN) + 2 * _MARGIN_IN + _CAPTION_IN
        return laid_out(self.tree, Grid(columns=columns, tile=tile, gutter=_GUTTER_IN, gap=_GAP_IN))

    def draw(self, sheet: Sheet, at: tuple[float, float]) -> None:
        """`at`: the upper left corner, in inches."""
        layout = self.layout
        for top, title in layout.titles:
            lines = [textwrap.wrap(part, _GUTTER_CHARACTERS) for part in title.split(": ")]
            words = "\n".join(sum(lines, [])[:_GUTTER_LINES])
            sheet.write(at[0], at[1] + top + _MARGIN_IN, words, color=sheet.theme.soft, size=TEXT_PT - 2)
        self._draw_edges(sheet, at, layout)
        wide = layout.grid.tile[0] - 2 * _MARGIN_IN
        for number, place in layout.places.items():
            corner = at[0] + place[0] + _MARGIN_IN, at[1] + place[1] + _MARGIN_IN
            self._draw_candidate(sheet, corner, (wide, _TALL * wide), number)

    def _draw_edges(self, sheet: Sheet, at: tuple[float, float], layout: Layout) -> None:
        best = self.tree.best(self.budget)
        for number, ends in edges(self.tree, layout).items():
            (x0, y0), (x1, y1) = ((at[0] + x, at[1] + y) for x, y in ends)
            middle = y1 - _GAP_IN / 2  # the bend lies between the waves, whatever the line passes behind
            path = Path([(x0, y0), (x0, middle), (x1, middle), (x1, y1 + _MARGIN_IN)], [1, 4, 4, 4])
            leads = number == best
            look = {"ec": sheet.theme.ink if leads else sheet.theme.accent, "lw": 2.0 if leads else 1.0}
            ahead = self.tree.state(number, self.budget) == "ahead"
            sheet.axes.add_patch(PathPatch(path, fill=False, alpha=0.35 if ahead else 1.0, zorder=0.5, **look))

    def _draw_candidate(self, sheet: Sheet, corner: tuple[float, float], fit: tuple[float, float], number: int) -> None:
        state, theme = self.tree.state(number, self.budget), sheet.theme
        size = fit if state == "ahead" else self._draw_picture(sheet, corner, fit, number)
        dashed = {"ls": (0, (3, 3))} if state == "ahead" else {}
        frame = {"ec": theme.ink, "lw": 2.8} if state == "best" else {"ec": theme.soft, "lw": 0.6}
        sheet.axes.add_patch(Rectangle(corner, *size, fill=False, zorder=3, **frame, **dashed))
        if number == self.looked_at:
            around = (corner[0] - _MARGIN_IN, corner[1] - _MARGIN_IN), *(side + 2 * _MARGIN_IN for side in size)
            sheet.axes.add_patch(Rectangle(*around, fill=False, ec=theme.accent, lw=2))
        words = f"{number}{f' {CHOSEN}' if state == 'best' else ''}\n{selection_words(self.tree, number, state)}"
        look = {"size": TEXT_PT - 3, "linespacing": 1.25, "weight": "bold" if state == "best" else "normal"}
        colour = theme.soft if state in ("ahead", "unranked") else theme.ink
        sheet.write(corner[0], corner[1] + size[1] + 0.07, words, color=colour, **look)

    def _draw_picture(
        self, sheet: Sheet, corner: tuple[float, float], fit: tuple[float, float], number: int
    ) -> tuple[float, float]:
        """Returns its (width, height)."""
        try:
            picture = self.small(self.tree.step(number).picture or "")
        except StorageError:
            for down in (1, -1):
                ends = [corner[1], corner[1] + fit[1]][::down]
                sheet.axes.plot([corner[0], corner[0] + fit[0]], ends, color=sheet.theme.soft, lw=0.8)
            return fit
        scale = min(fit[0] / picture.width, fit[1] / picture.height)
        size = picture.width * scale, picture.height * scale
        unranked = self.tree.state(number, self.budget) == "unranked"
        shown = ImageOps.grayscale(picture).convert("RGB") if unranked else picture
        place = sheet.place(*corner, size)
        place.imshow(shown, aspect="auto", interpolation="antialiased", alpha=0.45 if unranked else 1.0)
        return size


def selection_words(tree: SearchTree, number: int, state: State) -> str:
    """What a candidate is selected by, in a few characters."""
    if state == "ahead":
        return "not paid for"
    value = tree.candidates[number].selection
    return "unranked" if value is None else f"{value:.4g}"
