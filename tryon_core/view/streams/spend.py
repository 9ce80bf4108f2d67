"""What steps spent in one unit, so that arms can be compared at equal spend."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...errors import UnknownName
from ...runs.reading import Run
from ...steps import Spent, StepRecord


@dataclass(frozen=True)
class Unit:
    """What is counted.

    words   for titles and axes
    of      what a call counted; None: that model does not count it
    drawing whether calls of models that draw count alone, else those of all
    """

    words: str
    of: Callable[[Spent], float | None]
    drawing: bool


PICTURES = "pictures"  # judged ones, whether they were drawn or put together: counted by the flow, not by a model
_CALLS = Unit("pictures", lambda spent: spent.calls, drawing=True)
UNITS: dict[str, Unit] = {
    PICTURES: _CALLS,
    "denoising_steps": Unit("denoising steps", lambda spent: spent.steps, drawing=True),
    "generator_seconds": Unit("seconds of drawing", lambda spent: spent.seconds, drawing=True),
    "tokens": Unit("tokens", lambda spent: spent.tokens, drawing=False),
    "money": Unit("money", lambda spent: spent.money, drawing=False),
}


def unit_named(name: str) -> Unit:
    """raises UnknownName with the nearest"""
    if name not in UNITS:
        raise UnknownName("unit", name, UNITS)
    return UNITS[name]


def amount(step: StepRecord, run: Run, name: str) -> float:
    """What a step spent, of the models that count it."""
    if name == PICTURES:
        return float(step.picture is not None)
    unit = unit_named(name)
    return sum(unit.of(step.spent[argument]) or 0.0 for argument in _arguments(step, run, unit))


def uncounted(run: Run, name: str) -> tuple[list[str], bool]:
    """(the models that were called and do not count this unit, as 'argument (model)'; whether any does)."""
    if name == PICTURES:
        return [], True
    unit, without, counts = unit_named(name), {}, False
    for step in _steps(run):
        for argument in _arguments(step, run, unit):
            if unit.of(step.spent[argument]) is None:
                card = run.info.models.get(argument)
                without[f"{argument} ({card.name})" if card else argument] = True
            else:
                counts = True
    return sorted(without), counts


def _steps(run: Run) -> Iterable[StepRecord]:
    return (step for record in run.records for step in record.steps)


def _arguments(step: StepRecord, run: Run, unit: Unit) -> list[str]:
    roles = run.info.flow.arguments
    return [name for name in step.spent if not unit.drawing or roles.get(name) == "generator"]
