"""The ways through one sample's steps, the flow's own and what people branched off it, each as a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ....records import Decision, SampleLine
from ....runs.reading import Run
from ....runs.stepping import LOOP, LiveLoop
from ....steps import SampleRecord, StepRecord
from ...tables.story import outcome_words

ENDED = {Decision.ACCEPT: "accepted", Decision.STOP: "given up"}


class _Steps(Protocol):
    """A Line of stepping.py or a Branch of info.py."""

    name: str
    steps: tuple[StepRecord, ...]
    outcome: str
    reason: str
    parent: str
    after: int
    chosen: int | None


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way through a sample's steps, as a record like any other.

    judges  whether the run asks a rubric
    after   number of the step of `parent` that a person overruled; 0 for the flow's own way
    """

    name: str
    record: SampleRecord
    judges: bool = True
    parent: str = ""
    after: int = 0

    @property
    def steps(self) -> tuple[StepRecord, ...]:
        return self.record.steps

    @property
    def word(self) -> str:
        """What its steps are called: 'attempt' where every one is judged."""
        return "attempt" if self.judges and all(step.judgement is not None for step in self.steps) else "step"

    def name_of(self, step: StepRecord) -> str:
        """'attempt 2'; where other steps were not judged 'step 5' or 'step 5 (attempt 2)'."""
        if step.judgement is None or self.word == "attempt":
            return f"{self.word} {step.number}"
        numbers = [judged.number for judged in self.record.attempts]
        return f"step {step.number} (attempt {numbers.index(step.number) + 1})"

    @property
    def ended(self) -> str:
        """How it ended, in a few words."""
        last = self.steps[-1] if self.steps else None
        change = last.change if last else None
        if change and change.keep:
            return f"step {change.keep} kept by {change.by}"
        if change and change.decision in ENDED and self.record.outcome in ("accepted", "stopped"):
            return f"{ENDED[change.decision]} by {change.by} at {self.name_of(last)}"
        begun = self.record.pictures or self.steps or self.record.outcome != "running"
        return outcome_words(self.record if begun else None)

    @property
    def words(self) -> str:
        """Its name and how it came about."""
        if not self.parent:
            return "loop, the flow's own"
        return f"{self.name}, from {self.name_of(self.steps[self.after - 1])} of {self.parent}"


def ways(run: Run, line: SampleLine, live: LiveLoop | None = None) -> dict[str, Way]:
    """Name -> way: the flow's own first, then the branches in the order of opening; as they are now.

    live   the loop that draws this very sample; else the run is read
    """
    records, judges = run.records_of([line.sample_id]), run.rubric is not None
    record = records[0] if records else SampleRecord(sample_id=line.sample_id, line=line)
    if live is not None:
        return {name: _way(record, steps, judges) for name, steps in live.lines().items()}
    others: Sequence[_Steps] = run.branches(line.sample_id)
    own = Way(name=LOOP, record=record, judges=judges)
    return {LOOP: own, **{branch.name: _way(record, branch, judges) for branch in others}}


def _way(record: SampleRecord, line: _Steps, judges: bool) -> Way:
    own = {name: getattr(line, name) for name in ("steps", "outcome", "reason", "chosen")}
    here = record.model_copy(update=own)
    return Way(name=line.name, record=here, judges=judges, parent=line.parent, after=line.after)
