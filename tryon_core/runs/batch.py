"""Run a flow over many samples: models by name, several samples at once, everything journaled, best attempt kept."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

from .batching import Coalesced, coalesce
from ..rubrics.rules import Rubric, best_attempt
from ..errors import BadPicture, ModelFailed, Refused, RunConflict, Stopped, StorageError
from .job import Job, prepare
from .journal import Journal, picture_key
from .parameters import BatchParameters
from ..records import Attempt, AttemptRecord, Decision, Outcome, Sample, SampleLine, SampleRecord
from .info import attempt_rows, read_records, record_key, to_parquet
from ..sources import Listing, Source
from .workers import side_by_side

FINAL = ("accepted", "not_accepted", "stopped", "not_judged", "refused", "unusable")  # not looked at again by a re-run


@dataclass(frozen=True)
class BatchResult:
    """What a batch left behind: where, one record a sample in listing order, and what was skipped before."""

    url: str
    records: tuple[SampleRecord, ...]
    listing: Listing
    wall_s: float


def run_batch(parameters: BatchParameters, *, progress: bool = True, **given: Any) -> BatchResult:
    """Run a flow over a source's samples and keep everything under `parameters.output`.

    given    generator, judge, flow, source, store: in place of the named ones, see `prepare`
    raises   BadInput and StorageError before any work; Stopped after SIGTERM or Ctrl-C; StorageError where the
             output fails in between. Running again with the same parameters goes on where it ended.
    """
    started = time.perf_counter()
    job = prepare(parameters, **given)
    options = parameters.options

    with contextlib.ExitStack() as opened:
        roles = {"draw": job.draw, "score": job.score, "write": job.write}
        models_at_work = {role: opened.enter_context(_coalesced(one, options.max_batch)) for role, one in roles.items()}
        batched = replace(job, **models_at_work)
        records = side_by_side(
            lambda line: SampleRun(line, job.journal, job.rubric).run(job.source, batched.attempts),
            job.listing.lines[parameters.shard_index :: parameters.num_shards],
            options.workers or _workers(*models_at_work.values()),
            job.journal.stop,
            progress,
        )
    _compact(job, records)
    return BatchResult(job.store.url, tuple(records), job.listing, time.perf_counter() - started)


def _compact(job: Job, records: Sequence[SampleRecord]) -> None:
    """Write all attempts as one table, where pyarrow is installed: a faster copy of the records, which hold everything.

    Of several shards the one that ends last writes it, since it finds every record.
    """
    if find_spec("pyarrow") is None:
        return
    if job.parameters.num_shards > 1:
        found = {record.sample_id: record for record in read_records(job.store)}
        records = [found[line.sample_id] for line in job.listing.lines if line.sample_id in found]
        if len(records) < len(job.listing.lines) or any(record.outcome == "running" for record in records):
            return
    rows = to_parquet(attempt_rows(records, job.rubric))
    try:
        job.store.replace("attempts.parquet", rows, job.store.version("attempts.parquet"))
    except RunConflict:
        if job.parameters.num_shards == 1:
            raise  # of two shards that end at once both found every record: the other wrote this same table


class SampleRun:
    """One sample's record in a run, written after each attempt."""

    def __init__(self, line: SampleLine, journal: Journal, rubric: Rubric):
        self.key, self.store, self.journal, self.rubric = record_key(line.sample_id), journal.store, journal, rubric
        found = self.store.read(self.key)
        self.seen = self.store.version(self.key) if found is not None else None
        self.record = (
            SampleRecord(sample_id=line.sample_id, line=line)
            if found is None
            else SampleRecord.model_validate_json(found)
        )

    @property
    def finished(self) -> bool:
        return self.record.outcome in FINAL

    def run(self, source: Source, attempts_of: Callable[[Sample], Iterator[Attempt]]) -> SampleRecord:
        """The sample's final record; what cannot be drawn, judged or read is an outcome, a bug of ours is not."""
        if self.finished:
            return self.record
        if self.journal.stop.is_set():
            raise Stopped("a stop was asked for before this sample began")
        self.record = SampleRecord(sample_id=self.record.sample_id, line=self.record.line)  # calls are replayed
        try:
            sample = source.load(self.record.line)
        except BadPicture as e:
            return self.write(outcome="unusable", reason=str(e))
        except StorageError as e:
            return self.write(outcome="failed", reason=str(e))
        self.begin(sample)
        with contextlib.suppress(Refused, ModelFailed), self.recorded_ending():
            for attempt in attempts_of(sample):
                self.keep(attempt)
            self.write(outcome=outcome_of(self.record.attempts, self.record.best))
        return self.record

    def begin(self, sample: Sample) -> None:
        """Keep the sample's pictures."""
        self.write(pictures={role: self.journal.save_picture(picture) for role, picture in sample.images.items()})

    @contextlib.contextmanager
    def recorded_ending(self) -> Iterator[None]:
        """A refusal or a broken call inside is written as this sample's outcome, then raised on."""
        try:
            yield
        except Refused as refusal:
            self.write(outcome="refused", reason=f"{refusal.reason}: {refusal}")
            raise
        except ModelFailed as e:
            self.write(outcome="failed", reason=str(e))
            raise

    def keep(self, attempt: Attempt) -> None:
        """Add an attempt to the record, and its picture to the folder of its verdict."""
        kept = attempt.record()
        attempts = (*self.record.attempts, kept)
        best = best_attempt(attempts, self.rubric)
        folder = (
            "correct_try_on"
            if attempt.decision is Decision.ACCEPT
            else f"incorrect_try_on_{attempt.number}"
            if attempt.judged
            else f"not_judged_{attempt.number}"
        )
        self.store.link(picture_key(kept.picture), f"{folder}/{self.record.sample_id}_tryon_iter{attempt.number}.png")
        self.write(attempts=attempts, best=best.number if best else None)

    def write(self, **news: Any) -> SampleRecord:
        self.record = SampleRecord.model_validate(self.record.model_copy(update=news).model_dump())
        self.seen = self.store.replace(self.key, self.record.model_dump_json(indent=1).encode(), self.seen)
        return self.record


def outcome_of(attempts: Sequence[AttemptRecord], best: int | None) -> Outcome:
    """How attempts ended that have ended."""
    last = attempts[-1].decision
    if last in (Decision.ACCEPT, Decision.STOP):
        return "accepted" if last is Decision.ACCEPT else "stopped"
    return "not_accepted" if best else "not_judged"


@contextlib.contextmanager
def _coalesced(model: Any, max_batch: int) -> Iterator[Any]:
    """The model, its calls put together into batches where it offers that."""
    if not hasattr(model, "batch"):
        yield model
        return
    with contextlib.closing(coalesce(model, max_batch)) as batched:
        yield batched


def _workers(*all_models: Any) -> int:
    """Enough threads to fill two batches of the widest model; one a core for models that take one call at a time."""
    widest = max((model.max_batch for model in all_models if isinstance(model, Coalesced)), default=0)
    return max(2 * widest, os.cpu_count() or 1)
