"""Run a flow over many samples: several samples at once, everything journaled, the chosen step kept."""

import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

from ..errors import ModelFailed, Refused, RunConflict
from ..sources import Listing
from ..steps import SampleRecord
from .batching import LINGER_S, Batched, serving
from .info import read_records, step_rows, to_parquet
from .job import Job, prepare
from .parameters import BatchParameters
from .sample_run import SampleRun
from .workers import side_by_side


@dataclass(frozen=True)
class BatchResult:
    """What a batch left behind: where, one record per sample in listing order, and what was skipped before."""

    url: str
    records: tuple[SampleRecord, ...]
    listing: Listing
    wall_s: float


def run_batch(
    parameters: BatchParameters, *, progress: bool = True, linger_s: float = LINGER_S, **given: Any
) -> BatchResult:
    """Run a flow over a source's samples and keep everything under `parameters.output`.

    linger_s how long an idle worker waits for company
    given    models, generator, judge, flow, source, store: in place of the named ones, see `prepare`
    raises   BadInput and StorageError before any work; Stopped after SIGTERM or Ctrl-C; StorageError where the
             output fails in between. Running again with the same parameters goes on where it ended.
    """
    started = time.perf_counter()
    job = prepare(parameters, **given)
    with serving(job.models, parameters.run.max_batch_of, linger_s) as models:
        working = replace(job, models=models)
        records = side_by_side(
            lambda line: _one(working, line),
            job.listing.lines[parameters.shard_index :: parameters.num_shards],
            workers=parameters.run.workers or _workers(models),
            stop=job.journal.stop,
            progress=progress,
            journal=job.journal,
        )
    _compact(job, records)
    return BatchResult(job.store.url, tuple(records), job.listing, time.perf_counter() - started)


def _one(job: Job, line: Any) -> SampleRecord:
    """One sample's final record; what cannot be drawn, judged or read is an outcome, a bug of ours is not."""
    sample_run = SampleRun(line, job)
    if sample_run.finished or not sample_run.begin_again():
        return sample_run.record
    with contextlib.suppress(Refused, ModelFailed), sample_run.recorded_ending():
        walk = job.walk(sample_run.sample)
        for step in walk:
            sample_run.keep(step)
        sample_run.end(walk)
    return sample_run.record


def _workers(models: Mapping[str, Any]) -> int:
    """Enough threads to fill two batches of the widest model; one per core for models that take one call at a time."""
    widest = max((model.max_batch for model in models.values() if isinstance(model, Batched)), default=0)
    return max(2 * widest, os.cpu_count() or 1)


def _compact(job: Job, records: Sequence[SampleRecord]) -> None:
    """Write all steps as one table, where pyarrow is installed: a faster copy of the records, which hold everything.

    Of several shards the one that ends last writes it, since it finds every record.
    """
    if find_spec("pyarrow") is None:
        return
    if job.parameters.num_shards > 1:
        found = {record.sample_id: record for record in read_records(job.store)}
        records = [found[line.sample_id] for line in job.listing.lines if line.sample_id in found]
        if len(records) < len(job.listing.lines) or any(record.outcome == "running" for record in records):
            return
    rows = to_parquet(step_rows(records, job.rubric))
    try:
        job.store.replace("attempts.parquet", rows, job.store.version("attempts.parquet"))
    except RunConflict:
        if job.parameters.num_shards == 1:
            raise  # of two shards that end at once both found every record: the other wrote this same table
