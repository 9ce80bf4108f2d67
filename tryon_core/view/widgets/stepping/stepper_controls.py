"""What a stepper is moved by: sample and line, step, and how to look at it."""

from collections.abc import Iterable

import ipywidgets

from ....records import SampleLine
from ..widget import classed
from .sample_chooser import SampleChooser
from .shown_step import ShownStep
from .stage import VIEWS

NAMES = {  # selector -> accessible name of what has no words of its own
    ".tryon-play button:first-child": "play or pause",
    ".tryon-play button:last-of-type": "stop",
    ".tryon-attempt .noUi-handle": "step",
    ".tryon-reveal .noUi-handle": "seam, percent of the width",
    ".tryon-find input": "find a sample",
    ".tryon-sample-before": "the sample before",
    ".tryon-sample-after": "the next sample",
    ".tryon-words textarea": "words of the next request",
}
_MOST_TABS = 24  # with more steps than this the slider alone reaches them


class Controls:
    """The widgets, in two rows and two more that stand elsewhere (the seam, the code).

    tied   trait of the stepper -> the control that always has its value
    moved  (trait, control), where a control's choices follow from the sample: heard, and set by `draw`
    """

    def __init__(self, lines: Iterable[SampleLine]):
        narrow = {"width": "auto"}
        chooser = SampleChooser(lines)
        self._line = classed(ipywidgets.Dropdown(description="line", layout=narrow), "tryon-line")
        self._tabs = classed(ipywidgets.ToggleButtons(), "tryon-attempts")
        self._slider = classed(ipywidgets.IntSlider(min=0, readout=False, layout={"width": "100px"}), "tryon-attempt")
        self._play = classed(ipywidgets.Play(interval=1400, show_repeat=False), "tryon-play")
        ipywidgets.jslink((self._play, "value"), (self._slider, "value"))
        view = classed(ipywidgets.ToggleButtons(options=VIEWS, description="show"), "tryon-view")
        self._against = classed(ipywidgets.Dropdown(description="against", layout=narrow), "tryon-against")
        zoom = classed(ipywidgets.ToggleButton(description="zoom"), "tryon-zoom")
        self.reveal = classed(ipywidgets.IntSlider(readout=False, description="seam"), "tryon-reveal")
        self.code = classed(ipywidgets.ToggleButton(description="copy as code"), "tryon-code")
        self.raw = classed(ipywidgets.ToggleButton(description="raw calls"), "tryon-raw-calls")
        named = {"view": view, "zoom": zoom, "reveal": self.reveal, "code": self.code, "raw": self.raw}
        self.tied = {"sample_id": chooser, **named}
        self.moved = (
            ("line", self._line),
            ("attempt", self._tabs),
            ("attempt", self._slider),
            ("against", self._against),
        )
        self.choosing = row(chooser, self._line, name="tryon-choose")
        self._pictures = (view, self._against, zoom)
        self.looking = row(self._tabs, self._play, self._slider, *self._pictures, name="tryon-controls")

    def draw(self, shown: ShownStep, view: str, against: str) -> None:
        """Choices and values as the step has them; what there is no choice of is not seen."""
        self._line.options = [(way.words, name) for name, way in shown.ways.items()]
        self._line.value = shown.line
        seen(self._line, len(shown.ways) > 1)
        self._against.options = {
            shown.compared_role or "nothing": "input",
            f"{shown.way.word} before": "before",
        }.items()
        self._against.value = against
        self._draw_steps(shown)
        pictured = bool(shown.record and shown.record.picture)
        for part in self._pictures:
            seen(part, pictured)
        seen(self.reveal, view == "slider" and pictured)
        seen(self.looking, bool(shown.steps))
        seen(self.code, bool(shown.record and shown.record.request))
        seen(self.raw, shown.record is not None)

    def _draw_steps(self, shown: ShownStep) -> None:
        last = len(shown.steps)
        self._tabs.description = shown.way.word
        self._tabs.options = [(f"{shown.mark(step)} {step.number}", step.number) for step in shown.steps[:_MOST_TABS]]
        self._tabs.tooltips = [shown.verdict(step) for step in shown.steps[:_MOST_TABS]]
        self._tabs.value = shown.number if 0 < shown.number <= _MOST_TABS else None
        seen(self._tabs, last <= _MOST_TABS)
        for moving in (self._slider, self._play):
            moving.max, moving.min = max(last, 1), min(1, last)
            moving.value = shown.number
            seen(moving, last > 1)


def row(*parts: ipywidgets.Widget, name: str) -> ipywidgets.Box:
    """Parts side by side that wrap where there is no room."""
    return classed(ipywidgets.Box(parts), "tryon-row", name)


def seen(widget: ipywidgets.DOMWidget, shown: bool) -> None:
    """Whether a widget is seen at all."""
    widget.layout.display = None if shown else "none"
