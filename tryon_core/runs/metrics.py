"""How a run ended, for a machine to read: metrics.json beside run.json, written also before a failure."""

import contextlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from .. import outages
from ..errors import Damaged, RunConflict, Stopped, TryonError
from ..records import Record
from ..scrubbing import scrubbed
from ..stats import wilson
from ..steps import JUDGED, Ledger, SampleRecord, together
from ..storage.store import Store, open_store
from ..text import one_line

KEY = "metrics.json"
LAST_WAIT_S = 5.0  # for a place to write to, where a run ends with an error
Status = Literal["ok", "samples_failed", "under", "bad_job", "stopped"]
Share = Annotated[float, Field(ge=0, le=1)]


class Accepted(Record):
    """How many of the judged samples were accepted, with the 95 % Wilson interval; None where none was judged."""

    count: int
    of: int
    share: Share | None
    low: Share | None
    high: Share | None
    at_least: Share


class Metrics(Record):
    """How a run ended.

    status     ok: every sample has an outcome other than failed · samples_failed: some failed, run again to try those
               once more · under: fewer were accepted than asked for · bad_job: the run ended with an error, `reason`
               says which · stopped: a stop was asked for
    listed     samples of this run; `found` before any selection
    outcomes   outcome -> samples
    hit_rates  argument -> what its model keeps between calls -> (found there, asked for)
    """

    status: Status
    reason: str = ""
    found: int | None = None
    listed: int | None = None
    outcomes: dict[str, int] = {}
    accepted: Accepted | None = None
    steps: int | None = None
    spent: Ledger = {}
    wall_s: float | None = None
    hit_rates: dict[str, dict[str, tuple[int, int]]] = {}
    at_utc: str


def of_records(
    records: Sequence[SampleRecord], *, found: int, at_least: float, wall_s: float, models: Mapping[str, Any]
) -> Metrics:
    """Of a run that came to its end."""
    outcomes = Counter(record.outcome for record in records)
    accepted = _accepted(outcomes, at_least)
    is_under = at_least > 0 and (accepted.share or 0.0) < at_least  # of none that were judged no share was reached
    return Metrics(
        status="samples_failed" if outcomes["failed"] else "under" if is_under else "ok",
        reason=_reason(records, accepted, is_under=is_under),
        found=found,
        listed=len(records),
        outcomes=dict(outcomes),
        accepted=accepted,
        steps=sum(len(record.steps) for record in records),
        spent=together(*(record.spent for record in records)),
        wall_s=round(wall_s, 3),
        hit_rates=hit_rates(models),
        at_utc=_now(),
    )


def of_error(error: BaseException) -> Metrics:
    """Of a run that ended with an error."""
    status: Status = "stopped" if isinstance(error, Stopped | KeyboardInterrupt) else "bad_job"
    return Metrics(status=status, reason=scrubbed(one_line(f"{type(error).__name__}: {error}"))[:2000], at_utc=_now())


def hit_rates(models: Mapping[str, Any]) -> dict[str, dict[str, tuple[int, int]]]:
    """Argument -> what its model keeps between calls -> (found there, asked for); only where anything was asked for."""
    rates = {argument: model.hit_rates() for argument, model in models.items() if hasattr(model, "hit_rates")}
    used = {argument: {name: rate for name, rate in kept.items() if rate[1]} for argument, kept in rates.items()}
    return {argument: kept for argument, kept in used.items() if kept}


def write(store: Store, metrics: Metrics, key: str = KEY) -> None:
    """Over what an earlier pass left."""
    data = json.dumps(metrics.model_dump(mode="json"), indent=1, ensure_ascii=False, allow_nan=False).encode()
    for _ in range(3):
        try:
            store.replace(key, data, store.version(key))
            return
        except Damaged as e:  # the run itself is whole
            logging.getLogger(__name__).warning(f"how the run ended could not be written down: {e}")
            return
        except RunConflict as e:  # another process of this run wrote its own at this moment
            conflict = e
    raise conflict


@contextlib.contextmanager
def told_in_metrics(place: Callable[[], Store | None], key: str = KEY) -> Iterator[None]:
    """What is raised inside is written to the metrics first, where there is a place for them."""
    try:
        yield
    except BaseException as error:
        try:
            with outages.within(outages.Limits(first_s=LAST_WAIT_S, later_s=LAST_WAIT_S)):  # the run's own may be over
                store = place()
                if store is not None:
                    write(store, of_error(error), key)
        except TryonError as e:  # the error itself goes before
            logging.getLogger(__name__).warning(f"how the run ended could not be written down: {e}")
        raise


def unclaimed(output: Any) -> Store | None:
    """The store at an output that holds no run: what became of a job that could not begin is not another run's."""
    if isinstance(output, str):
        output = open_store(output) if output else None
    return output if hasattr(output, "read") and output.read("run.json") is None else None


def failures(records: Sequence[SampleRecord]) -> str:
    """The failed samples in a sentence; '' where none failed."""
    failed = [record for record in records if record.outcome == "failed"]
    if not failed:
        return ""
    first = failed[0]
    return f"{len(failed)} of {len(records)} samples failed; the first is {first.sample_id}: {first.reason}"


def _accepted(outcomes: Mapping[str, int], at_least: float) -> Accepted:
    count, of = outcomes.get("accepted", 0), sum(outcomes.get(name, 0) for name in JUDGED)
    share = wilson(count, of) if of else None
    low, high = (share.low, share.high) if share else (None, None)
    return Accepted(count=count, of=of, share=count / of if of else None, low=low, high=high, at_least=at_least)


def _reason(records: Sequence[SampleRecord], accepted: Accepted, *, is_under: bool) -> str:
    under = f"{accepted.count} of {accepted.of} judged samples were accepted; {accepted.at_least:.0%} are asked for"
    return failures(records) or (under if is_under else "")


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
