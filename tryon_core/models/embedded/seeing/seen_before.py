"""Remember what was seen: perception of the same pixels is computed once, in any thread."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from PIL import Image

from ....errors import Refused
from ....images import digest

T = TypeVar("T")


def remembered(size: int) -> Callable[[Callable[[Image.Image], T]], Callable[[Image.Image], T]]:
    """Decorate a pure function of a picture's pixels; the `size` most recently used answers are kept.

    A refusal is an answer too. Two threads that ask for the same picture at once wait for one computation.
    """

    def decorate(see: Callable[[Image.Image], T]) -> Callable[[Image.Image], T]:
        answers: OrderedDict[str, T | Refused] = OrderedDict()
        working: dict[str, threading.Lock] = {}
        lock = threading.Lock()

        def recalled(key: str) -> T | Refused | None:
            with lock:
                if key in answers:
                    answers.move_to_end(key)
                return answers.get(key)

        def keep(key: str, answer: T | Refused) -> T | Refused:
            with lock:
                answers[key] = answer
                working.pop(key, None)
                if len(answers) > size:
                    answers.popitem(last=False)
            return answer

        @wraps(see)
        def remembering(image: Image.Image) -> T:
            key = digest(image)
            with lock:
                turn = working.setdefault(key, threading.Lock())
            with turn:
                answer = recalled(key) or keep(key, _answer(see, image))
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
