"""A stepper below the triage, at the picture that is looked at."""

from collections.abc import Callable

import ipywidgets

from ....errors import StorageError
from ....runs.reading import Run
from ....runs.stepping import LOOP
from ....steps import SampleRecord, StepRecord
from ..stepping.stepper import IterationStepper
from .said import Item


class StepThrough(ipywidgets.Box):
    """Empty until it is asked for; `stepper` is made then, and goes along."""

    def __init__(self, run: Run, record: Callable[[str], SampleRecord]):
        self._run, self._record = run, record
        self.stepper: IterationStepper | None = None
        super().__init__()

    def show(self, item: Item | None) -> None:
        """The steps of a sample, at one of its attempts; None: nothing.

        raises   StorageError where they are lost
        """
        if item:
            self.stepper = self.stepper or IterationStepper(self._run, item[0])
            self.stepper.sample_id = item[0]
            if item[1]:
                self.stepper.go(LOOP, attempt_of(self._record(item[0]), item[1]).number)
        self.children = (self.stepper,) if item else ()


def attempt_of(record: SampleRecord, number: int) -> StepRecord:
    """raises   StorageError where the record lost it, though the run's table has it"""
    if number > len(record.attempts):
        raise StorageError(f"{record.sample_id} has no attempt {number} any more: {record.reason or record.outcome}")
    return record.attempts[number - 1]
