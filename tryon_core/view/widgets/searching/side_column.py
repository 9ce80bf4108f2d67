"""One side of the comparison on the page: its heading, its tree, and the candidate that is looked at."""

from collections.abc import Callable

import ipywidgets

from ..stepping.stepper_controls import seen
from ..triaging.gallery import Thumbnails
from ..widget import classed, escaped
from .candidate_tiles import CandidateTiles
from .compare_html import looked_at_html
from .search_sides import Side


class SideColumn(ipywidgets.VBox):
    """One side: its heading, why there is nothing to show, its tree, and the candidate that is looked at."""

    def __init__(self, thumbnails: Thumbnails, on_press: Callable[[int], None]):
        self._heading, self._trouble, self._looked_at = (
            classed(ipywidgets.HTML(), f"tryon-{name}") for name in ("heading", "trouble", "looked-at")
        )
        self._tiles = CandidateTiles(thumbnails, on_press)
        super().__init__([self._heading, self._trouble, self._tiles, self._looked_at])
        classed(self, "tryon-side")

    def show(self, side: Side, large: Thumbnails) -> None:
        self._heading.value = f"<h4>{escaped(side.heading)}</h4>"
        self._trouble.value = escaped(side.trouble)
        seen(self._trouble, bool(side.trouble))
        self._tiles.show(side)
        self._looked_at.value = looked_at_html(side, lambda digest: large.read([digest])[0])
