"""The control mapper `canny`: thin white edges on black, as FLUX.1 Canny and ControlNet were trained on."""

import time
from dataclasses import asdict, dataclass

import cv2
import numpy as np
from PIL import Image

from ....errors import BadInput
from ....records import ModelCard
from ....text import got
from .. import LICENCES
from ..revision import source_digest

LOW, HIGH = 50.0, 200.0  # of FLUX.1 Canny: black-forest-labs/flux, src/flux/modules/image_embedders.py
SIDE_PX = 1024  # at which its model card finds edges; those of larger pictures are mostly grain
LEAST = 45.0  # below it, as on a white page, the folds of plain cloth and its grain become edges
_MOST_SIDE_PX = 4096
_STRONGEST = 2 * 4 * 255  # of OpenCV's 3 x 3 Sobel gradient: |x| + |y|


@dataclass(frozen=True, kw_only=True)
class CannyOptions:
    """low, high  thresholds of the colours' gradient |x| + |y|, 0 to 2,040: an edge begins above `high` and goes on
                  above `low`. White cloth on a white page has no such edge: None for both fits them to the picture's
                  grey instead, to (1 - spread) m and (1 + spread) m of its Euclidean gradient, where m is how far the
                  median is from black or from white, whichever is nearer, and at least LEAST. Of the median itself a
                  bright studio picture loses the outlines of white clothes
    spread     0-1; of fitted thresholds
    side_px    edges are found in a copy whose longer side is at most this
    """

    low: float | None = LOW
    high: float | None = HIGH
    spread: float = 0.33
    side_px: int = SIDE_PX

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if isinstance(value, bool) or not isinstance(value, int | float | None):
                raise BadInput(f"{name} of canny is a number, {got(value)}")
        if (self.low is None) != (self.high is None):
            raise BadInput(f"canny takes both thresholds or none, got low {self.low} and high {self.high}")
        if self.low is not None and not 0 <= self.low <= self.high <= _STRONGEST:
            raise BadInput(f"canny needs 0 <= low <= high <= {_STRONGEST:.0f}, got {self.low} and {self.high}")
        if not 0 <= self.spread <= 1:
            raise BadInput(f"spread of canny is 0 to 1, got {self.spread}")
        if not 16 <= self.side_px <= _MOST_SIDE_PX:
            raise BadInput(f"side_px of canny is 16 to {_MOST_SIDE_PX}, got {self.side_px}")


class CannyMapper:
    """Edges of a picture, RGB, white on black, of the picture's size."""

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it

    def __init__(self, options: CannyOptions):
        self.options = options
        self.card = ModelCard(
            name="canny",
            revision=source_digest("mapping/canny_map"),
            source="tryon_core.models.embedded",
            licence=LICENCES["canny"],
            settings=asdict(options),
        )

    def __call__(self, image: Image.Image) -> Image.Image:
        fitted = self.options.low is None
        small = image.convert("L" if fitted else "RGB")
        scale = self.options.side_px / max(image.size)
        if scale < 1:
            small = small.resize([max(1, round(side * scale)) for side in image.size], Image.Resampling.BOX)
        pixels = np.asarray(small)
        low, high = self.fitted(pixels) if fitted else (self.options.low, self.options.high)
        edges = Image.fromarray(cv2.Canny(pixels, low, high, L2gradient=fitted))
        return edges.resize(image.size, Image.Resampling.NEAREST).convert("RGB")

    def fitted(self, grey_HW: np.ndarray) -> tuple[float, float]:
        """(low, high) for a uint8 picture."""
        median, spread = float(np.median(grey_HW)), self.options.spread
        middle = max(min(median, 255 - median), LEAST)
        return (1 - spread) * middle, (1 + spread) * middle


def build(
    *, low: float | None = LOW, high: float | None = HIGH, spread: float = 0.33, side_px: int = SIDE_PX
) -> CannyMapper:
    """raises BadInput; see CannyOptions"""
    return CannyMapper(CannyOptions(low=low, high=high, spread=spread, side_px=side_px))
