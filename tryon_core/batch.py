"""Run a flow over many samples: models by name, several samples at once, everything journaled, best attempt kept."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from . import models, rubrics
from .batching import Coalesced, coalesce
from .constraints import Rubric, best_attempt
from .errors import BadPicture, ModelFailed, Refused, Stopped, StorageError, UnknownName
from .flows.closed_loop import closed_loop
from .journal import Journal, picture_key
from .parameters import BatchParameters
from .protocols import Generator, Judge, card_of
from .records import Attempt, Decision, ModelCard, Sample, SampleLine, SampleRecord
from .runs import RunInfo, attempt_rows, claim, git_commit, package_versions, read_info, record_key, to_parquet
from .sources import Listing, Source, open_source
from .store import Store, open_store

FLOWS = {"closed_loop": closed_loop}
FINAL = ("accepted", "not_accepted", "stopped", "not_judged", "refused", "unusable")  # not looked at again by a re-run


@dataclass(frozen=True)
class BatchResult:
    """What a batch left behind: where, one record a sample in listing order, and what was skipped before."""

    url: str
    records: tuple[SampleRecord, ...]
    listing: Listing
    wall_s: float


def run_batch(
    parameters: BatchParameters,
    *,
    generator: Generator | None = None,
    judge: Judge | None = None,
    store: Store | None = None,
    progress: bool = True,
) -> BatchResult:
    """Run a flow over a source's samples and keep everything under `parameters.output`.

    generator, judge  in place of the named models; each needs a `card`
    store             in place of the one at `parameters.output`
    raises            BadInput and StorageError before any work; Stopped after SIGTERM or Ctrl-C; StorageError where the
                      output fails in between. Running again with the same parameters goes on where it ended.
    """
    started = time.perf_counter()
    flow, rubric = _flow(parameters.flow), _rubric(parameters)
    draw = generator or models.load(parameters.generator, "generator", **parameters.options.generator)
    score = judge or models.load(parameters.judge, "judge", rubric=rubric, **parameters.options.judge)
    store = store or open_store(parameters.output or f"runs/{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    journal = Journal(store, reuse=_earlier_run(parameters.reuse))
    source = open_source(
        parameters.source, limit=parameters.limit, difficulty=parameters.difficulty, gender=parameters.gender
    )
    listing = _begin(store, source, parameters, rubric, {"generator": card_of(draw), "judge": card_of(score)})

    with _coalesced(draw, parameters) as draw, _coalesced(score, parameters) as score:

        def attempts_of(sample: Sample) -> Iterator[Attempt]:
            return flow(
                sample,
                journal.generator(draw),
                journal.judge(score, rubric),
                rubric=rubric,
                max_iterations=parameters.max_iterations,
                seed=parameters.seed,
            )

        def one(line: SampleLine) -> SampleRecord:
            return _SampleRun(line, journal, rubric).run(source, attempts_of)

        workers = parameters.options.workers or _workers(draw, score)
        records = _side_by_side(one, listing.lines, workers, journal.stop, progress)
    rows = to_parquet(attempt_rows(records, rubric))
    store.replace("attempts.parquet", rows, store.version("attempts.parquet"))
    return BatchResult(store.url, tuple(records), listing, time.perf_counter() - started)


def _begin(
    store: Store, source: Source, parameters: BatchParameters, rubric: Rubric, cards: dict[str, ModelCard]
) -> Listing:
    """Claim the output for this run; returns the listing it began with, so that a re-run sees the same samples."""
    frozen = store.read("listing.json")
    listing = Listing.model_validate_json(frozen) if frozen else source.listing()
    sharing = {"workers", "max_batch", "price_per_hour"}  # how the work is shared out changes no answer
    told = parameters.model_dump(mode="json", exclude={"output": True, "options": sharing})
    claim(
        store,
        RunInfo(
            parameters={**told, "source": source.where},
            rubric=asdict(rubric),
            models=cards,
            listing_digest=listing.digest,
            price_per_hour=parameters.options.price_per_hour,
            started_utc=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            versions=package_versions(),
            commit=git_commit(),
        ),
    )
    store.create("listing.json", listing.model_dump_json(indent=1).encode())
    return listing


def _earlier_run(where: str) -> Store | None:
    """The run to take finished calls from; raises StorageError where there is none."""
    if not where:
        return None
    store = open_store(where)
    read_info(store)
    return store


class _SampleRun:
    """One sample's way through a flow, its record written after each attempt."""

    def __init__(self, line: SampleLine, journal: Journal, rubric: Rubric):
        self.key, self.store, self.journal, self.rubric = record_key(line.sample_id), journal.store, journal, rubric
        self.record = SampleRecord(sample_id=line.sample_id, line=line)
        self.seen: str | None = None

    def run(self, source: Source, attempts_of: Callable[[Sample], Iterator[Attempt]]) -> SampleRecord:
        """The sample's final record; what cannot be drawn, judged or read is an outcome, a bug of ours is not."""
        found = self.store.read(self.key)
        if found is not None:
            earlier = SampleRecord.model_validate_json(found)
            if earlier.outcome in FINAL:
                return earlier
            self.seen = self.store.version(self.key)
        if self.journal.stop.is_set():
            raise Stopped("a stop was asked for before this sample began")
        try:
            sample = source.load(self.record.line)
        except BadPicture as e:
            return self._write(outcome="unusable", reason=str(e))
        except StorageError as e:
            return self._write(outcome="failed", reason=str(e))
        self._write(pictures={role: self.journal.save_picture(picture) for role, picture in sample.images.items()})
        try:
            for attempt in attempts_of(sample.blind()):
                self._keep(attempt)
        except Refused as refusal:
            return self._write(outcome="refused", reason=f"{refusal.reason}: {refusal}")
        except ModelFailed as e:
            return self._write(outcome="failed", reason=str(e))
        return self._write(outcome=self._outcome())

    def _keep(self, attempt: Attempt) -> None:
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
        self._write(attempts=attempts, best=best.number if best else None)

    def _outcome(self) -> str:
        last = self.record.attempts[-1].decision
        if last in (Decision.ACCEPT, Decision.STOP):
            return "accepted" if last is Decision.ACCEPT else "stopped"
        return "not_accepted" if self.record.best else "not_judged"

    def _write(self, **news: Any) -> SampleRecord:
        self.record = SampleRecord.model_validate(self.record.model_copy(update=news).model_dump())
        self.seen = self.store.replace(self.key, self.record.model_dump_json(indent=1).encode(), self.seen)
        return self.record


def _side_by_side(
    one, lines: tuple[SampleLine, ...], workers: int, stop: threading.Event, progress: bool
) -> list[SampleRecord]:
    """`one` for each line, at most `workers` at a time; the first fatal error stops the others at their next call."""
    from tqdm.auto import tqdm

    with (
        _stop_on_signals(stop),
        ThreadPoolExecutor(min(workers, len(lines)), "sample") as pool,
        tqdm(total=len(lines), desc="samples", unit="sample", disable=not progress) as bar,
    ):
        futures: list[Future] = [pool.submit(one, line) for line in lines]
        try:
            waiting = set(futures)
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                bar.update(len(done))
                if any(future.exception() is not None for future in done):
                    stop.set()
        except KeyboardInterrupt:
            stop.set()
    errors = [error for future in futures if (error := future.exception()) is not None]
    fatal = [error for error in errors if not isinstance(error, Stopped)]
    if fatal:
        raise fatal[0]
    if errors:
        raise Stopped(
            f"stopped after {len(lines) - len(errors)} of {len(lines)} samples; everything finished is recorded, "
            "run the same command again to go on"
        )
    return [future.result() for future in futures]


@contextlib.contextmanager
def _stop_on_signals(stop: threading.Event) -> Iterator[None]:
    """SIGTERM sets `stop` while inside; outside the main thread signals cannot be caught and are left alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _coalesced(model: Any, parameters: BatchParameters) -> Iterator[Any]:
    """The model, its calls put together into batches where it offers that."""
    if not hasattr(model, "batch"):
        yield model
        return
    with contextlib.closing(coalesce(model, parameters.options.max_batch)) as batched:
        yield batched


def _workers(*all_models: Any) -> int:
    """Enough threads to fill two batches of the widest model; one a core for models that take one call at a time."""
    widest = max((model.max_batch for model in all_models if isinstance(model, Coalesced)), default=0)
    return max(2 * widest, os.cpu_count() or 1)


def _flow(name: str):
    if name not in FLOWS:
        raise UnknownName("flow", name, FLOWS)
    return FLOWS[name]


def _rubric(parameters: BatchParameters) -> Rubric:
    """The rubric by name, its rule changed by the flow's options."""
    chosen, given = rubrics.rubric(parameters.rubric), parameters.options.flow
    for name in given:
        if name not in chosen.rule.__dataclass_fields__:
            raise UnknownName("option of the rule", name, chosen.rule.__dataclass_fields__)
    return replace(chosen, rule=replace(chosen.rule, **given))
