"""The scorer `blend`: whether an edit sits in its picture as what was there before did; measured, without a model."""

import math
import time
from collections.abc import Mapping

import numpy as np
from PIL import Image

from ....records import Measurement, ModelCard, Sample
from ....scales import Metric
from ...embedded.revision import source_digest
from ..by_metric import NO_ORIGINAL, at_size_of, for_all, measured, original_of
from .seat import RING, Seat, places_of, seat_of

NO_MASK = "the sample has no 'mask' picture that says where it was edited"
# What halves a score alone; chosen on planted defects over the tuning half of the rendered people, 2026-12
HALF = {"sharpness": 1.0, "noise": 1.5, "seam": 1.0, "light": 8.0, "colour": 8.0, "contrast": 1.0}
_PROTOCOL = (
    f"inside the mask against a ring of {RING} of the square root of its area, each less the same of the picture that "
    "was edited, at its size; 10 / (1 + the sum of the differences, each over what halves the score)"
)


class Blend:
    """How much an edit stands out from what surrounds it, more than what was there before did.

    blend_quality      0-10: sharpness, noise and the step along the mask's edge
    blend_consistency  0-10: light, colour and contrast
    10 where not a pixel changed. On three rendered people of the reporting half the score that should falls with every
    step of blur, noise, a hard edge, tint, light, darkness and flatness under the mask (21 of 21 rankings of 5).
    """

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it
    metrics = tuple(
        Metric(
            name=name,
            unit="0-10",
            low=0.0,
            high=10.0,
            better="higher",
            model="none",
            licence="none: no model",
            protocol=f"{what}, {_PROTOCOL}",
        )
        for name, what in (
            ("blend_quality", "sharpness, noise and the step along the mask's edge"),
            ("blend_consistency", "light, colour and contrast in Lab"),
        )
    )

    def __init__(self) -> None:
        self.card = ModelCard(
            name="blend",
            revision=source_digest("blend_scorer", "scorers/blend"),
            source=__name__,
            licence="none: no model",
        )

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        """Both scores for RGB of any size, or why there are none."""
        original, mask = original_of(sample), sample.images.get("mask")
        if original is None or mask is None:
            return for_all(self.metrics, NO_ORIGINAL if original is None else NO_MASK)
        places = places_of(np.asarray(at_size_of(mask.convert("L"), original)) > 127)
        if places.missing:
            return for_all(self.metrics, places.missing)
        before, after = (
            seat_of(np.array(at_size_of(each, original).convert("RGB")), places) for each in (original, image)
        )
        off = _differences(before, after)
        return measured(
            self.metrics,
            {
                "blend_quality": _score(off, "sharpness", "noise", "seam"),
                "blend_consistency": _score(off, "light", "colour", "contrast"),
            },
        )


def build() -> Blend:
    """The scorer `blend`."""
    return Blend()


def _differences(before: Seat, after: Seat) -> dict[str, float]:
    """By name, 0 or more; a weaker step along the edge than before is no fault."""
    return {
        "sharpness": abs(after.sharpness - before.sharpness),
        "noise": abs(after.noise - before.noise),
        "seam": max(0.0, after.seam - before.seam),
        "light": abs(after.light - before.light),
        "colour": math.dist(after.colour, before.colour),
        "contrast": abs(after.contrast - before.contrast),
    }


def _score(off: Mapping[str, float], *names: str) -> float:
    return round(10 / (1 + sum(off[name] / HALF[name] for name in names)), 2)
