"""Remember what was seen: perception of the same pixels, with the same hints, is computed once, in any thread."""

from collections.abc import Callable
from functools import wraps
from typing import Protocol, TypeVar

from PIL import Image

from ....errors import Refused
from ....hints import NO_HINTS, Hints
from ....images import digest
from ...device.shelf import Shelf

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class See(Protocol[T_co]):
    """What perceives a picture, with what a person says of it."""

    def __call__(self, image: Image.Image, hints: Hints = NO_HINTS) -> T_co: ...


def remembered(size: int) -> Callable[[See[T]], See[T]]:
    """Decorate a pure function of a picture's pixels and of hints; the `size` most recently used answers are kept.

    A refusal is an answer too. Two threads that ask for the same picture at once wait for one computation.
    """

    def decorate(see: See[T]) -> See[T]:
        answers = Shelf(size)

        @wraps(see)
        def remembering(image: Image.Image, hints: Hints = NO_HINTS) -> T:
            answer = answers.get((digest(image), hints.model_dump_json()), lambda: _answer(see, image, hints))
            if isinstance(answer, Refused):
                raise Refused(answer.reason, str(answer))  # a fresh one: an old traceback would keep its frames alive
            return answer

        return remembering

    return decorate


def _answer(see: See[T], image: Image.Image, hints: Hints) -> T | Refused:
    try:
        return see(image, hints)
    except Refused as refusal:
        return Refused(refusal.reason, str(refusal))
