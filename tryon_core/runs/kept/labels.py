"""What people said of a judge's answers: agree or disagree, one line each in the run's labels.jsonl.

Lines are only ever added; who changes their mind says it again and the later line stands. A label holds what the judge
said too, so that agreement can be counted without the run.
"""

import logging
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field, ValidationError

from ...errors import BadInput, RunConflict
from ...records import Record, SampleId
from ...rubrics.rules import failures
from ...stats import Share, clustered
from ...steps import StepRecord
from ...storage.store import Store
from ...text import first_problem
from .info import RunInfo

KEY = "labels.jsonl"
NOTE_CHARACTERS = 2000
_PAUSES_S = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # before each try, shortened at random so that two writers part


class Label(Record):
    """One person's word on one constraint of one picture.

    attempt     which of the sample's judged steps, from 1
    judge_said  the judge's answer, by the run's rule; 'unscored' is no answer and counts in no agreement
    score       0-10; None where the judge gave none
    judge       name and revision of the judge's model; '' where the flow names none
    by          who said it
    """

    sample_id: SampleId
    attempt: int = Field(ge=1)
    picture: str = Field(min_length=1, max_length=128)  # digest
    constraint: str = Field(min_length=1, max_length=128)
    judge_said: Literal["met", "failed", "not_applicable", "unscored"]
    score: float | None = Field(ge=0, le=10)
    says: Literal["agree", "disagree"]
    note: str = Field(default="", max_length=NOTE_CHARACTERS)
    by: str = Field(min_length=1, max_length=80)
    at_utc: str
    judge: str = ""
    rubric: str = ""


def about(
    info: RunInfo,
    sample_id: str,
    attempt: StepRecord,
    constraint: str,
    says: str,
    *,
    note: str = "",
    by: str,
    number: int | None = None,
) -> Label:
    """A label of a judged step of a run, stamped with the present time.

    number   which of the sample's judged steps, from 1; None: every step is judged, so it is the step's own number
    raises   BadInput where there is no answer to label, and where `says`, the note or `by` cannot be kept, e.g. a note
             of more than NOTE_CHARACTERS
    """
    rubric = info.the_rubric()
    if rubric is None or attempt.judgement is None:
        missing = "this run asked no rubric" if rubric is None else f"step {attempt.number} was not judged"
        raise BadInput(f"{missing}, so there is no answer to agree or disagree with; nothing was saved")
    score = attempt.judgement.scores[constraint]
    failed = constraint in failures(attempt.judgement, rubric)
    try:
        return Label(
            sample_id=sample_id,
            attempt=number or attempt.number,
            picture=attempt.picture,
            constraint=constraint,
            judge_said=score.status if score.score is None else "failed" if failed else "met",
            score=score.score,
            says=says,
            note=note,
            by=by,
            at_utc=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            judge=", ".join(f"{card.name} {card.revision}" for card in info.cards("judge").values()),
            rubric=rubric.name,
        )
    except ValidationError as e:
        raise BadInput(f"this label cannot be kept: {first_problem(e)}; nothing was saved") from e


def add(store: Store, label: Label) -> tuple[Label, ...]:
    """Add a line; what others add at the same moment stays, since each write replaces only what it has read.

    returns  every label there is now, oldest first
    raises   StorageError where the place cannot be written; RunConflict where others write it without a pause
    """
    line = label.model_dump_json().encode() + b"\n"
    for pause_s in _PAUSES_S:
        time.sleep(pause_s * random.random())
        seen = store.version(KEY)  # before reading: what changes in between is then a conflict, not a loss
        present = store.read(KEY) or b""
        before = _parsed(store, present)
        try:
            store.replace(KEY, present + (b"" if present.endswith(b"\n") or not present else b"\n") + line, seen)
            return (*before, label)
        except RunConflict as e:
            conflict = e
    raise conflict


def read(store: Store) -> tuple[Label, ...]:
    """Every label of a run, oldest first; none where nobody said anything yet. A line that is no label is left out,
    and said."""
    return _parsed(store, store.read(KEY) or b"")


def unread(store: Store) -> str:
    """A sentence on the first line that is no label; '' where all are. It stays as it is, and nothing counts it."""
    problems = [problem for _, problem in _lines(store, store.read(KEY) or b"") if problem]
    return problems[0] if problems else ""


def _parsed(store: Store, data: bytes) -> tuple[Label, ...]:
    found = list(_lines(store, data))
    for problem in (problem for _, problem in found if problem):
        logging.getLogger(__name__).warning(problem)
    return tuple(label for label, _ in found if label is not None)


def _lines(store: Store, data: bytes) -> Iterator[tuple[Label | None, str]]:
    """(the label of a line, or why it is none)"""
    for number, line in enumerate(data.split(b"\n"), start=1):  # not splitlines: notes may hold other line ends
        if not line.strip():
            continue
        try:
            yield Label.model_validate_json(line), ""
        except ValidationError as e:
            what = f"{store.url}/{KEY}, line {number} is no label ({first_problem(e)})"
            yield None, f"{what}; it is left as it is and not counted"


def newest(labels: Iterable[Label]) -> tuple[Label, ...]:
    """Each person's last word on each constraint of each picture, in the order they were first spoken of."""
    last = {(one.sample_id, one.attempt, one.picture, one.constraint, one.by): one for one in labels}
    return tuple(last.values())


def agreed(labels: Iterable[Label]) -> dict[tuple[str, int, str, str], bool]:
    """(sample_id, attempt, picture, constraint) -> whether more than half of those who spoke of this answer of the
    judge agree with it, by their last words: several people's labels of one answer are one answer.

    Where the judge gave no answer ('unscored') there was nothing to agree with.
    """
    words: dict[tuple[str, int, str, str], list[bool]] = {}
    for one in newest(labels):
        if one.judge_said != "unscored":
            key = (one.sample_id, one.attempt, one.picture, one.constraint)
            words.setdefault(key, []).append(one.says == "agree")
    return {key: 2 * sum(each) > len(each) for key, each in words.items()}


def agreement(labels: Iterable[Label], persons: Mapping[str, str] | None = None) -> dict[str, Share]:
    """Constraint -> share of the judge's answers that people agree with (`agreed`), with its 95 % interval.

    persons   sample_id -> who is shown, over whom the interval is; None: over samples
    """
    answers, shown = agreed(labels), persons or {}
    return {
        constraint: clustered([answers[key] for key in keys], [shown.get(key[0], key[0]) for key in keys])
        for constraint in dict.fromkeys(key[3] for key in answers)
        for keys in [[key for key in answers if key[3] == constraint]]
    }
