"""The words everyone uses, as data: sample, request, model card, judgement. Steps and their cost: steps.py.

What is written to a run is pydantic (checked on reading); what carries pixels is a frozen dataclass with a `record()`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any, Literal

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, model_validator

from .hints import NO_HINTS, Hints, nothing_said
from .images import digest
from .text import Piece, one_line

SAMPLE_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
SampleId = Annotated[str, Field(pattern=rf"^{SAMPLE_ID.pattern}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]  # of a picture's pixels


class Record(BaseModel):
    """Base of everything written to a run: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text, so it can be hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


# ---- samples ---------------------------------------------------------------------------------------------------------

ROLE = re.compile(r"[a-z][a-z0-9_]{0,31}(-[0-9]+)?")  # of a picture; 'clothing-2' is the second of several

Known = str | int | float | bool  # a fact about a sample


class SampleLine(Record):
    """One sample as a source lists it: an id, where its pictures are, and what is known of it.

    pictures  role -> path or URL; further pictures of a role are called role-2, role-3, ...
    known     facts by any name; no model sees them
    hints     what a person says of the pictures; models see it
    sha256    role -> hex digest of the file's bytes
    etags     role -> S3 ETag at listing time
    """

    sample_id: SampleId
    wish: str = "The person wears the given garment; everything else stays as it is."
    pictures: dict[str, str] = {}
    known: dict[str, Known] = {}
    hints: Hints = Field(default=NO_HINTS, exclude_if=nothing_said)
    sha256: dict[str, str] = {}
    etags: dict[str, str] = {}
    source: str = ""
    licence: str = ""
    consent: str = ""

    @property
    def own_wish(self) -> str:
        """The wish; '' where it is blank or only what every try-on asks for."""
        wish = self.wish.strip()
        return "" if wish == type(self).model_fields["wish"].default else wish


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a flow works on: the wish in words, RGB pictures by role, and what a person says of them.

    consent  how the person shown agreed, as the source says it; '' where it says nothing. No model is told
    """

    sample_id: str
    wish: str
    images: Mapping[str, Image.Image]
    known: Mapping[str, Known] = field(default_factory=dict)
    hints: Hints = NO_HINTS
    consent: str = ""

    @classmethod
    def of(cls, line: SampleLine, images: Mapping[str, Image.Image]) -> "Sample":
        """The sample that a source lists, with its pictures by role."""
        same = ("sample_id", "wish", "known", "hints", "consent")
        return cls(images=images, **{name: getattr(line, name) for name in same})

    def blind(self) -> "Sample":
        """The sample as flows and models may see it: without the true picture, and without what is known."""
        return replace(self.without("truth"), known={})

    def without(self, role: str) -> "Sample":
        """The sample without the pictures of a role."""
        kept = {name: image for name, image in self.images.items() if name.partition("-")[0] != role}
        return replace(self, images=kept)

    def several(self, role: str) -> tuple[Image.Image, ...]:
        """All pictures of a role, in order; none where there is no such role."""
        return tuple(image for name, image in self.images.items() if name.partition("-")[0] == role)

    def record(self, name: Callable[[Image.Image], str] = digest) -> dict[str, Any]:
        """What a model is told of the sample, as JSON: the wish, hints, and pictures by name, their digests."""
        images = {role: name(image) for role, image in self.images.items()}
        return {"wish": self.wish, "images": images, **_hinted(self.hints)}


def _hinted(hints: Hints) -> dict[str, Any]:
    """Hints as part of a record; nothing where nothing is said, so that such records stay as they always were."""
    return {} if nothing_said(hints) else {"hints": hints.model_dump(mode="json", exclude_defaults=True)}


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
    part     of what, where a thing has several: 'left', 'right'
    strength share of `amount` to apply: below 1 after a full step did not help, negative to try the other way, 0 for
             the words alone
    """

    constraint: str
    text: str
    aspect: str = ""
    part: str = ""
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
    hints: Hints = NO_HINTS  # what a person says of the pictures
    polish: Polish | None = None  # how `prompt` came about; no model reads it, so it is not in `record`

    def record(self, name: Callable[[Image.Image], str] = digest) -> dict[str, Any]:
        """The request as JSON, pictures by name, their digests: what a content key is made of."""
        return {
            "prompt": self.prompt,
            "images": [name(image) for image in self.images],
            "mask": name(self.mask) if self.mask else None,
            "control": name(self.control) if self.control else None,
            "fixes": [fix.model_dump(mode="json") for fix in self.fixes],
            "settings": self.settings.model_dump(mode="json"),
            "noise": self.noise.model_dump(mode="json"),
            **_hinted(self.hints),
        }


class RequestRecord(Record):
    """A request as a run keeps it: what `EditRequest.record` writes."""

    prompt: str
    images: tuple[Digest, ...]
    mask: Digest | None
    control: Digest | None
    fixes: tuple[Fix, ...]
    settings: Settings
    noise: Noise
    hints: Hints = Field(default=NO_HINTS, exclude_if=nothing_said)


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
    """A number with its unit; where it is held to a bar in the same unit, `better` says on which side is good.

    note   what whoever gave it said about it, such as a language model's explanation
    """

    value: float
    unit: str
    bar: float | None = None
    better: Literal["lower", "higher"] = "lower"
    note: str = Field(default="", exclude_if=lambda note: not note)  # so that older records stay as they are


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
