"""One sample under one strategy: its candidates in order, what was spent by each, and which is kept at a budget."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...rubrics.rules import Rubric, best_attempt
from ...rubrics.satisfaction import satisfaction
from ...runs.reading import Run
from ...steps import SampleRecord, StepRecord, together
from ..streams.spend import total
from .selecting import CHOSEN

_SLACK = 1e-9  # of sums of seconds and money


@dataclass(frozen=True)
class Candidate:
    """A picture that could be kept.

    step       its number
    spent      in the arena's unit, up to and with it
    selection  the number that it is selected by: a search's potential, a loop's satisfaction; None: it has none
    kept       the candidate (its number) that is kept where the sample ends here; None: none
    """

    step: int
    spent: float
    selection: float | None
    kept: int | None


@dataclass(frozen=True)
class Entry:
    """A sample under a strategy.

    total   what it spent in all
    chosen  number of the candidate that the run kept; None: none
    """

    strategy: str
    sample_id: str
    person: str
    candidates: tuple[Candidate, ...]
    total: float
    chosen: int | None

    def pick(self, budget: float | None = None) -> Candidate | None:
        """What is kept at a budget, else of all; None where nothing was drawn or can be selected by then.

        From its total on it is the run's own choice. Below, the best by `selection` (a loop: by its rule) of what was
        drawn by then, also where the run selects by pairs or by repeated judging, which it did not do there.
        """
        if budget is None or budget >= self.total - _SLACK:
            return self._numbered(self.chosen)
        within = [candidate for candidate in self.candidates if candidate.spent <= budget + _SLACK]
        return self._numbered(within[-1].kept) if within else None

    def spent(self, budget: float | None = None) -> float:
        """What was spent of a budget: the total, or up to the last candidate within."""
        if budget is None or budget >= self.total - _SLACK:
            return self.total
        return max((each.spent for each in self.candidates if each.spent <= budget + _SLACK), default=0.0)

    def _numbered(self, step: int | None) -> Candidate | None:
        return next((candidate for candidate in self.candidates if candidate.step == step), None)


def entry(strategy: str, record: SampleRecord, run: Run, unit: str) -> Entry:
    """A sample of a run; a step of stage 'chosen' is its parent shown again."""
    steps = [step for step in record.steps if step.picture is not None and step.stage != CHOSEN]
    chosen = next((step for step in record.steps if step.number == record.chosen), None)
    return Entry(
        strategy=strategy,
        sample_id=record.sample_id,
        person=record.person,
        candidates=tuple(_candidates(steps, _spent_by(record, run, unit), ruling_rubric(run, steps))),
        total=total(record.spent, run, unit),
        chosen=None if chosen is None else chosen.parent if chosen.stage == CHOSEN else chosen.number,
    )


def ruling_rubric(run: Run, steps: Sequence[StepRecord]) -> Rubric | None:
    """The rubric by whose rule a picture is kept: of a loop, and of a search in which the judge alone selects; None
    where a potential does."""
    has_potential = any(_potential(step) is not None for step in steps)
    is_judged = any(step.judgement is not None for step in steps)
    return None if run.info.flow.name == "search" and (has_potential or not is_judged) else run.rubric


def _candidates(steps: Sequence[StepRecord], spent: dict[int, float], rubric: Rubric | None) -> Iterator[Candidate]:
    best: tuple[float, int] | None = None
    for place, step in enumerate(steps):
        selection = _selection(step, rubric)
        if rubric is not None:
            kept = getattr(best_attempt(steps[: place + 1], rubric), "number", None)
        else:
            if selection is not None and (best is None or selection > best[0]):
                best = selection, step.number
            kept = best[1] if best else None
        yield Candidate(step.number, spent[step.number], selection, kept)


def _selection(step: StepRecord, rubric: Rubric | None) -> float | None:
    if rubric is not None:
        return satisfaction(step.judgement, rubric) if step.judgement else None
    return _potential(step)


def _potential(step: StepRecord) -> float | None:
    potential = step.data.get("potential")
    return float(potential) if isinstance(potential, int | float) else None


def _spent_by(record: SampleRecord, run: Run, unit: str) -> dict[int, float]:
    """What was spent up to each step, with it.

    Requests of one stage are handed over together, and the first of their steps carries what all cost: it is shared
    out evenly over the candidates up to the next step that draws.
    """
    spent, before = {}, 0.0
    for group in _groups(record, run):
        cost = total(together(*(step.spent for step in group)), run, unit)
        showing = [step for step in group if step.picture is not None and step.stage != CHOSEN]
        for place, step in enumerate(showing, start=1):
            spent[step.number] = before + cost * place / len(showing)
        before += cost
    return spent


def _groups(record: SampleRecord, run: Run) -> list[list[StepRecord]]:
    """Steps in order, each group beginning with one that draws, or with the kept picture shown again."""
    groups: list[list[StepRecord]] = []
    for step in record.steps:
        draws = any(run.info.flow.arguments.get(argument) == "generator" for argument in step.spent)
        if not groups or draws or step.stage == CHOSEN:
            groups.append([])
        groups[-1].append(step)
    return groups
