"""What models do, by role: the call as a Protocol, how it is written as a key, how its answer is kept and opened again.

A role is one entry of ROLES; a journal needs no more to keep its calls, a flow no more than the Protocol as annotation.
A lambda, a scripted double and a 9B model all fit.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args, get_type_hints

from PIL import Image
from pydantic import JsonValue, TypeAdapter

from .errors import BadInput, UnknownName
from .records import EditRequest, Judgement, Measurement, ModelCard, Record, Region, Sample
from .steps import Spent

# ---- the calls -------------------------------------------------------------------------------------------------------


class Generator(Protocol):
    """Draws one picture, RGB. The same request gives the same picture. Raises Refused for what it cannot draw.

    Behind a journal it also has `all(calls)`, which takes argument tuples and draws them together.
    May have `fits(prompt)`, False where its encoder would cut the words; `draws_alike(request, other)`, True where both
    would give the same picture; `reads(prompt, fixes)`, what it makes of words; `tools`, names of arguments that it can
    fill itself; `takes`, which of 'mask', 'control' and 'negative_prompt' it honours; `min_images`, how many pictures a
    request must have; `unmasked_images` and `masked_images`, the most that it looks at in a request without a mask and
    with one (absent: all); and `keeps_frame`, True where its pictures lie over images[0] pixel for pixel, so that no
    edit of it is checked for a frame that moved or a tint.
    """

    def __call__(self, request: EditRequest) -> Image.Image: ...


class Judge(Protocol):
    """Scores the newest picture against the sample; never decides what happens next.

    Sees the sample with its original wish, never the rewritten prompt, the strategy or the iteration.
    May have `asked(sample)`, the very words it asks as text: then only they and its card are the question's key, and
    not the rubric; and `varies`, True where a repeat of one question can differ: it draws its words at a temperature
    and without a seed. Without it, repeats are equal. A scorer and a comparer may have it, too. And `needs`, the roles
    of the pictures that it cannot do without.
    """

    def __call__(self, sample: Sample, image: Image.Image) -> Judgement: ...


class Scorer(Protocol):
    """Numbers by name for a picture of a sample, or the reason where one cannot be had; no verdict."""

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]: ...


class Comparison(Record):
    """Which of two pictures is better, and why."""

    preferred: Literal["first", "second", "tie"]
    reason: str = ""


class Comparer(Protocol):
    """Compares two pictures of a sample."""

    def __call__(self, sample: Sample, first: Image.Image, second: Image.Image) -> Comparison: ...


class SegmentPrompt(Record):
    """What to look for in a picture; nothing at all: whatever stands apart.

    words   a noun: 'garment', 'upper', 'skirt'
    points  (x, y, label) in fractions of the picture; label 1: of the thing, 0: not of it
    box     that holds the thing
    """

    words: str = ""
    points: tuple[tuple[float, float, int], ...] = ()
    box: Region | None = None


@dataclass(frozen=True, kw_only=True)
class Mask:
    """One answer of a segmenter.

    image  mode L, of the picture's size, 255 inside
    score  the model's own estimate of the IoU with the truth, 0 to 1; None where it makes none
    label  what the model calls it
    """

    image: Image.Image
    score: float | None = None
    label: str = ""


class Segmenter(Protocol):
    """Masks of what a prompt asks for, the best guess first; none where it is not there.

    Raises BadInput for a prompt that it cannot take, such as words. May have `takes`, which of 'words', 'points' and
    'box' it can; without it, all.
    """

    def __call__(self, image: Image.Image, prompt: SegmentPrompt) -> Sequence[Mask]: ...


class ControlMapper(Protocol):
    """The control map of a picture: its edges, pose or depth, RGB, of the picture's size."""

    def __call__(self, image: Image.Image) -> Image.Image: ...


class Enhancer(Protocol):
    """The one picture of a request with finer detail: of the same size, or of a whole multiple of it."""

    def __call__(self, request: EditRequest) -> Image.Image: ...


class Analyst(Protocol):
    """Looks at a sample's pictures and fills a record, as JSON by field; None where it cannot tell."""

    def __call__(self, sample: Sample) -> Mapping[str, JsonValue]: ...


class Writer(Protocol):
    """Answers a question in words, looking at pictures; what is made of its answer, plain code decides."""

    def __call__(self, question: str, images: Sequence[Image.Image]) -> str: ...


class FaceSwapper(Protocol):
    """The first picture with the face of the second, RGB, of the first one's size.

    image  whose face is changed: the one nearest to the middle of what is white in `mask`, else the largest
    face   a picture of the character, whose best face is taken
    mask   mode L, of the size of `image`; None for none
    Raises Refused where it cannot: 'no_face', 'no_face_of_character', 'several_faces', 'tiny_face', 'profile_face'.
    """

    def __call__(self, image: Image.Image, face: Image.Image, mask: Image.Image | None) -> Image.Image: ...


# ---- how calls are kept ----------------------------------------------------------------------------------------------

Save = Callable[[Image.Image], str]  # a picture to its digest
Open = Callable[[str], Image.Image]  # a digest to its picture


@dataclass(frozen=True, kw_only=True)
class Role:
    """One kind of call, for a journal.

    question  the call as JSON, pictures by digest; with the model's card all that its answer depends on
    keep      an answer to JSON; `open` gives it back
    repeats   asking the same again within a sample is a question of its own: an answer may differ from the first
    """

    name: str
    question: Callable[..., dict[str, Any]]  # (name of a picture, *arguments of the call)
    keep: Callable[[Any, Save], JsonValue]
    open: Callable[[Any, Open], Any]
    repeats: bool = False


def _request(name: Save, request: EditRequest) -> dict[str, Any]:
    return {"request": request.record(name)}


def _pictured(name: Save, sample: Sample, image: Image.Image) -> dict[str, Any]:
    return {**sample.record(name), "image": name(image)}


def _compared(name: Save, sample: Sample, first: Image.Image, second: Image.Image) -> dict[str, Any]:
    return {**sample.record(name), "first": name(first), "second": name(second)}


def _saved(image: Image.Image, save: Save) -> JsonValue:
    return {"picture": save(image)}


def _opened(kept: Any, open_picture: Open) -> Image.Image:
    return open_picture(kept["picture"])


_SCORES = TypeAdapter(dict[str, Measurement | str])

ROLES: dict[type, Role] = {
    Generator: Role(name="generator", question=_request, keep=_saved, open=_opened),
    Judge: Role(
        name="judge",
        question=_pictured,
        keep=lambda judgement, save: judgement.model_dump(mode="json"),
        open=lambda kept, open_picture: Judgement.model_validate(kept),
        repeats=True,
    ),
    Scorer: Role(
        name="scorer",
        question=_pictured,
        keep=lambda scores, save: _SCORES.dump_python(dict(scores), mode="json"),
        open=lambda kept, open_picture: _SCORES.validate_python(kept),
        repeats=True,
    ),
    Comparer: Role(
        name="comparer",
        question=_compared,
        keep=lambda comparison, save: comparison.model_dump(mode="json"),
        open=lambda kept, open_picture: Comparison.model_validate(kept),
        repeats=True,
    ),
    Segmenter: Role(
        name="segmenter",
        question=lambda name, image, prompt: {"image": name(image), "prompt": prompt.model_dump(mode="json")},
        keep=lambda masks, save: [{**vars(mask), "image": save(mask.image)} for mask in masks],
        open=lambda kept, open_picture: [Mask(**{**mask, "image": open_picture(mask["image"])}) for mask in kept],
    ),
    ControlMapper: Role(
        name="control_mapper", question=lambda name, image: {"image": name(image)}, keep=_saved, open=_opened
    ),
    Enhancer: Role(name="enhancer", question=_request, keep=_saved, open=_opened),
    Analyst: Role(
        name="analyst",
        question=lambda name, sample: sample.record(name),
        keep=lambda record, save: dict(record),
        open=lambda kept, open_picture: kept,
        repeats=True,
    ),
    Writer: Role(
        name="writer",
        question=lambda name, question, images: {"question": question, "images": [name(image) for image in images]},
        keep=lambda words, save: words,
        open=lambda kept, open_picture: kept,
    ),
    FaceSwapper: Role(
        name="face_swapper",
        question=lambda name, of, face, mask: {"image": name(of), "face": name(face), "mask": mask and name(mask)},
        keep=_saved,
        open=_opened,
    ),
}


def role_named(name: str) -> Role:
    """raises UnknownName with the nearest name"""
    roles = {role.name: role for role in ROLES.values()}
    if name not in roles:
        raise UnknownName("role", name, roles)
    return roles[name]


def roles_of(flow: Callable[..., Any]) -> dict[str, Role]:
    """Argument of a flow -> role, read off its annotations; `Writer | None` is a writer that it can do without."""
    found = {}
    for argument, annotation in get_type_hints(flow).items():
        kinds = [kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type) and kind in ROLES]
        if kinds and argument != "return":
            found[argument] = ROLES[kinds[0]]
    return found


# ---- calling ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What a model answered to one call, and what that cost."""

    value: Any
    spent: Spent


def answers(model: Any, calls: Sequence[tuple]) -> list[Answer]:
    """Several calls at once, each answer with its own share of the cost; raises what the model raises.

    A model that counts its own cost has `metered(calls) -> list[Answer]`; one that takes several calls together has
    `batch(calls) -> list`; any other is called one by one. In place of an answer there may be an exception, such as
    Refused, for that call alone: then the others need not be answered again.

    Seconds are by the model's own `clock`, else by the wall's. A model that works in the thread that calls it has
    `time.thread_time`, which stands still while it waits for a lock or for the processor.
    """
    if hasattr(model, "metered"):
        return _as_many(model, calls, list(model.metered(calls)))
    clock = getattr(model, "clock", time.perf_counter)
    start = clock()
    if hasattr(model, "batch"):
        values = _as_many(model, calls, list(model.batch(list(calls))))
        share_s = (clock() - start) / max(len(calls), 1)
        return [Answer(value, Spent(calls=1, seconds=share_s)) for value in values]
    answered = []
    for call in calls:
        value = model(*call)
        answered.append(Answer(value, Spent(calls=1, seconds=clock() - start)))
        start = clock()
    return answered


def _as_many(model: Any, calls: Sequence[tuple], answered: list) -> list:
    if len(answered) != len(calls):
        raise BadInput(f"{card_of(model).name}.batch answered {len(answered)} of {len(calls)} calls")
    return answered


def card_of(model: Any) -> ModelCard:
    """The model's own card; raises BadInput without one, since its answers could not be told from another model's."""
    card = getattr(model, "card", None)
    if not isinstance(card, ModelCard):
        raise BadInput(
            f"{model!r} has no card; set model.card = ModelCard(name=..., revision=..., licence=..., kind='scripted')"
        )
    return card
