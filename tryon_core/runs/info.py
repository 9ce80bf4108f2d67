"""A run as data: what ran (run.json), one record per sample, and one row per step.

run.json                flow, parameters, rubric with rule, models with revision and licence, listing digest, versions
listing.json            the samples as they were listed, frozen
records/<id>.json       steps so far and the outcome
branches/<id>/<n>.json  steps after a person overruled one
attempts.parquet        all steps, one row each, written when the run ends
"""

import hashlib
import json
import platform
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from ..errors import RunConflict, StorageError
from ..records import Measurement, ModelCard, Record, canonical
from ..rubrics.rules import Rubric, failures
from ..steps import Outcome, SampleRecord, StepRecord
from ..storage.store import Store
from ..text import first_problem

FORMAT = 2  # of what a run holds; 1 was written by tryon-core 0.1
RECORDED_PACKAGES = (
    "tryon-core",
    "numpy",
    "pillow",
    "pydantic",
    "opencv-contrib-python-headless",
    "ai-edge-litert",
    "scipy",
    "scikit-image",
    "torch",
    "diffusers",
    "transformers",
    "boto3",
    "papermill",
)


class FlowInfo(Record):
    """The flow that ran: its name, how its steps hang together, and the role of the model behind each argument."""

    name: str
    shape: Literal["line", "tree", "stages"] = "line"
    arguments: dict[str, str] = {}
    pictures: tuple[str, ...] = ()  # roles of the pictures that it needs or may use, in order


class RunInfo(Record):
    """What ran. `differences` compares everything that decides the answers; the rest is for the reader."""

    format: Literal[2] = FORMAT
    flow: FlowInfo
    parameters: dict[str, Any]
    rubric: dict[str, Any] | None = None  # constraints and rule; None where the flow asks for none
    models: dict[str, ModelCard] = {}  # argument of the flow -> card; empty while the models are loaded
    listing_digest: str = ""
    started_utc: str
    price_per_hour: float | None = None  # of the machine; None: not priced
    versions: dict[str, str] = {}
    commit: str = ""

    def the_rubric(self) -> Rubric | None:
        """The rubric with the rule this run used; None where it asked for none."""
        return None if self.rubric is None else TypeAdapter(Rubric).validate_python(self.rubric)

    def cards(self, role: str) -> dict[str, ModelCard]:
        """The models of a role, by argument."""
        return {name: card for name, card in self.models.items() if self.flow.arguments.get(name) == role}

    def deciding(self) -> dict[str, Any]:
        """Everything that decides the answers, as JSON."""
        return self.model_dump(mode="json", include={"flow", "parameters", "rubric", "models", "listing_digest"})

    @property
    def digest(self) -> str:
        """Hex SHA-256 of everything that decides the answers."""
        return hashlib.sha256(canonical(self.deciding()).encode()).hexdigest()

    def differences(self, other: "RunInfo") -> list[str]:
        """What decides the answers and is not the same, as 'name: this -> other'."""
        mine, theirs = _flat(self.deciding()), _flat(other.deciding())
        return [
            f"{name}: {mine.get(name)!r} -> {theirs.get(name)!r}"
            for name in sorted(mine | theirs)
            if mine.get(name) != theirs.get(name)
        ]


class Branch(Record):
    """Another way through a sample's steps, opened where a person overruled one of them; it counts in no rate.

    parent    'loop', or the name of the branch it leaves
    after     number of the step that was overruled; that one carries the change, those before it are the parent's
    steps     all of them, from 1
    """

    sample_id: str
    name: str
    parent: str = "loop"
    after: int = Field(ge=1)
    steps: tuple[StepRecord, ...]
    outcome: Outcome = "running"
    reason: str = ""
    chosen: int | None = None

    @property
    def attempts(self) -> tuple[StepRecord, ...]:
        """The steps with a judgement, in order."""
        return tuple(step for step in self.steps if step.judgement is not None)


def claim(store: Store, info: RunInfo) -> RunInfo:
    """Write run.json, or find that the output already holds this very run; returns what is there.

    A claim without models is the first half: it says who writes here before a weight is loaded, and the claim with
    models completes it. Where the models could not be loaded it stays half, and a run with other parameters takes over.
    raises   RunConflict with the differences where it holds another run
    """
    if store.create("run.json", _document(info)):
        return info
    seen, present = store.version("run.json"), read_info(store)
    compared = info if info.models and present.models else info.model_copy(update={"models": present.models})
    different = present.differences(compared)
    if different and not (info.models or present.models or store.read("listing.json")):
        return _written(store, info, seen)
    if different:
        raise RunConflict(
            f"{store.url} holds a run with other parameters ({'; '.join(different)}); "
            f"give another output, and reuse={store.url!r} to keep its finished calls"
        )
    if info.models and not present.models:
        return _written(store, present.model_copy(update={"models": info.models}), seen)
    return present


def _written(store: Store, info: RunInfo, seen: str | None) -> RunInfo:
    """The claim in place of the version `seen`, or what `claim` makes of the one that another process just wrote."""
    try:
        store.replace("run.json", _document(info), seen)
    except RunConflict:
        return claim(store, info)
    return info


def _document(info: RunInfo) -> bytes:
    return json.dumps(info.model_dump(mode="json"), indent=1, ensure_ascii=False).encode()


def read_info(store: Store) -> RunInfo:
    """raises StorageError where there is no run, or a damaged one"""
    found = store.read("run.json")
    if found is None:
        raise StorageError(f"{store.url} holds no run (no run.json); give the folder or s3:// prefix of one")
    try:
        return RunInfo.model_validate_json(found)
    except ValidationError as e:
        if _format_of(found) == 1:
            raise StorageError(
                f"{store.url} was written by tryon-core 0.1, which this version does not read; make the run again into "
                "another output, or open it with 0.1"
            ) from e
        raise StorageError(f"{store.url}/run.json is damaged or of another version ({first_problem(e)})") from e


def _format_of(document: bytes) -> int | None:
    """The format of a run.json; 1 where it names none; None where it is no JSON object."""
    try:
        found = json.loads(document)
    except ValueError:
        return None
    return found.get("format", 1) if isinstance(found, dict) and "parameters" in found else None


def read_branches(store: Store, sample_id: str) -> tuple[Branch, ...]:
    """What people made of a sample, in the order of opening."""
    found = (store.read(key) for key in store.keys(f"branches/{sample_id}/"))
    branches = [Branch.model_validate_json(data) for data in found if data is not None]
    return tuple(sorted(branches, key=lambda branch: (len(branch.name), branch.name)))  # branch-2 before branch-10


def read_records(store: Store) -> list[SampleRecord]:
    """All sample records, in order of their ids."""
    return [SampleRecord.model_validate_json(store.read(key) or b"") for key in store.keys("records/")]


def step_rows(records: Iterable[SampleRecord], rubric: Rubric | None) -> list[dict[str, Any]]:
    """One flat row per step: who, how it was asked for, scores, decision, cost.

    attempt        its number among the judged steps; missing where it has no judgement
    score.<key>    per constraint of the rubric (missing: not scored), with status.<key>
    measured.<name>  numbers of the step, only where they were measured
    data.<name>    what the flow found, plain values only
    spent.<argument>.<what>  calls, seconds, and what else was counted
    known.<name>   what is known of the sample
    """
    return [row for record in records for row in _rows(record, rubric)]


def _rows(record: SampleRecord, rubric: Rubric | None) -> Iterator[dict[str, Any]]:
    attempt = 0
    for step in record.steps:
        attempt += step.judgement is not None
        yield {
            "sample_id": record.sample_id,
            "step": step.number,
            "stage": step.stage,
            "parent": step.parent,
            "attempt": attempt if step.judgement else None,
            "decision": str(step.decision) if step.decision else None,
            "judged": step.judged,
            **_scores(step, rubric),
            "prompt": step.request["prompt"] if step.request else None,
            "noise_seed": step.request["noise"]["seed"] if step.request else None,
            "picture": step.picture,
            **{f"measured.{name}": one.value for name, one in step.scores.items() if isinstance(one, Measurement)},
            **{f"data.{name}": value for name, value in step.data.items() if isinstance(value, PLAIN)},
            **{
                f"spent.{argument}.{name}": value
                for argument, spent in step.spent.items()
                for name, value in spent.model_dump(exclude_none=True).items()
            },
            "chosen": record.chosen == step.number,
            "outcome": record.outcome,
            **{f"known.{name}": value for name, value in record.line.known.items()},
        }


PLAIN = (str, int, float, bool)


def _scores(step: StepRecord, rubric: Rubric | None) -> dict[str, Any]:
    if rubric is None:
        return {}
    given = step.judgement.scores if step.judgement else {}
    failed = failures(step.judgement, rubric) if step.judgement else ()
    return {
        "primary_failure": failed[0] if failed else None,
        **{f"score.{key}": given[key].score if given else None for key in rubric.keys},
        **{f"status.{key}": given[key].status if given else None for key in rubric.keys},
    }


def to_parquet(rows: Sequence[dict[str, Any]]) -> bytes:
    """One Parquet file; column types are found from the rows."""
    import pyarrow
    import pyarrow.parquet

    names = dict.fromkeys(name for row in rows for name in row)  # a check that the first row lacks is a column too
    columns = {name: _column([row.get(name) for row in rows]) for name in names}
    out = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.Table.from_pydict(columns), out)
    return out.getvalue().to_pybytes()


def _column(values: list[Any]) -> list[Any]:
    """The values as one type: numbers beside texts become texts."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float}:
        return values
    return values if len(kinds) < 2 else [None if value is None else str(value) for value in values]


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        return {name: value}
    return {
        deep: leaf
        for key, inner in value.items()
        for deep, leaf in _flat(inner, f"{name}.{key}" if name else key).items()
    }


def package_versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in RECORDED_PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def git_commit() -> str:
    """Commit of the checkout the package lies in, '+' behind it where files were changed; '' outside a checkout."""

    def git(*words: str) -> str:
        command = ["git", "-C", str(Path(__file__).parent), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603

    try:
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--", ".") else "")
    except (OSError, subprocess.CalledProcessError):
        return ""
