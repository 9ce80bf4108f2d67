"""Scorers asked for what they declare: each declared metric gets a number or a reason, and nothing else counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import BadInput
from ..records import Measurement
from ..roles import card_of
from ..scales import Metric

Numbers = dict[str, Measurement | str]  # name of a metric -> what was measured, or the reason why it was not


def check(scorers: Sequence[Any]) -> None:
    """raises BadInput for no scorer, for one that declares nothing, for a metric that two declare"""
    if not scorers:
        raise BadInput("no scorer is given; give at least one, such as models.load('truth', 'scorer')")
    for scorer in scorers:
        if not metrics_of(scorer):
            raise BadInput(f"{card_of(scorer).name} declares no metrics, so nothing says what its numbers mean")
    times = Counter(metric.name for scorer in scorers for metric in metrics_of(scorer))
    for name, count in times.items():
        if count > 1:
            raise BadInput(f"{count} scorers measure {name!r}, and one number of a name is kept; leave one out")


def metrics_of(scorer: Any) -> tuple[Metric, ...]:
    return tuple(getattr(scorer, "metrics", ()))


def as_declared(scorer: Any, answer: Mapping[str, Measurement | str]) -> Numbers:
    """The declared metrics of an answer, in their order.

    raises   BadInput where one is missing, or is measured in another unit or direction than declared
    """
    name = card_of(scorer).name
    for metric in metrics_of(scorer):
        if metric.name not in answer:
            raise BadInput(f"{name} declares {metric.name!r} and neither measured it nor gave a reason")
        value = answer[metric.name]
        if isinstance(value, Measurement) and (value.unit, value.better) != (metric.unit, metric.better):
            raise BadInput(
                f"{name} declares {metric.name!r} in {metric.unit!r}, {metric.better} is better, and measured it in "
                f"{value.unit!r}, {value.better} is better"
            )
    return {metric.name: answer[metric.name] for metric in metrics_of(scorer)}


def unscored(scorer: Any, reason: str) -> Numbers:
    """The same reason for everything that the scorer declares."""
    return {metric.name: reason for metric in metrics_of(scorer)}
