"""A noise landscape: a generator whose pictures stand for a point, and scorers that know how high it lies there."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from tryon_core.flows.searching.potentials import POTENTIALS
from tryon_core.images import digest
from tryon_core.models.embedded.drawing.drawing_parameters import gaussian
from tryon_core.records import EditRequest, Measurement, ModelCard, Sample
from tryon_core.scales import Metric
from tryon_core.steps import Spent

SAMPLE = Sample(sample_id="a", wish="a higher place", images={})
Height = Callable[[np.ndarray], float]


def metric(name: str, better: str = "higher") -> Metric:
    return Metric(name=name, unit="m", better=better, model="none", licence="none", protocol="of a test")


def scripted(name: str) -> ModelCard:
    return ModelCard(name=name, revision="1", licence="none", kind="scripted")


@dataclass
class Landscape:
    """Generator and scorer in one. `heights` by metric name; a point is the vector of a noise recipe, (size,).

    points   digest of a picture -> its point
    drawn    requests in order
    """

    heights: dict[str, Height]
    size: int = 4
    points: dict[str, np.ndarray] = field(default_factory=dict)
    drawn: list[EditRequest] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    def __post_init__(self):
        self.card = scripted("landscape")
        self.metrics = tuple(metric(name) for name in self.heights)
        self.takes = ("mask",)
        self.min_images = 0

    def generator(self):
        return _Drawer(self)

    def __call__(self, sample: Sample, image: Image.Image) -> dict[str, Measurement | str]:
        point = self.points[digest(image)]
        return {name: Measurement(value=float(height(point)), unit="m") for name, height in self.heights.items()}


class _Drawer:
    def __init__(self, landscape: Landscape):
        self.landscape, self.card, self.min_images = landscape, scripted("drawer"), 0

    def __call__(self, request: EditRequest) -> Image.Image:
        point = gaussian(request.noise, self.landscape.size)
        pixels = np.frombuffer(point.tobytes().ljust(24)[:24], np.uint8).reshape(2, 4, 3)
        image = Image.fromarray(pixels)
        self.landscape.points[digest(image)] = point
        self.landscape.drawn.append(request)
        return image

    def all(self, calls):
        self.landscape.batches.append(len(calls))
        return [self(*call) for call in calls]


def first(point: np.ndarray) -> float:
    """A standard normal number of unrelated noise."""
    return float(point[0])


class Counting:
    """A ledger of what a landscape was asked: so many units per picture."""

    def __init__(self, landscape: Landscape, steps: int = 4, tokens: int = 100, seconds: float = 1.0):
        self.landscape, self.each = landscape, (steps, tokens, seconds)

    def __call__(self) -> dict[str, Spent]:
        n, (steps, tokens, seconds) = len(self.landscape.drawn), self.each
        if not n:
            return {}
        return {
            "generator": Spent(calls=n, steps=steps * n, seconds=seconds * n, money=0.01 * n),
            "scorer": Spent(calls=n, tokens=tokens * n),
        }


def alone(name: str, weight: float = 1.0) -> dict[str, float]:
    """Weights by which one metric selects: those of the default potential are left out."""
    return {term.metric: 0.0 for term in POTENTIALS["measured"]} | {name: weight}
