"""One step of one sample's attempts, told without a widget: which line, which attempt, and what changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ....records import AttemptRecord, Change, Decision, SampleLine, SampleRecord
from ....rubrics.rules import Rubric, best_attempt, decide
from ....runs.reading import Run
from ....runs.stepping import LOOP, LiveLoop
from ....text import Piece, word_changes
from ...figures.palette import colours, gates
from ...tables.story import DECISIONS, POLISHED, AttemptStory, asked_next, attempt_stories, outcome_words

ENDED = {Decision.ACCEPT: "accepted", Decision.STOP: "given up"}
NEXT = {Decision.RETRY: "to be corrected", Decision.RESTART: "to be started over"}


class _Attempts(Protocol):
    """A live.Line or a records.Branch."""

    name: str
    attempts: tuple[AttemptRecord, ...]
    outcome: str
    reason: str
    parent: str
    after: int


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way through a sample's attempts, the loop's own or a branch, as a record like any other."""

    name: str
    record: SampleRecord
    parent: str = ""
    after: int = 0  # the attempt of `parent` that a person overruled

    @property
    def ended(self) -> str:
        """How it ended, in a few words."""
        last = self.record.attempts[-1] if self.record.attempts else None
        if last and last.change and last.change.decision in ENDED and self.record.outcome in ("accepted", "stopped"):
            return f"{ENDED[last.change.decision]} by {last.change.by} at attempt {last.number}"
        begun = self.record.pictures or self.record.attempts or self.record.outcome != "running"
        return outcome_words(self.record if begun else None)

    @property
    def words(self) -> str:
        """Its name and how it came about."""
        return f"{self.name}, from attempt {self.after} of {self.parent}" if self.parent else "loop, the flow's own"


def ways(run: Run, line: SampleLine, live: LiveLoop | None = None) -> dict[str, Way]:
    """Name -> way: the loop's own first, then the branches in the order of opening; as they stand now.

    live   the loop that draws this very sample; else the run is read
    """
    found = run.records_of([line.sample_id])
    record = found[0] if found else SampleRecord(sample_id=line.sample_id, line=line)
    if live is None:
        others: Sequence[_Attempts] = run.branches(line.sample_id)
        return {LOOP: Way(name=LOOP, record=record), **{one.name: _way(record, one, run.rubric) for one in others}}
    return {name: _way(record, one, run.rubric) for name, one in live.lines().items()}


def _way(record: SampleRecord, line: _Attempts, rubric: Rubric) -> Way:
    best = best_attempt(line.attempts, rubric)
    told = {"attempts": line.attempts, "outcome": line.outcome, "reason": line.reason}
    here = record.model_copy(update={**told, "best": best.number if best else None})
    return Way(name=line.name, record=here, parent=line.parent, after=line.after)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One attempt of a way.

    number    0 where nothing was drawn
    pictures  role -> digest, of the sample; a live loop has them before its record does
    """

    run: Run
    way: Way
    number: int
    pictures: Mapping[str, str]

    @property
    def attempts(self) -> tuple[AttemptRecord, ...]:
        return self.way.record.attempts

    @property
    def attempt(self) -> AttemptRecord | None:
        return self.attempts[self.number - 1] if self.number else None

    @property
    def before(self) -> AttemptRecord | None:
        return self.attempts[self.number - 2] if self.number > 1 else None

    def other(self, against: Literal["person", "before"]) -> tuple[str, str] | None:
        """(name, digest) of what the attempt is compared with; None where there is nothing."""
        if against == "before" and self.before:
            return f"attempt {self.before.number}", self.before.picture
        name = "person, as no attempt came before" if against == "before" else "person"
        return (name, self.pictures["person"]) if "person" in self.pictures else None

    @property
    def stories(self) -> list[AttemptStory]:
        return attempt_stories(self.way.record, self.run.rubric)

    @property
    def title(self) -> str:
        """The finding in a sentence."""
        if not self.number:
            return f"{self.way.record.sample_id}: {self.way.ended}"
        story = self.stories[self.number - 1]
        found = f"attempt {self.number} of {len(self.attempts)}, {self.decisions[self.number - 1]}"
        if story.failures:
            first = story.failures[0]
            gate = gates(self.run.rubric)[first.constraint]
            return f"{found}: {first.constraint} (gate {gate}) fails first, at {first.score}"
        return f"{found}: {'every constraint met' if story.judged else 'an answer is missing'}"

    @property
    def decisions(self) -> list[str]:
        """The verdicts in words; of a line that goes on, the newest attempt's says what comes next."""
        told = [story.decision for story in self.stories]
        if told and self.way.record.outcome in ("running", "failed") and self.stories[-1].judged:
            told[-1] = NEXT.get(self.attempts[-1].decision, told[-1])
        return told

    @property
    def said_by_person(self) -> str:
        """What a person changed about this attempt: the verdict, the words of the next one; '' where nothing."""
        return overruled(self.attempt, self.run.rubric) if self.attempt else ""

    @property
    def asked_by_person(self) -> str:
        """What a person had changed before this attempt was asked for; '' where nothing."""
        change = self.before.change if self.before else None
        if change is None:
            return ""
        words = f"in {change.by}'s words" if change.prompt else ""
        verdict = f"after {change.by}'s verdict: {DECISIONS[change.decision]}" if change.decision else ""
        return ", ".join(filter(None, (words, verdict)))

    @property
    def new_words(self) -> tuple[Piece, ...]:
        """The request's words against those of the attempt before; the first request is all kept."""
        words = self.attempt.request["prompt"] if self.attempt else self.way.record.line.wish
        return word_changes(self.before.request["prompt"] if self.before else words, words)

    @property
    def polished_words(self) -> tuple[Piece, ...]:
        """The composed words against a writer's; nothing where no writer's words were asked with."""
        polish = self.attempt.polish if self.attempt else None
        return polish.words if polish and not polish.unused else ()

    @property
    def new_parameters(self) -> tuple[str, ...]:
        """What else than the words the request changed; nothing for the first one."""
        if not self.before:
            return ()
        change = self.before.change
        in_new_words = f"in {change.by}'s words: {change.prompt}" if change and change.prompt else ""
        told_as_words = (in_new_words, POLISHED)
        return tuple(one for one in asked_next(self.before, self.attempt) if one not in told_as_words)


def overruled(attempt: AttemptRecord, rubric: Rubric) -> str:
    """What a person changed at an attempt, beside what the rule had said; '' where nothing."""
    change: Change | None = attempt.change
    if change is None:
        return ""
    judged: Decision = decide(attempt.judgement, rubric)
    said = []
    if change.decision and change.decision != judged:
        said.append(f"overruled by {change.by}: {DECISIONS[change.decision]} (the rule said: {DECISIONS[judged]})")
    if change.prompt:
        said.append(f"the next request is in {change.by}'s words")
    return "; ".join(said) or f"confirmed by {change.by}"


def hues(run: Run) -> dict[str, tuple[int, str]]:
    """Constraint -> (gate number, '#RRGGBB')."""
    number, shade = gates(run.rubric), colours(run.rubric)
    return {key: (number[key], shade[key]) for key in run.rubric.keys}
