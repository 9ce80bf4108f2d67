"""Run a flow over many samples: models by name, several samples at once, everything journaled, best attempt kept."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
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
from .records import Attempt, AttemptRecord, Decision, ModelCard, Outcome, Sample, SampleLine, SampleRecord
from .runs import RunInfo, attempt_rows, claim, git_commit, package_versions, read_info, record_key, to_parquet
from .sources import Listing, Source, open_source
from .store import Store, open_store
from .workers import side_by_side

Flow = Callable[..., Iterator[Attempt]]  # takes a sample, generate, judge, rubric, max_iterations and seed

FLOWS: dict[str, Flow] = {"closed_loop": closed_loop}
FINAL = ("accepted", "not_accepted", "stopped", "not_judged", "refused", "unusable")  # not looked at again by a re-run


@dataclass(frozen=True, kw_only=True)
class Job:
    """A run that was claimed: which samples, which flow with which models, and where every call is kept."""

    parameters: BatchParameters
    rubric: Rubric
    flow: Flow
    draw: Generator
    score: Judge
    source: Source
    listing: Listing
    journal: Journal

    @property
    def store(self) -> Store:
        return self.journal.store

    def attempts(
        self, sample: Sample, around: Callable[[Generator], Generator] = lambda draw: draw, **changed: Any
    ) -> Iterator[Attempt]:
        """The flow over one sample, every call answered by the journal.

        around   what stands between the flow and the generator
        changed  arguments of the flow in place of the run's own
        """
        told = {"rubric": self.rubric, "max_iterations": self.parameters.max_iterations, "seed": self.parameters.seed}
        draw, score = around(self.journal.generator(self.draw)), self.journal.judge(self.score, self.rubric)
        return self.flow(sample.blind(), draw, score, **{**told, **changed})


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

    with _coalesced(job.draw, options.max_batch) as draw, _coalesced(job.score, options.max_batch) as score:
        batched = replace(job, draw=draw, score=score)
        records = side_by_side(
            lambda line: SampleRun(line, job.journal, job.rubric).run(job.source, batched.attempts),
            job.listing.lines,
            options.workers or _workers(draw, score),
            job.journal.stop,
            progress,
        )
    rows = to_parquet(attempt_rows(records, job.rubric))
    job.store.replace("attempts.parquet", rows, job.store.version("attempts.parquet"))
    return BatchResult(job.store.url, tuple(records), job.listing, time.perf_counter() - started)


def prepare(
    parameters: BatchParameters,
    *,
    generator: Generator | None = None,
    judge: Judge | None = None,
    flow: Flow | None = None,
    source: Source | None = None,
    store: Store | None = None,
) -> Job:
    """Claim the output for this run, and list its samples; a re-run sees the samples of the first listing.

    generator, judge  in place of the named models; each needs a `card`
    flow, source      in place of the named ones; a source's own selection stands
    store             in place of the one at `parameters.output`
    raises            BadInput, UnknownName, StorageError; RunConflict where the output holds another run
    """
    flow, rubric = flow or _flow(parameters.flow), _rubric(parameters)
    draw = generator or models.load(parameters.generator, "generator", **parameters.options.generator)
    score = judge or models.load(parameters.judge, "judge", rubric=rubric, **parameters.options.judge)
    source = source or open_source(
        parameters.source,
        limit=parameters.limit,
        difficulty=parameters.difficulty,
        gender=parameters.gender,
        sample=parameters.sample,
    )
    store = store or (open_store(parameters.output) if parameters.output else None)
    frozen = store.read("listing.json") if store else None
    listing = Listing.model_validate_json(frozen) if frozen else source.listing()
    cards = {"generator": card_of(draw), "judge": card_of(score)}
    info = _info(parameters, flow=flow, rubric=rubric, source=source, listing=listing, cards=cards)
    store = store or open_store(f"runs/{info.parameters['flow'].rpartition('.')[2]}-{info.digest[:8]}")
    journal = Journal(store, reuse=_earlier_run(parameters.reuse))
    claim(store, info)
    store.create("listing.json", listing.model_dump_json(indent=1).encode())
    return Job(
        parameters=parameters,
        rubric=rubric,
        flow=flow,
        draw=draw,
        score=score,
        source=source,
        listing=listing,
        journal=journal,
    )


def _info(
    parameters: BatchParameters,
    *,
    flow: Flow,
    rubric: Rubric,
    source: Source,
    listing: Listing,
    cards: dict[str, ModelCard],
) -> RunInfo:
    """What runs, in the words of run.json; how the work is shared out changes no answer and is left out."""
    told = parameters.model_dump(
        mode="json", exclude={"output": True, "options": {"workers", "max_batch", "price_per_hour"}}
    )
    selection = {name: getattr(source, name) for name in ("limit", "difficulty", "gender", "sample")}
    named = parameters.flow if FLOWS.get(parameters.flow) is flow else f"{flow.__module__}.{flow.__qualname__}"
    return RunInfo(
        parameters={**told, **selection, "source": source.where, "flow": named},
        rubric=asdict(rubric),
        models=cards,
        listing_digest=listing.digest,
        price_per_hour=parameters.options.price_per_hour,
        started_utc=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        versions=package_versions(),
        commit=git_commit(),
    )


def _earlier_run(where: str) -> Store | None:
    """The run to take finished calls from; raises StorageError where there is none."""
    if not where:
        return None
    store = open_store(where)
    read_info(store)
    return store


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


def _flow(name: str) -> Flow:
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
