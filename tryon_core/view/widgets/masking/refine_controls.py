"""Sliders for how a mask is cleaned. CSS classes for tests: tryon-refine; in it tryon-refine-<setting>."""

from collections.abc import Callable

import ipywidgets

from ....pictures.masking.mask_refinement import MaskRefinement, Slider, sliders
from ..widget import classed


class RefineControls(ipywidgets.VBox):
    """One slider for each number of a MaskRefinement and a box for its switch.

    names   selector -> accessible name of what has no words of its own
    """

    def __init__(self, heard: Callable[[dict[str, float | bool]], None]):
        """heard   called with the settings by name when one was moved"""
        self.names = {f".tryon-refine-{name} .noUi-handle": slider.label for name, slider in sliders().items()}
        start = MaskRefinement()
        self._controls = {name: _slider(slider, getattr(start, name)) for name, slider in sliders().items()}
        self._controls["mirror"] = ipywidgets.Checkbox(value=start.mirror, description="mirror", indent=False)
        super().__init__([classed(control, f"tryon-refine-{name}") for name, control in self._controls.items()])
        classed(self, "tryon-refine")
        self._told = True
        for control in self._controls.values():
            control.observe(lambda _: self._told and heard(self.values), "value")

    @property
    def values(self) -> dict[str, float | bool]:
        return {name: control.value for name, control in self._controls.items()}

    def show(self, refinement: MaskRefinement) -> None:
        """Move the sliders to these settings; nobody is told."""
        self._told = False
        for name, control in self._controls.items():
            control.value = getattr(refinement, name)
        self._told = True


def _slider(slider: Slider, value: float) -> ipywidgets.Widget:
    kind = ipywidgets.IntSlider if isinstance(value, int) else ipywidgets.FloatSlider
    bounds = {"min": slider.low, "max": slider.high, "step": slider.step}
    shown = {"readout_format": "d" if isinstance(value, int) else ".4f"}
    return kind(value, description=slider.label, continuous_update=False, **bounds, **shown)
