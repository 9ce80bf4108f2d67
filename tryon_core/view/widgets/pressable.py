"""Anything that can be drawn as HTML, made a button."""

from collections.abc import Callable

import ipywidgets

from .widget import classed


class Pressable(ipywidgets.Box):
    """An HTML face under a see-through button: pressed with mouse or keyboard, read out by its words."""

    def __init__(self, name: str, on_press: Callable[[], None]):
        self._face, self._button = ipywidgets.HTML(), classed(ipywidgets.Button(), name)
        self._button.on_click(lambda _: on_press())
        super().__init__([self._face, self._button])
        classed(self, "tryon-pressable")

    def show(self, face: str, says: str, chosen: bool = False) -> None:
        """`face` is HTML; `says` is text for a tooltip and a screen reader."""
        self._face.value = face
        self._button.description = self._button.tooltip = f"{says}, chosen" if chosen else says
        (self.add_class if chosen else self.remove_class)("tryon-chosen")
