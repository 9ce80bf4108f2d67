"""How a run ended, for a machine to read: metrics.json beside run.json, written also before a failure."""

import contextlib
import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from .. import outages
from ..errors import Damaged, RunConflict, Stopped, TryonError
from ..rubrics.rules import Rubric
from ..stats import clustered
from ..steps import JUDGED, SampleRecord, together
from ..storage.store import Store, open_store
from ..text import one_line
from ..text.scrubbing import scrubbed
from .kept.ended import Accepted, Cost, Metrics, Rate, Status

KEY = "metrics.json"
LAST_WAIT_S = 5.0  # for a place to write to, where a run ends with an error


def of_records(
    records: Sequence[SampleRecord],
    *,
    found: int,
    fail_under: float,
    wall_s: float,
    models: Mapping[str, Any],
    rubric: Rubric | None,
    price_per_hour: float | None,
) -> Metrics:
    """Of a run that came to its end."""
    outcomes = Counter(record.outcome for record in records)
    accepted = _accepted([record for record in records if record.outcome in JUDGED], fail_under)
    is_under = fail_under > 0 and (accepted.share or 0.0) < fail_under  # of none that were judged no share was reached
    spent = together(*(record.spent for record in records))
    return Metrics(
        status="samples_failed" if outcomes["failed"] else "under" if is_under else "ok",
        reason=_reason(records, accepted, is_under=is_under),
        found=found,
        listed=len(records),
        outcomes=dict(outcomes),
        accepted=accepted,
        constraints=_constraints(records, rubric) if rubric else {},
        steps=sum(len(record.steps) for record in records),
        spent=spent,
        wall_s=round(wall_s, 3),
        cost=Cost.of(round(wall_s, 3), price_per_hour, spent, accepted.count),
        hit_rates=hit_rates(models),
        at_utc=_now(),
    )


def of_error(error: BaseException, wall_s: float | None = None) -> Metrics:
    """Of a run that ended with an error."""
    status: Status = "stopped" if isinstance(error, Stopped | KeyboardInterrupt) else "bad_job"
    reason = scrubbed(one_line(f"{type(error).__name__}: {error}"))[:2000]
    return Metrics(status=status, reason=reason, wall_s=wall_s, at_utc=_now())


def hit_rates(models: Mapping[str, Any]) -> dict[str, dict[str, tuple[int, int]]]:
    """Argument -> what its model keeps between calls -> (found there, asked for); only where anything was asked for."""
    rates = {argument: model.hit_rates() for argument, model in models.items() if hasattr(model, "hit_rates")}
    used = {argument: {name: rate for name, rate in kept.items() if rate[1]} for argument, kept in rates.items()}
    return {argument: kept for argument, kept in used.items() if kept}


def write(store: Store, metrics: Metrics, key: str = KEY, of_shards: Sequence[str] = ()) -> Metrics:
    """Over what an earlier pass left, whose seconds count on; returns what was written.

    of_shards  keys of the shards' own metrics, where these are of the whole run: its seconds are theirs
    """
    held = [machine_s(store, each) for each in of_shards] or [machine_s(store, key), metrics.wall_s]
    known = [one for one in held if one is not None]
    metrics = metrics.of_machine(round(sum(known), 3)) if known else metrics
    data = json.dumps(metrics.model_dump(mode="json"), indent=1, ensure_ascii=False, allow_nan=False).encode()
    for _ in range(3):
        try:
            store.replace(key, data, store.version(key))
            return metrics
        except Damaged as e:  # the run itself is whole
            logging.getLogger(__name__).warning(f"how the run ended could not be written down: {e}")
            return metrics
        except RunConflict as e:  # another process of this run wrote its own at this moment
            conflict = e
    raise conflict


def machine_s(store: Store, key: str = KEY) -> float | None:
    """Seconds that machines were held for a run, as was written down when it ended; None where that cannot be read."""
    try:
        data = store.read(key)
        return None if data is None else Metrics.model_validate_json(data).machine_s
    except (Damaged, ValueError):
        return None


@contextlib.contextmanager
def told_in_metrics(place: Callable[[], Store | None], key: str = KEY) -> Iterator[None]:
    """What is raised inside is written to the metrics first, where there is a place for them."""
    started = time.perf_counter()
    try:
        yield
    except BaseException as error:
        try:
            with outages.within(outages.Limits(first_s=LAST_WAIT_S, later_s=LAST_WAIT_S)):  # the run's own may be over
                store = place()
                if store is not None:
                    write(store, of_error(error, round(time.perf_counter() - started, 3)), key)
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


def _accepted(judged: Sequence[SampleRecord], fail_under: float) -> Accepted:
    rate = _rate([(record.person, record.outcome == "accepted") for record in judged])
    return Accepted(**dict(rate), fail_under=fail_under)


def _rate(met: Sequence[tuple[str, bool]]) -> Rate:
    """Of (person, whether it is so), one of each sample."""
    if not met:
        return Rate(count=0, of=0, share=None, low=None, high=None, persons=0)
    of = clustered([is_met for _, is_met in met], [person for person, _ in met])
    return Rate(count=of.count, of=of.n, share=of.share, low=of.low, high=of.high, persons=of.clusters)


def _constraints(records: Sequence[SampleRecord], rubric: Rubric) -> dict[str, Rate]:
    judged = [record for record in records if record.outcome in JUDGED and record.chosen]
    kept = [(record.person, record.steps[record.chosen - 1].judgement) for record in judged]
    answers = [(person, judgement.scores) for person, judgement in kept if judgement]
    rates = {}
    for key in rubric.keys:
        scored = [(person, scores[key].score) for person, scores in answers if scores[key].score is not None]
        rates[key] = _rate([(person, score >= rubric.rule.accept_at) for person, score in scored])
    return rates


def _reason(records: Sequence[SampleRecord], accepted: Accepted, *, is_under: bool) -> str:
    under = f"{accepted.count} of {accepted.of} judged samples were accepted; {accepted.fail_under:.0%} are asked for"
    return failures(records) or (under if is_under else "")


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
