"""A run that was claimed: which samples, which flow with which models and options, and where every call is kept."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from .. import models
from ..rubrics import shipped as rubrics
from ..pictures.edit_checks import finisher
from ..rubrics.rules import Rubric
from ..errors import BadInput, UnknownName
from ..flows.closed_loop import closed_loop, fixes_composer
from ..flows.polishing import polished
from .journal import Journal
from .parameters import BatchParameters
from ..roles import Generator, Judge, Writer, card_of
from ..records import Attempt, ModelCard, Sample
from .info import RunInfo, claim, git_commit, package_versions, read_info
from ..sources import Listing, Source, open_source
from ..storage.store import Store, open_store

Flow = Callable[..., Iterator[Attempt]]  # takes a sample, generate, judge, rubric, max_iterations and seed

ROOM = {"at_once", "memory_gb", "keep_gib", "spill_gib"}  # options of memory; the policy it leads to is in the card
FLOWS: dict[str, Flow] = {"closed_loop": closed_loop}


@dataclass(frozen=True, kw_only=True)
class Job:
    """A run that was claimed: which samples, which flow with which models, and where every call is kept."""

    parameters: BatchParameters
    rubric: Rubric
    flow: Flow
    draw: Generator
    score: Judge
    write: Writer | None  # polishes the next words; None: they stay as composed
    source: Source
    listing: Listing
    journal: Journal

    @property
    def store(self) -> Store:
        return self.journal.store

    def attempts(
        self, sample: Sample, around: Callable[[Generator], Generator] = lambda draw: draw, **changed: Any
    ) -> Iterator[Attempt]:
        """The flow over one sample, every call answered by the journal.

        around   what stands between the flow and the generator
        changed  arguments of the flow in place of the run's own
        """
        told = {"rubric": self.rubric, "max_iterations": self.parameters.max_iterations, "seed": self.parameters.seed}
        draw, score = around(self.journal.generator(self.draw)), self.journal.judge(self.score, self.rubric)
        taken = inspect.signature(self.flow).parameters
        told |= {name: value for name, value in self._may_take().items() if name in taken}
        return self.flow(sample.blind(), draw, score, **{**told, **changed})

    def _may_take(self) -> dict[str, Any]:
        """Arguments for the flows that have them."""
        fits = getattr(self.draw, "fits", None)
        revise = fixes_composer(self.rubric, fits)
        if self.write:
            revise = polished(revise, self.journal.writer(self.write), self.rubric, fits)
        return {"revise": revise, "finish": finisher(self.parameters.composite_back, self.journal.save_picture)}


def prepare(
    parameters: BatchParameters,
    *,
    generator: Generator | None = None,
    judge: Judge | None = None,
    flow: Flow | None = None,
    source: Source | None = None,
    store: Store | None = None,
) -> Job:
    """Claim the output for this run, and list its samples; a re-run sees the samples of the first listing.

    generator, judge  in place of the named models; each needs a `card`
    flow, source      in place of the named ones; a source's own selection stands
    store             in place of the one at `parameters.output`
    raises            BadInput, UnknownName, StorageError; RunConflict where the output holds another run
    """
    flow, rubric = flow or _flow(parameters.flow), _rubric(parameters)
    room = {"at_once": parameters.options.max_batch}
    draw = generator or named_model(parameters, "generator", room)
    score = judge or named_model(parameters, "judge", room, rubric=rubric)
    write = writer_of(parameters, flow, score)
    if parameters.composite_back and "finish" not in inspect.signature(flow).parameters:
        raise BadInput(
            f"flow {parameters.flow} takes no finisher, so nothing can be put back; set composite_back=False"
        )
    source = source or open_source(
        parameters.source,
        limit=parameters.limit,
        difficulty=parameters.difficulty,
        gender=parameters.gender,
        sample=parameters.sample,
    )
    store = store or (open_store(parameters.output) if parameters.output else None)
    frozen = store.read("listing.json") if store else None
    listing = Listing.model_validate_json(frozen) if frozen else source.listing()
    cards = {"generator": card_of(draw), "judge": card_of(score)}
    info = _info(parameters, flow=flow, rubric=rubric, source=source, listing=listing, cards=cards)
    store = store or open_store(f"runs/{info.parameters['flow'].rpartition('.')[2]}-{info.digest[:8]}")
    journal = Journal(store, reuse=_earlier_run(parameters.reuse))
    claim(store, info)
    store.create("listing.json", listing.model_dump_json(indent=1).encode())
    return Job(
        parameters=parameters,
        rubric=rubric,
        flow=flow,
        draw=draw,
        score=score,
        write=write,
        source=source,
        listing=listing,
        journal=journal,
    )


def named_model(parameters: BatchParameters, role: str, suggested: Mapping[str, Any], **told: Any) -> Any:
    """The generator or judge that the parameters name, with their options for it.

    suggested  options for a model that has them, where the parameters do not say otherwise
    told       options that are the run's own
    raises     as models.load; BadInput where the parameters give one of the run's own
    """
    name, options = getattr(parameters, role), getattr(parameters.options, role)
    if both := sorted(set(told) & set(options)):
        raise BadInput(f"{both[0]} of the {role} is a parameter of the run; leave it out of options.{role}")
    known = models.options_of(name, role)
    return models.load(name, role, **{key: suggested[key] for key in suggested if key in known} | options, **told)


def _info(
    parameters: BatchParameters,
    *,
    flow: Flow,
    rubric: Rubric,
    source: Source,
    listing: Listing,
    cards: dict[str, ModelCard],
) -> RunInfo:
    """What runs, in the words of run.json; how the work is shared out changes no answer and is left out."""
    told = parameters.model_dump(
        mode="json",
        exclude={
            "output": True,
            "shard_index": True,
            "num_shards": True,
            "options": {
                **dict.fromkeys(("workers", "max_batch", "price_per_hour"), True),
                **dict.fromkeys(("generator", "judge"), ROOM),
            },
        },
    )
    selection = {name: getattr(source, name) for name in ("limit", "difficulty", "gender", "sample")}
    named = parameters.flow if FLOWS.get(parameters.flow) is flow else f"{flow.__module__}.{flow.__qualname__}"
    return RunInfo(
        parameters={**told, **selection, "source": source.where, "flow": named},
        rubric=asdict(rubric),
        models=cards,
        listing_digest=listing.digest,
        price_per_hour=parameters.options.price_per_hour,
        started_utc=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        versions=package_versions(),
        commit=git_commit(),
    )


def _earlier_run(where: str) -> Store | None:
    """The run to take finished calls from; raises StorageError where there is none."""
    if not where:
        return None
    store = open_store(where)
    read_info(store)
    return store


def writer_of(parameters: BatchParameters, flow: Flow, judge: Judge) -> Writer | None:
    """The judge's own model as a writer, where the parameters ask for one; raises BadInput where there is none."""
    if not parameters.rewrite:
        return None
    if "revise" not in inspect.signature(flow).parameters:
        raise BadInput(f"flow {parameters.flow} takes no reviser, so nothing can be rewritten; set rewrite=False")
    if not hasattr(judge, "writer"):
        raise BadInput(f"{card_of(judge).name} cannot write; set rewrite=False or take a vision-language judge")
    return judge.writer


def _flow(name: str) -> Flow:
    if name not in FLOWS:
        raise UnknownName("flow", name, FLOWS)
    return FLOWS[name]


def _rubric(parameters: BatchParameters) -> Rubric:
    """The rubric by name, its rule changed by the flow's options."""
    chosen, given = rubrics.rubric(parameters.rubric), parameters.options.flow
    for name in given:
        if name not in chosen.rule.__dataclass_fields__:
            raise UnknownName("option of the rule", name, chosen.rule.__dataclass_fields__)
    return replace(chosen, rule=replace(chosen.rule, **given))
