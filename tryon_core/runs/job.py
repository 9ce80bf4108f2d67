"""A run that was claimed: which samples, which flow with which models and settings, and where every call is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..errors import BadInput, ModelFailed, NoAnswers, StorageError
from ..flows import FlowSpec
from ..records import Sample
from ..rubrics.rules import Rubric
from ..sources import Listing, Source
from ..steps import Flow
from ..storage.store import Store
from .journal import Journal
from .parameters import BatchParameters
from .walk import Meter, Walk

_ITERATIONS = ("max_iterations", "iterations")  # how a flow's settings call them


@dataclass(frozen=True, kw_only=True)
class Job:
    """A run that was claimed.

    rubric   None where the flow asks for none
    models   argument of the flow -> model
    options  the flow's settings; None where it has none
    max_batch  argument -> calls that reach its model together at most
    digest   the first 16 hex digits of what decides the run's answers
    """

    parameters: BatchParameters
    flow: FlowSpec
    rubric: Rubric | None
    models: Mapping[str, Any]
    options: Any
    source: Source
    listing: Listing
    journal: Journal
    max_batch: Mapping[str, int]
    digest: str

    @property
    def store(self) -> Store:
        return self.journal.store

    def walk(self, sample: Sample, more: int = 0) -> Walk:
        """The flow over one sample, every call answered by the journal.

        more   attempts beyond those of the settings, for a person's branch
        """
        meter = Meter()
        arguments = self.journaled(meter)
        own = {"rubric": self.rubric, "rule": self.rubric and self.rubric.rule, "seed": self.parameters.seed}
        own |= {"options": self.settings(more), "ledger": meter.total}
        arguments |= {name: value for name, value in own.items() if value is not None and self.flow.takes(name)}
        flow: Flow = self.flow.function(sample.blind(), **arguments)
        return Walk(flow, meter)

    def journaled(self, meter: Meter) -> dict[str, Any]:
        """Argument of the flow -> its model behind the journal, for one sample."""
        return {
            argument: self.journal.model(
                self.models[argument],
                role,
                meter=meter,
                argument=argument,
                rubric=self.rubric,
                max_batch=self.max_batch[argument],
            )
            for argument, role in self.flow.roles.items()
            if argument in self.models
        }

    def settings(self, more: int = 0) -> Any:
        """The flow's settings, with `more` iterations where it counts any."""
        raised = {name: getattr(self.options, name) + more for name in _ITERATIONS if hasattr(self.options, name)}
        return replace(self.options, **raised) if raised else self.options


def check_models(models: Mapping[str, Any]) -> None:
    """Ask each model that has a `check_ready` whether it can answer at all.

    raises   NoAnswers, before anything was drawn
    """
    for argument, model in models.items():
        if hasattr(model, "check_ready"):
            try:
                model.check_ready()
            except (ModelFailed, BadInput, StorageError) as e:
                raise NoAnswers(f"{argument}: {e}; nothing was drawn for this run yet") from e
