"""How much a search may spend, and how many more pictures that allows: read off the ledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from ...errors import BadInput
from ...steps import Spent, together

DRAWS = "generator"  # the argument whose calls are pictures
NEITHER_JUDGES = (DRAWS, "writer")  # all other arguments look at pictures


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What one sample may cost; None: no limit of that kind. The first that is reached ends the search.

    pictures         drawn
    denoising_steps  of those pictures
    judge_tokens     read and written by everything that looks at pictures: scorers, judge, comparer
    seconds          inside the models
    money            in the currency of the models' prices

    Pictures are known before they are drawn. What one picture costs otherwise is known once one was drawn, so that one
    is drawn alone; then as many are drawn as fit at the largest cost per picture so far.
    """

    pictures: int | None = None
    denoising_steps: int | None = None
    judge_tokens: int | None = None
    seconds: float | None = None
    money: float | None = None

    def __post_init__(self) -> None:
        for name, value in self.limits().items():
            if isinstance(value, bool) or value <= 0:
                raise BadInput(f"{name} of a budget must be above 0, got {value}; leave it out for no limit")

    def limits(self) -> dict[str, float]:
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name)) is not None}


def spent_of(ledger: Mapping[str, Spent]) -> dict[str, float | None]:
    """What a ledger says, in the budget's units; None where no model counted it."""
    looking = [spent for argument, spent in ledger.items() if argument not in NEITHER_JUDGES]
    everything = together(*({"all": spent} for spent in ledger.values())).get("all", Spent())
    drawing = ledger.get(DRAWS, Spent())
    tokens = [spent.tokens for spent in looking if spent.tokens is not None]
    return {
        "pictures": drawing.calls,
        "denoising_steps": drawing.steps,
        "judge_tokens": sum(tokens) if tokens else None,
        "seconds": everything.seconds,
        "money": everything.money,
    }


class Purse:
    """A budget while it is spent. `ledger` gives what the sample cost so far, by argument of the flow."""

    def __init__(self, budget: Budget, ledger: Callable[[], Mapping[str, Spent]]):
        self.limits, self.ledger = budget.limits(), ledger
        self._largest: dict[str, float] = {}  # cost of one picture
        self._before = spent_of(ledger())

    def affords(self, pictures: int) -> int:
        """How many of so many pictures may still be drawn and looked at.

        raises   BadInput where the budget counts what a model does not
        """
        spent, affordable = spent_of(self.ledger()), pictures
        for unit, limit in self.limits.items():
            if unit == "pictures":
                affordable = min(affordable, int(limit - (spent[unit] or 0)))
            elif unit not in self._largest:
                affordable = min(affordable, 1)
            else:
                left = limit - (spent[unit] or 0.0)
                most = self._largest[unit]
                affordable = min(affordable, int(left / most + 1e-9) if most else affordable)
        return max(affordable, 0)

    def note(self, pictures: int) -> None:
        """So many pictures were drawn and looked at since the last note."""
        spent = spent_of(self.ledger())
        for unit in self.limits:
            if spent[unit] is None:
                raise BadInput(f"the budget counts {unit}, which no model of this run counts; name another unit")
            cost = (spent[unit] - (self._before[unit] or 0.0)) / pictures
            self._largest[unit] = max(self._largest.get(unit, 0.0), cost)
        self._before = spent


def no_ledger() -> Mapping[str, Any]:
    """For a flow that nobody meters."""
    return {}
