"""What depends on one person or one garment alone is worked out once for each, so that corrections cost less."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from ...device.shelf import Shelf

S = TypeVar("S")
T = TypeVar("T")
_KEPT = 2  # all that is kept of a person takes about 50 MB; a third one is worked out again


def once_each(work_out: Callable[[S], T]) -> Callable[[S], T]:
    """Decorate a pure function of a Person or a Garment; the answers for the most recent ones are kept, unchanged.

    They are told apart by identity, for perception gives the same object for the same picture.
    """
    answers = Shelf(_KEPT)

    @wraps(work_out)
    def recalling(seen: S) -> T:
        return answers.get(seen, lambda: work_out(seen))

    return recalling
