"""What a stepper is moved by: sample and line, attempt, and how to look at it."""

from collections.abc import Iterable, Mapping

import ipywidgets

from ....records import SampleLine
from ..widget import classed
from .sample_chooser import SampleChooser
from .shown_step import Step, Way
from .stage import VIEWS

AGAINST = {"person": "person", "attempt before": "before"}


class Controls:
    """The widgets, in two rows and two more that stand elsewhere (the seam, the code).

    tied   trait of the stepper -> the control that always has its value
    moved  (trait, control), where a control's choices follow from the sample: heard, and set by `draw`
    """

    def __init__(self, lines: Iterable[SampleLine]):
        narrow = {"width": "auto"}
        chooser = SampleChooser(lines)
        self._line = classed(ipywidgets.Dropdown(description="line", layout=narrow), "tryon-line")
        self._tabs = classed(ipywidgets.ToggleButtons(description="attempt"), "tryon-attempts")
        self._slider = classed(ipywidgets.IntSlider(min=0, readout=False, layout={"width": "100px"}), "tryon-attempt")
        self._play = classed(ipywidgets.Play(interval=1400, show_repeat=False), "tryon-play")
        ipywidgets.jslink((self._play, "value"), (self._slider, "value"))
        view = classed(ipywidgets.ToggleButtons(options=VIEWS, description="show"), "tryon-view")
        against = ipywidgets.Dropdown(options=AGAINST, description="against", layout=narrow)
        zoom = classed(ipywidgets.ToggleButton(description="zoom"), "tryon-zoom")
        self.reveal = classed(ipywidgets.IntSlider(readout=False, description="seam"), "tryon-reveal")
        self.code = classed(ipywidgets.ToggleButton(description="copy as code"), "tryon-code")
        self.tied = {"sample_id": chooser, "view": view, "against": classed(against, "tryon-against"), "zoom": zoom}
        self.tied |= {"reveal": self.reveal, "code": self.code}
        self.moved = (("line", self._line), ("attempt", self._tabs), ("attempt", self._slider))
        self.choosing = row(chooser, self._line, name="tryon-choose")
        self.looking = row(self._tabs, self._play, self._slider, view, against, zoom, name="tryon-controls")

    def draw(self, step: Step, ways: Mapping[str, Way], view: str) -> None:
        """Choices and values as the step has them; what there is no choice of is not seen."""
        self._line.options = [(way.words, name) for name, way in ways.items()]
        self._line.value = step.way.name
        seen(self._line, len(ways) > 1)
        self._tabs.options = [(f"{story.mark} {story.number}", story.number) for story in step.stories]
        self._tabs.tooltips = step.decisions
        self._tabs.value = step.number or None
        last = len(step.attempts)
        for moving in (self._slider, self._play):
            moving.max, moving.min = max(last, 1), min(1, last)
            moving.value = step.number
            seen(moving, last > 1)
        seen(self.reveal, view == "slider" and bool(last))
        for part in (self.looking, self.code):
            seen(part, bool(last))


def row(*parts: ipywidgets.Widget, name: str) -> ipywidgets.Box:
    """Parts side by side that wrap where there is no room."""
    return classed(ipywidgets.Box(parts), "tryon-row", name)


def seen(widget: ipywidgets.DOMWidget, shown: bool) -> None:
    """Whether a widget is seen at all."""
    widget.layout.display = None if shown else "none"
