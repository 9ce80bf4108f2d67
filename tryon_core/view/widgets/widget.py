"""What every widget shares: its look, a still picture for where no browser draws it, and text that stays text."""

import base64
import html
import re
from pathlib import Path
from typing import Any

import ipywidgets

from ...text import printable

_CSS = Path(__file__).with_name("widget.css")


class Widget(ipywidgets.VBox):
    """A box that leaves a PNG behind: a notebook that was run without a display shows `still()` in its place."""

    def still(self) -> bytes:
        """The widget as it stands, as PNG."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "image/png": base64.b64encode(self.still()).decode()}


def escaped(text: object) -> str:
    """Outside text (ids, findings, notes, replies) as it may stand in an ipywidgets.HTML."""
    return html.escape(printable(str(text)), quote=True)


def data_uri(data: bytes, kind: str = "image/jpeg") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def styled(more: str = "") -> ipywidgets.HTML:
    """The style sheet of all widgets and `more` of one's own; first child of a widget that has the class 'tryon'."""
    return ipywidgets.HTML(f"<style>{_CSS.read_text()}{more}</style>").add_class("tryon-style")


def classed(widget: ipywidgets.DOMWidget, *names: str) -> Any:
    """The widget with stable CSS classes, by which a style sheet and a browser test find it."""
    for name in names:
        widget.add_class(name)
    return widget


def class_name(text: str) -> str:
    """Any text (a constraint's key) as the end of a CSS class."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", text)


def img(data: bytes, alt: str, kind: str = "image/jpeg", classes: str = "") -> str:
    """A picture inside the page, with words for who cannot see it."""
    return f'<img class="{classes}" src="{data_uri(data, kind)}" alt="{escaped(alt)}">'
