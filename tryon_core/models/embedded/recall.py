"""What depends on a person alone is worked out once for each: corrections of a drawing then cost less."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from .perception import Person

T = TypeVar("T")


def once_per_person(work_out: Callable[[Person], T]) -> Callable[[Person], T]:
    """Decorate a pure function of a person; its answer is kept as long as the person is. Do not change the answer.

    Two threads that ask about the same person at once wait for one computation.
    """
    answers: WeakKeyDictionary[Person, T] = WeakKeyDictionary()
    turns: WeakKeyDictionary[Person, threading.Lock] = WeakKeyDictionary()
    lock = threading.Lock()

    @wraps(work_out)
    def recalling(person: Person) -> T:
        with lock:
            turn = turns.setdefault(person, threading.Lock())
        with turn:
            with lock:
                if person in answers:
                    return answers[person]
            answer = work_out(person)
            with lock:
                answers[person] = answer
        return answer

    return recalling
