"""What a run spent, by argument of its flow, and the words for it."""

from collections.abc import Iterable
from statistics import fmean

from ...runs.kept.info import RunInfo
from ...steps import Ledger, StepRecord

WORK = {"generator": "drawing", "judge": "judging", "writer": "writing words"}  # by role
_DONE = {"generator": "drawn", "judge": "judged", "writer": "words written"}  # by argument; the order is that of time


def work(info: RunInfo) -> dict[str, str]:
    """Argument -> what its model does, in a word; the argument's own name where several share a role.

    In the order of the flow's arguments; those that no model fills are left out.
    """
    roles = list(info.flow.arguments.values())
    words = {}
    for argument in info.models:
        role = info.flow.arguments.get(argument, "")
        words[argument] = WORK[role] if role in WORK and roles.count(role) == 1 else argument.replace("_", " ")
    return words


def seconds(ledger: Ledger) -> float:
    return sum(spent.seconds for spent in ledger.values())


def calls_of(ledger: Ledger, arguments: Iterable[str]) -> int:
    return sum(ledger[argument].calls for argument in arguments if argument in ledger)


def mean_s(steps: Iterable[StepRecord], argument: str) -> tuple[float | None, int]:
    """Mean seconds of the steps that called this model, and how many did; None where nothing was timed."""
    timed = [step.spent[argument].seconds for step in steps if argument in step.spent]
    return (fmean(timed) if any(timed) else None), len(timed)


def seconds_words(ledger: Ledger) -> str:
    """E.g. 'words written 0.5 s · drawn 2.0 s · judged 1.0 s'; other arguments by their names."""
    order = ["writer", "generator", "judge"]
    arguments = sorted(ledger, key=lambda name: order.index(name) if name in order else len(order))
    done = {name: _DONE.get(name, name.replace("_", " ")) for name in arguments}
    return " · ".join(f"{done[name]} {ledger[name].seconds:.1f} s" for name in arguments)
