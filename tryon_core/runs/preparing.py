"""Before any work: parameters are checked, samples listed, the output claimed, models loaded."""

import dataclasses
import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from .. import models as known_models
from ..errors import BadInput, Damaged, MissingWeights, UnknownName
from ..flows import Filling, FlowSpec, named, spec_of
from ..roles import Role, card_of
from ..rubrics.rules import Rubric
from ..rubrics.shipped import rubric as rubric_named
from ..sources import Listing, Source, open_source
from ..steps import Flow
from ..storage.store import FolderStore, Store, open_store
from .job import Job, check_models
from .journal import Journal
from .kept.documents import parsed
from .kept.info import FlowInfo, RunInfo, claim, git_commit, package_versions, read_info
from .parameters import SHORTHANDS, BatchParameters, NamedModel

ROOM = {"at_once", "memory_gb", "keep_gib", "spill_gib", "device"}  # of memory and place; what follows is in the card
PACE = {"concurrency", "timeout_s"}  # of a server's answers


def prepare(
    parameters: BatchParameters,
    *,
    models: Mapping[str, Any] | None = None,
    generator: Any = None,
    judge: Any = None,
    flow: FlowSpec | Callable[..., Flow] | None = None,
    source: Source | None = None,
    store: Store | None = None,
    stop: threading.Event | None = None,
) -> Job:
    """Claim the output for this run, list its samples, then load its models; a re-run sees the samples first listed.

    models            argument of the flow -> model, in place of the named ones; each needs a `card`
    generator, judge  the same for these two
    flow, source      in place of the named ones; a source's own selection stands
    store             in place of the one at `parameters.output`
    stop              set it, and the run's journal stops
    raises            BadInput, UnknownName, StorageError; RunConflict where the output holds another run
    """
    spec = flow if isinstance(flow, FlowSpec) else spec_of(flow) if flow else named(parameters.flow)
    given = {"generator": generator, "judge": judge, **(models or {})}
    given = {argument: model for argument, model in given.items() if model is not None}
    options, rubric = _settings(spec, parameters), _rubric(spec, parameters)
    _check_arguments(spec, parameters, given)
    source = source or open_source(
        parameters.source,
        needs=spec.line.needs,
        limit=parameters.limit,
        difficulty=parameters.difficulty,
        gender=parameters.gender,
        sample=parameters.sample,
        samples=parameters.samples,
        pick=parameters.pick,
        pick_seed=parameters.pick_seed,
        stratify=parameters.stratify,
        requester_pays=parameters.requester_pays,
    )
    reuse = _earlier_run(parameters.reuse)
    store = store or (open_store(parameters.output) if parameters.output else None)
    listing = (store and _frozen(store)) or source.listing()
    spec.check_pictures(listing.lines)
    info = _info(parameters, spec=spec, options=options, rubric=rubric, source=source, listing=listing)
    if store:
        claim(store, info)
    else:
        FolderStore.check_writable("runs")
    filled = fill(spec, parameters, given, rubric=rubric, options=options)
    info = info.model_copy(update={"models": {argument: card_of(model) for argument, model in filled.items()}})
    store = store or open_store(f"runs/{spec.name.rpartition('.')[2]}-{info.digest[:8]}")
    claim(store, info)
    _freeze(store, listing)
    return Job(
        parameters=parameters,
        flow=spec,
        rubric=rubric,
        models=filled,
        options=options,
        source=source,
        listing=listing,
        journal=Journal(store, reuse=reuse, stop=stop, check=partial(check_models, filled)),
        max_batch={argument: parameters.run.max_batch_of(argument) for argument in filled},
        digest=info.digest[:16],
    )


def _frozen(store: Store) -> Listing | None:
    """The samples that the run listed first; None where it has not, or where that list cannot be read any more."""
    data = store.read("listing.json")
    try:
        return None if data is None else parsed(store, "listing.json", data, Listing)
    except Damaged as e:
        logging.getLogger(__name__).warning(f"{e}; the samples are listed again")
        return None


def _freeze(store: Store, listing: Listing) -> None:
    """Keep the list; over one that cannot be read it is written again (the claim has compared its digest)."""
    if not store.create("listing.json", document := listing.model_dump_json(indent=1).encode()) and not _frozen(store):
        store.replace("listing.json", document, store.version("listing.json"))


# ---- filling the flow's arguments ------------------------------------------------------------------------------------


def fill(
    spec: FlowSpec, parameters: BatchParameters, given: Mapping[str, Any], *, rubric: Rubric | None, options: Any
) -> dict[str, Any]:
    """Argument of the flow -> model, in this order: as given or named, a member of the generator's family, the
    generator itself, a part of another model, the flow's default.

    given    None leaves out an argument that has a default of its own
    raises   BadInput where an argument stays empty that must not; as models.load
    """
    filled: dict[str, Any] = {}
    for argument in sorted(spec.roles, key=lambda name: (name != "generator", name != "judge")):
        model = given.get(argument)
        if argument not in given:
            model = _named(spec, parameters, argument, rubric=rubric, filled=filled, options=options)
        if model is not None:
            filled[argument] = model
        elif not spec.can_do_without(argument):
            role, example = spec.roles[argument].name, json.dumps({argument: "NAME"})
            raise BadInput(
                f"flow {spec.name} needs a model for {argument} (a {role}), and none is named: -p models '{example}'"
            )
    return {argument: filled[argument] for argument in spec.roles if argument in filled}


def _named(
    spec: FlowSpec,
    parameters: BatchParameters,
    argument: str,
    *,
    rubric: Rubric | None,
    filled: Mapping[str, Any],
    options: Any,
) -> Any:
    filling, named_model = spec.line.models.get(argument, Filling()), parameters.named_models().get(argument)
    role = spec.roles[argument]
    if named_model:
        return load(named_model, role, argument, parameters, rubric)
    generator = filled.get("generator")
    taken = not filling.only_taken or filling.only_taken in getattr(filled.get(filling.taken_by), "takes", ())
    if not taken or (filling.only_with and not getattr(options, filling.only_with)):
        return None
    if filling.member and generator is not None:
        member = known_models.member_of(card_of(generator).name, filling.member)
        if member:
            return load(NamedModel(name=member), role, argument, parameters, rubric)
    if filling.tool and filling.tool in getattr(generator, "tools", ()):
        return generator
    if filling.part_of:
        return _part(filling, filled)
    with _why_needed(options, argument):
        return load(NamedModel(name=filling.default), role, argument, parameters, rubric) if filling.default else None


@contextmanager
def _why_needed(options: Any, argument: str) -> Iterator[None]:
    """Where the weights of a model are missing that nobody named, the flow's settings may say why it is needed."""
    try:
        yield
    except MissingWeights as e:
        why = options.why_needed(argument) if hasattr(options, "why_needed") else ""
        raise MissingWeights(f"{e}. {why}" if why else str(e)) from e


def _part(filling: Filling, filled: Mapping[str, Any]) -> Any:
    owner, part = filling.part_of.split(".")
    if not hasattr(filled.get(owner), part):
        raise BadInput(
            f"{card_of(filled[owner]).name} has no {part} of its own, which {filling.only_with} needs; set "
            f"{filling.only_with}=False, take a {owner} that has one, or name one in models"
        )
    return getattr(filled[owner], part)


def load(
    model: NamedModel, role: Role, argument: str, parameters: BatchParameters, rubric: Rubric | None, **suggested: Any
) -> Any:
    """A model with its own options and, where it takes them, the run's rubric, room for a batch, and device.

    suggested  further options for a model that has them, where its own do not say otherwise
    raises     as models.load; BadInput where its options name what is the run's own
    """
    if "rubric" in model.options:
        raise BadInput(f"rubric is a parameter of the run; leave it out of the options of {argument}")
    accepted = known_models.options_of(model.name, role.name)
    suggested |= {"at_once": parameters.run.max_batch_of(argument), "device": parameters.run.devices.get(argument)}
    taken = {name: value for name, value in suggested.items() if name in accepted and value is not None}
    own = {"rubric": rubric} if rubric is not None and "rubric" in accepted else {}
    return parameters.run.load(model.name, role.name, **taken | model.options, **own)


def _check_arguments(spec: FlowSpec, parameters: BatchParameters, given: Mapping[str, Any]) -> None:
    for argument in (*parameters.named_models(), *given, *parameters.run.devices):
        if argument not in spec.roles:
            raise UnknownName(f"model argument of flow {spec.name}", argument, spec.roles)
    for argument, model in parameters.named_models().items():
        if argument not in given:
            known_models.check_options(model.name, spec.roles[argument].name, model.options)


# ---- settings, rubric, and what is written of them -------------------------------------------------------------------


def _settings(spec: FlowSpec, parameters: BatchParameters) -> Any:
    for name in SHORTHANDS:
        if getattr(parameters, name) is not None and name not in spec.setting_names():
            has = ", ".join(spec.setting_names()) or "none"
            raise BadInput(f"flow {spec.name} has no setting {name} (it has: {has}); leave it out")
    return spec.checked(parameters.settings())


def _rubric(spec: FlowSpec, parameters: BatchParameters) -> Rubric | None:
    """The rubric by name, its rule changed as asked; None where the flow takes neither rubric nor judge."""
    judges = any(role.name == "judge" for role in spec.roles.values())
    if not (spec.takes("rubric") or spec.takes("rule") or judges):
        if parameters.rubric or parameters.rule:
            raise BadInput(f"flow {spec.name} asks for no rubric; leave rubric and rule out")
        return None
    chosen = rubric_named(parameters.rubric or spec.line.rubric)
    for name in parameters.rule:
        if name not in chosen.rule.__dataclass_fields__:
            raise UnknownName("option of the rule", name, chosen.rule.__dataclass_fields__)
    return replace(chosen, rule=replace(chosen.rule, **parameters.rule))


def _info(
    parameters: BatchParameters,
    *,
    spec: FlowSpec,
    options: Any,
    rubric: Rubric | None,
    source: Source,
    listing: Listing,
) -> RunInfo:
    """What runs, in the words of run.json; how the work is shared out changes no answer and is left out."""
    sharing = {"output", "shard_index", "num_shards", "run", "fail_under", "task_ids"}
    left_out = {*sharing, "options", "models", "flow", *SHORTHANDS, *_PICKING}
    recorded = parameters.model_dump(mode="json", exclude=left_out)
    selection = {name: getattr(source, name) for name in ("limit", "difficulty", "gender", "sample", "samples")}
    selection |= {name: value for name in _PICKING if (value := getattr(source, name)) != _PICKING[name]}
    named_models = {
        argument: {"name": one.name, "options": _deciding(one.options)}
        for argument, one in parameters.named_models().items()
    }
    own = dataclasses.asdict(options) if options is not None else {}
    return RunInfo(
        flow=FlowInfo(
            name=spec.name,
            shape=spec.line.shape,
            arguments={argument: role.name for argument, role in spec.roles.items()},
            pictures=(*spec.line.needs, *spec.line.may),
        ),
        parameters={**recorded, **selection, "source": source.where, "models": named_models, "options": own},
        rubric=None if rubric is None else rubric.as_json(),
        listing_digest=listing.digest,
        price_per_hour=parameters.run.price_per_hour,
        started_utc=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        versions=package_versions(),
        commit=git_commit(),
    )


def _deciding(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a model that decide its answers."""
    return {name: value for name, value in options.items() if name not in ROOM | PACE}


# What stands in run.json only where it is not so: runs from before it could be asked for stay the same runs.
_PICKING: dict[str, Any] = {"pick": "first", "pick_seed": 0, "stratify": (), "requester_pays": False}


def _earlier_run(where: str) -> Store | None:
    """The run to take finished calls from; raises StorageError where there is none."""
    if not where:
        return None
    store = open_store(where)
    read_info(store)
    return store
