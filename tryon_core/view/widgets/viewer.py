"""What the plain widgets of a box lack: keys, pictures at full size, the clipboard, and names for a screen reader.

CSS classes for tests: dialog.tryon-full, in it tryon-full-stage (data-scale: its magnification), tryon-full-said.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from PIL import Image

from ...errors import StorageError
from ...images import to_png
from .widget import classed

TILE = "Tile"  # in place of a key: a tile was pressed twice
_MAGNIFY = "wheel or + - magnify · drag or shift + arrows move · 0 fits · 1 shows 100 % · Esc closes"


class Viewer(anywidget.AnyWidget):
    """A child of a box with the class 'tryon'; it draws nothing until an `img` with data-picture is pressed.

    Pictures that are pressed, or Enter on the box, open over the page: at once as they are, then at full size.
    """

    _esm = Path(__file__).with_name("viewer.js").read_text()
    taken = traitlets.List(traitlets.Unicode(), help="keys that Python hears, letters in lower case").tag(sync=True)
    fields = traitlets.Dict(help="key -> selector of the field that it goes to").tag(sync=True)
    names = traitlets.Dict(help="selector -> accessible name").tag(sync=True)
    main = traitlets.Unicode(help="selector of the picture that Enter opens").tag(sync=True)
    hint = traitlets.Unicode(help="what the keys do, seen beside the large picture").tag(sync=True)

    def __init__(
        self,
        picture: Callable[[str], Image.Image] | None,
        keys: Mapping[str, Callable[[], Any]],
        *,
        hint: str = "",
        **traits: Any,
    ):
        """picture   digest -> picture; may raise StorageError; None where the box has no picture that opens
        keys      key -> what it does; letters in lower case
        hint      what these keys do, in a few words
        traits    fields, names, main
        """
        self._keys, self._png = dict(keys), lru_cache(4)(lambda digest: to_png(picture(digest)))
        self.showing = False  # whether the large picture is open
        super().__init__(taken=list(keys), hint=" · ".join(filter(None, (hint, _MAGNIFY))), **traits)
        classed(self, "tryon-viewer")
        self.on_msg(lambda _, content, __: self._heard(content))

    def _heard(self, content: dict[str, Any]) -> None:
        if "key" in content:
            self._keys.get(content["key"], lambda: None)()
        elif "closed" in content:
            self.showing = False
        elif "picture" in content:
            self.showing = True
            if content["picture"]:
                self._show(content["picture"], content["alt"])

    def follow(self, digest: str | None, title: str) -> None:
        """Where the large picture is open: go on to this one."""
        if self.showing and digest:
            self._show(digest, title)

    def _show(self, digest: str, title: str) -> None:
        try:
            self.send({"picture": digest, "title": title}, buffers=[self._png(digest)])
        except StorageError as e:
            self.say(str(e))

    def say(self, words: str) -> None:
        """A status beside the large picture."""
        self.send({"said": words})

    def copy(self, text: str) -> None:
        """To the clipboard of the browser; how it went is told in .tryon-copied."""
        self.send({"copy": text})
