"""One sample's loop, an attempt at a time, for a person to look on and to step in.

What the loop does by itself is the sample's record, as in a batch. Where a person overrules an attempt, in words or
verdict, a branch opens beside it (branches/<id>/<name>.json): its attempts are theirs and count in no rate of the run.
The journal answers what was drawn before, so a branch costs only its new attempts.
"""

import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

from PIL import Image

from .batch import SampleRun, outcome_of
from ..rubrics.rules import Rubric, best_attempt
from ..errors import BadInput, Refused, UnknownName
from .job import FLOWS, Job, named_model, prepare, writer_of
from .journal import Journal
from .parameters import BatchParameters
from ..roles import Generator, card_of, timed
from ..records import Attempt, AttemptRecord, Change, Decision, EditRequest, Fix, Outcome, Sample, SampleLine
from .info import Branch, branch_key, read_branches
from ..sources import Source, base_of
from ..storage.store import Store
from .reading import Run, open_run

LOOP = "loop"  # the line of the sample's own record
_ENDING = (Decision.ACCEPT, Decision.STOP)


class Line(NamedTuple):
    """One way through a sample's attempts: the loop's own, or a branch that a person opened."""

    name: str
    attempts: tuple[AttemptRecord, ...]
    outcome: Outcome
    reason: str = ""
    parent: str = ""
    after: int = 0  # the attempt that was overruled; 0 for the loop's own


def begin(parameters: BatchParameters, **given: Any) -> "LiveLoop":
    """A live loop over one sample, `parameters.sample` or the first that is listed, in the run of these parameters.

    given    generator, judge, flow, source, store, as for batch.prepare
    raises   as batch.prepare, before any work; BadPicture where the sample's pictures cannot be read
    """
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
    return LiveLoop(_job_of(run), lines[sample_id])


def _job_of(run: Run) -> Job:
    """The run's own job again, its models loaded by the names it recorded."""
    told = run.info.parameters
    if told["flow"] not in FLOWS:
        raise BadInput(
            f"{run.store.url} was made by {told['flow']}, a flow of its own; open it with live.begin(flow=...)"
        )
    parameters = BatchParameters.model_validate({**told, "output": run.store.url})
    there = {role: card.settings for role, card in run.info.models.items()}
    policies = {role: {"policy": known["policy"]} if "policy" in known else {} for role, known in there.items()}
    draw = named_model(parameters, "generator", policies["generator"])
    score = named_model(parameters, "judge", policies["judge"], rubric=run.rubric)
    for role, model in (("generator", draw), ("judge", score)):
        there, here = run.info.models[role], card_of(model)
        if there != here:
            raise BadInput(
                f"{run.store.url} was made by {role} {there.name} at revision {there.revision[:12]}, here is "
                f"{here.name} at {here.revision[:12]}: its attempts can be looked at; to draw more, run it again"
            )
    return Job(
        parameters=parameters,
        rubric=run.rubric,
        flow=FLOWS[told["flow"]],
        draw=draw,
        score=score,
        write=writer_of(parameters, FLOWS[told["flow"]], score),
        source=Source(where=told["source"], list_all=lambda: run.listing, base=base_of(told["source"])),
        listing=run.listing,
        journal=Journal(run.store),
    )


class LiveLoop:
    """Steps through one sample. Every method may be called from any thread; one call of a model runs at a time."""

    def __init__(self, job: Job, line: SampleLine):
        self.job, self.sample_id = job, line.sample_id
        self._kept = SampleRun(line, job.journal, job.rubric)
        self._sample = self._pictures(line)
        self._branches = {branch.name: branch for branch in read_branches(job.store, line.sample_id)}
        self._flows: dict[str, Iterator[Attempt]] = {}  # line -> its flow, waiting behind the line's last attempt
        self._one_at_a_time = threading.RLock()

    @property
    def rubric(self) -> Rubric:
        return self.job.rubric

    @property
    def store(self) -> Store:
        return self.job.store

    @property
    def sample(self) -> Sample:
        """The sample with its pictures, whether or not an attempt was drawn yet."""
        return self._sample

    def run(self) -> Run:
        """The run as it stands now."""
        return open_run(self.store.url)

    def lines(self) -> dict[str, Line]:
        """The loop's own attempts, then the branches in the order of opening."""
        record = self._kept.record
        loop = Line(LOOP, record.attempts, record.outcome, record.reason)
        branches = [
            Line(one.name, one.attempts, one.outcome, one.reason, one.parent, one.after)
            for one in self._branches.values()
        ]
        return {line.name: line for line in (loop, *branches)}

    def cannot_step(self, name: str = LOOP) -> str:
        """Why no further attempt can be drawn, in a sentence; '' where one can."""
        line = self._line(name)
        if line.outcome in ("running", "failed"):
            return ""
        said = {
            "accepted": "is accepted",
            "stopped": "was given up",
            "not_accepted": f"has had its {len(line.attempts)} attempts",
            "not_judged": f"has had its {len(line.attempts)} attempts, none of them judged",
        }.get(line.outcome, f"is {line.outcome}: {line.reason}")
        return f"{self.sample_id} {said}" + ("; overrule an attempt to go on from it" if line.attempts else "")

    def step(self, name: str = LOOP) -> AttemptRecord:
        """Draw and judge one more attempt, and keep it.

        raises   BadInput where the line has ended; Refused or ModelFailed, which are recorded as the sample's outcome
        """
        with self._one_at_a_time:
            if why := self.cannot_step(name):
                raise BadInput(why)
            writing = self._loop_step if name == LOOP else self._branch_step
            return writing(name)

    def branch(self, name: str, after: int, change: Change) -> str:
        """Open a branch where attempt `after` of line `name` is overruled; nothing is drawn yet.

        change   other words for the next request, another verdict, or both; words alone for an attempt that ended its
                 line mean that it is corrected
        returns  the new branch's name
        raises   BadInput where nothing is changed, UnknownName, StorageError
        """
        attempt = self._attempt(name, after)
        change = _completed(change, attempt)
        overruled = attempt.model_copy(update={"change": change, "decision": change.decision or attempt.decision})
        attempts = (*self._line(name).attempts[: after - 1], overruled)
        with self._one_at_a_time:
            opened = self._open(Branch(sample_id=self.sample_id, name="", parent=name, after=after, attempts=attempts))
        return opened.name

    def next_prompt(self, name: str, after: int) -> str:
        """The words with which the flow would ask for the attempt after number `after`."""
        return self._next_request(name, after).prompt

    def next_fixes(self, name: str, after: int) -> tuple[Fix, ...]:
        """The parameters with which the flow would ask for the attempt after number `after`."""
        return self._next_request(name, after).fixes

    def reads(self, prompt: str, fixes: tuple[Fix, ...] = ()) -> str:
        """What the generator makes of these words, where it can say so; else ''."""
        reads = getattr(self.job.draw, "reads", None)
        return reads(prompt, fixes) if reads else ""

    # ---- one more attempt --------------------------------------------------------------------------------------------

    def _loop_step(self, name: str) -> AttemptRecord:
        if not self._kept.record.pictures:
            self._kept.begin(self._sample)
        outcome = self._kept.record.outcome
        with self._kept.recorded_ending():
            attempt = self._next(name)
            self._kept.keep(attempt)
        attempts = self._kept.record.attempts
        if attempt.decision in _ENDING or len(attempts) == self._limit(name):
            self._kept.write(outcome=outcome_of(attempts, self._kept.record.best))
        elif outcome == "failed":
            self._kept.write(outcome="running", reason="")
        return attempts[-1]

    def _branch_step(self, name: str) -> AttemptRecord:
        branch = self._branches[name]
        try:
            drawn = self._next(name).record()
        except Refused as refusal:
            self._write(branch.model_copy(update={"outcome": "refused", "reason": f"{refusal.reason}: {refusal}"}))
            raise
        self._write(self._closed(branch.model_copy(update={"attempts": (*branch.attempts, drawn)})))
        return drawn

    def _write(self, branch: Branch) -> None:
        key = branch_key(self.sample_id, branch.name)
        self.store.replace(key, _document(branch), self.store.version(key))
        self._branches[branch.name] = branch

    def _next(self, name: str) -> Attempt:
        """The flow's next attempt; a flow that broke is begun anew, its finished calls answered by the journal."""
        attempts = self._line(name).attempts
        flow = self._flows.pop(name, None) or self._replayed(attempts, self._limit(name))
        attempt = flow.send(attempts[-1].change if attempts else None)
        self._flows[name] = flow
        return attempt

    def _replayed(self, attempts: tuple[AttemptRecord, ...], limit: int, **changed: Any) -> Iterator[Attempt]:
        """A flow that has yielded these attempts, each followed by what a person changed about it."""
        flow = self.job.attempts(self._sample, max_iterations=limit, **changed)
        said = None
        for attempt in attempts:
            drawn = flow.send(said)
            if drawn.record().picture != attempt.picture:
                raise BadInput(
                    f"attempt {attempt.number} of {self.sample_id} is not drawn as it was recorded; "
                    "the model is not deterministic or the run lost calls: run the sample again into another output"
                )
            said = attempt.change
        return flow

    # ---- what would be asked next ------------------------------------------------------------------------------------

    def _next_request(self, name: str, after: int) -> EditRequest:
        """What the flow asks its generator for after an attempt, without asking it."""
        last = self._attempt(name, after)
        told = last.change or Change()
        if last.decision in _ENDING:
            told = told.model_copy(update={"decision": Decision.RETRY})
        peek = _Peek()
        with self._one_at_a_time:
            flow = self._replayed(self._line(name).attempts[:after], after + 1, around=peek.around)
            peek.armed = True
            try:
                flow.send(told)
            except _Asked as asked:
                return asked.request
        raise BadInput(f"the flow asks for nothing after attempt {after} of {self.sample_id}")

    # ---- lines and branches ------------------------------------------------------------------------------------------

    def _line(self, name: str) -> Line:
        lines = self.lines()
        if name not in lines:
            raise UnknownName("line", name, lines)
        return lines[name]

    def _attempt(self, name: str, number: int) -> AttemptRecord:
        attempts = self._line(name).attempts
        if not 1 <= number <= len(attempts):
            raise BadInput(f"{self.sample_id} has attempts 1 to {len(attempts)} in line {name!r}, not {number}")
        return attempts[number - 1]

    def _limit(self, name: str) -> int:
        """A branch may have as many attempts of its own as the loop has in all."""
        return self.job.parameters.max_iterations + self._line(name).after

    def _open(self, branch: Branch) -> Branch:
        number = len(self._branches) + 1
        named = self._closed(branch.model_copy(update={"name": f"branch-{number}"}))
        while not self.store.create(branch_key(self.sample_id, named.name), _document(named)):
            number += 1  # someone else opened one of that name
            named = named.model_copy(update={"name": f"branch-{number}"})
        self._branches[named.name] = named
        return named

    def _closed(self, branch: Branch) -> Branch:
        """The branch with its best attempt, and its outcome where it has ended."""
        best = best_attempt(branch.attempts, self.rubric)
        number = best.number if best else None
        ended = branch.attempts[-1].decision in _ENDING
        ended = ended or len(branch.attempts) == self.job.parameters.max_iterations + branch.after
        outcome = outcome_of(branch.attempts, number) if ended else "running"
        return branch.model_copy(update={"best": number, "outcome": outcome})

    def _pictures(self, line: SampleLine) -> Sample:
        """The sample from the run's own pictures where it has them, so that a source that is gone is no obstacle."""
        kept, journal = self._kept.record.pictures, self.job.journal
        if not kept:
            return self.job.source.load(line)
        images = {role: journal.open_picture(name) for role, name in kept.items()}
        return Sample(sample_id=line.sample_id, wish=line.wish, images=images, known=line.known)


def _completed(change: Change, attempt: AttemptRecord) -> Change:
    """The change as it will be recorded; raises BadInput where it changes nothing."""
    if change.prompt is not None and not change.prompt.strip():
        raise BadInput(f"the words for the attempt after number {attempt.number} are empty; write what to ask for")
    if change.prompt is None and change.decision in (None, attempt.decision):
        raise BadInput(f"nothing is changed about attempt {attempt.number}; give other words or another verdict")
    if change.decision is None and attempt.decision in _ENDING:
        return change.model_copy(update={"decision": Decision.RETRY})
    return change


def _document(branch: Branch) -> bytes:
    return branch.model_dump_json(indent=1).encode()


class _Asked(Exception):
    """What a flow asked for while it was peeked at."""

    def __init__(self, request: EditRequest):
        super().__init__(request.prompt)
        self.request = request


class _Peek:
    """Stands before a generator: once armed, the next request is told instead of drawn."""

    armed = False

    def around(self, draw: Generator) -> "_Peek":
        self.draw, self.card = draw, card_of(draw)
        return self

    def __call__(self, request: EditRequest) -> Image.Image:
        return self.timed(request)[0]

    def timed(self, request: EditRequest) -> tuple[Image.Image, float]:
        if self.armed:
            raise _Asked(request)
        return timed(self.draw, request)
