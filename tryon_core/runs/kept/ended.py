"""What metrics.json holds: how a run ended, for a machine to read."""

from typing import Annotated, Literal

from pydantic import Field

from ...errors import FewAccepted, ModelFailed
from ...records import Record
from ...steps import Ledger

Status = Literal["ok", "samples_failed", "under", "bad_job", "stopped"]
Share = Annotated[float, Field(ge=0, le=1)]


class Rate(Record):
    """`count` of `of` with the 95 % interval over persons (stats.clustered).

    No share where there is nothing to count, no interval over too few persons.
    """

    count: int
    of: int
    share: Share | None
    low: Share | None
    high: Share | None
    persons: int


class Accepted(Rate):
    """How many of the judged samples were accepted, and the share that was asked for."""

    fail_under: Share


class Cost(Record):
    """What a run cost: the seconds that machines were held for it, at their price, and what its calls cost.

    Currency is that of `run.price_per_hour` and of the models' own prices; None where nothing has a price.
    """

    price_per_hour: float | None
    machine: float | None
    calls: float | None
    per_accepted: float | None

    @classmethod
    def of(cls, machine_s: float, price_per_hour: float | None, spent: Ledger, accepted: int) -> "Cost":
        machine = None if price_per_hour is None else machine_s / 3600 * price_per_hour
        paid = [one.money for one in spent.values() if one.money is not None]
        calls = sum(paid) if paid else None
        priced = [money for money in (machine, calls) if money is not None]
        each = sum(priced) / accepted if priced and accepted else None
        return cls(price_per_hour=price_per_hour, machine=machine, calls=calls, per_accepted=each)


class Metrics(Record):
    """How a run ended.

    status     ok: every sample has an outcome other than failed · samples_failed: some failed, run again to try those
               once more · under: fewer were accepted than asked for · bad_job: the run ended with an error, `reason`
               says which · stopped: a stop was asked for
    listed     samples of this run; `found` before any selection
    outcomes   outcome -> samples
    constraints  constraint -> how many of the kept pictures that were scored on it meet it, judged samples alone
    wall_s     of this pass; machine_s: of all passes and shards, except those that were killed
    hit_rates  argument -> what its model keeps between calls -> (found there, asked for)
    """

    status: Status
    reason: str = ""
    found: int | None = None
    listed: int | None = None
    outcomes: dict[str, int] = {}
    accepted: Accepted | None = None
    constraints: dict[str, Rate] = {}
    steps: int | None = None
    spent: Ledger = {}
    wall_s: float | None = None
    machine_s: float | None = None
    cost: Cost | None = None
    hit_rates: dict[str, dict[str, tuple[int, int]]] = {}
    at_utc: str

    def of_machine(self, machine_s: float) -> "Metrics":
        """The same with the seconds of all passes, and what they cost."""
        cost, count = self.cost, self.accepted.count if self.accepted else 0
        cost = cost and Cost.of(machine_s, cost.price_per_hour, self.spent, count)
        return self.model_copy(update={"machine_s": machine_s, "cost": cost})

    def check(self) -> None:
        """raises ModelFailed where a sample failed, FewAccepted where fewer were accepted than asked for"""
        if self.status == "samples_failed":
            raise ModelFailed(f"{self.reason}; what is finished is kept, run the same command again to try the others")
        if self.status == "under":
            raise FewAccepted(f"{self.reason}; everything is written, so look at what failed in 09_failures")
