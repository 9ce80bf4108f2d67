"""A scorer's answer from its plain numbers: every declared metric is in it, as a Measurement or as a reason."""

from collections.abc import Mapping, Sequence

from PIL import Image

from ...records import Measurement, Sample
from ...scales import Metric

Values = Mapping[str, float | str]
NO_ORIGINAL = "the sample has neither an 'init' nor a 'person' picture that this one was made from"


def measured(metrics: Sequence[Metric], values: Values) -> dict[str, Measurement | str]:
    """The values under their metrics' units.

    values   by metric, each a number or the reason why there is none; a metric that is missing is a KeyError of ours
    """
    return {metric.name: _measurement(metric, values[metric.name]) for metric in metrics}


def for_all(metrics: Sequence[Metric], reason: str) -> dict[str, str]:
    """The same reason for every metric."""
    return {metric.name: reason for metric in metrics}


def original_of(sample: Sample) -> Image.Image | None:
    """The picture that was edited: 'init', else 'person'; None where the sample has neither."""
    return sample.images.get("init", sample.images.get("person"))


def at_size_of(image: Image.Image, other: Image.Image) -> Image.Image:
    """The picture at another one's size, Lanczos; itself where they agree."""
    return image if image.size == other.size else image.resize(other.size, Image.Resampling.LANCZOS)


def _measurement(metric: Metric, value: float | str) -> Measurement | str:
    return value if isinstance(value, str) else Measurement(value=value, unit=metric.unit, better=metric.better)
