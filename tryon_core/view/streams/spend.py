"""What steps spent in one unit, so that arms can be compared at equal spend."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...errors import UnknownName
from ...runs.reading import Run
from ...steps import Ledger, Spent, StepRecord


@dataclass(frozen=True)
class Unit:
    """What is counted.

    words   for titles and axes
    of      what a call counted; None: that model does not count it
    roles   of the models whose calls count; none: those of all
    """

    words: str
    of: Callable[[Spent], float | None]
    roles: tuple[str, ...] = ()


PICTURES = "pictures"  # judged ones, whether they were drawn or put together: counted by the flow, not by a model
_DRAWING, _JUDGING = ("generator",), ("judge", "comparer", "scorer")
UNITS: dict[str, Unit] = {
    PICTURES: Unit("pictures", lambda spent: spent.calls, _DRAWING),
    "denoising_steps": Unit("denoising steps", lambda spent: spent.steps, _DRAWING),
    "generator_seconds": Unit("seconds of drawing", lambda spent: spent.seconds, _DRAWING),
    "seconds": Unit("seconds of all models", lambda spent: spent.seconds),
    "tokens": Unit("tokens", lambda spent: spent.tokens),
    "judge_tokens": Unit("tokens of judging", lambda spent: spent.tokens, _JUDGING),
    "money": Unit("money", lambda spent: spent.money),
}


def unit_named(name: str) -> Unit:
    """raises UnknownName with the nearest"""
    if name not in UNITS:
        raise UnknownName("unit", name, UNITS)
    return UNITS[name]


def amount(step: StepRecord, run: Run, name: str) -> float:
    """What a step spent, of the models that count it."""
    return float(step.picture is not None) if name == PICTURES else total(step.spent, run, name)


def total(ledger: Ledger, run: Run, name: str) -> float:
    """What a ledger of this run comes to in one unit, of the models that count it; pictures are calls that draw."""
    unit = unit_named(name)
    return sum(unit.of(ledger[argument]) or 0.0 for argument in _arguments(ledger, run, unit))


def uncounted(run: Run, name: str) -> tuple[list[str], bool]:
    """(the models that were called and do not count this unit, as 'argument (model)'; whether any does)."""
    if name == PICTURES:
        return [], True
    unit, without, counts = unit_named(name), {}, False
    for step in _steps(run):
        for argument in _arguments(step.spent, run, unit):
            if unit.of(step.spent[argument]) is None:
                card = run.info.models.get(argument)
                without[f"{argument} ({card.name})" if card else argument] = True
            else:
                counts = True
    return sorted(without), counts


def _steps(run: Run) -> Iterable[StepRecord]:
    return (step for record in run.records for step in record.steps)


def _arguments(ledger: Ledger, run: Run, unit: Unit) -> list[str]:
    roles = run.info.flow.arguments
    return [name for name in ledger if not unit.roles or roles.get(name) in unit.roles]
