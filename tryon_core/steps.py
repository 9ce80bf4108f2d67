"""What a flow did, step by step, what it cost, and how a run keeps that: Step, Spent, Change and their records."""

from collections.abc import Generator as PythonGenerator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from PIL import Image
from pydantic import Field, JsonValue, field_validator, model_validator

from .images import digest
from .records import (
    Decision,
    Digest,
    EditRequest,
    Judgement,
    Measurement,
    Polish,
    Record,
    RequestRecord,
    SampleId,
    SampleLine,
)

# ---- what calls cost -------------------------------------------------------------------------------------------------


Count = Annotated[int, Field(ge=0, lt=2**53)]


class Spent(Record):
    """What calls cost; None: not counted by that model.

    calls    answered calls, those answered by the journal included: what the flow took, whoever paid for it
    seconds  inside the model, without waiting for it; a call's share where several were answered together
    steps    denoising steps
    tokens   read and written
    money    in the currency of the model's own price
    """

    calls: Count = 0
    seconds: float = Field(default=0.0, ge=0)
    steps: Count | None = None
    tokens: Count | None = None
    money: float | None = Field(default=None, ge=0)

    def __add__(self, other: "Spent") -> "Spent":
        def both(name: str) -> Any:
            counted = [value for value in (getattr(self, name), getattr(other, name)) if value is not None]
            return sum(counted) if counted else None

        return Spent(**{name: both(name) for name in Spent.model_fields})


Ledger = dict[str, Spent]  # by argument of the flow: 'generator', 'judge', ...


def together(*ledgers: Mapping[str, Spent]) -> Ledger:
    """Several ledgers as one, argument by argument."""
    total: Ledger = {}
    for ledger in ledgers:
        for argument, spent in ledger.items():
            total[argument] = total.get(argument, Spent()) + spent
    return total


# ---- what a person overrules -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a person overrules at a step; it counts in no rate.

    prompt    words of the next request
    decision  another verdict
    images    pictures by role for what follows, such as a mask
    points    (x, y, label) in fractions of the picture; label 1: of the thing, 0: not of it
    keep      number of the step to keep: the flow ends there
    by        who said so
    """

    prompt: str | None = None
    decision: Decision | None = None
    images: Mapping[str, Image.Image] = field(default_factory=dict)
    points: tuple[tuple[float, float, int], ...] = ()
    keep: int | None = None
    by: str = "person"

    def record(self) -> "ChangeRecord":
        pictures = {role: digest(image) for role, image in self.images.items()}
        return ChangeRecord(
            prompt=self.prompt,
            decision=self.decision,
            pictures=pictures,
            points=self.points,
            keep=self.keep,
            by=self.by,
        )


class ChangeRecord(Record):
    """A change as a run keeps it: pictures by digest."""

    prompt: str | None = None
    decision: Decision | None = None
    pictures: dict[str, Digest] = {}
    points: tuple[tuple[float, float, int], ...] = ()
    keep: int | None = None
    by: str = "person"


# ---- steps -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing a flow did. A step with a judgement is an attempt.

    stage    its name in the flow: 'attempt', 'segment', 'global', 'near'
    parent   number of the step it was made from; 0: of the sample itself
    image    the picture that this step stands for, RGB
    request  how it was asked for
    made     other pictures by name: masks, control maps, the picture as drawn where it was finished into another
    scores   numbers by name, or the reason why there is none
    data     what the flow found, by name, as JSON
    why      the reason for the decision, the tool, the mask, in a sentence
    number, spent, calls, change   set by the driver: from 1; what it cost by argument; the content keys of the calls
             since the step before, which name the pictures that it was made from; what a person overruled
    """

    stage: str = "attempt"
    parent: int = 0
    image: Image.Image | None = None
    request: EditRequest | None = None
    judgement: Judgement | None = None
    decision: Decision | None = None
    made: Mapping[str, Image.Image] = field(default_factory=dict)
    scores: Mapping[str, Measurement | str] = field(default_factory=dict)
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    why: str = ""
    number: int = 0
    spent: Mapping[str, Spent] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    change: Change | None = None

    @property
    def judged(self) -> bool:
        """False without a judgement, and where a constraint stayed unscored: such a step counts in no rate."""
        return self.judgement is not None and not self.judgement.unscored

    def changed(self, change: Change | None) -> "Step":
        """The step as a person left it; unchanged for None."""
        if change is None:
            return self
        return replace(self, change=change, decision=change.decision or self.decision)

    def record(self) -> "StepRecord":
        return StepRecord(
            number=self.number,
            stage=self.stage,
            parent=self.parent,
            picture=digest(self.image) if self.image else None,
            size=self.image.size if self.image else None,
            request=self.request.record() if self.request else None,
            polish=self.request.polish if self.request else None,
            judgement=self.judgement,
            decision=self.decision,
            made={name: digest(image) for name, image in self.made.items()},
            scores=dict(self.scores),
            data=dict(self.data),
            why=self.why,
            spent=dict(self.spent),
            calls=self.calls,
            change=self.change.record() if self.change else None,
        )


# A flow yields steps, is sent a person's change or None behind each, and returns the number of the step to keep
# (None: nothing to keep).
Flow = PythonGenerator[Step, Change | None, int | None]


class StepRecord(Record):
    """A step as a run keeps it: pictures by digest, the request as EditRequest.record() gives it."""

    number: int = Field(ge=1)
    stage: str = "attempt"
    parent: int = Field(default=0, ge=0)
    picture: Digest | None = None
    size: tuple[int, int] | None = None
    request: dict[str, Any] | None = None
    polish: Polish | None = None
    judgement: Judgement | None = None
    decision: Decision | None = None
    made: dict[str, Digest] = {}
    scores: dict[str, Measurement | str] = {}
    data: dict[str, JsonValue] = {}
    why: str = ""
    spent: Ledger = {}
    calls: tuple[Digest, ...] = ()  # older records have none
    change: ChangeRecord | None = None

    @field_validator("request")
    @classmethod
    def _is_a_request(cls, request: dict[str, Any] | None) -> dict[str, Any] | None:
        return None if request is None else RequestRecord.model_validate(request).model_dump(mode="json")

    @property
    def judged(self) -> bool:
        return self.judgement is not None and not self.judgement.unscored

    @property
    def pictures(self) -> tuple[str, ...]:
        """The digests of its own picture and of those that it made."""
        return tuple(filter(None, (self.picture, *self.made.values())))


def check_numbers(steps: Sequence[StepRecord], chosen: int | None) -> None:
    """raises ValueError where steps are not numbered from 1, come from a later one, or one that is not there is kept"""
    for number, step in enumerate(steps, start=1):
        if step.number != number or step.parent >= number:
            raise ValueError(f"step {number} says that it is number {step.number}, made from step {step.parent}")
    if chosen is not None and not 1 <= chosen <= len(steps):
        raise ValueError(f"step {chosen} is kept, and there are {len(steps)}")


Outcome = Literal[
    "running", "finished", "accepted", "not_accepted", "stopped", "not_judged", "refused", "unusable", "failed"
]
JUDGED: tuple[Outcome, ...] = ("accepted", "not_accepted", "stopped")  # what a share of accepted samples is of
COUNTED: tuple[Outcome, ...] = (*JUDGED, "running")  # whose judged attempts count in rates; no others do


class SampleRecord(Record):
    """One sample of a run: what is known of it, its steps so far, and its outcome.

    outcome  running: not finished · finished: ended, and no rubric was asked · accepted · not_accepted · stopped: the
             rule gave it up · not_judged: no attempt could be judged · refused: a model declined, `reason` says why ·
             unusable: its pictures cannot be read · failed: a call failed; of both another run tries again
    chosen   number of the step to keep: not always the last; None: nothing to keep so far
    after    what was spent behind the last step
    calls    the content keys of the calls behind the last step
    run      the first 16 hex digits of what decided the run's answers: a record of another run is none of this one
    """

    sample_id: SampleId
    line: SampleLine
    pictures: dict[str, Digest] = {}  # by role
    steps: tuple[StepRecord, ...] = ()
    outcome: Outcome = "running"
    reason: str = ""
    chosen: int | None = None
    after: Ledger = {}
    calls: tuple[Digest, ...] = ()
    run: str = ""

    @model_validator(mode="after")
    def _hangs_together(self) -> "SampleRecord":
        if self.line.sample_id != self.sample_id:
            raise ValueError(f"the record of {self.sample_id} holds the line of {self.line.sample_id}")
        check_numbers(self.steps, self.chosen)
        return self

    @property
    def person(self) -> str:
        """Who is shown: the manifest's `person_id`, else the picture of the person or the one that is edited, else the
        sample itself. Samples of one person are alike, so intervals and tests are over persons."""
        pictured = [places.get(role) for role in ("person", "init") for places in (self.pictures, self.line.pictures)]
        named = [self.line.known.get("person_id"), *pictured]
        return next((str(name) for name in named if name is not None), self.sample_id)

    @property
    def attempts(self) -> tuple[StepRecord, ...]:
        """The steps with a judgement, in order: the k-th is attempt k."""
        return tuple(step for step in self.steps if step.judgement is not None)

    @property
    def spent(self) -> Ledger:
        """What the sample cost, by argument."""
        return together(*(step.spent for step in self.steps), self.after)
