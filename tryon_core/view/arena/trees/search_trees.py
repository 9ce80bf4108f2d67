"""One sample's search as a tree: which candidates were drawn together, of which one each was made, what stands at a
budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ....errors import BadInput, UnknownName
from ....runs.reading import Run
from ....steps import SampleRecord, StepRecord
from ..contest import FLOWS, strategy_of
from ..entries import Candidate, Entry, entry, ruling_rubric

State = Literal["best", "ranked", "unranked", "ahead"]
_COUNTED = ("round", "iteration")  # what a strategy counts in the data of its steps


@dataclass(frozen=True)
class Wave:
    """Candidates that were drawn together, in the order in which they are shown: children below their parents."""

    title: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class SearchTree:
    """A sample under one strategy.

    strategy  as it is named
    unit      in which `entry` counts what was spent
    """

    run: Run
    record: SampleRecord
    strategy: str
    unit: str

    @cached_property
    def entry(self) -> Entry:
        return entry(self.strategy, self.record, self.run, self.unit)

    @cached_property
    def candidates(self) -> dict[int, Candidate]:
        """By step number, as they were drawn."""
        return {candidate.step: candidate for candidate in self.entry.candidates}

    @property
    def word(self) -> str:
        return "candidate" if self.run.info.flow.name == "search" else "attempt"

    @property
    def stops(self) -> list[float]:
        """What was spent when each candidate was there, and the total, without repetition."""
        spent = {round(candidate.spent, 9) for candidate in self.entry.candidates}
        return sorted(spent | {round(self.entry.total, 9)})

    def step(self, number: int) -> StepRecord:
        """raises  UnknownName where no candidate has this number"""
        if number not in self.candidates:
            raise UnknownName(self.word, str(number), map(str, self.candidates))
        return self.record.steps[number - 1]

    def name(self, number: int) -> str:
        """E.g. 'candidate 5': candidates are counted by their steps."""
        return f"{self.word} {number}"

    def parent(self, number: int) -> int:
        """The candidate it was made from; 0: none."""
        parent = self.step(number).parent
        if self.word == "attempt":  # a line: each follows the one before
            parent = max((other for other in self.candidates if other < number), default=0)
        return parent if parent in self.candidates else 0

    # ---- what stands at a budget -------------------------------------------------------------------------------------

    def best(self, budget: float | None = None) -> int:
        """The candidate that is kept at a budget, else at the end; 0: none is."""
        pick = self.entry.pick(budget)
        return pick.step if pick else 0

    def within(self, budget: float | None = None) -> list[int]:
        """The candidates that a budget pays for, as they were drawn."""
        return [number for number, each in self.candidates.items() if budget is None or each.spent <= budget + 1e-9]

    def state(self, number: int, budget: float | None = None) -> State:
        """'best' is kept so far, 'unranked' has nothing to be selected by, 'ahead' is not paid for yet."""
        if number not in self.within(budget):
            return "ahead"
        if number == self.best(budget):
            return "best"
        return "ranked" if self.candidates[number].selection is not None else "unranked"

    @cached_property
    def selects_by(self) -> str:
        """What `Candidate.selection` is called."""
        steps = [self.step(number) for number in self.candidates]
        return "potential" if ruling_rubric(self.run, steps) is None else "satisfaction"

    def why_unranked(self, number: int) -> str:
        """Why there is nothing to select it by; '' where there is."""
        if self.candidates[number].selection is not None:
            return ""
        if self.selects_by == "satisfaction":
            return "it was not judged"
        return str(self.step(number).data.get("unranked") or "no potential is kept")

    # ---- how it is laid out ------------------------------------------------------------------------------------------

    @cached_property
    def waves(self) -> tuple[Wave, ...]:
        """Candidates that follow one another in one stage and round, none of them made from another of them."""
        groups: list[list[int]] = []
        for number in self.candidates:
            if groups and self._belongs(number, groups[-1]):
                groups[-1].append(number)
            else:
                groups.append([number])
        place: dict[int, int] = {0: 0}
        waves = []
        for group in groups:
            ordered = sorted(group, key=lambda number: (place[self.parent(number)], number))
            place |= {number: at for at, number in enumerate(ordered)}
            waves.append(Wave(self._title(group), tuple(ordered)))
        return tuple(waves)

    def _belongs(self, number: int, group: Sequence[int]) -> bool:
        return _kind(self.step(number)) == _kind(self.step(group[0])) and self.parent(number) not in group

    def _title(self, group: Sequence[int]) -> str:
        stage, counted = _kind(self.step(group[0]))
        parents = list(dict.fromkeys(filter(None, map(self.parent, group))))
        made = f" from {', '.join(map(str, parents))}" if parents else ""
        named = counted if counted.startswith(stage) else ", ".join(filter(None, (stage, counted)))
        return f"{named}: {len(group)} drawn{made}"


def _kind(step: StepRecord) -> tuple[str, str]:
    """The stage, and what is counted in it, e.g. 'round 2'; '' where nothing is."""
    return step.stage, next((f"{name} {step.data[name]}" for name in _COUNTED if name in step.data), "")


def search_tree_of(run: Run, sample_id: str, unit: str, strategy: str = "") -> SearchTree:
    """The tree of a sample.

    strategy  its name; '': as the run's options have it
    raises    BadInput for a run of a flow that searches nothing, or a sample without a record yet; UnknownName with the
              nearest sample
    """
    if run.info.flow.name not in FLOWS:
        raise BadInput(f"a search is a run of {' or '.join(FLOWS)}, got one of {run.info.flow.name}")
    listed = [line.sample_id for line in run.listing.lines]
    if sample_id not in listed:
        raise UnknownName("sample", sample_id, listed)
    records = run.records_of([sample_id])
    if not records:
        raise BadInput(f"{sample_id} was not begun in {run.store.url}; run it again to finish it")
    return SearchTree(run, records[0], strategy or strategy_of(run), unit)
