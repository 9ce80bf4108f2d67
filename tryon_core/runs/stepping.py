"""One sample's flow, a step at a time, for a person to look on and to step in.

What the flow does by itself is the sample's record, as in a batch. Where a person overrules a step, in words, verdict,
pictures or choice, a branch opens beside it (branches/<id>/<name>.json): its steps are theirs and count in no rate of
the run. The journal answers what was drawn before, so a branch costs only its new steps.
"""

import inspect
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from .. import outages
from ..errors import BadInput, Refused, RunConflict, UnknownName
from ..records import Decision, EditRequest, Fix, Sample, SampleLine
from ..rubrics.rules import Rubric, best_attempt
from ..steps import Change, ChangeRecord, Outcome, Step, StepRecord
from ..storage.store import Store
from .job import Job
from .journal import Journal
from .kept.documents import Branch, read_branches
from .kept.keys import branch_key
from .parameters import BatchParameters
from .preparing import prepare
from .reading import Run, open_run
from .reopening import job_of
from .sample_run import SampleRun, keep_pictures, outcome_of
from .walk import Walk

LOOP = "loop"  # the line of the sample's own record
_ENDING = (Decision.ACCEPT, Decision.STOP)


class Line(NamedTuple):
    """One way through a sample's steps: the flow's own, or a branch that a person opened."""

    name: str
    steps: tuple[StepRecord, ...]
    outcome: Outcome
    reason: str = ""
    parent: str = ""
    after: int = 0  # the step that was overruled; 0 for the flow's own
    chosen: int | None = None


def begin(parameters: BatchParameters, **given: Any) -> "LiveLoop":
    """A live loop over one sample, `parameters.sample` or the first that is listed, in the run of these parameters.

    given    models, generator, judge, flow, source, store, as for job.prepare
    raises   as job.prepare, before any work; BadPicture where the sample's pictures cannot be read
    """
    with outages.within(parameters.run.limits(threading.Event())):
        job = prepare(parameters, **given)
    return LiveLoop(job, job.listing.lines[0])


def on_run(where: str, sample_id: str) -> "LiveLoop":
    """A live loop over a sample of an existing run, with the models, rubric and flow that the run names.

    raises   UnknownName with the nearest sample; BadInput where the models here are not those of the run; StorageError
    """
    run = open_run(where)
    lines = {line.sample_id: line for line in run.listing.lines}
    if sample_id not in lines:
        raise UnknownName("sample", sample_id, lines)
    return LiveLoop(job_of(run), lines[sample_id])


class LiveLoop:
    """Steps through one sample. Every method may be called from any thread; one call of a model runs at a time."""

    def __init__(self, job: Job, line: SampleLine):
        self.job, self.sample_id = job, line.sample_id
        self._one_at_a_time = threading.RLock()
        self._line_of_listing = line
        self._read()
        self._sample = self._pictures(line)

    def _read(self) -> None:
        """The sample's record and branches as they are now."""
        self._own = SampleRun(self._line_of_listing, self.job, watched=True)
        branches = read_branches(self.store, self.sample_id, self.rubric)
        self._branches = {branch.name: branch for branch in branches}
        self._walks: dict[str, Walk] = {}  # line -> its flow, waiting behind the line's last step

    @property
    def rubric(self) -> Rubric | None:
        return self.job.rubric

    @property
    def store(self) -> Store:
        return self.job.store

    @property
    def sample(self) -> Sample:
        """The sample with its pictures, whether or not anything was drawn yet."""
        return self._sample

    def run(self) -> Run:
        """The run as it is now."""
        return open_run(self.store.url)

    def lines(self) -> dict[str, Line]:
        """The flow's own steps, then the branches in the order of opening."""
        record = self._own.record
        loop = Line(LOOP, record.steps, record.outcome, record.reason, chosen=record.chosen)
        branches = [
            Line(one.name, one.steps, one.outcome, one.reason, one.parent, one.after, one.chosen)
            for one in self._branches.values()
        ]
        return {line.name: line for line in (loop, *branches)}

    def cannot_step(self, name: str = LOOP) -> str:
        """Why there is no further step, in a sentence; '' where one can be tried."""
        line = self._line(name)
        if line.outcome in ("running", "failed"):
            return ""
        kept = f"step {line.chosen} is kept" if line.chosen else "nothing is kept"
        attempts = sum(step.judgement is not None for step in line.steps)
        ended = {
            "accepted": "is accepted",
            "finished": f"has finished: {kept}",
            "stopped": "was given up",
            "not_accepted": f"has had its {attempts} attempts",
            "not_judged": f"has had its {attempts} attempts, none of them judged",
        }.get(line.outcome, f"is {line.outcome}: {line.reason}")
        last = _name(line.steps[-1]) if line.steps else ""
        article = "an" if last == "attempt" else "a"
        return f"{self.sample_id} {ended}" + (f"; overrule {article} {last} to go on from it" if last else "")

    def step(self, name: str = LOOP) -> StepRecord | None:
        """Do one more step of the flow, and keep it; None where the flow has ended instead.

        raises   BadInput where the line has ended; Refused or ModelFailed, which are recorded as the sample's outcome;
                 RunConflict where someone else has stepped meanwhile: their steps are here then
        """
        job = self.job
        with self._one_at_a_time, outages.within(job.parameters.run.limits(job.journal.stop)):
            if why := self.cannot_step(name):
                raise BadInput(why)
            try:
                return self._loop_step() if name == LOOP else self._branch_step(name)
            except RunConflict as e:
                self._read()
                who = "another notebook or process has stepped it meanwhile"
                raise RunConflict(
                    f"{self.sample_id}: {who}; its steps are shown now, step again to go on from them"
                ) from e

    def branch(self, name: str, after: int, change: Change) -> str:
        """Open a branch where step `after` of line `name` is overruled; nothing is drawn yet.

        change   other words for the next request, another verdict, pictures, points, or a step to keep; words alone for
                 an attempt that ended its line mean that it is corrected
        returns  the new branch's name
        raises   BadInput where nothing is changed, UnknownName, StorageError
        """
        step = self._step(name, after)
        change = _completed(change, step)
        for image in change.images.values():
            self.job.journal.pictures.save(image)
        overruled = step.model_copy(update={"change": change.record(), "decision": change.decision or step.decision})
        steps = (*self._line(name).steps[: after - 1], overruled)
        with self._one_at_a_time:
            branch = Branch(sample_id=self.sample_id, name="", parent=name, after=after, steps=steps)
            return self._open(branch).name

    @property
    def tells_next(self) -> bool:
        """Whether the flow can say how it would ask next."""
        return self.job.flow.next_request is not None

    def next_prompt(self, name: str, after: int) -> str:
        """The words with which the flow would ask behind step `after`; '' where it cannot tell."""
        return self._next_request(name, after).prompt if self.tells_next else ""

    def next_fixes(self, name: str, after: int) -> tuple[Fix, ...]:
        """The parameters with which the flow would ask behind step `after`."""
        return self._next_request(name, after).fixes if self.tells_next else ()

    def reads(self, prompt: str, fixes: tuple[Fix, ...] = ()) -> str:
        """What the generator makes of these words, where it can say so; else ''."""
        reads = getattr(self.job.models.get("generator"), "reads", None)
        return reads(prompt, fixes) if reads else ""

    # ---- one more step -----------------------------------------------------------------------------------------------

    def _loop_step(self) -> StepRecord | None:
        if not self._own.record.pictures:
            self._own.begin(self._sample)
        failed = self._own.record.outcome == "failed"
        with self._own.recorded_ending():
            walk = self._own.walk = self._walk(LOOP)
            step = walk.next()
            if step is not None:
                self._own.keep(step)
            if self._has_ended(walk, LOOP):
                self._own.end(walk)
        if failed and self._own.record.outcome == "failed":
            self._own.write(outcome="running", reason="")
        return self._own.record.steps[-1] if step is not None else None

    def _branch_step(self, name: str) -> StepRecord | None:
        branch = self._branches[name]
        seen = self._version(branch)
        try:
            walk = self._walk(name)
            change = _opened(branch.steps[-1].change, self.job.journal) if len(branch.steps) == branch.after else None
            step = walk.next(change)
        except Refused as refusal:
            refused = {"outcome": "refused", "reason": f"{refusal.reason}: {refusal}"}
            self._write(branch.model_copy(update=refused), seen)
            raise
        kept = keep_pictures(self.job, step) if step is not None else None
        steps = branch.steps if kept is None else (*branch.steps, kept)
        self._has_ended(walk, name)
        self._write(self._closed(branch.model_copy(update={"steps": steps}), walk), seen)
        return kept

    def _has_ended(self, walk: Walk, name: str) -> bool:
        """Whether the line is over. A flow that can tell is gone on with to its end at once: nothing is drawn there."""
        ends = self.job.flow.ends
        if not walk.ended and ends and ends(walk.steps, self.job.settings(self._line(name).after)):
            walk.next()
        return walk.ended

    def _walk(self, name: str) -> Walk:
        """The line's flow behind its last step; one that broke is begun anew, answered by the journal so far."""
        walk = self._walks.get(name)
        if walk is None or walk.flow.gi_frame is None or len(walk.steps) != len(self._line(name).steps):
            walk = self._walks[name] = self._replayed(self._line(name).steps, self._line(name).after)
        return walk

    def _replayed(self, steps: Sequence[StepRecord], more: int) -> Walk:
        """A walk that has yielded these steps, each but the last followed by what a person changed about it."""
        walk, change = self.job.walk(self._sample, more), None
        for step in steps:
            redone = walk.next(change)
            if redone is None or redone.record().picture != step.picture:
                raise BadInput(
                    f"step {step.number} of {self.sample_id} is not drawn as it was recorded; the model is not "
                    "deterministic or the run lost calls: run the sample again into another output"
                )
            change = _opened(step.change, self.job.journal)
        return walk

    # ---- what would be asked next ------------------------------------------------------------------------------------

    def _next_request(self, name: str, after: int) -> EditRequest:
        """What the flow would ask its generator for behind a step; nothing is drawn."""
        self._step(name, after)
        recorded = self._line(name).steps[:after]
        with self._one_at_a_time:
            walk = self._replayed(recorded, self._line(name).after + 1)
            change = _opened(recorded[-1].change, self.job.journal) or Change()
            steps = [*walk.steps[:-1], walk.steps[-1].changed(change)]
            if steps[-1].decision in _ENDING:
                steps[-1] = steps[-1].changed(Change(prompt=change.prompt, decision=Decision.RETRY))
            return self._asked_next(walk, steps, self._line(name).after + 1)

    def _asked_next(self, walk: Walk, steps: Sequence[Step], more: int) -> EditRequest:
        ask = self.job.flow.next_request
        takes = inspect.signature(ask).parameters
        known = {**self.job.journaled(walk.meter), "rubric": self.rubric, "options": self.job.settings(more)}
        return ask(self._sample.blind(), steps, **{name: value for name, value in known.items() if name in takes})

    # ---- lines and branches ------------------------------------------------------------------------------------------

    def _line(self, name: str) -> Line:
        lines = self.lines()
        if name not in lines:
            raise UnknownName("line", name, lines)
        return lines[name]

    def _step(self, name: str, number: int) -> StepRecord:
        steps = self._line(name).steps
        if not 1 <= number <= len(steps):
            what = _name(steps[-1]) if steps else "step"
            raise BadInput(f"{self.sample_id} has {what}s 1 to {len(steps)} in line {name!r}, not {number}")
        return steps[number - 1]

    def _open(self, branch: Branch) -> Branch:
        number = len(self._branches) + 1
        opened = self._closed(branch.model_copy(update={"name": f"branch-{number}"}))
        while not self.store.create(branch_key(self.sample_id, opened.name), _document(opened)):
            number += 1  # someone else opened one of that name
            opened = opened.model_copy(update={"name": f"branch-{number}"})
        self._branches[opened.name] = opened
        return opened

    def _closed(self, branch: Branch, walk: Walk | None = None) -> Branch:
        """The branch with the step it keeps, and its outcome where it has ended."""
        last = branch.steps[-1]
        best = best_attempt(branch.steps, self.rubric) if self.rubric else None
        chosen = best.number if best else None
        ended = walk is not None and walk.ended
        if ended:
            chosen = walk.chosen
        elif last.change and last.change.keep:
            ended, chosen = True, last.change.keep
        elif walk is None and last.decision in _ENDING:
            ended = True
            if last.decision is Decision.ACCEPT and last.picture is not None:
                chosen = last.number  # what a person accepts is kept, judged or not
        outcome = outcome_of(branch.steps, chosen) if ended else "running"
        return branch.model_copy(update={"chosen": chosen, "outcome": outcome})

    def _version(self, branch: Branch) -> str | None:
        """The branch's version for `_write`; raises RunConflict where it is not there as it is here."""
        version = self.store.version(branch_key(self.sample_id, branch.name))
        if branch not in read_branches(self.store, self.sample_id, self.rubric):
            raise RunConflict(f"{branch.name} has other steps now")
        return version

    def _write(self, branch: Branch, seen: str | None) -> None:
        self.store.replace(branch_key(self.sample_id, branch.name), _document(branch), seen)
        self._branches[branch.name] = branch

    def _pictures(self, line: SampleLine) -> Sample:
        """The sample from the run's own pictures where it has them, so that a source that is gone is no obstacle."""
        sample = self._own.kept_sample()
        if sample is None:
            sample = self.job.source.load(line)
            if self._own.record.pictures:
                self._own.begin(sample)
        return sample


def _completed(change: Change, step: StepRecord) -> Change:
    """The change as it will be recorded; raises BadInput where it changes nothing."""
    if change.prompt is not None and not change.prompt.strip():
        raise BadInput(f"the words for the {_name(step)} after number {step.number} are empty; write what to ask for")
    if change.prompt is not None and any("\ud800" <= letter <= "\udfff" for letter in change.prompt):
        raise BadInput("the words hold half a character (a lone surrogate), which no file can hold; write them again")
    more = change.images or change.points or change.keep is not None
    if change.keep is not None and not 1 <= change.keep <= step.number:
        raise BadInput(f"step {change.keep} cannot be kept behind step {step.number}; name one from 1 to {step.number}")
    if change.prompt is None and not more and change.decision in (None, step.decision):
        raise BadInput(f"nothing is changed about {_name(step)} {step.number}; give other words or another verdict")
    if change.decision is None and change.keep is None and step.decision in _ENDING:
        return Change(**{**vars(change), "decision": Decision.RETRY})
    return change


def _opened(change: ChangeRecord | None, journal: Journal) -> Change | None:
    """A recorded change with its pictures."""
    if change is None:
        return None
    images = {role: journal.pictures.open(name) for role, name in change.pictures.items()}
    return Change(
        prompt=change.prompt,
        decision=change.decision,
        images=images,
        points=change.points,
        keep=change.keep,
        by=change.by,
    )


def _name(step: StepRecord) -> str:
    """What a person calls it."""
    return "step" if step.judgement is None else "attempt"


def _document(branch: Branch) -> bytes:
    return branch.model_dump_json(indent=1).encode()
