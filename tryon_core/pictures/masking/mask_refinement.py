"""What a person may set of a mask's cleaning: each number with its bounds and the words that a slider shows."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from ...errors import BadInput


@dataclass(frozen=True)
class Slider:
    """Bounds of a setting, and what a person reads beside them."""

    label: str
    low: float
    high: float
    step: float


def _slider(default: float, label: str, low: float, high: float, step: float) -> Any:
    return dataclasses.field(default=default, metadata={"slider": Slider(label, low, high, step)})


@dataclass(frozen=True, kw_only=True)
class MaskRefinement:
    """How a mask is cleaned. Sizes are shares of the mask's own, so that they mean the same at any resolution.

    least_part    of the largest piece's area: smaller pieces are specks and go
    pinhole       of the filled mask's area: smaller holes are no openings and are filled, whatever they show
    open_hole     of the filled mask's area: larger holes stay open, unless they show the garment's own colours. In
                  between, a hole stays open where it shows colours that lie outside the mask, and either the very
                  backdrop near it, or a gap where upright garments have them: other light places are prints
    most_openings more holes of the size in between than this are a print, and are filled
    smoothing     radius of the smoothing of stairs, of the longer side of the mask's box; 0 leaves the outline
    reach         how far the outline may move to an edge of the picture, of the same side; 0 leaves it, and where it
                  lies on an edge already, with even ground outside, it stays as well
    edge          how much contrast counts as an edge, on a 0-1 scale: lower follows fainter edges
    mirror        fills what one half lacks of the other, about the mask's own axis, where the picture has the garment's
                  colours there
    """

    least_part: float = _slider(0.02, "smallest piece kept", 0.0, 0.5, 0.005)
    pinhole: float = _slider(0.0005, "largest pinhole", 0.0, 0.01, 0.0001)
    open_hole: float = _slider(0.05, "smallest sure opening", 0.0, 0.2, 0.005)
    most_openings: int = _slider(6, "most openings", 0, 40, 1)
    smoothing: float = _slider(0.002, "smoothing", 0.0, 0.02, 0.0005)
    reach: float = _slider(0.012, "reach to an edge", 0.0, 0.05, 0.001)
    edge: float = _slider(0.1, "faintest edge", 0.03, 0.5, 0.01)
    mirror: bool = False

    def __post_init__(self) -> None:
        for name, slider in sliders().items():
            value = getattr(self, name)
            if not slider.low <= value <= slider.high:
                raise BadInput(f"{name} ({slider.label}) lies from {slider.low:g} to {slider.high:g}, got {value!r}")
        if self.pinhole > self.open_hole:
            raise BadInput(f"pinhole is at most open_hole, got {self.pinhole!r} and {self.open_hole!r}")


def sliders() -> dict[str, Slider]:
    """Setting -> its slider, in order; `mirror` has none, it is a switch."""
    fields = dataclasses.fields(MaskRefinement)
    return {one.name: one.metadata["slider"] for one in fields if "slider" in one.metadata}
