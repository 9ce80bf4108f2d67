"""A run that is there, as the job that made it: its flow, rubric, settings and models by the names it recorded."""

from dataclasses import replace
from functools import partial

from ..errors import BadInput, Damaged, UnknownName
from ..flows import named
from ..plugins.by_path import check_named_by_run
from ..roles import card_of
from ..sources import Source, base_of, is_tasks, tasks_of
from .job import Job, check_models
from .journal import Journal
from .parameters import SHORTHANDS, BatchParameters
from .preparing import fill
from .reading import Run


def job_of(run: Run) -> Job:
    """The run's own job again, its models loaded; nothing is imported that a run names and $TRYON_PLUGINS does not.

    raises   BadInput where its flow is in no table here, or a model here is not the one that made it
    """
    info, recorded = run.info, run.info.parameters
    for name in ("source", "models", "options", "samples"):
        if name not in recorded:
            raise Damaged(
                f"{run.store.url}/run.json has no {name} among its parameters, so that it cannot be gone on with"
            )
    try:
        spec = named(info.flow.name)
    except UnknownName as e:
        raise BadInput(
            f"{run.store.url} was made by {info.flow.name}, a flow of its own; open it with stepping.begin(flow=...)"
        ) from e
    models = {argument: dict(model) for argument, model in recorded["models"].items()}
    for model in models.values():
        check_named_by_run(str(model.get("name", "")), run.store.url)
    for argument, model in models.items():  # the policy that memory led to is part of what ran
        policy = info.models[argument].settings.get("policy") if argument in info.models else None
        model["options"] = {**({"policy": policy} if policy else {}), **model["options"]}
    known = {name: value for name, value in recorded.items() if name in BatchParameters.model_fields}
    samples = {"samples": tuple(recorded["samples"]), "output": run.store.url}
    parameters = BatchParameters.model_validate(
        {**known, **samples, "flow": spec.name, "generator": "", "judge": "", "models": models}
        | dict.fromkeys(SHORTHANDS)
    )
    options = spec.checked(recorded["options"])
    filled = fill(spec, parameters, {}, rubric=run.rubric, options=options)
    for argument, model in filled.items():
        there, here = info.models.get(argument), card_of(model)
        if there is None:
            raise Damaged(f"{run.store.url}/run.json does not say which model was its {argument}")
        if there != here:
            raise BadInput(
                f"{run.store.url} was made by {argument} {there.name} at revision {there.revision[:12]}, here is "
                f"{here.name} at {here.revision[:12]}: its attempts can be looked at; to draw more, run it again"
            )
    return Job(
        parameters=parameters,
        flow=spec,
        rubric=run.rubric,
        models=filled,
        options=options,
        source=source_of(run),
        listing=run.listing,
        journal=Journal(run.store, check=partial(check_models, filled)),
        max_batch={argument: parameters.run.max_batch_of(argument) for argument in filled},
        digest=run.info.digest[:16],
    )


def source_of(run: Run) -> Source:
    """The samples that the run listed, their pictures where they were."""
    where, pays = run.info.parameters["source"], run.info.parameters.get("requester_pays", False)
    source = Source(where=where, list_all=lambda: run.listing, base=base_of(where), requester_pays=pays)
    return replace(source, outside=tasks_of(where, pays).outside) if is_tasks(where) else source
