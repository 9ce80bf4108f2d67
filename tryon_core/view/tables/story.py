"""What a page tells of one sample and one attempt, as plain words and numbers: no HTML, no pictures."""

import math
from dataclasses import dataclass
from itertools import zip_longest

from ...flows.revising import left_out
from ...records import Decision, Fix, Judgement, Region, Score
from ...rubrics.rules import Rubric, failures
from ...runs.info import Branch
from ...runs.labels import Label
from ...steps import Change, Ledger, SampleRecord, StepRecord
from ..figures.palette import MARKS
from .measured import against_bar, edit_words, misses
from .totals import accepted_at

NO_FINDING = "the judge gave no finding"  # a language model need not, least for what is met

DECISIONS = {
    Decision.ACCEPT: "accepted",
    Decision.RETRY: "corrected",
    Decision.RESTART: "started over: new noise",
    Decision.STOP: "given up",
}


POLISHED = "words polished by the judge's model"


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One constraint's answer in a few characters."""

    constraint: str
    status: str  # a key of palette.MARKS
    text: str  # the score, or nothing
    says: str  # the whole answer, for a tooltip and a screen reader

    @property
    def mark(self) -> str:
        return MARKS[self.status]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A failed constraint: its score, what was found, and the measurements that miss their bar."""

    constraint: str
    score: str
    finding: str
    missed: tuple[str, ...]
    region: Region | None


@dataclass(frozen=True, kw_only=True)
class AttemptStory:
    number: int
    picture: str
    decision: str
    mark: str
    judged: bool
    kept: bool
    chips: tuple[Chip, ...]
    failures: tuple[Failure, ...]  # in gate order: the first is the primary failure
    unread: tuple[str, ...]  # why constraints stayed unscored
    asked_next: tuple[str, ...]
    prompt: str
    overruled: str
    checks: str  # of the edit itself, in words; '' where there are none
    seconds: str


@dataclass(frozen=True, kw_only=True)
class BranchStory:
    """What became of a sample after a person overruled an attempt."""

    name: str
    leaves: str  # e.g. 'After attempt 2 of the loop Ada wrote other words'
    asked: tuple[str, ...]  # what the first attempt of its own was asked for in addition
    ended: str
    attempts: tuple[AttemptStory, ...]  # its own; those before are the parent's


def attempt_stories(record: SampleRecord | Branch, rubric: Rubric) -> list[AttemptStory]:
    """A sample's attempts, oldest first."""
    pairs = zip_longest(record.attempts, record.attempts[1:])
    return [_attempt_story(attempt, after, rubric, record.chosen) for attempt, after in pairs]


def branch_story(branch: Branch, rubric: Rubric) -> BranchStory:
    """A branch from where it leaves its parent."""
    stories, change = attempt_stories(branch, rubric), branch.steps[branch.after - 1].change or Change()
    did = ["wrote other words"] if change.prompt else []
    did += [f"overruled the verdict ({DECISIONS[change.decision]})"] if change.decision else []
    parent = "the loop" if branch.parent == "loop" else branch.parent
    return BranchStory(
        name=branch.name,
        leaves=f"After attempt {branch.after} of {parent} {change.by} {' and '.join(did) or 'went on'}",
        asked=stories[branch.after - 1].asked_next,
        ended=outcome_words(branch),
        attempts=tuple(stories[branch.after :]),
    )


def label_words(label: Label) -> str:
    """What a person said of one answer of the judge."""
    note = f": {label.note}" if label.note else ""
    return f"{label.by} {label.says}s on {label.constraint}{note}"


def _attempt_story(attempt: StepRecord, after: StepRecord | None, rubric: Rubric, best: int | None):
    judgement = attempt.judgement
    judged = not judgement.unscored
    failed = failures(judgement, rubric)
    return AttemptStory(
        number=attempt.number,
        picture=attempt.picture,
        decision=_decision(attempt, judged, after is None),
        mark="○" if not judged else MARKS["met"] if attempt.decision is Decision.ACCEPT else MARKS["failed"],
        judged=judged,
        kept=attempt.number == best,
        chips=tuple(_chip(key, judgement.scores[key], key in failed) for key in rubric.keys),
        failures=tuple(_failure(key, judgement.scores[key]) for key in failed),
        unread=_unread(judgement),
        asked_next=asked_next(attempt, after) if after else (),
        prompt=attempt.request["prompt"],
        overruled=f"overruled by {attempt.change.by}" if attempt.change else "",
        checks=edit_words(attempt.scores),
        seconds=_seconds(attempt.spent),
    )


def _seconds(ledger: Ledger) -> str:
    return " · ".join(f"{argument} {spent.seconds:.1f} s" for argument, spent in ledger.items())


def _decision(attempt: StepRecord, judged: bool, last: bool) -> str:
    if not judged:
        return "not judged"
    if last and attempt.decision in (Decision.RETRY, Decision.RESTART):
        return "not accepted"
    return DECISIONS[attempt.decision]


def _chip(key: str, score: Score, failed: bool) -> Chip:
    status = score.status if score.score is None else "failed" if failed else "met"
    words = score.reason if score.score is None else score.finding
    text = "" if score.score is None else shown_score(score.score)
    says = " ".join(filter(None, (f"{key}, {status.replace('_', ' ')}:", text, words)))
    return Chip(constraint=key, status=status, text=text, says=says)


def _unread(judgement: Judgement) -> tuple[str, ...]:
    """Why constraints stayed unscored, each reason once: a reply that cannot be read leaves all of them so."""
    by_reason: dict[str, list[str]] = {}
    for key in judgement.unscored:
        by_reason.setdefault(judgement.scores[key].reason, []).append(key)
    every = len(judgement.scores)
    return tuple(why if len(keys) == every else f"{', '.join(keys)}: {why}" for why, keys in by_reason.items())


def shown_score(score: float) -> str:
    """One decimal, rounded down, so that a score just under the bar never reads as the bar; 10 is '10'."""
    return "10" if score == 10 else f"{math.floor(round(score * 10, 6)) / 10:.1f}"


def _failure(key: str, score: Score) -> Failure:
    missed = tuple(
        f"{name.replace('_', ' ')} {against_bar(found)}" for name, found in score.evidence.items() if misses(found)
    )
    return Failure(
        constraint=key, score=shown_score(score.score), finding=score.finding, missed=missed, region=score.region
    )


def asked_next(attempt: StepRecord, after: StepRecord) -> tuple[str, ...]:
    """What the next request changed: new fixes with their amounts, what of them stands in no words, steps taken back,
    new noise, a writer's hand, a person's words."""
    present, wanted = attempt.request["fixes"], after.request["fixes"]
    news = [fix for fix in wanted if fix not in present]
    amounts = {fix["text"] for fix in news if fix["strength"]}
    said = [_fix_words(fix) for fix in news if fix["strength"] or fix["text"] not in amounts]
    said += [f"not in the words: {sentence}" for sentence in not_in_words(after)]
    if any(fix not in wanted for fix in present):
        said.append(f"took back what attempt {attempt.number} had changed")
    if after.request["noise"] != attempt.request["noise"]:
        said.append(f"new noise (seed {after.request['noise']['seed']})")
    if after.polish:
        unused = after.polish.unused
        said.append(f"words as composed: {unused}" if unused else POLISHED)
    if attempt.change and attempt.change.prompt:
        said.append(f"in {attempt.change.by}'s words: {attempt.change.prompt}")
    return tuple(dict.fromkeys(said)) or ("the same again",)


def not_in_words(attempt: StepRecord) -> tuple[str, ...]:
    """The instructions among an attempt's fixes that its composed words do not hold: the generator reads no more."""
    composed = attempt.polish.composed if attempt.polish else attempt.request["prompt"]
    return left_out(composed, [Fix.model_validate(fix) for fix in attempt.request["fixes"]])


def _fix_words(fix: dict) -> str:
    text, strength, aspect = fix["text"], fix["strength"], fix["aspect"].replace("_", " ")
    if not aspect:
        return text
    if strength == 0:
        return f"{text} ({aspect}, in words only)"
    amount = f"{aspect} {fix['amount']:+.3g} {fix['unit']}".strip()
    return f"{text} ({amount}{'' if strength == 1 else f', × {strength:g}'})"


OUTCOME_MARKS = {"accepted": "✓", "not_accepted": "✗", "stopped": "✗"}


def outcome_words(record: SampleRecord | Branch | None) -> str:
    """How a sample ended, in a few words."""
    if record is None:
        return "not begun"
    tries = f"{len(record.attempts)} attempt{'' if len(record.attempts) == 1 else 's'}"
    return {
        "finished": "finished",
        "accepted": f"accepted at attempt {accepted_at(record)}",
        "not_accepted": f"not accepted in {tries}",
        "stopped": f"given up by the rule after {tries}",
        "not_judged": f"not judged in {tries}",
        "refused": "refused",
        "unusable": "unusable pictures",
        "failed": "failed",
        "running": f"not finished, {tries} so far",
    }[record.outcome]
