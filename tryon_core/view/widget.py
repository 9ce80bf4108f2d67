"""What every widget shares: a still picture for where no browser draws it, and text that cannot become markup."""

import base64
import html
from typing import Any

import ipywidgets


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
    return html.escape(str(text), quote=True)


def data_uri(data: bytes, kind: str = "image/jpeg") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
