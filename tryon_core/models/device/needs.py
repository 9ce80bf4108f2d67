"""What a model would take of its device, and who else has a say before a policy is chosen for it."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a model would take of its device, before a policy is chosen; bytes, estimated where they are no weights.

    weights  by policy, in the order they are tried
    barred   by policy, why it cannot be had here; '' where it can
    working  of a call for `at_once` samples
    reserve  the least that is kept between calls
    """

    name: str
    device: str
    dtype: str
    at_once: int
    weights: Mapping[str, int]
    barred: Mapping[str, str]
    working: int
    reserve: int

    def total(self, policy: str) -> int:
        return self.weights[policy] + self.working + self.reserve

    def first(self, room: float) -> str | None:
        """The first policy that can be had and fits in so many bytes; None where there is none."""
        return next((one for one in self.weights if self.total(one) <= room and not self.barred[one]), None)


class Forecast(Exception):
    """The needs of a model that somebody only wants to know about."""

    def __init__(self, needs: Needs):
        super().__init__(needs)
        self.needs = needs


class Budget(Protocol):
    """Memory that several models share, some of which can be given up for another."""

    def room(self, free_bytes: float) -> float:
        """What a model may take when all others are gone; free_bytes: what is free now."""

    def freed(self, name: str, needed_bytes: int, device: str, beside: Mapping[tuple[str, int], int]) -> float:
        """What is free once others made room for `needed_bytes` beside weights that stay, whoever goes.

        raises   BadInput where they cannot
        """


class InCommon(Protocol):
    """What a model has in common with others in memory: sharing.Common."""

    def storages(self, policy: str) -> Mapping[tuple[str, int], int]:
        """(device, address) -> bytes, of what it would share under a policy"""


BUDGET: ContextVar[Budget | None] = ContextVar("budget", default=None)  # of the manager that loads a model
FORECASTING: ContextVar[bool] = ContextVar("forecasting", default=False)  # for a device that need not be here
