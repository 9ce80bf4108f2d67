"""The one way to go through a flow, for batch, stepping and tests: numbers, costs, a clean end, the step to keep."""

import threading
from collections.abc import Generator, Iterator
from dataclasses import replace

from ..errors import BadInput
from ..steps import Change, Flow, Ledger, Spent, Step, together


class Meter:
    """What the calls of one sample cost, by argument of the flow, and their keys: in all, and since last taken."""

    def __init__(self) -> None:
        self._total: Ledger = {}
        self._ledger: Ledger = {}
        self._keys: dict[str, None] = {}
        self._guard = threading.Lock()

    def add(self, argument: str, spent: Spent, key: str = "") -> None:
        with self._guard:
            self._keys |= {key: None} if key else {}
            self._ledger = together(self._ledger, {argument: spent})
            self._total = together(self._total, {argument: spent})

    def total(self) -> Ledger:
        """What was spent so far: a flow that names `ledger` is handed this."""
        with self._guard:
            return dict(self._total)

    def taken(self) -> Ledger:
        """What was spent since the last call of this."""
        with self._guard:
            ledger, self._ledger = self._ledger, {}
            return ledger

    def calls(self) -> tuple[str, ...]:
        """The keys of the calls that were answered since the last call of this, each once."""
        with self._guard:
            keys, self._keys = self._keys, {}
            return tuple(keys)


class Walk:
    """Drives a flow.

    steps    those it has yielded, as a person left them
    ended    whether it has ended; then `chosen` is the number of the step to keep, None for none, and `after` what was
             spent behind the last step, in `calls`
    """

    def __init__(self, flow: Flow, meter: Meter | None = None):
        if not isinstance(flow, Generator):
            raise BadInput(f"a flow yields its steps; this function returned {flow!r} and yields nothing")
        self.flow, self.meter = flow, meter or Meter()
        self.steps: list[Step] = []
        self.ended, self.chosen, self.after, self.calls = False, None, {}, ()

    def __iter__(self) -> Iterator[Step]:
        while (step := self.next()) is not None:
            yield step

    def next(self, change: Change | None = None) -> Step | None:
        """The next step; None where the flow has ended.

        change   what a person overrules at the last step; nothing can be overruled before the first
        raises   what the flow and its models raise; BadInput where a flow yields or returns what it may not
        """
        if self.ended:
            return None
        if change is not None:
            self._overrule(change)
            if change.keep is not None:
                self.flow.close()
                return self._end(change.keep)
        try:
            step = self.flow.send(change)
        except StopIteration as end:
            return self._end(end.value)
        self.steps.append(self._numbered(step))
        return self.steps[-1]

    def _overrule(self, change: Change) -> None:
        if not self.steps:
            raise BadInput("nothing can be overruled before the first step")
        self.steps[-1] = self.steps[-1].changed(change)

    def _numbered(self, step: Step) -> Step:
        number = len(self.steps) + 1
        if not isinstance(step, Step):
            raise BadInput(f"a flow yields steps; this one yielded {step!r}")
        if step.number not in (0, number) or not 0 <= step.parent < number:
            raise BadInput(f"step {number} says that it is number {step.number}, made from step {step.parent}")
        return replace(step, number=number, spent=self.meter.taken(), calls=self.meter.calls())

    def _end(self, chosen: int | None) -> None:
        is_number = isinstance(chosen, int) and not isinstance(chosen, bool)
        if chosen is not None and not (is_number and 1 <= chosen <= len(self.steps)):
            raise BadInput(
                f"a flow returns the number of the step to keep, 1 to {len(self.steps)}, or None; got {chosen!r}"
            )
        self.ended, self.chosen = True, chosen
        self.after: Ledger = self.meter.taken()
        self.calls: tuple[str, ...] = self.meter.calls()
