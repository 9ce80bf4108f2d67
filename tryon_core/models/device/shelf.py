"""The one cache of the models: values by key within a budget, the longest unused thrown out first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any


class Shelf:
    """Any thread may ask. Two that miss the same key wait for one making; other keys are made meanwhile.

    A value larger than the whole budget is made and handed out, not kept.

    budget        of bytes, or of whatever `size_of` measures; by default of values
    held          how much of it is taken
    largest       of the values so far, kept or not
    hits, misses  how often a value was there, and was not
    """

    def __init__(self, budget: int, size_of: Callable[[Any], int] = lambda value: 1):
        self.budget, self.size_of, self.held, self.largest = budget, size_of, 0, 0
        self.hits = self.misses = 0
        self._values: OrderedDict[Hashable, Any] = OrderedDict()  # in the order of their last use
        self._lock = threading.RLock()
        self._turns: dict[Hashable, tuple[threading.Lock, int]] = {}  # by key: who makes it, and how many ask for it

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._values

    @property
    def found(self) -> tuple[int, int]:
        """(how often a value was there, how often one was asked for)"""
        return self.hits, self.hits + self.misses

    def room(self, expected: int = 1) -> int:
        """How many values fit, each as large as the largest so far; before the first, as large as `expected`."""
        return self.budget // max(self.largest or expected, 1)

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of `key`, made where it is not kept. What `make` raises is raised, and nothing is kept for it."""
        with self._turn(key):
            with self._lock:
                if key in self._values:
                    self.hits += 1
                    self._values.move_to_end(key)
                    return self._values[key]
            value = self.made(key, make)
            for thrown_out in self.put(key, value):
                self.gone(*thrown_out)
            return value

    def made(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of a key that is not here."""
        with self._lock:
            self.misses += 1
        return make()

    def gone(self, key: Hashable, value: Any) -> None:
        """What to do with a value there was no room for: nothing here."""

    def take(self, key: Hashable) -> Any:
        """The value, which is not here any more."""
        with self._lock:
            value = self._values.pop(key)
            self.held -= self.size_of(value)
            return value

    def put(self, key: Hashable, value: Any) -> list[tuple[Hashable, Any]]:
        """Keep a value; returns what it left no room for, which is itself where it is larger than the whole budget."""
        size = self.size_of(value)
        with self._lock:
            self.largest = max(self.largest, size)
            if size > self.budget:
                return [(key, value)]
            self._values[key] = value
            self.held += size
            return self._thrown_out()

    def shrink(self, budget: int) -> None:
        """Keep no more than this from now on."""
        with self._lock:
            self.budget = budget
            thrown_out = self._thrown_out()
        for key, value in thrown_out:
            self.gone(key, value)

    def _thrown_out(self) -> list[tuple[Hashable, Any]]:
        """The longest unused, until the others fit; its caller holds the lock."""
        thrown_out = []
        while self.held > self.budget:
            oldest = next(iter(self._values))
            thrown_out.append((oldest, self.take(oldest)))
        return thrown_out

    @contextmanager
    def _turn(self, key: Hashable) -> Iterator[None]:
        """One thread at a time for a key; what keeps them apart goes with the last of them."""
        with self._lock:
            turn, asking = self._turns.get(key, (threading.Lock(), 0))
            self._turns[key] = (turn, asking + 1)
        try:
            with turn:
                yield
        finally:
            with self._lock:
                turn, asking = self._turns.pop(key)
                if asking > 1:
                    self._turns[key] = (turn, asking - 1)
