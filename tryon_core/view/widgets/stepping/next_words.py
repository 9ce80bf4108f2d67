"""What the next request would say, and what a person wrote in its place and did not send yet."""

from typing import NamedTuple

from ....flows.revising import still_said
from ....records import Fix
from ....runs.stepping import LiveLoop

Spot = tuple[str, str, int]  # sample id, line, number of the step that a person stands behind


class Asked(NamedTuple):
    """How the flow by itself would ask behind a step; no words where it cannot tell."""

    words: str = ""
    fixes: tuple[Fix, ...] = ()


class Draft(NamedTuple):
    """What a person wrote."""

    words: str
    verdict: str


class NextWords:
    """Remembers both for every step that was looked at."""

    def __init__(self):
        self._asked: dict[Spot, Asked] = {}
        self._drafts: dict[Spot, Draft] = {}

    def known(self, spot: Spot) -> Asked | None:
        """What the flow would ask, where that was read before."""
        return self._asked.get(spot)

    def read(self, live: LiveLoop, spot: Spot) -> Asked:
        """What the flow would ask; waits for a call that runs. raises   as LiveLoop.next_prompt"""
        if spot not in self._asked:
            _, line, number = spot
            self._asked[spot] = Asked(live.next_prompt(line, number), live.next_fixes(line, number))
        return self._asked[spot]

    def draft(self, spot: Spot) -> Draft | None:
        return self._drafts.get(spot)

    def keep(self, spot: Spot, draft: Draft | None) -> None:
        """Keep what was written, or forget it."""
        self._drafts.pop(spot, None)
        if draft is not None:
            self._drafts[spot] = draft


def takes_words(live: LiveLoop) -> bool:
    """Whether the flow asks a generator for pictures, so that a person's words have a reader."""
    return any(role.name == "generator" for role in live.job.flow.roles.values())


def what_it_reads(live: LiveLoop, asked: Asked, words: str, changed: bool) -> str:
    """What the generator makes of the words; a fix whose sentence a person took out is not sent (revising.py)."""
    return live.reads(words, still_said(asked.fixes, words) if changed else asked.fixes)
