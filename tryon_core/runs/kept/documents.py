"""Records and branches of a run, read as if a stranger had written them.

records/<id>.json       steps so far and the outcome
branches/<id>/<n>.json  steps after a person overruled one
"""

import logging
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, ValidationError, model_validator

from ...errors import Damaged
from ...records import Record, SampleId, SampleLine
from ...rubrics.rules import Rubric
from ...steps import Outcome, SampleRecord, StepRecord, check_numbers
from ...storage.store import Store
from ...text import first_problem, shortened
from .keys import branch_key, record_key

Document = TypeVar("Document", bound=BaseModel)


class Branch(Record):
    """Another way through a sample's steps, opened where a person overruled one of them; it counts in no rate.

    parent    'loop', or the name of the branch it leaves
    after     number of the step that was overruled; that one carries the change, those before it are the parent's
    steps     all of them, from 1
    """

    sample_id: SampleId
    name: Annotated[str, Field(pattern=r"^(branch-[0-9]{1,9})?$")]
    parent: Annotated[str, Field(pattern=r"^(loop|branch-[0-9]{1,9})$")] = "loop"
    after: int = Field(ge=1)
    steps: tuple[StepRecord, ...]
    outcome: Outcome = "running"
    reason: str = ""
    chosen: int | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> "Branch":
        check_numbers(self.steps, self.chosen)
        if self.after > len(self.steps):
            raise ValueError(f"it leaves behind step {self.after}, and there are {len(self.steps)}")
        return self

    @property
    def attempts(self) -> tuple[StepRecord, ...]:
        """The steps with a judgement, in order."""
        return tuple(step for step in self.steps if step.judgement is not None)


def read_branches(store: Store, sample_id: str, rubric: Rubric | None) -> tuple[Branch, ...]:
    """What people made of a sample, in the order of opening; one that cannot be read is left out, and said."""
    branches = []
    for key in store.keys(f"branches/{sample_id}/"):
        try:
            branch = parsed(store, key, store.read(key) or b"", Branch)
            _check(store, key, branch, sample_id, rubric)
            if key != branch_key(sample_id, branch.name):
                raise Damaged(f"{store.url}/{key} holds {branch.name!r}")
            branches.append(branch)
        except Damaged as e:
            logging.getLogger(__name__).warning(f"{e}; this branch is left out")
    return tuple(sorted(branches, key=lambda branch: (len(branch.name), branch.name)))  # branch-2 before branch-10


def read_records(store: Store) -> list[SampleRecord]:
    """All sample records there are, in order of their ids; raises Damaged for the first that cannot be read"""
    return [parsed(store, key, store.read(key) or b"", SampleRecord) for key in store.keys("records/")]


def parsed_record(store: Store, data: bytes, line: SampleLine, rubric: Rubric | None) -> SampleRecord:
    """A sample's record, checked as if a stranger had written it; raises Damaged, with its file"""
    key = record_key(line.sample_id)
    record = parsed(store, key, data, SampleRecord)
    _check(store, key, record, line.sample_id, rubric)
    return record


def failed_record(line: SampleLine, error: Damaged) -> SampleRecord:
    """What stands for a record that cannot be used; the run's next pass does the sample again."""
    return SampleRecord(sample_id=line.sample_id, line=line, outcome="failed", reason=str(error))


def _check(store: Store, key: str, found: "SampleRecord | Branch", sample_id: str, rubric: Rubric | None) -> None:
    """raises Damaged where it is of another sample, or a step answers another rubric than the run's"""
    try:
        if found.sample_id != sample_id:
            raise ValueError(f"it is of sample {found.sample_id}")
        for step in found.attempts:
            if rubric is None:
                raise ValueError(f"step {step.number} is judged, and this run asks no rubric")
            rubric.check(step.judgement)
    except ValueError as e:
        raise Damaged(f"{store.url}/{key} cannot be used: {shortened(str(e))}") from e


def parsed(store: Store, key: str, data: bytes, kind: type[Document]) -> Document:
    """A document of a run; raises Damaged, with its file"""
    try:
        return kind.model_validate_json(data)
    except ValidationError as e:
        raise Damaged(
            f"{store.url}/{key} cannot be read ({first_problem(e)}); it is damaged or was written by another version"
        ) from e
