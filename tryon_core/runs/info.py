"""A run as data: what ran (run.json), one record per sample, and one row per attempt.

run.json                parameters, rubric, rule, models with revision and licence, listing digest, versions, commit
listing.json            the samples as they were listed, frozen
records/<id>.json       attempts so far and the outcome
branches/<id>/<n>.json  attempts after a person overruled one
attempts.parquet        all attempts, one row each, written when the run ends
"""

import hashlib
import json
import platform
import subprocess
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import Field

from ..rubrics.rules import Constraint, Rubric, Rule, failures
from ..errors import RunConflict, StorageError
from ..records import AttemptRecord, Measurement, ModelCard, Outcome, Record, SampleRecord, canonical
from ..storage.store import Store

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


class RunInfo(Record):
    """What ran. `differences` compares everything that decides the answers; the rest is for the reader."""

    parameters: dict[str, Any]
    rubric: dict[str, Any]  # constraints and rule
    models: dict[str, ModelCard]  # role -> card
    listing_digest: str
    started_utc: str
    price_per_hour: float | None = None  # of the machine; None: not priced
    versions: dict[str, str] = {}
    commit: str = ""

    def the_rubric(self) -> Rubric:
        """The rubric with the rule this run used."""
        asked = tuple(Constraint(**one) for one in self.rubric["constraints"])
        return Rubric(name=self.rubric["name"], constraints=asked, rule=Rule(**self.rubric["rule"]))

    def deciding(self) -> dict[str, Any]:
        """Everything that decides the answers, as JSON."""
        return self.model_dump(mode="json", include={"parameters", "rubric", "models", "listing_digest"})

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
    """Another way through a sample's attempts, opened where a person overruled one of them; it counts in no rate.

    parent    'loop', or the name of the branch it leaves
    after     number of the attempt that was overruled; that one carries the change, those before it are the parent's
    attempts  all of them, from 1
    """

    sample_id: str
    name: str
    parent: str = "loop"
    after: int = Field(ge=1)
    attempts: tuple[AttemptRecord, ...]
    outcome: Outcome = "running"
    reason: str = ""
    best: int | None = None


def claim(store: Store, info: RunInfo) -> RunInfo:
    """Write run.json, or find that the output already holds this very run; returns what stands there.

    raises   RunConflict with the differences where it holds another run
    """
    data = json.dumps(info.model_dump(mode="json"), indent=1, ensure_ascii=False).encode()
    if store.create("run.json", data):
        return info
    present = read_info(store)
    if different := present.differences(info):
        raise RunConflict(
            f"{store.url} holds a run with other parameters ({'; '.join(different)}); "
            f"give another output, and reuse={store.url!r} to keep its finished calls"
        )
    return present


def read_info(store: Store) -> RunInfo:
    """raises StorageError where there is no run, or a damaged one"""
    found = store.read("run.json")
    if found is None:
        raise StorageError(f"{store.url} holds no run (no run.json); give the folder or s3:// prefix of one")
    try:
        return RunInfo.model_validate_json(found)
    except ValueError as e:
        raise StorageError(f"{store.url}/run.json is damaged or of another version ({str(e).splitlines()[0]})") from e


def record_key(sample_id: str) -> str:
    return f"records/{sample_id}.json"


def branch_key(sample_id: str, name: str) -> str:
    return f"branches/{sample_id}/{name}.json"


def read_branches(store: Store, sample_id: str) -> tuple[Branch, ...]:
    """What people made of a sample, in the order of opening."""
    found = (store.read(key) for key in store.keys(f"branches/{sample_id}/"))
    branches = [Branch.model_validate_json(data) for data in found if data is not None]
    return tuple(sorted(branches, key=lambda branch: (len(branch.name), branch.name)))  # branch-2 before branch-10


def read_records(store: Store) -> list[SampleRecord]:
    """All sample records, in order of their ids."""
    return [SampleRecord.model_validate_json(store.read(key) or b"") for key in store.keys("records/")]


def attempt_rows(records: Iterable[SampleRecord], rubric: Rubric) -> list[dict[str, Any]]:
    """One flat row an attempt: who, how it was asked for, a score per constraint (None: not scored), decision, cost.

    `check.*`, what was measured of the edit itself, only where it was measured.
    """
    return [_row(record, number, rubric) for record in records for number in range(len(record.attempts))]


def _row(record: SampleRecord, index: int, rubric: Rubric) -> dict[str, Any]:
    attempt, line = record.attempts[index], record.line
    failed = failures(attempt.judgement, rubric)
    return {
        "sample_id": record.sample_id,
        "attempt": attempt.number,
        "decision": str(attempt.decision),
        "judged": not attempt.judgement.unscored,
        "primary_failure": failed[0] if failed else None,
        **{f"score.{key}": attempt.judgement.scores[key].score for key in rubric.keys},
        **{f"status.{key}": attempt.judgement.scores[key].status for key in rubric.keys},
        "drawing_s": attempt.ledger.drawing_s,
        "judging_s": attempt.ledger.judging_s,
        "writing_s": attempt.ledger.writing_s,
        "prompt": attempt.request["prompt"],
        "noise_seed": attempt.request["noise"]["seed"],
        "picture": attempt.picture,
        **{f"check.{name}": found.value for name, found in attempt.checks.items() if isinstance(found, Measurement)},
        "best": record.best == attempt.number,
        "outcome": record.outcome,
        "garment_type": line.garment_type,
        "difficulty": line.difficulty,
        "gender": line.gender,
        "pattern": line.pattern,
    }


def to_parquet(rows: Sequence[dict[str, Any]]) -> bytes:
    """One Parquet file; column types are found from the rows."""
    import pyarrow
    import pyarrow.parquet

    names = dict.fromkeys(name for row in rows for name in row)  # a check that the first row lacks is a column too
    columns = {name: [row.get(name) for row in rows] for name in names}
    out = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.Table.from_pydict(columns), out)
    return out.getvalue().to_pybytes()


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
