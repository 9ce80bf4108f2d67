"""Where a step is in a tree or among stages: what it was made from, what was made from it, each a button.

CSS classes for tests: tryon-map; tryon-from and tryon-to on its buttons.
"""

from collections.abc import Callable
from typing import NamedTuple

import ipywidgets

from ...tables.story import CHOSEN
from ..widget import classed, escaped
from .shown_step import ShownStep

_MOST = 40  # buttons for what was made from one step; the slider reaches every other


class Place(NamedTuple):
    """Where a button leads."""

    words: str
    line: str
    number: int


class StepMap(ipywidgets.Box):
    """The chain down to the shown step, then its children and the branches that leave it; a press goes there."""

    def __init__(self, go: Callable[[str, int], None]):
        """go   called with the line and the number of the step that was pressed"""
        self._go = go
        self._above, self._below = _Buttons("tryon-from", self._press), _Buttons("tryon-to", self._press)
        self._start, self._here, self._onward = (ipywidgets.HTML() for _ in range(3))
        super().__init__()
        classed(self, "tryon-row", "tryon-map")

    def show(self, shown: ShownStep) -> None:
        """Draw the places around a step; nothing for a line of steps."""
        if not shown.record or shown.run.info.flow.shape == "line":
            self.children = ()
            return
        above = [_place(shown, step.number) for step in reversed(shown.ancestors)]
        below = [_place(shown, step.number) for step in shown.children[:_MOST]]
        below += [Place(way.words, way.name, min(way.after + 1, len(way.steps))) for way in shown.branches]
        self._start.value = '<span class="tryon-soft">the sample ›</span>'
        self._here.value = f"<b>{escaped(_place(shown, shown.number).words)}</b>"
        self._onward.value = f'<span class="tryon-soft">{"→" if below else "→ nothing was made from it"}</span>'
        self.children = (self._start, *self._above.show(above), self._here, self._onward, *self._below.show(below))

    def _press(self, place: Place) -> None:
        self._go(place.line, place.number)


class _Buttons:
    """As many buttons as there are places; they are made once and filled again."""

    def __init__(self, name: str, press: Callable[[Place], None]):
        self._name, self._press = name, press
        self._pool: list[ipywidgets.Button] = []
        self._places: list[Place] = []

    def show(self, places: list[Place]) -> list[ipywidgets.Button]:
        self._places = places
        while len(self._pool) < len(places):
            button = classed(ipywidgets.Button(), self._name)
            self._pool.append(button)
            button.on_click(lambda _, button=button: self._press(self._places[self._pool.index(button)]))
        for button, place in zip(self._pool, places, strict=False):
            button.description = place.words
        return self._pool[: len(places)]


def _place(shown: ShownStep, number: int) -> Place:
    kept = f" {CHOSEN}" if number == shown.sample.chosen else ""
    return Place(f"{number} {shown.steps[number - 1].stage}{kept}", shown.line, number)
