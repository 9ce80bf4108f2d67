"""What a page says of one sample and one step, as plain words and numbers: no HTML, no pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...records import Decision
from ...rubrics.rules import Rubric
from ...runs.kept.documents import Branch
from ...runs.kept.labels import Label
from ...steps import ChangeRecord, SampleRecord, StepRecord
from ..figures.palette import MARKS
from .answers_in_words import Chip, Failure, chips, failed_ones, shown_score, step_rows, unread
from .asked import POLISHED, asked_next, not_in_words
from .measured import edit_words, score_words
from .spending import seconds_words
from .totals import accepted_at, plural

__all__ = [
    "CHOSEN",
    "DECISIONS",
    "NO_FINDING",
    "OUTCOME_MARKS",
    "POLISHED",
    "AttemptStory",
    "BranchStory",
    "StepStory",
    "asked_next",
    "attempt_stories",
    "branch_story",
    "label_words",
    "not_in_words",
    "outcome_words",
    "shown_score",
    "step_stories",
]

NO_FINDING = "the judge gave no finding"  # a language model need not, least for what is met
CHOSEN = "★"

DECISIONS = {
    Decision.ACCEPT: "accepted",
    Decision.RETRY: "corrected",
    Decision.RESTART: "started over: new noise",
    Decision.STOP: "given up",
}


@dataclass(frozen=True, kw_only=True)
class StepStory:
    """One step in words.

    number      of the step; `attempt` counts the judged ones, None without a judgement
    origin      what it was made from, for an attempt with its stage; '' for an attempt that follows the one before
    mark        of its verdict; '' without a judgement
    kept        whether it is the sample's chosen step
    asked       what its request changed, where several steps were made from the same one
    asked_next  what the only step that was made from it asked
    scores      its numbers with their bars, or why there is none; those of an edit are words in `checks`
    data        what the flow aimed at and found, by name
    """

    number: int
    attempt: int | None
    stage: str
    origin: str
    picture: str | None
    made: dict[str, str]
    decision: str
    mark: str
    judged: bool
    kept: bool
    chips: tuple[Chip, ...]
    failures: tuple[Failure, ...]  # in gate order: the first is the primary failure
    unread: tuple[str, ...]  # why constraints stayed unscored
    asked: tuple[str, ...]
    asked_next: tuple[str, ...]
    prompt: str
    overruled: str
    checks: str
    scores: tuple[str, ...]
    data: tuple[tuple[str, str], ...]
    why: str
    seconds: str

    @property
    def name(self) -> str:
        return f"attempt {self.attempt}" if self.attempt else f"step {self.number}"


AttemptStory = StepStory  # of a step with a judgement


@dataclass(frozen=True, kw_only=True)
class BranchStory:
    """What became of a sample after a person overruled a step."""

    name: str
    leaves: str  # e.g. 'After attempt 2 of the flow Ada wrote other words'
    asked: tuple[str, ...]  # what the first step of its own was asked for in addition
    ended: str
    steps: tuple[StepStory, ...]  # its own; those before are the parent's


def step_stories(record: SampleRecord | Branch, rubric: Rubric | None) -> list[StepStory]:
    """A sample's steps, oldest first."""
    stories, attempt = [], 0
    for step in record.steps:
        attempt += step.judgement is not None
        stories.append(_step_story(record, step, attempt if step.judgement else None, rubric))
    return stories


def attempt_stories(record: SampleRecord | Branch, rubric: Rubric | None) -> list[StepStory]:
    """A sample's attempts, oldest first."""
    return [story for story in step_stories(record, rubric) if story.attempt]


def _step_story(
    record: SampleRecord | Branch, step: StepRecord, attempt: int | None, rubric: Rubric | None
) -> StepStory:
    followers = _made_from(step, record.steps)
    asks = [after for after in followers if after.request]
    parent = record.steps[step.parent - 1] if step.parent else None
    siblings = [after for after in _made_from(parent, record.steps) if after.request] if parent else []
    return StepStory(
        number=step.number,
        attempt=attempt,
        stage=step.stage,
        origin=_origin(step, attempt),
        picture=step.picture,
        made=dict(step.made),
        decision=_decision(step, any(after.stage == step.stage for after in followers)),
        mark=_mark(step),
        judged=step.judged,
        kept=step.number == record.chosen,
        chips=chips(step, rubric),
        failures=failed_ones(step, rubric),
        unread=unread(step),
        asked=asked_next(parent, step) if len(siblings) > 1 else (),
        asked_next=asked_next(step, asks[0]) if len(asks) == 1 else (),
        prompt=step.request["prompt"] if step.request else "",
        overruled=f"overruled by {step.change.by}" if step.change else "",
        checks=edit_words(step.scores),
        scores=score_words(step.scores),
        data=step_rows(step, record.steps),
        why=step.why,
        seconds=seconds_words(step.spent),
    )


def _made_from(step: StepRecord, steps: Sequence[StepRecord]) -> list[StepRecord]:
    return [after for after in steps if after.parent == step.number]


def _origin(step: StepRecord, attempt: int | None) -> str:
    """E.g. 'from step 2', of an attempt 'step 5, near, from step 2'; '' where an attempt follows the one before."""
    parent = f"from step {step.parent}" if step.parent else "from the sample"
    if attempt is None:
        return parent
    if attempt == step.number and step.stage == "attempt" and step.parent == step.number - 1:
        return ""
    number = f"step {step.number}" if attempt != step.number else ""
    return ", ".join(filter(None, (number, step.stage, parent)))


def _mark(step: StepRecord) -> str:
    if step.judgement is None:
        return ""
    return "○" if not step.judged else MARKS["met" if step.decision is Decision.ACCEPT else "failed"]


def _decision(step: StepRecord, followed: bool) -> str:
    """The verdict in words; only what another step of its stage was made from was corrected or started over."""
    if step.judgement is not None and not step.judged:
        return "not judged"
    if step.decision in (Decision.RETRY, Decision.RESTART) and not followed:
        return "not accepted"
    return DECISIONS[step.decision] if step.decision else ""


# ---- what people did -------------------------------------------------------------------------------------------------


def branch_story(branch: Branch, rubric: Rubric | None) -> BranchStory:
    """A branch from where it leaves its parent."""
    stories, change = step_stories(branch, rubric), branch.steps[branch.after - 1].change or ChangeRecord()
    left, parent = stories[branch.after - 1], "the flow" if branch.parent == "loop" else branch.parent
    return BranchStory(
        name=branch.name,
        leaves=f"After {left.name} of {parent} {change.by} {_change_words(change) or 'went on'}",
        asked=left.asked_next,
        ended=outcome_words(branch),
        steps=tuple(stories[branch.after :]),
    )


def _change_words(change: ChangeRecord) -> str:
    words = ["wrote other words"] if change.prompt else []
    words += [f"overruled the verdict ({DECISIONS[change.decision]})"] if change.decision else []
    words += [f"gave the {', '.join(change.pictures)}"] if change.pictures else []
    words += [f"set {len(change.points)} {plural('point', len(change.points))}"] if change.points else []
    words += [f"chose step {change.keep}"] if change.keep else []
    return " and ".join(words)


def label_words(label: Label) -> str:
    """What a person said of one answer of the judge."""
    note = f": {label.note}" if label.note else ""
    return f"{label.by} {label.says}s on {label.constraint}{note}"


# ---- how a sample ended ----------------------------------------------------------------------------------------------

OUTCOME_MARKS = {"accepted": "✓", "finished": "●", "not_accepted": "✗", "stopped": "✗"}


def outcome_words(record: SampleRecord | Branch | None) -> str:
    """How a sample ended, in a few words."""
    if record is None:
        return "not begun"
    steps = _counted("step", len(record.steps))
    tries = _counted("attempt", len(record.attempts)) if record.attempts or not record.steps else steps
    return {
        "finished": f"finished, step {record.chosen} of {len(record.steps)} chosen"
        if record.chosen
        else f"finished in {steps}, none chosen",
        "accepted": f"accepted at attempt {accepted_at(record)}",
        "not_accepted": f"not accepted in {tries}",
        "stopped": f"given up by the rule after {tries}",
        "not_judged": f"not judged in {tries}",
        "refused": "refused",
        "unusable": "unusable pictures",
        "failed": "failed",
        "running": f"not finished, {tries} so far",
    }[record.outcome]


def _counted(word: str, count: int) -> str:
    return f"{count} {plural(word, count)}"
