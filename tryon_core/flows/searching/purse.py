"""How much a search may spend, and how many more pictures that allows: read off the ledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from ...errors import BadInput
from ...records import EditRequest
from ...roles import Generator, card_of
from ...steps import Spent, together

DRAWS = "generator"  # the argument whose calls are pictures
OF_PICTURES = ("pictures", "denoising_steps")  # what looking at a picture costs none of
_NOT_COUNTED = {"money": " (price_per_hour is the machine's)"}
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
    is drawn alone; then as many are drawn as fit at the largest cost per picture so far. So it is with further looks at
    a drawn picture (judged again, compared): the first is taken to cost no more than a picture.
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
    """A budget while it is spent.

    ledger   gives what the sample cost so far, by argument of the flow
    known    what one picture costs, by unit, where that is known before any was drawn
    raises   BadInput for a budget that not even one picture fits into
    """

    def __init__(
        self, budget: Budget, ledger: Callable[[], Mapping[str, Spent]], known: Mapping[str, float] | None = None
    ):
        self.limits, self.ledger = budget.limits(), ledger
        self._largest = {(DRAWS, unit): cost for unit, cost in (known or {}).items()}  # of one picture, or of one look
        self._before = spent_of(ledger())
        for unit, cost in (known or {}).items():
            if cost > self.limits.get(unit, cost):
                raise BadInput(f"a picture takes {cost:g} {unit} and the budget is {self.limits[unit]:g}; raise it")

    def overdrawn(self) -> str:
        """What was spent beyond the budget, in a sentence: the first picture's cost is known once it is drawn."""
        spent = spent_of(self.ledger())
        over = [
            f"{spent[unit]:.4g} {unit} of {limit:g}"
            for unit, limit in self.limits.items()
            if (spent[unit] or 0) > limit
        ]
        return f"the budget is overdrawn: {', '.join(over)}" if over else ""

    def affords(self, count: int, argument: str = DRAWS) -> int:
        """How many of so many pictures may still be drawn and looked at; or how many looks of another argument made."""
        spent, affordable = spent_of(self.ledger()), count
        for unit, limit in self._limits_of(argument).items():
            left = limit - (spent[unit] or 0)
            if unit == "pictures":
                affordable = min(affordable, int(left))
                continue
            most = self._largest.get((argument, unit))
            known = most is not None
            most = most if known else self._largest.get((DRAWS, unit), 0.0)
            affordable = min(affordable, int(left / most + 1e-9) if most else affordable)
            affordable = affordable if known else min(affordable, 1)
        return max(affordable, 0)

    def note(self, count: int, argument: str = DRAWS) -> None:
        """So many pictures were drawn and looked at, or so many looks made, since the last note.

        raises   BadInput where the budget counts what no model does
        """
        spent = spent_of(self.ledger())
        for unit in self._limits_of(argument):
            if spent[unit] is None:
                also = _NOT_COUNTED.get(unit, "")
                raise BadInput(f"the budget counts {unit}, which no model of this run counts{also}; name another unit")
            cost = (spent[unit] - (self._before[unit] or 0.0)) / count
            self._largest[argument, unit] = max(self._largest.get((argument, unit), 0.0), cost)
        self._before = spent

    def _limits_of(self, argument: str) -> dict[str, float]:
        return {unit: limit for unit, limit in self.limits.items() if argument == DRAWS or unit not in OF_PICTURES}


def known_costs(generator: Generator, opening: EditRequest) -> dict[str, float]:
    """What a picture costs before one was drawn: denoising steps, where the request or the generator states them."""
    stated = getattr(generator, "steps", None) or card_of(generator).settings.get("steps")
    steps = opening.settings.steps or stated
    return {"denoising_steps": float(steps)} if steps else {}


def no_ledger() -> Mapping[str, Any]:
    """For a flow that nobody meters."""
    return {}
