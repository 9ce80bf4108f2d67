"""Remember what was seen: perception of the same pixels is computed once, in any thread."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from PIL import Image

from ....errors import Refused
from ....images import digest
from ...shelf import Shelf

T = TypeVar("T")


def remembered(size: int) -> Callable[[Callable[[Image.Image], T]], Callable[[Image.Image], T]]:
    """Decorate a pure function of a picture's pixels; the `size` most recently used answers are kept.

    A refusal is an answer too. Two threads that ask for the same picture at once wait for one computation.
    """

    def decorate(see: Callable[[Image.Image], T]) -> Callable[[Image.Image], T]:
        answers = Shelf(size)

        @wraps(see)
        def remembering(image: Image.Image) -> T:
            answer = answers.get(digest(image), lambda: _answer(see, image))
            if isinstance(answer, Refused):
                raise Refused(answer.reason, str(answer))  # a fresh one: an old traceback would keep its frames alive
            return answer

        return remembering

    return decorate


def _answer(see: Callable[[Image.Image], T], image: Image.Image) -> T | Refused:
    try:
        return see(image)
    except Refused as refusal:
        return Refused(refusal.reason, str(refusal))
