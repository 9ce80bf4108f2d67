"""What a check makes of something given to it: named outcomes, each with a sentence; nothing is raised to judge."""

from collections.abc import Iterable

from ..errors import BadInput
from ..records import Record


class Outcome(Record):
    """One thing that a check has to say.

    name      short and fixed, such as 'empty'; 'usable' where nothing is wrong
    sentence  what was found, in numbers where there are any
    blocks    nothing can be made of it; else it is a warning
    """

    name: str
    sentence: str
    blocks: bool = True


Outcomes = tuple[Outcome, ...]  # never empty: 'usable' alone where there is nothing else to say


def gathered(problems: Iterable[Outcome], usable: str) -> Outcomes:
    """The problems, those that block first; 'usable' with its sentence where there is none."""
    ordered = sorted(problems, key=lambda outcome: not outcome.blocks)
    return tuple(ordered) or (Outcome(name="usable", sentence=usable, blocks=False),)


def blocking(outcomes: Outcomes) -> Outcomes:
    """Those on account of which nothing can be made."""
    return tuple(outcome for outcome in outcomes if outcome.blocks)


def check(outcomes: Outcomes, name: str) -> None:
    """raises BadInput with the sentences of the outcomes that block, where there are any

    name  how the error calls what was checked
    """
    if blocked := blocking(outcomes):
        raise BadInput(f"{name}: {'; '.join(outcome.sentence for outcome in blocked)}")
