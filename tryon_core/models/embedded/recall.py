"""What depends on a person alone is worked out once for each: corrections of a drawing then cost less."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from .perception import Person

T = TypeVar("T")
_KEPT = 4  # persons: as many as are usually drawn at once; each takes about 50 MB in all


def once_per_person(work_out: Callable[[Person], T]) -> Callable[[Person], T]:
    """Decorate a pure function of a person; the answers for the most recent persons are kept. Do not change them.

    A person is told by identity, for perception gives the same object for the same picture. Two threads that ask about
    the same person at once may both work it out; the answers are equal.
    """
    answers: OrderedDict[Person, T] = OrderedDict()
    lock = threading.Lock()

    @wraps(work_out)
    def recalling(person: Person) -> T:
        with lock:
            if person in answers:
                answers.move_to_end(person)
                return answers[person]
        answer = work_out(person)
        with lock:
            answer = answers.setdefault(person, answer)
            answers.move_to_end(person)
            while len(answers) > _KEPT:
                answers.popitem(last=False)
        return answer

    return recalling
