"""The parameters of our notebooks, checked by name and type before any work."""

import json
import threading
from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from .. import models
from ..errors import BadInput, UnknownName
from ..models.device.manager import Manager
from ..outages import Limits
from ..text import check_finite, first_problem, got
from ..text.scrubbing.refusing import is_secret_name, refuse_secrets
from .metrics import told_in_metrics, unclaimed

MAX_BATCH = 8
MaxBatch = Annotated[int, Field(ge=1, le=512)]


class NotebookParameters(BaseModel):
    """Base of a notebook's parameters: its fields are the names of the cell tagged `parameters`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @model_validator(mode="after")
    def _is_json(self) -> Self:
        for name, value in self:
            if isinstance(value, dict):
                check_finite(name, value)
        return self

    @classmethod
    def checked(cls, **given: Any) -> Self:
        """raises UnknownName with the nearest name; BadInput that says which value does not fit or holds a secret"""
        refuse_secrets("parameter", given, then=_WRITTEN)
        for name in given:
            if name not in cls.model_fields:
                raise UnknownName("parameter", name, cls.model_fields)
        try:
            return cls(**given)
        except ValidationError as e:
            raise _sentence(e, cls) from e

    @classmethod
    def of_notebook(cls, names: dict[str, Any]) -> Self:
        """From a notebook's `globals()`: every plain value there must be ours, so a mistyped -p name is refused.

        When the cell is run again in the same kernel, only our own names are looked at: by then the notebook's other
        cells have put theirs beside them.
        """
        given = {name: value for name, value in names.items() if _is_parameter(name, value) or _is_key(name, value)}
        if names.get(_CHECKED):
            given = {name: value for name, value in given.items() if name in cls.model_fields}
        found = cls.checked(**given)
        names[_CHECKED] = True
        return found


_CHECKED = "_parameters_checked"
_WRITTEN = (
    "if papermill passed it, papermill has already written it into the output notebook, so delete that file and make a "
    "new key (--engine tryon leaves keys out)"
)
_IPYTHON = {"In", "Out", "exit", "quit", "open", "get_ipython"}


def _is_parameter(name: str, value: Any) -> bool:
    plain = str | int | float | dict | list | tuple | None
    return not name.startswith("_") and name not in _IPYTHON and isinstance(value, plain)


def _is_key(name: str, value: Any) -> bool:
    """Whether a private name, which papermill's -p takes like any other, holds a secret."""
    return isinstance(value, str) and not name.startswith("__") and is_secret_name(name)


def _sentence(error: ValidationError, model: type[BaseModel]) -> BadInput:
    """The first thing that is wrong: an unknown name inside a parameter, or a value that does not fit."""
    first = error.errors()[0]
    if first["type"] == "extra_forbidden":
        *outer, last = first["loc"]
        inner = model.model_fields[str(outer[0])].annotation
        return UnknownName(f"entry of {outer[0]}", str(last), inner.model_fields)
    return BadInput(f"parameter {first_problem(error)}" if first["loc"] else f"parameters: {first_problem(error)}")


class RunOptions(BaseModel):
    """How the work is shared out; none of it changes an answer.

    workers    samples at once; None: enough to fill two batches of the widest model
    max_batch  calls that reach a model together at most: one number, or one by argument of the flow
    devices    argument of the flow -> device of its model, such as 'cuda:1'
    memory_gb  what all models may use together of one device, in 10^9 bytes: the one unused longest makes room for
               another and is read again when it is called (device.manager); 0: each plans for itself, and all stay
    price_per_hour  of the machine, in any one currency
    outage_s   how long a bucket or a judge's server that stopped answering is waited for; 0: not at all
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    workers: int | None = Field(default=None, ge=1, le=256)
    max_batch: MaxBatch | dict[str, MaxBatch] = MAX_BATCH
    devices: dict[str, str] = {}
    memory_gb: float = Field(default=0, ge=0)
    price_per_hour: float | None = Field(default=None, ge=0)
    outage_s: float = Field(default=300, ge=0, le=86_400)

    @cached_property
    def load(self) -> Callable[..., Any]:
        """As models.load, under the models' common budget where there is one."""
        return Manager(self.memory_gb).load if self.memory_gb else models.load

    def limits(self, stop: threading.Event) -> Limits:
        """How long is waited through an outage, until `stop` is set."""
        return Limits(later_s=self.outage_s, stop=stop)

    def max_batch_of(self, argument: str) -> int:
        return self.max_batch if isinstance(self.max_batch, int) else self.max_batch.get(argument, MAX_BATCH)


class NamedModel(BaseModel):
    """A model by its name, with its own options."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    name: str
    options: dict[str, Any] = {}


def _from_json(value: Any) -> Any:
    """A dict or list as it is, or as JSON text: papermill's -p never parses one."""
    if not isinstance(value, str) or value.strip()[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value, parse_constant=_no_number)
    except ValueError as e:
        raise ValueError(f'this JSON cannot be read ({e}); write it as \'{{"name": "value"}}\'') from e


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number that JSON has")


def _models(value: Any) -> Any:
    """Argument -> name, or name with options."""
    value = _from_json(value)
    if not isinstance(value, dict):
        return value
    return {argument: {"name": model} if isinstance(model, str) else model for argument, model in value.items()}


def _ids(value: Any) -> Any:
    """Sample ids as a list, as JSON text, or as one text with commas; papermill makes a number of one that looks so."""
    value = _from_json(value)
    if isinstance(value, str | int) and not isinstance(value, bool):
        value = [one.strip() for one in str(value).split(",")] if value != "" else []
    if not isinstance(value, list | tuple):
        return value
    return tuple(str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in value)


def _id(value: Any) -> Any:
    """One id as text; papermill makes a number of one that looks so."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f"an id is text, {got(value)}; where papermill makes something else of -p, write -r sample ID")
    return value


SampleId = Annotated[str, BeforeValidator(_id)]
SampleIds = Annotated[tuple[str, ...], BeforeValidator(_ids)]


Models = Annotated[dict[str, NamedModel], BeforeValidator(_models)]  # by argument of the flow
Settings = Annotated[dict[str, Any], BeforeValidator(_from_json)]  # by name


class BatchParameters(NotebookParameters):
    """The parameters of notebook 10_batch: the same names and defaults. A dict may come as JSON text.

    source  a .jsonl manifest, a .json file of tasks, a folder, s3://bucket/prefix, viton-hd:PATH or dresscode:PATH;
            empty: s3://$S3_BUCKET_NAME
    output  a folder or s3://bucket/prefix; empty: runs/<flow>-<digest of all that decides the answers>, so that the
            same parameters find their run again
    flow    a name of `python -m tryon_core.flows`
    generator, judge  names of models; empty: the flow's default. The same as in `models`, where options can be given
    models  argument of the flow -> name, or {name:, options:}
    options the flow's own settings; `python -m tryon_core.flows FLOW` lists them
    rubric  what is asked of a picture; empty: the flow's default. `rule` changes its accept_at, critical_below,
            on_critical
    run     how the work is shared out: workers, max_batch, devices, price_per_hour; and outage_s
    samples ids of samples, in this order; `sample` is one of them. `task_ids` is another name of it, for files of tasks
    pick    which samples `limit` takes: first; random; stratified, even over the facts of `stratify` (difficulty and
            gender where it is empty), the persons in turns. `pick_seed` draws, not `seed`: runs with other noise stay
            comparable sample by sample
    requester_pays  read a source whose owner lets others pay
    reuse   an earlier run whose finished calls are taken over
    max_iterations, rewrite, composite_back  short for the flow's settings of these names; unset: the flow's default
    fail_under  share of the judged samples; with fewer accepted metrics.json says `under`, and the notebook fails once
            everything is written
    shard_index, num_shards  which part of the samples this process takes, of how many; all write one run
    """

    source: str = "data_manifests/demo.jsonl"
    output: str = ""
    flow: str = "closed_loop"
    generator: str = ""
    judge: str = ""
    models: Models = {}
    options: Settings = {}
    rubric: str = ""
    rule: Settings = {}
    limit: int = Field(default=100, ge=1)
    max_iterations: int | None = Field(default=None, ge=1, le=100)
    seed: int = Field(default=0, ge=0, lt=2**63)
    difficulty: str = ""
    gender: str = ""
    pick: str = "first"
    pick_seed: int = Field(default=0, ge=0, lt=2**63)
    stratify: Annotated[tuple[str, ...], BeforeValidator(_ids)] = ()
    requester_pays: bool = False
    sample: SampleId = ""
    samples: SampleIds = ()
    task_ids: SampleIds = ()
    reuse: str = ""
    rewrite: bool | None = None
    composite_back: bool | None = None
    shard_index: int = Field(default=0, ge=0)
    num_shards: int = Field(default=1, ge=1)
    run: Annotated[RunOptions, BeforeValidator(_from_json)] = RunOptions()
    fail_under: float = Field(default=0, ge=0, le=1)

    @model_validator(mode="before")
    @classmethod
    def _ids_of_tasks(cls, given: Any) -> Any:
        """With `task_ids` as the samples."""
        if not isinstance(given, dict) or not given.get("task_ids"):
            return given
        for name in ("sample", "samples"):
            if given.get(name):
                raise ValueError(f"task_ids is another name of samples, and {name} is given, too; keep one of them")
        return {**given, "samples": given["task_ids"], "task_ids": ()}

    @model_validator(mode="after")
    def _shard_is_one_of_them(self) -> Self:
        if self.shard_index >= self.num_shards:
            raise ValueError(f"shard_index counts from 0 to num_shards - 1 = {self.num_shards - 1}")
        return self

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        for name in ("generator", "judge"):
            if getattr(self, name) and name in self.models and self.models[name].name != getattr(self, name):
                raise ValueError(f"{name} is {getattr(self, name)!r} here and {self.models[name].name!r} in models")
        for name in SHORTHANDS:
            if getattr(self, name) is not None and name in self.options:
                raise ValueError(f"{name} is a parameter and stands in options; keep one")
        if self.sample and self.samples:
            raise ValueError("sample names one sample, samples several; keep one of them")
        return self

    @classmethod
    def of_notebook(cls, names: dict[str, Any]) -> Self:
        """As any notebook's; what is wrong is also written to metrics.json, where the output is free."""
        with told_in_metrics(lambda: unclaimed(names.get("output"))):
            return super().of_notebook(names)

    def named_models(self) -> dict[str, NamedModel]:
        """Argument -> model, those of `generator` and `judge` among them."""
        short = {name: NamedModel(name=getattr(self, name)) for name in ("generator", "judge") if getattr(self, name)}
        return short | self.models

    def settings(self) -> dict[str, Any]:
        """The flow's own settings, the shorthands among them."""
        return self.options | {name: value for name in SHORTHANDS if (value := getattr(self, name)) is not None}


SHORTHANDS = ("max_iterations", "rewrite", "composite_back")
