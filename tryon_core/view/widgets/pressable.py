"""Anything that can be drawn as HTML, made a button."""

from collections.abc import Callable

import ipywidgets

from .widget import classed


class Pressable(ipywidgets.Box):
    """An HTML face under a see-through button: pressed with mouse or keyboard, read out by its words.

    layout, face_style, button_style   shared with others; nobody changes them
    """

    def __init__(
        self,
        name: str,
        on_press: Callable[[], None],
        *,
        layout: ipywidgets.Layout,
        face_style: ipywidgets.widgets.widget_string.HTMLStyle,
        button_style: ipywidgets.ButtonStyle,
    ):
        self._face = ipywidgets.HTML(layout=layout, style=face_style)
        self._button = classed(ipywidgets.Button(layout=layout, style=button_style), name)
        self._button.on_click(lambda _: on_press())
        super().__init__([self._face, self._button], layout=layout)
        classed(self, "tryon-pressable")

    def show(self, face: str, says: str, chosen: bool = False) -> None:
        """`face` is HTML; `says` is text for a tooltip and a screen reader."""
        self._face.value = face
        self._button.description = self._button.tooltip = f"{says}, chosen" if chosen else says
        (self.add_class if chosen else self.remove_class)("tryon-chosen")


class Pressables:
    """As many as are asked for, made once and filled again; each is a third of the models that it would be alone."""

    def __init__(self, name: str, on_press: Callable[[int], None]):
        """on_press   told the place of the one that was pressed, from 0"""
        self._name, self._on_press = name, on_press
        self._shared = {
            "layout": ipywidgets.Layout(),
            "face_style": ipywidgets.HTML().style,
            "button_style": ipywidgets.ButtonStyle(),
        }
        self._made: list[Pressable] = []

    def first(self, count: int) -> list[Pressable]:
        while len(self._made) < count:
            place = len(self._made)
            self._made.append(Pressable(self._name, lambda place=place: self._on_press(place), **self._shared))
        return self._made[:count]
