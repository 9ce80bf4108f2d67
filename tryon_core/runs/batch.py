"""Run a flow over many samples: several samples at once, everything journaled, the chosen step kept."""

import logging
import os
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

from .. import outages
from ..errors import Damaged, ModelFailed, NoAnswers, Refused, RunConflict
from ..sources import Listing
from ..steps import JUDGED, SampleRecord
from . import metrics
from .batching import LINGER_S, Batched, serving
from .job import Job
from .kept.documents import failed_record
from .kept.info import read_info
from .kept.rows import step_rows, to_parquet
from .metrics import Metrics, told_in_metrics, unclaimed
from .parameters import BatchParameters
from .preparing import prepare
from .reading import Run
from .sample_run import SampleRun
from .workers import side_by_side

FIRST_FAILURES = 3  # samples that fail alike before any was finished: the model is at fault, not they


@dataclass(frozen=True)
class BatchResult:
    """What a batch left behind: where, one record per sample in listing order, and what was skipped before."""

    url: str
    records: tuple[SampleRecord, ...]
    listing: Listing
    wall_s: float
    metrics: Metrics

    def check(self) -> None:
        """raises ModelFailed or FewAccepted, as `Metrics.check`, so that a notebook ends as the run did"""
        self.metrics.check()


def run_batch(
    parameters: BatchParameters, *, progress: bool = True, linger_s: float = LINGER_S, **given: Any
) -> BatchResult:
    """Run a flow over a source's samples and keep everything under `parameters.output`.

    linger_s how long an idle worker waits for company
    given    models, generator, judge, flow, source, store: in place of the named ones, see `prepare`
    raises   BadInput and StorageError before any work; Stopped after SIGTERM or Ctrl-C; StorageError where the
             output fails in between; NoAnswers where a model answers nothing at all. metrics.json says so, too.
             Running again with the same parameters goes on where it ended.
    """
    started, stop = time.perf_counter(), threading.Event()
    with outages.within(parameters.run.limits(stop)):
        with told_in_metrics(lambda: unclaimed(given.get("store") or parameters.output)):
            job = prepare(parameters, stop=stop, **given)
        with told_in_metrics(lambda: job.store, key := _metrics_key(parameters)):
            records = _records(job, progress=progress, linger_s=linger_s)
            ended = metrics.write(job.store, _metrics(job, records, started), key)
            _end(job, records, started)
    return BatchResult(job.store.url, tuple(records), job.listing, ended.wall_s, ended)


def _records(job: Job, *, progress: bool, linger_s: float) -> list[SampleRecord]:
    parameters, first = job.parameters, _FirstSamples(job)
    job.journal.look_once()
    with serving(job.models, parameters.run.max_batch_of, linger_s) as models:
        working = replace(job, models=models)
        return side_by_side(
            lambda line: _one(working, line, first),
            job.listing.lines[parameters.shard_index :: parameters.num_shards],
            workers=parameters.run.workers or _workers(models),
            stop=job.journal.stop,
            progress=progress,
            journal=job.journal,
        )


def _one(job: Job, line: Any, first: "_FirstSamples") -> SampleRecord:
    """One sample's final record; what cannot be drawn, judged or read is an outcome, a bug of ours is not."""
    try:
        sample_run = SampleRun(line, job)
    except Damaged as e:
        return failed_record(line, e)
    if sample_run.finished or not sample_run.begin_again():
        return sample_run.record
    try:
        with sample_run.recorded_ending():
            walk = sample_run.walk = job.walk(sample_run.sample)
            for step in walk:
                sample_run.keep(step)
            sample_run.end(walk)
    except ModelFailed as e:
        first.failed(str(e))
    except (Refused, Damaged):
        pass  # an outcome, recorded
    else:
        first.ended(sample_run.record)
    return sample_run.record


class _FirstSamples:
    """Whether the first samples all failed alike, and none was finished in an earlier pass: then going on would only
    spend. Any thread may tell it."""

    def __init__(self, job: Job):
        self._job = job
        self._reasons: list[str] = []
        self._any_ended, self._guard = False, threading.Lock()

    def ended(self, record: SampleRecord) -> None:
        """raises NoAnswers where it was not judged, as those before it"""
        if record.outcome == "not_judged":
            judgement = record.attempts[-1].judgement
            self.failed(f"not judged: {judgement.scores[judgement.unscored[0]].reason}")
        else:
            self._any_ended = True

    def failed(self, reason: str) -> None:
        """raises NoAnswers where this is one failure too many"""
        with self._guard:
            self._reasons.append(re.sub(r"\S*[\d/]\S*", "#", reason))  # what names one sample is no difference
            if self._any_ended or len(self._reasons) < FIRST_FAILURES or len(set(self._reasons)) > 1:
                return
            self._any_ended = any(record.outcome in (*JUDGED, "finished") for record in _kept_records(self._job))
            if self._any_ended:
                return
        self._job.journal.stop.set()  # before the next sample begins
        raise NoAnswers(f"the first {FIRST_FAILURES} samples all failed alike, so the run was stopped: {reason}")


def _workers(models: Mapping[str, Any]) -> int:
    """Samples in flight: enough to fill two batches of the widest model, no more than a model keeps the parts of
    between its calls (`samples_kept`); one per core for models that take one call at a time."""
    batched = [model for model in models.values() if isinstance(model, Batched)]
    widest = max((model.max_batch for model in batched), default=0)
    wanted = max(2 * widest, os.cpu_count() or 1)
    kept = {model.card.name: getattr(model.model, "samples_kept", None) for model in batched}
    kept = {name: samples for name, samples in kept.items() if samples is not None and samples < wanted}
    if not kept:
        return wanted
    name, least = min(kept.items(), key=lambda item: item[1])
    taken = max(least, widest, 1)
    logging.getLogger(__name__).warning(
        f"{name} keeps the parts of {least} samples between calls: {taken} samples are worked on at once, not {wanted}"
    )
    return taken


# ---- at the end ------------------------------------------------------------------------------------------------------


def _metrics_key(parameters: BatchParameters) -> str:
    if parameters.num_shards == 1:
        return metrics.KEY
    return f"metrics.{parameters.shard_index + 1}of{parameters.num_shards}.json"


def _metrics(job: Job, records: Sequence[SampleRecord], started: float) -> Metrics:
    return metrics.of_records(
        records,
        found=job.listing.found,
        rubric=job.rubric,
        fail_under=job.parameters.fail_under,
        price_per_hour=job.parameters.run.price_per_hour,
        wall_s=time.perf_counter() - started,
        models=job.models,
    )


def _end(job: Job, records: Sequence[SampleRecord], started: float) -> None:
    """What is written once of the whole run: of several shards by the one that ends last."""
    whole = records if job.parameters.num_shards == 1 else _every_shard(job)
    if whole is not None:
        _compact(job, whole)
        if job.parameters.num_shards > 1:
            metrics.write(job.store, _metrics(job, whole, started), of_shards=_shard_keys(job))


def _shard_keys(job: Job) -> list[str]:
    parts = [job.parameters.model_copy(update={"shard_index": index}) for index in range(job.parameters.num_shards)]
    return [_metrics_key(part) for part in parts]


def _every_shard(job: Job) -> Sequence[SampleRecord] | None:
    """All records, for the shard that ends last; None for the others."""
    if any(job.store.read(key) is None for key in _shard_keys(job)):
        return None
    records = _kept_records(job)
    is_whole = len(records) == len(job.listing.lines) and all(record.outcome != "running" for record in records)
    return records if is_whole else None


def _kept_records(job: Job) -> tuple[SampleRecord, ...]:
    return Run(job.store, read_info(job.store), job.listing).records


def _compact(job: Job, records: Sequence[SampleRecord]) -> None:
    """Write all steps as one table, where pyarrow is installed: a faster copy of the records, which hold everything."""
    if find_spec("pyarrow") is None:
        return
    rows = to_parquet(step_rows(records, job.rubric))
    try:
        job.store.replace("attempts.parquet", rows, job.store.version("attempts.parquet"))
    except Damaged as e:
        logging.getLogger(__name__).warning(f"the table of all steps was not written: {e}")
    except RunConflict:
        if job.parameters.num_shards == 1:
            raise  # of two shards that end at once both found every record: the other wrote this same table
