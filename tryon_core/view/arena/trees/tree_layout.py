"""Where the candidates of a search tree stand: wave below wave, each wrapped after so many, parents above children."""

from dataclasses import dataclass

from .search_trees import SearchTree


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Sizes in one unit, pixels or inches.

    columns  candidates side by side
    tile     (width, height) of one, its margins included
    gutter   width left of them, for a wave's title
    gap      height above a wave, for the lines from parents; a quarter of it where there are none
    """

    columns: int
    tile: tuple[float, float]
    gutter: float
    gap: float


@dataclass(frozen=True)
class Layout:
    """Places from the upper left corner, in the unit of the grid.

    places  number of a candidate -> (left, top) of its tile
    titles  (top, title) per wave
    height  of all
    """

    grid: Grid
    places: dict[int, tuple[float, float]]
    titles: tuple[tuple[float, str], ...]
    height: float

    def edge(self, parent: int, child: int) -> tuple[tuple[float, float], tuple[float, float]]:
        """From the middle of the parent's lower side to the middle of the child's upper one."""
        (width, height), above, below = self.grid.tile, self.places[parent], self.places[child]
        return (above[0] + width / 2, above[1] + height), (below[0] + width / 2, below[1])


def laid_out(tree: SearchTree, grid: Grid) -> Layout:
    """All waves of a tree below one another."""
    places: dict[int, tuple[float, float]] = {}
    titles, top = [], 0.0
    for place, wave in enumerate(tree.waves):
        if place:
            top += grid.gap if any(map(tree.parent, wave.numbers)) else grid.gap / 4
        titles.append((top, wave.title))
        for at, number in enumerate(wave.numbers):
            row, column = divmod(at, grid.columns)
            places[number] = grid.gutter + column * grid.tile[0], top + row * grid.tile[1]
        top += -(-len(wave.numbers) // grid.columns) * grid.tile[1]
    return Layout(grid, places, tuple(titles), top)


def edges(tree: SearchTree, layout: Layout) -> dict[int, tuple[tuple[float, float], tuple[float, float]]]:
    """Child -> the two ends of the line from its parent; what was made from none has no line."""
    return {number: layout.edge(parent, number) for number in layout.places if (parent := tree.parent(number))}
