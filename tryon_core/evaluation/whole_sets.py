"""FID and KID: all results together against all photographs, by a network's features."""

# Shapes: N pictures; D features of one.
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from PIL import Image

from ..records import ModelCard
from ..scales import Metric
from ..stats.feature_distances import KID_SUBSET_SIZE, KID_SUBSETS, frechet_distance, kernel_distance
from .evaluated import Row
from .references import Scored

_MANY = 2048  # pictures; the covariance of 2,048 features of fewer is singular
_FEW = "of fewer than 2,048 pictures FID is large by their number alone: compare it with that of equally many"
_SETS = "results against photographs (the true pictures, or the persons where unpaired), all at the size of comparison"


class Features(Protocol):
    """A network's features of pictures.

    protocol  how it resizes a picture, in a sentence
    """

    card: ModelCard
    protocol: str

    def __call__(self, images: Sequence[Image.Image]) -> np.ndarray:
        """float (N, D) of N RGB pictures of any size."""


@dataclass
class OfSets:
    """FID and KID of results and photographs. Pictures are added as they come; only their features are kept.

    features  a network; a text is the reason for none
    """

    features: Features | str
    results: list[np.ndarray] = field(default_factory=list)
    photographs: list[np.ndarray] = field(default_factory=list)

    def add(self, scored: Sequence[Scored]) -> None:
        if scored and not isinstance(self.features, str):
            self.results.append(self.features([each.result for each in scored]))
            self.photographs.append(self.features([each.reference for each in scored]))

    @property
    def metrics(self) -> dict[str, Metric]:
        net = None if isinstance(self.features, str) else self.features
        of_net = {"model": net.card.name if net else "none", "licence": net.card.licence if net else "none"}
        resized = f"{_SETS}; {net.protocol}" if net else _SETS
        kid = f"; cubic kernel, unbiased, {KID_SUBSETS} subsets of {KID_SUBSET_SIZE} at most, drawn from seed 0"
        fid = Metric(name="fid", unit="FID", low=0, better="lower", protocol=resized, **of_net)
        kids = Metric(name="kid", unit="1000 x KID", better="lower", protocol=resized + kid, **of_net)
        return {"fid": fid, "kid": kids}

    @property
    def nets(self) -> dict[str, ModelCard]:
        return {} if isinstance(self.features, str) else dict.fromkeys(("fid", "kid"), self.features.card)

    def rows(self) -> Iterator[Row]:
        """Both numbers; of fewer than 2 pictures, or without a network, the reason why there are none."""
        count = sum(map(len, self.results))
        reason = (
            self.features if isinstance(self.features, str) else "it takes at least 2 pictures" if count < 2 else ""
        )
        for name, metric in self.metrics.items():
            value, why = None, reason
            if not reason:
                sets = np.concatenate(self.results), np.concatenate(self.photographs)
                value = frechet_distance(*sets) if name == "fid" else 1000 * kernel_distance(*sets)
                why = _FEW if name == "fid" and count < _MANY else ""
            yield Row(
                metric=name,
                value=value,
                unit=metric.unit,
                better=metric.better,
                pictures=count if not reason else 0,
                reason=why,
            )
