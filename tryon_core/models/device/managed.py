"""The handle of a model that a manager may put out of memory and read again."""

from contextlib import AbstractContextManager, nullcontext
from operator import attrgetter
from typing import Any, Protocol

from pydantic import BaseModel

PLAIN = (str, int, float, bool, tuple, frozenset, type(None), BaseModel)  # hold no weights and stay as they are
ANY_THREAD = ("fits", "reads")  # of a generator: they count words while it draws
_ABSENT = object()


class _Keeper(Protocol):
    def working(self, slot: Any) -> Any: ...


class Managed:
    """Behaves as the model, or as a part of it such as its `writer`, wherever a flow or a journal takes one.

    What can be called is handed out as a handle again, so that every call finds the model in memory and keeps it there
    for as long as it lasts. What is plain is remembered, and so answered while the model is out.
    Any thread may call it.
    """

    def __init__(self, manager: _Keeper, slot: Any, path: str = ""):
        self._manager, self._slot, self._path = manager, slot, path

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        with self._turn(), self._manager.working(self._slot) as model:
            return self._part(model)(*arguments, **named)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # what a notebook or a copy tries; no reason to read a model
            raise AttributeError(name)
        path, known = f"{self._path}.{name}".lstrip("."), self._slot.known
        if path not in known:
            with self._manager.working(self._slot) as model:
                value = getattr(self._part(model), name, _ABSENT)
            if callable(value):
                value = Managed(self._manager, self._slot, path)
            elif value is not _ABSENT and not isinstance(value, PLAIN):
                return value
            known[path] = value
        if known[path] is _ABSENT:
            raise AttributeError(f"{self._slot.name} has no {path}")
        return known[path]

    def __repr__(self) -> str:
        return f"<{self._slot.name}{self._path and '.' + self._path}, read when it is used>"

    def _turn(self) -> AbstractContextManager[Any]:
        """A large model answers one call at a time: its scheduler and its hooks know of one only."""
        return nullcontext() if self._path in ANY_THREAD else self._slot.turn

    def _part(self, model: Any) -> Any:
        return attrgetter(self._path)(model) if self._path else model
