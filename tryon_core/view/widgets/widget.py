"""What every widget shares: its look, a still picture for where no browser draws it, and text that stays text."""

import base64
import html
import re
from pathlib import Path
from typing import Any

import ipywidgets

from ...text import printable

_CSS = Path(__file__).with_name("widget.css")
_ONLY_TEXT = (
    ".jp-OutputArea-child:not(:has(> .jp-OutputArea-output > *))"  # 'Loading widget', 'Error displaying widget'
)
_ONE_OF_TWO = f"""
.jp-OutputArea-child:has(.tryon) + .jp-OutputArea-child:has(> .jp-RenderedImage) {{ display: none }}
{_ONLY_TEXT}:has(+ .jp-OutputArea-child > .jp-RenderedImage) {{ display: none }}
"""


class Widget(ipywidgets.VBox):
    """A box that leaves a PNG behind: a notebook that is opened without its kernel shows `still()` in its place."""

    def still(self) -> bytes:
        """The widget as it stands, as PNG."""
        raise NotImplementedError

    def outputs(self) -> list[dict[str, Any]]:
        """What a cell shows, as MIME bundles: a style, the live widget, its still.

        JupyterLab shows one MIME type of a bundle, and an error where that is a widget without a model. So the still is
        an output of its own, and the style hides it beside a widget that lives, and the error beside a still.
        """
        name = type(self).__name__
        png = base64.b64encode(self.still()).decode()
        return [
            {"text/html": f"<style>{_ONE_OF_TWO}</style>", "text/plain": ""},
            {**self._repr_mimebundle_(), "text/plain": name},
            {"image/png": png, "text/plain": f"{name}, as it stood"},
        ]

    def _ipython_display_(self, **_: Any) -> None:
        from IPython.display import display

        for bundle in self.outputs():
            display(bundle, raw=True)


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


def img(data: bytes, alt: str, full: str | None = None) -> str:
    """A JPEG inside the page, with words for who cannot see it.

    full   digest of the picture that a Viewer opens where this is pressed, '' for this very one; None: none is opened
    """
    opens = "" if full is None else f' data-picture="{full}" class="tryon-picture" tabindex="0" role="button"'
    return f'<img{opens} src="{data_uri(data)}" alt="{escaped(alt)}">'
