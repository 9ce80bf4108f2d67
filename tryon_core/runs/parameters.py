"""The parameters of our notebooks, checked by name and type before any work."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..errors import BadInput, UnknownName


class NotebookParameters(BaseModel):
    """Base of a notebook's parameters: its fields are the names of the cell tagged `parameters`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @classmethod
    def checked(cls, **given: Any) -> Self:
        """raises UnknownName with the nearest name, or BadInput that says which value does not fit"""
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
        given = {name: value for name, value in names.items() if _is_parameter(name, value)}
        if names.get(_CHECKED):
            given = {name: value for name, value in given.items() if name in cls.model_fields}
        found = cls.checked(**given)
        names[_CHECKED] = True
        return found


_CHECKED = "_parameters_checked"
_IPYTHON = {"In", "Out", "exit", "quit", "open", "get_ipython"}


def _is_parameter(name: str, value: Any) -> bool:
    plain = str | int | float | dict | list | tuple | None
    return not name.startswith("_") and name not in _IPYTHON and isinstance(value, plain)


def _sentence(error: ValidationError, model: type[BaseModel]) -> BadInput:
    """The first thing that is wrong: an unknown name inside a parameter, or a value that does not fit."""
    first = error.errors()[0]
    if not first["loc"]:
        return BadInput(f"parameters: {first['msg'].removeprefix('Value error, ')}")
    *outer, last = first["loc"]
    if first["type"] == "extra_forbidden":
        inner = model.model_fields[str(outer[0])].annotation
        return UnknownName(f"entry of {outer[0]}", str(last), inner.model_fields)
    where = ".".join(map(str, first["loc"]))
    return BadInput(f"parameter {where}: {first['msg']}, got {first['input']!r} ({type(first['input']).__name__})")


class BatchOptions(BaseModel):
    """Settings for flow and models, and how the work is shared out; workers and price change no answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    generator: dict[str, Any] = {}
    judge: dict[str, Any] = {}
    flow: dict[str, Any] = {}  # fields of the rule: accept_at, critical_below, on_critical
    workers: int | None = Field(default=None, ge=1, le=256)
    max_batch: int = Field(default=8, ge=1, le=512)
    price_per_hour: float | None = Field(default=None, ge=0)  # of the machine, in any one currency


class BatchParameters(NotebookParameters):
    """The parameters of notebook 10_batch: the same names and defaults.

    source  a .jsonl manifest, a folder, or s3://bucket/prefix; empty: s3://$S3_BUCKET_NAME
    output  a folder or s3://bucket/prefix; empty: runs/<flow>-<digest of all that decides the answers>, so that the
            same parameters find their run again
    sample  one sample only, by its id
    reuse   an earlier run whose finished calls are taken over
    rewrite         let the judge's own model polish the next words (closed_loop with a vision-language judge)
    composite_back  put back what lies outside the edit, moved and tinted as it was photographed
    shard_index, num_shards  which part of the samples this process takes, of how many; all write one run
    """

    source: str = "data_manifests/demo.jsonl"
    output: str = ""
    flow: str = "closed_loop"
    generator: str = "warp"
    judge: str = "measure"
    rubric: str = "default"
    limit: int = Field(default=100, ge=1)
    max_iterations: int = Field(default=4, ge=1, le=100)
    seed: int = Field(default=0, ge=0, lt=2**63)
    difficulty: str = ""
    gender: str = ""
    sample: str = ""
    reuse: str = ""
    rewrite: bool = False
    composite_back: bool = False
    shard_index: int = Field(default=0, ge=0)
    num_shards: int = Field(default=1, ge=1)
    options: BatchOptions = BatchOptions()

    @model_validator(mode="after")
    def _shard_is_one_of_them(self) -> Self:
        if self.shard_index >= self.num_shards:
            raise ValueError(f"shard_index counts from 0 to num_shards - 1 = {self.num_shards - 1}")
        return self


class ReportParameters(NotebookParameters):
    """The parameters of notebook 11_report.

    run     a folder or s3://bucket/prefix; empty: runs/demo, or kept.SHOWCASE where that does not exist
    report  where the page goes; empty: beside the run, or runs/report.html for a run in a bucket
    """

    run: str = ""
    report: str = ""


class SamplesParameters(NotebookParameters):
    """The parameters of notebook 01_samples; `limit` is for opening pictures, everything is counted."""

    source: str = "data_manifests/demo.jsonl"
    difficulty: str = ""
    gender: str = ""
    limit: int = Field(default=100, ge=1)


class AttemptParameters(NotebookParameters):
    """The parameters of notebook 02_one_attempt.

    picture  a picture to judge, as a path; empty: the generator draws one
    """

    source: str = "data_manifests/demo.jsonl"
    sample: str = "demo_07_blossoms"
    picture: str = ""
    generator: str = "warp"
    judge: str = "measure"
    rubric: str = "default"
    seed: int = Field(default=3, ge=0, lt=2**63)
    output: str = ""


class FirstLoopParameters(NotebookParameters):
    """The parameters of notebook 00_first_loop.

    words   what a person adds to the wish in the branch
    """

    source: str = "data_manifests/demo.jsonl"
    sample: str = "demo_04_dots"
    generator: str = "warp"
    judge: str = "measure"
    rubric: str = "default"
    max_iterations: int = Field(default=4, ge=1, le=100)
    seed: int = Field(default=0, ge=0, lt=2**63)
    words: str = "Make the sleeves 10 % longer."
    output: str = ""


class LoopParameters(BatchParameters):
    """The parameters of notebook 03_closed_loop: those of a batch, or a run that is already there.

    run   a folder or s3://bucket/prefix; then the others are not used
    """

    run: str = ""
    seed: int = Field(default=3, ge=0, lt=2**63)


class FailuresParameters(NotebookParameters):
    """The parameters of notebook 09_failures.

    run     a folder or s3://bucket/prefix; empty: kept.SHOWCASE
    other   a second run over the same samples; empty: for kept.SHOWCASE its first attempts, else none
    by      who labels
    """

    run: str = ""
    other: str = ""
    by: str = "person"
