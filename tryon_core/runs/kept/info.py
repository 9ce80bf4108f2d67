"""What ran, as run.json says it: flow, parameters, rubric with rule, models with revision and licence, versions."""

import hashlib
import json
import logging
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError, field_validator

from ...errors import Damaged, RunConflict, StorageError
from ...records import ModelCard, Record, canonical
from ...rubrics.rules import Rubric
from ...storage.store import Store
from ...text import first_problem

FORMAT = 2  # of what a run holds; 1 was written by tryon-core 0.1
RECORDED_PACKAGES = (
    "tryon-core",
    "numpy",
    "pillow",
    "pydantic",
    "opencv-contrib-python-headless",
    "ai-edge-litert",
    "rapidocr-onnxruntime",
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

    @field_validator("parameters")
    @classmethod
    def _is_json(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        canonical(parameters)  # raises ValueError for numbers that are not finite, which JSON has none of
        for name, kind in {"source": str, "options": dict, "models": dict}.items():
            if not isinstance(parameters.get(name, kind()), kind):
                raise ValueError(f"{name} is no {kind.__name__}")
        for argument, model in parameters.get("models", {}).items():
            if not (isinstance(model, dict) and isinstance(model.get("name"), str)):
                raise ValueError(f"the model of {argument} has no name")
        return parameters

    @field_validator("rubric")
    @classmethod
    def _is_a_rubric(cls, rubric: dict[str, Any] | None) -> dict[str, Any] | None:
        if rubric is not None:
            TypeAdapter(Rubric).validate_python(rubric)
        return rubric

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
        mine, theirs = flat(self.deciding()), flat(other.deciding())
        return [
            f"{name}: {mine.get(name)!r} -> {theirs.get(name)!r}"
            for name in sorted(mine | theirs)
            if mine.get(name) != theirs.get(name)
        ]


def claim(store: Store, info: RunInfo) -> RunInfo:
    """Write run.json, or find that the output already holds this very run; returns what is there.

    A claim without models is the first half: it says who writes here before a weight is loaded, and the claim with
    models completes it. Where the models could not be loaded it stays half, and a run with other parameters takes over.
    raises   RunConflict with the differences where it holds another run
    """
    if store.create("run.json", _document(info)):
        return info
    data, seen = store.read_version("run.json") or (b"", None)
    try:
        present = _parsed(store, data)
    except Damaged as e:
        logging.getLogger(__name__).warning(f"{e}; it is written anew, and what is in it of other runs is not used")
        return _written(store, info, seen)
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
    return json.dumps(info.model_dump(mode="json"), indent=1, ensure_ascii=False, allow_nan=False).encode()


def read_info(store: Store) -> RunInfo:
    """raises StorageError where there is no run, or a damaged one"""
    found = store.read("run.json")
    if found is None:
        raise StorageError(f"{store.url} holds no run (no run.json); give the folder or s3:// prefix of one")
    return _parsed(store, found)


def _parsed(store: Store, data: bytes) -> RunInfo:
    """raises Damaged; StorageError for what another version or another program wrote"""
    try:
        return RunInfo.model_validate_json(data)
    except ValidationError as e:
        written = _format_of(data)
        if written == 1:
            raise StorageError(
                f"{store.url} was written by tryon-core 0.1, which this version does not read; make the run again into "
                "another output, or open it with 0.1"
            ) from e
        if written not in (None, FORMAT):
            raise StorageError(
                f"{store.url}/run.json was not written by this version of tryon-core; give another output"
            ) from e
        raise Damaged(f"{store.url}/run.json is damaged ({first_problem(e)})") from e


def _format_of(document: bytes) -> Any:
    """The format of a run.json, 1 where it names none; 'other' of another program's; None where it is no JSON object"""
    try:
        found = json.loads(document)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    return found.get("format", 1) if "parameters" in found else "other"


def flat(value: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        return {name: value}
    return {
        deep: leaf
        for key, inner in value.items()
        for deep, leaf in flat(inner, f"{name}.{key}" if name else key).items()
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
        command = ["git", "-C", str(Path(__file__).parents[2]), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603

    try:
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--", ".") else "")
    except (OSError, subprocess.CalledProcessError):
        return ""
