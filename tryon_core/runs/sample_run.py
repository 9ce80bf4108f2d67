"""One sample's record in a run; batch and stepping write it alike.

It is written at the sample's end, and before that behind each step where there are several, or where somebody looks on.
"""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from ..errors import BadPicture, Damaged, ModelFailed, Refused, Stopped, StorageError
from ..records import Decision, Sample, SampleLine
from ..rubrics.rules import best_attempt
from ..steps import Outcome, SampleRecord, Step, StepRecord
from ..storage.fetch_target import is_url
from ..text.scrubbing import scrubbed
from .job import Job
from .kept.documents import parsed_record
from .kept.keys import picture_key, record_key, verdict_key
from .walk import Walk

# not looked at again by a re-run
FINAL = ("finished", "accepted", "not_accepted", "stopped", "not_judged", "refused")


class SampleRun:
    """One sample's record in a run.

    watched  somebody looks on: each step is written at once
    sample   its pictures, once `begin_again` or `begin` has read them
    walk     what draws it, set by whoever goes through it: a record names the calls before a refusal, too
    raises   Damaged where what is in the record's place can be neither read nor written over
    """

    sample: Sample
    walk: Walk | None = None

    def __init__(self, line: SampleLine, job: Job, *, watched: bool = False):
        self.key, self.store, self.job, self.watched = record_key(line.sample_id), job.store, job, watched
        self.line, self.seen = line, None
        self.record = self._empty()
        there = job.journal.there
        found = self.store.read_version(self.key) if there is None or there(self.key) else None
        if found is not None:
            data, self.seen = found
            self.record = self._read(data)

    def _empty(self) -> SampleRecord:
        return SampleRecord(sample_id=self.line.sample_id, line=self.line, run=self.job.digest)

    def _read(self, data: bytes) -> SampleRecord:
        """The record as it is there; an empty one in place of one that cannot be used, or is of another run."""
        try:
            record = parsed_record(self.store, data, self.line, self.job.rubric)
        except Damaged as e:
            logging.getLogger(__name__).warning(f"{e}; the sample is begun again, from the calls that were kept")
            return self._empty()
        return record if record.run in ("", self.job.digest) else self._empty()

    @property
    def finished(self) -> bool:
        return self.record.outcome in FINAL and not self._lost()

    def _lost(self) -> bool:
        """Whether a picture that the record names is not whole any more, as far as that is seen without reading it."""
        names = [*self.record.pictures.values(), *(name for step in self.record.steps for name in step.pictures)]
        return not all([self.job.journal.pictures.seems_whole(name) for name in names])

    def begin_again(self) -> bool:
        """Read the sample's pictures and start its record anew: calls are replayed. False where it cannot be read.

        raises   Stopped where a stop was asked for
        """
        if self.job.journal.stop.is_set():
            raise Stopped("a stop was asked for before this sample began")
        fetched = any(is_url(where) for where in self.line.pictures.values())
        kept = self.kept_sample() if fetched else None  # a signed URL ends with time
        self.record = self._empty()
        try:
            sample = kept or self.job.source.load(self.line)
        except BadPicture as e:
            self.write(outcome="unusable", reason=scrubbed(str(e)))
            return False
        except StorageError as e:
            self.write(outcome="failed", reason=scrubbed(str(e)))
            return False
        self.begin(sample)
        return True

    def kept_sample(self) -> Sample | None:
        """The sample from the run's own pictures; None where it does not have them all, whole."""
        kept = self.record.pictures
        if kept.keys() != self.line.pictures.keys() or not kept:
            return None
        try:
            return Sample.of(self.line, {role: self.job.journal.pictures.open(name) for role, name in kept.items()})
        except Damaged as e:
            logging.getLogger(__name__).warning(f"{e}; the sample's pictures are read from its source")
            return None

    def begin(self, sample: Sample) -> None:
        """Keep the sample's pictures."""
        self.sample = sample
        self._note(pictures={role: self.job.journal.pictures.save(image) for role, image in sample.images.items()})

    @contextlib.contextmanager
    def recorded_ending(self) -> Iterator[None]:
        """A refusal or a broken call inside is written as this sample's outcome, then raised on."""
        try:
            yield
        except Refused as refusal:
            self.write(outcome="refused", reason=f"{refusal.reason}: {refusal}", calls=self._calls())
            raise
        except (ModelFailed, Damaged) as e:
            self.write(outcome="failed", reason=str(e), calls=self._calls())
            raise

    def _calls(self) -> tuple[str, ...]:
        return self.walk.meter.calls() if self.walk else ()

    def keep(self, step: Step) -> None:
        """Add a step to the record, its pictures first, and its picture to the folder of its verdict."""
        kept = keep_pictures(self.job, step)
        steps = (*self.record.steps, kept)
        best = best_attempt(steps, self.job.rubric) if self.job.rubric else None
        if self.job.flow.line.every_attempt:
            self._link(kept, steps)
        self._note(steps=steps, chosen=best.number if best else None)
        goes_on = step.decision not in (Decision.ACCEPT, Decision.STOP)
        if self.watched or (goes_on and (step.decision or len(steps) > 1)):
            self.write()

    def end(self, walk: Walk) -> None:
        """Record how the flow ended and which step is kept."""
        steps = self.record.steps
        chosen = steps[walk.chosen - 1] if walk.chosen else None
        if chosen and not self.job.flow.line.every_attempt:
            self._link(chosen, steps)
        self.write(chosen=walk.chosen, after=walk.after, calls=walk.calls, outcome=outcome_of(steps, walk.chosen))

    def _link(self, step: StepRecord, steps: Sequence[StepRecord]) -> None:
        """A second name for a step's picture: <verdict>/<id>_tryon_iter<k>.png, k counting judged steps."""
        if step.picture is not None:
            self.store.link(picture_key(step.picture), verdict_key(self.record.sample_id, step, steps))

    def write(self, **news: Any) -> SampleRecord:
        self._note(**news)
        self.seen = self.store.replace(self.key, self.record.model_dump_json(indent=1).encode(), self.seen)
        return self.record

    def _note(self, **news: Any) -> None:
        self.record = SampleRecord.model_validate({**dict(self.record), **news})


def keep_pictures(job: Job, step: Step) -> StepRecord:
    """The step as a record, after its pictures were kept."""
    shown = [step.image, *step.made.values(), *(step.change.images.values() if step.change else ())]
    for image in shown:
        if image is not None:
            job.journal.pictures.save(image)
    return step.record()


def outcome_of(steps: Sequence[StepRecord], chosen: int | None) -> Outcome:
    """How a flow ended that has ended, by the step that it chose."""
    judged = [step for step in steps if step.judgement is not None]
    if not judged:
        return "finished"
    kept = steps[chosen - 1].decision if chosen else None
    if kept is Decision.ACCEPT:
        return "accepted"
    if judged[-1].decision is Decision.STOP:
        return "stopped"
    return "not_accepted" if any(step.judged for step in judged) else "not_judged"
