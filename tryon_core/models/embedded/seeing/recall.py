"""What depends on one person or one garment alone is worked out once for each, so that corrections cost less."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")
_KEPT = 2  # all that is kept of a person takes about 50 MB; a third one is worked out again


def once_each(work_out: Callable[[S], T]) -> Callable[[S], T]:
    """Decorate a pure function of a Person or a Garment; the answers for the most recent ones are kept, unchanged.

    They are told by identity, for perception gives the same object for the same picture. Two threads that ask about
    the same one at once may both work it out; the answers are equal.
    """
    answers: OrderedDict[S, T] = OrderedDict()
    lock = threading.Lock()

    @wraps(work_out)
    def recalling(seen: S) -> T:
        with lock:
            if seen in answers:
                answers.move_to_end(seen)
                return answers[seen]
        answer = work_out(seen)
        with lock:
            answer = answers.setdefault(seen, answer)
            answers.move_to_end(seen)
            while len(answers) > _KEPT:
                answers.popitem(last=False)
        return answer

    return recalling
