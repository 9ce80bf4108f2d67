"""The parameters of a batch, checked: what notebook 10_batch takes, by the same names."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import BadInput, UnknownName


class BatchOptions(BaseModel):
    """Settings for flow and models, and how the work is shared out; workers and price change no answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    generator: dict[str, Any] = {}
    judge: dict[str, Any] = {}
    flow: dict[str, Any] = {}  # fields of the rule: accept_at, critical_below, on_critical
    workers: int | None = Field(default=None, ge=1, le=256)
    max_batch: int = Field(default=8, ge=1, le=512)
    price_per_hour: float | None = Field(default=None, ge=0)  # of the machine, in any one currency


class BatchParameters(BaseModel):
    """The parameters of notebook 10_batch: the same names and defaults.

    source  a .jsonl manifest, a folder, or s3://bucket/prefix; empty: s3://$S3_BUCKET_NAME
    output  a folder or s3://bucket/prefix; empty: runs/<UTC time>
    reuse   an earlier run whose finished calls are taken over
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

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
    reuse: str = ""
    options: BatchOptions = BatchOptions()

    @classmethod
    def checked(cls, **given: Any) -> "BatchParameters":
        """raises UnknownName with the nearest name, or BadInput that says which value does not fit"""
        _known("parameter", given, cls)
        options = given.get("options", {})
        if isinstance(options, dict):
            _known("option", options, BatchOptions)
        try:
            return cls(**given)
        except ValidationError as e:
            first = e.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise BadInput(
                f"parameter {where}: {first['msg']}, got {first['input']!r} ({type(first['input']).__name__})"
            ) from e

    @classmethod
    def of_notebook(cls, names: dict[str, Any]) -> "BatchParameters":
        """From a notebook's `globals()`: every plain value there must be ours, so a mistyped -p name is refused."""
        ours = {"In", "Out", "exit", "quit", "open", "get_ipython"}
        return cls.checked(
            **{
                name: value
                for name, value in names.items()
                if not name.startswith("_")
                and name not in ours
                and (value is None or isinstance(value, str | int | float | dict | list | tuple))
            }
        )


def _known(what: str, given: dict[str, Any], model: type[BaseModel]) -> None:
    for name in given:
        if name not in model.model_fields:
            raise UnknownName(what, name, model.model_fields)
