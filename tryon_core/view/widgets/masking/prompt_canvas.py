"""A picture on which a person sets points and a box, with a mask drawn over it.

CSS classes for tests: tryon-canvas; tryon-canvas-stage (takes the focus), tryon-canvas-mask, tryon-canvas-point-1 and
-0, tryon-canvas-box, tryon-canvas-said (a status).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ....errors import BadInput
from ....records import Region
from ....roles import SegmentPrompt
from ..widget import classed

HOW = (
    "click: a point of it · shift- or right-click: not of it · drag: a box · click a point: remove it · "
    "keys: arrows (shift: far), Enter, shift + Enter, B twice, Backspace"
)
NAME = (
    "the picture with its mask: arrow keys move the cursor, Enter sets a point of the thing, shift and Enter one that "
    "is not of it, B twice draws a box, Backspace removes a point"
)


class PromptCanvas(anywidget.AnyWidget):
    """A click sets or removes a point, dragging draws a box, the keys do the same; it knows nothing of segmenters.

    Places are fractions of the picture, x right and y down.
    """

    _esm = Path(__file__).with_name("prompt_canvas.js").read_text()
    _css = Path(__file__).with_name("prompt_canvas.css").read_text()
    picture = traitlets.Bytes(b"", help="a JPEG").tag(sync=True)
    overlay = traitlets.Bytes(b"", help="a PNG of the same proportions, see-through where no mask is").tag(sync=True)
    points = traitlets.List(
        traitlets.Tuple(traitlets.Float(min=0, max=1), traitlets.Float(min=0, max=1), traitlets.Enum((0, 1))),
        help="(x, y, label); label 1: of the thing, 0: not of it",
    ).tag(sync=True, echo_update=False)
    box = traitlets.List(traitlets.Float(min=0, max=1), help="left, top, right, bottom; empty: none").tag(
        sync=True, echo_update=False
    )
    name = traitlets.Unicode(NAME, help="the accessible name").tag(sync=True)
    busy = traitlets.Bool(False, help="a model looks at the picture").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        classed(self, "tryon-canvas")
        self.on_msg(lambda _, content, buffers: self._pointed(content))

    def _pointed(self, content: Any) -> None:
        """Points or a box as a message: unlike a trait it is not overtaken by a press on a button. The browser has them
        already, so nothing is sent back."""
        self.set_state({name: content[name] for name in ("points", "box") if name in content})

    def forget(self) -> None:
        """No point and no box, in the browser too: it may hold some that have not arrived here, and that an empty list
        set over an empty list would leave there."""
        self.points, self.box = [], []
        self.send({"forget": True})

    @traitlets.validate("box")
    def _is_a_box(self, proposal: dict[str, Any]) -> list[float]:
        box = proposal["value"]
        if box and not (len(box) == 4 and box[0] < box[2] and box[1] < box[3]):
            raise BadInput(f"a box is left, top, right, bottom with some width and height, got {box}")
        return box


def prompt_of(points: Sequence[Sequence[float]], box: Sequence[float], words: str = "") -> SegmentPrompt:
    """What a canvas's points and box ask of a segmenter; an empty box is none."""
    edges = dict(zip(("left", "top", "right", "bottom"), box, strict=False))
    return SegmentPrompt(words=words, points=tuple(map(tuple, points)), box=Region(**edges) if edges else None)
