"""What a run selected on: by these numbers it looks good whatever it drew, so they may not report on it."""

from dataclasses import dataclass

from ...errors import BadInput, UnknownName
from ...flows import named
from ...runs.reading import Run
from ...steps import StepRecord

CHOSEN = "chosen"  # stage of the step that shows the kept picture again; what is measured there selects nothing
_JUDGING = ("judge", "comparer")


@dataclass(frozen=True)
class Selecting:
    """What decided which picture a run kept.

    metrics  names of numbers, those of a judge included
    models   names of model cards that looked at the pictures to decide: whatever else they say is said by the same eyes
    """

    metrics: frozenset[str]
    models: frozenset[str]

    def is_circular(self, metric: str, scorer: str) -> bool:
        return metric in self.metrics or scorer in self.models


def selecting(run: Run) -> Selecting:
    """What a run of `search` or `closed_loop` selected on.

    A search selected on what its settings name; one whose settings this version does not know, on all numbers that its
    candidates were given, and on its judge. A judge or a comparer that decided makes circular whatever the same model
    says elsewhere, and every score and measurement that it gave. In a closed loop the judge selects.
    """
    steps = [step for record in run.records for step in record.steps if step.stage != CHOSEN]
    names = _named(run, steps)
    deciding = {*_JUDGING} if names & {*_JUDGING} else set()  # a comparer may hold the judge: it sees by the same eyes
    arguments = {name for name, role in run.info.flow.arguments.items() if role in deciding}
    arguments |= {name for name, role in run.info.flow.arguments.items() if role == "scorer" and name == "verifier"}
    metrics = names - {*_JUDGING} | (_of_judge(steps) if deciding else set())
    return Selecting(
        frozenset(metrics), frozenset(card.name for name, card in run.info.models.items() if name in arguments)
    )


def _named(run: Run, steps: list[StepRecord]) -> set[str]:
    """Metrics that selected, and 'judge' and 'comparer' where one decided."""
    if run.info.flow.name != "search":
        return {"judge"}
    options = run.info.parameters.get("options", {})
    try:
        return set(named("search").checked(options).selecting())
    except (BadInput, UnknownName):  # of another version
        return {name for step in steps for name in step.scores} | set(options.get("weights") or ()) | {*_JUDGING}


def _of_judge(steps: list[StepRecord]) -> set[str]:
    """What a judge gave: scores by constraint, their measurements, and what follows from them."""
    given = [step.judgement.scores for step in steps if step.judgement is not None]
    evidence = {name for scores in given for score in scores.values() for name in score.evidence}
    return {"satisfaction", "accepted", *(key for scores in given for key in scores)} | evidence if given else set()
