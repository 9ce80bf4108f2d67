"""What a run selected on: by these numbers it looks good whatever it drew, so they may not report on it."""

from dataclasses import dataclass
from typing import Any, get_args

from ...flows.searching.search_settings import Search, Strategy
from ...runs.reading import Run
from ...steps import StepRecord

CHOSEN = "chosen"  # stage of the step that shows the kept picture again; what is measured there selects nothing
_PLAIN = ("eacps", "ttflux", "best_of_n", "zero_order")  # strategies that a judge neither feeds nor stops
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

    A search selected on the metrics that its settings name; one of a strategy that this version does not know, on all
    numbers that its candidates were given. A judge selected in a closed loop, where `select` is not 'best', and where
    it feeds or stops the search; then so did every score and measurement that it gave.
    """
    options = run.info.parameters.get("options", {})
    steps = [step for record in run.records for step in record.steps if step.stage != CHOSEN]
    metrics = _scored(steps, options) if run.info.flow.name == "search" else set()
    arguments = {name for name, role in run.info.flow.arguments.items() if role == "scorer" and name == "verifier"}
    if _judged(run, options):
        metrics |= _of_judge(steps)
        arguments |= {name for name, role in run.info.flow.arguments.items() if role in _JUDGING}
    return Selecting(
        frozenset(metrics), frozenset(card.name for name, card in run.info.models.items() if name in arguments)
    )


def _scored(steps: list[StepRecord], options: dict[str, Any]) -> set[str]:
    settings = {name: options[name] for name in ("strategy", "potential", "weights", "metric") if name in options}
    if settings.get("strategy") in get_args(Strategy):
        return set(Search(**settings).selecting())
    return {name for step in steps for name in step.scores} | set(options.get("weights") or ())


def _judged(run: Run, options: dict[str, Any]) -> bool:
    if run.info.flow.name != "search":
        return True
    return options.get("select", "best") != "best" or options.get("strategy") not in _PLAIN


def _of_judge(steps: list[StepRecord]) -> set[str]:
    """What a judge gave: scores by constraint, their measurements, and what follows from them."""
    given = [step.judgement.scores for step in steps if step.judgement is not None]
    evidence = {name for scores in given for score in scores.values() for name in score.evidence}
    return {"satisfaction", "accepted", *(key for scores in given for key in scores)} | evidence if given else set()
