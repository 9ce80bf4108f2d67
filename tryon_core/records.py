"""The words everyone uses, as data: sample, request, judgement, attempt, ledger, and the record of a sample.

What is written to a run is pydantic (checked on reading); what carries pixels is a frozen dataclass with a `record()`.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, model_validator

from .images import digest
from .text import Piece, one_line

SAMPLE_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")


class Record(BaseModel):
    """Base of everything written to a run: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text, so it can be hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


# ---- samples ---------------------------------------------------------------------------------------------------------


class SampleLine(Record):
    """One sample as a manifest names it: an id, where its pictures are, and what is known of it."""

    sample_id: str = Field(pattern=rf"^{SAMPLE_ID.pattern}$")
    person: str
    garment: str
    truth: str | None = None
    wish: str = "The person wears the given garment; everything else stays as it is."
    garment_type: str = ""
    difficulty: str = ""
    gender: str = ""
    pattern: str = ""
    split: str = ""
    sha256: dict[str, str] = {}  # role -> hex digest of the file's bytes
    etags: dict[str, str] = {}  # role -> S3 ETag at listing time
    source: str = ""
    licence: str = ""
    consent: str = ""

    def pictures(self) -> dict[str, str]:
        """Role -> path or URL, for the roles this sample has."""
        roles = {"person": self.person, "garment": self.garment, "truth": self.truth}
        return {role: where for role, where in roles.items() if where}

    @property
    def known(self) -> dict[str, str]:
        """What is known of the sample, '' where it is not told."""
        return {name: getattr(self, name) for name in ("garment_type", "difficulty", "gender", "pattern", "split")}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a flow works on: the wish in words and RGB pictures by role."""

    sample_id: str
    wish: str
    images: Mapping[str, Image.Image]
    known: Mapping[str, str] = field(default_factory=dict)  # garment_type, difficulty, gender, pattern, split

    def blind(self) -> "Sample":
        """The sample as models may see it: without the true picture."""
        return replace(self, images={role: image for role, image in self.images.items() if role != "truth"})


# ---- requests --------------------------------------------------------------------------------------------------------


class Noise(Record):
    """A recipe for noise: a seed, then norm-preserving steps (seed, t) towards fresh noise; never a tensor.

    A step keeps the norm: y = |x| (t u + sqrt(1 - t^2) w), u = x/|x|, w a unit vector orthogonal to u drawn from the
    step's seed (tt-scale-flux, zero-order search; arXiv 2501.09732).
    """

    seed: int = Field(default=0, ge=0, lt=2**63)
    steps: tuple[tuple[int, float], ...] = ()

    def fresh(self, number: int) -> "Noise":
        """Unrelated noise, the same for the same `number`."""
        text = f"{self.seed} {self.steps} restart {number}"
        return Noise(seed=int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big"))


class Fix(Record):
    """What a judgement asks to be changed: an imperative for a prompt and, where it was measured, an amount.

    aspect   what to change, e.g. 'hem', 'sleeve', 'lightness'; empty where only words are known
    amount   how much, signed, in `unit`; a generator with parameters turns it into a parameter change
    strength share of `amount` to apply: below 1 after a full step did not help, negative to try the other way, 0 for
             the words alone
    """

    constraint: str
    text: str
    aspect: str = ""
    amount: float = 0.0
    unit: str = ""
    strength: float = 1.0

    @property
    def sentence(self) -> str:
        """The text as it stands in a prompt, on one line whatever a judge wrote; '' for none."""
        text = one_line(self.text).rstrip(". ")
        return f"{text[:1].upper()}{text[1:]}." if text else ""


class Settings(Record):
    """How to draw. None leaves the model's own default; an adapter refuses what it cannot honour."""

    steps: int | None = Field(default=None, ge=1)
    guidance: float | None = Field(default=None, ge=0)
    strength: float | None = Field(default=None, ge=0, le=1)
    negative_prompt: str = ""
    size: tuple[int, int] | None = None  # (width, height) in pixels


class Polish(Record):
    """A writer's hand on the words of a request.

    words   from the composed words to those asked with; all kept where the answer was not used
    unused  why the writer's answer was not used; '' where it was
    """

    words: tuple[Piece, ...]
    unused: str = ""
    writing_s: float = 0.0

    @property
    def composed(self) -> str:
        """The words as plain code had composed them, spaces made one."""
        return " ".join(piece.text for piece in self.words if piece.kind != "inserted")


@dataclass(frozen=True, kw_only=True)
class EditRequest:
    """Everything a generator is told. Images are RGB; sizes are (width, height) in pixels."""

    prompt: str
    images: tuple[Image.Image, ...]  # the picture to edit first, then its references
    mask: Image.Image | None = None  # mode L, 255 where pixels may change
    control: Image.Image | None = None  # edge or depth map, same size as images[0]
    fixes: tuple[Fix, ...] = ()  # what earlier judgements asked for; words in `prompt`, parameters for `warp`
    settings: Settings = Settings()
    noise: Noise = Noise()
    polish: Polish | None = None  # how `prompt` came about; no model reads it, so it is not in `record`

    def record(self) -> dict[str, Any]:
        """The request as JSON, pictures by their digests: what a content key is made of."""
        return {
            "prompt": self.prompt,
            "images": [digest(image) for image in self.images],
            "mask": digest(self.mask) if self.mask else None,
            "control": digest(self.control) if self.control else None,
            "fixes": [fix.model_dump(mode="json") for fix in self.fixes],
            "settings": self.settings.model_dump(mode="json"),
            "noise": self.noise.model_dump(mode="json"),
        }


class ModelCard(Record):
    """What drew or judged. `kind` says whether to believe the picture: 'real', 'toy' (random weights) or 'scripted'."""

    name: str
    revision: str
    licence: str
    kind: Literal["real", "toy", "scripted"] = "real"
    settings: dict[str, Any] = {}
    source: str = ""


# ---- judgements ------------------------------------------------------------------------------------------------------


class Region(Record):
    """A box in fractions of the picture: 0 <= left < right <= 1, 0 <= top < bottom <= 1."""

    left: float = Field(ge=0, le=1)
    top: float = Field(ge=0, le=1)
    right: float = Field(ge=0, le=1)
    bottom: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _has_area(self) -> "Region":
        if self.left >= self.right or self.top >= self.bottom:
            raise ValueError(
                f"a region needs left < right and top < bottom, got {self.left, self.top, self.right, self.bottom}"
            )
        return self


class Measurement(Record):
    """A number behind a score: value and bar in the same unit; `better` says on which side of the bar is good."""

    value: float
    unit: str
    bar: float
    better: Literal["lower", "higher"] = "lower"


class Score(Record):
    """One constraint's answer: a score 0-10, or not applicable, or unscored; the latter two say why."""

    score: float | None = Field(default=None, ge=0, le=10)
    status: Literal["scored", "not_applicable", "unscored"] = "scored"
    reason: str = ""
    finding: str = ""
    region: Region | None = None
    fixes: tuple[Fix, ...] = ()
    evidence: dict[str, Measurement] = {}

    @model_validator(mode="after")
    def _number_or_reason(self) -> "Score":
        if (self.status == "scored") != (self.score is not None) or (self.score is None and not self.reason):
            raise ValueError("a score is a number, or 'not_applicable' or 'unscored' with a reason")
        return self


class Judgement(Record):
    """One answer per constraint of the rubric, in gate order."""

    scores: dict[str, Score]
    reply: str = ""  # the raw reply of a language model, kept where it could not be read

    @property
    def unscored(self) -> tuple[str, ...]:
        """Constraints without an answer: such a judgement decides nothing and counts in no rate."""
        return tuple(key for key, score in self.scores.items() if score.status == "unscored")


class Decision(StrEnum):
    ACCEPT = "accept"
    RETRY = "retry"  # correct it: new words, the same noise unless they changed nothing
    RESTART = "restart"  # new noise
    STOP = "stop"


# ---- attempts and what they cost -------------------------------------------------------------------------------------


class Ledger(Record):
    """What was spent. Seconds are the models' own, without downloads and waiting; only what was measured is here."""

    pictures: int = 0
    judge_calls: int = 0
    drawing_s: float = 0.0
    judging_s: float = 0.0
    writer_calls: int = 0
    writing_s: float = 0.0

    @property
    def seconds(self) -> float:
        return self.drawing_s + self.judging_s + self.writing_s

    def __add__(self, other: "Ledger") -> "Ledger":
        return Ledger(**{name: getattr(self, name) + getattr(other, name) for name in Ledger.model_fields})


class Change(Record):
    """What a person overrules at an attempt: the next words, the verdict, or both."""

    prompt: str | None = None
    decision: Decision | None = None
    by: str = "person"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One drawn picture with how it was asked for, judged and decided.

    image   what was judged; `drawn` what the generator gave, where that was finished into another picture
    checks  what was measured of the edit itself, or the reason why it was not
    words   how the prompt differs from the one before
    """

    number: int  # from 1
    request: EditRequest
    image: Image.Image
    drawn: Image.Image | None = None
    checks: Mapping[str, Measurement | str] = field(default_factory=dict)
    words: tuple[Piece, ...] = ()
    judgement: Judgement
    decision: Decision
    ledger: Ledger = Ledger()
    change: Change | None = None

    @property
    def judged(self) -> bool:
        """False where a constraint stayed unscored; such an attempt counts in no rate."""
        return not self.judgement.unscored

    def changed(self, change: Change | None) -> "Attempt":
        """The attempt as a person left it; unchanged for None."""
        if change is None:
            return self
        return replace(self, change=change, decision=change.decision or self.decision)

    def record(self) -> "AttemptRecord":
        return AttemptRecord(
            number=self.number,
            request=self.request.record(),
            picture=digest(self.image),
            drawn=digest(self.drawn) if self.drawn else None,
            size=self.image.size,
            checks=dict(self.checks),
            words=self.words,
            polish=self.request.polish,
            judgement=self.judgement,
            decision=self.decision,
            ledger=self.ledger,
            change=self.change,
        )


class AttemptRecord(Record):
    """An attempt as a run keeps it: pictures by digest."""

    number: int
    request: dict[str, Any]
    picture: str
    drawn: str | None = None
    size: tuple[int, int]
    checks: dict[str, Measurement | str] = {}
    words: tuple[Piece, ...] = ()
    polish: Polish | None = None
    judgement: Judgement
    decision: Decision
    ledger: Ledger
    change: Change | None = None


Outcome = Literal["running", "accepted", "not_accepted", "stopped", "not_judged", "refused", "unusable", "failed"]


class SampleRecord(Record):
    """One sample of a run: what is known of it, its attempts so far, and its outcome.

    outcome  running: not finished · accepted · not_accepted: the iterations ran out · stopped: the rule gave it up ·
             not_judged: no attempt could be judged · refused: the generator or judge declined, `reason` says why ·
             unusable: its pictures cannot be read · failed: a call failed; run again to try once more
    best     number of the attempt to keep: not always the last
    """

    sample_id: str
    line: SampleLine
    pictures: dict[str, str] = {}  # role -> digest
    attempts: tuple[AttemptRecord, ...] = ()
    outcome: Outcome = "running"
    reason: str = ""
    best: int | None = None

    @property
    def ledger(self) -> Ledger:
        return sum((attempt.ledger for attempt in self.attempts), Ledger())
