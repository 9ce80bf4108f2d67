"""What an evaluation measures of each picture."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PIL import Image

from ..errors import Refused
from ..records import Measurement, ModelCard
from ..roles import Scorer, card_of
from ..runs.batching import submitted
from ..scales import Metric
from .declared_answers import Numbers, as_declared, metrics_of, unscored
from .references import SSIM, Scored, ssim

NO_TRUTH = "there are no true pictures in the unpaired protocol"
_TERMS = {"unit": "LPIPS", "low": 0, "better": "lower"}
_LPIPS = "result against true picture, both at the size of comparison, -1 to 1, nothing resized again"


class Distances(Protocol):
    """Tells pictures of one size apart, such as models.load('lpips', 'scorer')."""

    card: ModelCard
    metrics: Sequence[Metric]

    def distances(self, pairs: Sequence[tuple[Image.Image, Image.Image]]) -> list[float]: ...


@dataclass(frozen=True, kw_only=True)
class OfPictures:
    """What is measured of each picture.

    paired  whether there are true pictures
    lpips   a network; a text is the reason for none
    """

    paired: bool
    lpips: Distances | str
    scorers: Sequence[Scorer] = ()

    @property
    def metrics(self) -> dict[str, Metric]:
        own = (SSIM, self._lpips_metric(), *(metric for scorer in self.scorers for metric in metrics_of(scorer)))
        return {metric.name: metric for metric in own}

    @property
    def nets(self) -> dict[str, ModelCard]:
        """Name of a metric -> card of the model that measures it."""
        given = {} if isinstance(self.lpips, str) else {"lpips": self.lpips.card}
        return given | {metric.name: card_of(one) for one in self.scorers for metric in metrics_of(one)}

    def numbers(self, scored: Sequence[Scored], side_by_side: Callable[..., Iterator[Any]] = map) -> list[Numbers]:
        """Per picture: name of a metric -> its number, or the reason."""
        columns = [self._ssims(scored, side_by_side), self._distances(scored)]
        columns += [_asked(scorer, scored) for scorer in self.scorers]
        return [{name: value for part in row for name, value in part.items()} for row in zip(*columns, strict=True)]

    def _ssims(self, scored: Sequence[Scored], side_by_side: Callable[..., Iterator[Any]]) -> list[Numbers]:
        if not self.paired:
            return [{"ssim": NO_TRUTH} for _ in scored]
        values = side_by_side(lambda each: ssim(each.result, each.reference), scored)
        return [{"ssim": Measurement(value=value, unit=SSIM.unit, better=SSIM.better)} for value in values]

    def _distances(self, scored: Sequence[Scored]) -> list[Numbers]:
        reason = self.lpips if isinstance(self.lpips, str) else "" if self.paired else NO_TRUTH
        if reason or not scored:
            return [{"lpips": reason} for _ in scored]
        values = self.lpips.distances([(each.result, each.reference) for each in scored])
        return [{"lpips": Measurement(value=value, unit="LPIPS")} for value in values]

    def _lpips_metric(self) -> Metric:
        if isinstance(self.lpips, str):
            return Metric(name="lpips", model="none", licence="none", protocol=_LPIPS, **_TERMS)
        declared = metrics_of(self.lpips)[0]
        return Metric(name="lpips", model=declared.model, licence=declared.licence, protocol=_LPIPS, **_TERMS)


def _asked(scorer: Scorer, scored: Sequence[Scored]) -> list[Numbers]:
    """A scorer's answers, shown the whole sample; raises what the scorer raises, but for a refusal."""
    answers = []
    for done in submitted(scorer, [(each.sample, each.result) for each in scored]):
        error = done.exception()
        if isinstance(error, Refused):
            answers.append(unscored(scorer, f"{error.reason}: {error}"))
        else:
            answers.append(as_declared(scorer, done.result().value))
    return answers
