"""Choosing one sample among any number: a list, a search over ids and what is known of them, one back, one on.

CSS classes for tests: tryon-find, tryon-sample, tryon-sample-before, tryon-sample-after.
"""

from collections.abc import Iterable

import ipywidgets
import traitlets

from ....records import SampleLine
from ..widget import classed, escaped

FEW = 12  # up to so many samples a list needs no search


class SampleChooser(ipywidgets.Box):
    """Holds `sample_id`, always one of the listed; reads the listing alone, never a record or a picture."""

    sample_id = traitlets.Unicode("")
    find = traitlets.Unicode("", help="words, all of which an id or what is known of a sample must hold")

    def __init__(self, lines: Iterable[SampleLine]):
        self._says = {line.sample_id: _searched(line) for line in lines}
        self._find = classed(
            ipywidgets.Text(placeholder="find: hard, blossoms, …", layout={"width": "170px"}), "tryon-find"
        )
        self._list = classed(ipywidgets.Dropdown(description="sample", layout={"width": "auto"}), "tryon-sample")
        self._back = classed(ipywidgets.Button(description="‹", tooltip="the sample before"), "tryon-sample-before")
        self._on = classed(ipywidgets.Button(description="›", tooltip="the next sample"), "tryon-sample-after")
        self._count = ipywidgets.HTML()
        super().__init__()
        searched = [self._find] if len(self._says) > FEW else []
        self.children = (*searched, self._list, self._back, self._on, self._count)
        classed(self, "tryon-row")
        self._drawing = False
        traitlets.link((self, "find"), (self._find, "value"))
        self._list.observe(lambda change: self._take(change["new"]), "value")
        self._back.on_click(lambda _: self.step(-1))
        self._on.on_click(lambda _: self.step(1))
        self.observe(lambda _: self._draw(), ["sample_id", "find"])
        self._draw()

    @property
    def found(self) -> list[str]:
        """Ids in listing order that hold every word of `find`."""
        words = self.find.lower().split()
        return [sample_id for sample_id, says in self._says.items() if all(word in says for word in words)]

    def step(self, by: int) -> None:
        """To the sample before (-1) or the next one (1) among those found; nowhere where there is none."""
        self._take(self._beside(by))

    def _beside(self, step: int) -> str | None:
        found = self.found
        if self.sample_id not in found:
            return found[0] if found else None
        place = found.index(self.sample_id) + step
        return found[place] if 0 <= place < len(found) else None

    def _take(self, sample_id: str | None) -> None:
        if sample_id and not self._drawing:
            self.sample_id = sample_id

    def _draw(self) -> None:
        self._drawing = True
        found = self.found
        listed = found if self.sample_id in found or not self.sample_id else [self.sample_id, *found]
        self._list.options = listed
        self._list.value = self.sample_id or None
        self._back.disabled, self._on.disabled = self._beside(-1) is None, self._beside(1) is None
        self._count.value = f'<span class="tryon-soft">{escaped(self._counted(found))}</span>'
        self._drawing = False

    def _counted(self, found: list[str]) -> str:
        if self.find.strip():
            return f"{len(found):,} of {len(self._says):,} found"
        place = f"{found.index(self.sample_id) + 1:,} of " if self.sample_id in found else ""
        return f"{place}{len(found):,}"


def _searched(line: SampleLine) -> str:
    return " ".join(map(str, (line.sample_id, *line.known.values()))).lower()
