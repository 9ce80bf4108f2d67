"""What a page tells of one sample and one attempt, as plain words and numbers: no HTML, no pictures."""

import math
from dataclasses import dataclass
from itertools import zip_longest

from ..constraints import Rubric, failures
from ..labels import Label
from ..records import AttemptRecord, Change, Decision, Measurement, Region, SampleRecord, Score
from ..runs import Branch
from .palette import MARKS
from .totals import accepted_at

DECISIONS = {
    Decision.ACCEPT: "accepted",
    Decision.RETRY: "corrected",
    Decision.RESTART: "started over: new noise",
    Decision.STOP: "given up",
}


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
    return [_attempt_story(attempt, after, rubric, record.best) for attempt, after in pairs]


def branch_story(branch: Branch, rubric: Rubric) -> BranchStory:
    """A branch from where it leaves its parent."""
    stories, change = attempt_stories(branch, rubric), branch.attempts[branch.after - 1].change or Change()
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


def _attempt_story(attempt: AttemptRecord, after: AttemptRecord | None, rubric: Rubric, best: int | None):
    judgement, ledger = attempt.judgement, attempt.ledger
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
        unread=tuple(f"{key}: {judgement.scores[key].reason}" for key in judgement.unscored),
        asked_next=asked_next(attempt, after) if after else (),
        prompt=attempt.request["prompt"],
        overruled=f"overruled by {attempt.change.by}" if attempt.change else "",
        seconds=f"drawn {ledger.drawing_s:.1f} s · judged {ledger.judging_s:.1f} s",
    )


def _decision(attempt: AttemptRecord, judged: bool, last: bool) -> str:
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


def misses(found: Measurement) -> bool:
    """Whether a measurement lies on the wrong side of its bar."""
    return found.value > found.bar if found.better == "lower" else found.value < found.bar


def against_bar(found: Measurement) -> str:
    """A measurement beside its bar, in its unit."""
    sign = "at most" if found.better == "lower" else "at least"
    return f"{found.value:.3g} {found.unit} ({sign} {found.bar:.3g})"


def asked_next(attempt: AttemptRecord, after: AttemptRecord) -> tuple[str, ...]:
    """What the next request changed: new fixes with their amounts, steps taken back, new noise, a person's words."""
    present, wanted = attempt.request["fixes"], after.request["fixes"]
    news = [fix for fix in wanted if fix not in present]
    amounts = {fix["text"] for fix in news if fix["strength"]}
    said = [_fix_words(fix) for fix in news if fix["strength"] or fix["text"] not in amounts]
    if any(fix not in wanted for fix in present):
        said.append(f"took back what attempt {attempt.number} had changed")
    if after.request["noise"] != attempt.request["noise"]:
        said.append(f"new noise (seed {after.request['noise']['seed']})")
    if attempt.change and attempt.change.prompt:
        said.append(f"in {attempt.change.by}'s words: {attempt.change.prompt}")
    return tuple(dict.fromkeys(said)) or ("the same again",)


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
        "accepted": f"accepted at attempt {accepted_at(record)}",
        "not_accepted": f"not accepted in {tries}",
        "stopped": f"given up by the rule after {tries}",
        "not_judged": f"not judged in {tries}",
        "refused": "refused",
        "unusable": "unusable pictures",
        "failed": "failed",
        "running": f"not finished, {tries} so far",
    }[record.outcome]
