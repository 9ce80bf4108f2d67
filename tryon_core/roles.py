"""The roles: small protocols, so that a lambda, a scripted double and a 9B model all fit."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from PIL import Image

from .errors import BadInput
from .records import Attempt, EditRequest, Judgement, Measurement, ModelCard, Sample


class Generator(Protocol):
    """Draws one picture. The same request gives the same picture. Raises Refused for what it cannot draw.

    May also have `card` (a ModelCard, which a journal needs), `batch`, which takes a list of argument tuples and
    returns as many answers (see batching.coalesce), and `fits(prompt)`, False where its encoder would cut the words.
    """

    def __call__(self, request: EditRequest) -> Image.Image: ...


class Judge(Protocol):
    """Scores the newest picture against the sample; never decides what happens next.

    Sees the sample with its original wish, never the rewritten prompt, the strategy or the iteration.
    """

    def __call__(self, sample: Sample, image: Image.Image) -> Judgement: ...


class Reviser(Protocol):
    """Makes the next request from the sample and everything tried so far (oldest first, at least one attempt)."""

    def __call__(self, sample: Sample, attempts: Sequence[Attempt]) -> EditRequest: ...


class Writer(Protocol):
    """Answers a question in words, looking at pictures; what is made of its answer, plain code decides."""

    def __call__(self, question: str, images: Sequence[Image.Image]) -> str: ...


class Finisher(Protocol):
    """What is made of a drawn picture before it is judged: (the picture, what was measured of the edit or why not)."""

    def __call__(
        self, request: EditRequest, drawn: Image.Image
    ) -> tuple[Image.Image, Mapping[str, Measurement | str]]: ...


def as_drawn(request: EditRequest, drawn: Image.Image) -> tuple[Image.Image, dict[str, Measurement | str]]:
    """The finisher that does and measures nothing."""
    return drawn, {}


def card_of(model: Any) -> ModelCard:
    """The model's own card; raises BadInput without one, since its answers could not be told from another model's."""
    card = getattr(model, "card", None)
    if not isinstance(card, ModelCard):
        raise BadInput(
            f"{model!r} has no card; set model.card = ModelCard(name=..., revision=..., licence=..., kind='scripted')"
        )
    return card


def timed(model: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """(answer, seconds). A model that knows its own time (replayed, batched) says so by `timed`."""
    own = getattr(model, "timed", None)
    if own is not None:
        return own(*arguments)
    start = time.perf_counter()
    answer = model(*arguments)
    return answer, time.perf_counter() - start
