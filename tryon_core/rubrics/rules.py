"""What is asked of a picture (a rubric: constraints in gate order) and what follows from the answers (its rule).

A rubric is data and says how it is asked, so others fit. Models score; `decide`, `failures` and `rank` are the only
code that turns scores into decisions.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol, TypeVar, get_args

from ..errors import BadInput, ModelFailed, UnknownName
from ..records import Decision, Judgement, Score
from ..text import got

CANDIDATE = "candidate"  # the picture that is judged, among the pictures that a rubric shows

# What kind of issue it is where a constraint fails, for a flow that chooses its tool by that
Kind = Literal["swap", "missing", "identity", "pose", "spatial", "style", "scene", "local", "general"]


@dataclass(frozen=True, kw_only=True)
class Constraint:
    """One thing asked of a picture.

    key            its name everywhere: records, columns, files
    tier           the heading it stands under
    asks           the question, for a person and for a vision-language judge
    critical       a score under the rule's `critical_below` ends this line of attempts
    compared_with  role of the sample's picture that it is about, without which it is not applicable; '' where it is
                   about the candidate alone
    measured       name of the measurement that stands for it without a language model; empty where none does
    kind           of issue where it fails; '' where its name, its measurement or its tier says so
    """

    key: str
    tier: str
    asks: str
    critical: bool = False
    compared_with: str = ""
    measured: str = ""
    kind: Kind | Literal[""] = ""

    def __post_init__(self) -> None:
        if self.kind and self.kind not in get_args(Kind):
            raise UnknownName("kind of issue", self.kind, get_args(Kind))


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A picture that a judge is shown, in the order of the rubric.

    role   of the sample's picture, or CANDIDATE
    words  what it is, in the judge's instructions
    crops  parts that are shown again close up, right behind the whole: "head", "chest", "middle"
    """

    role: str
    words: str
    crops: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When to accept, correct, start over or give up. Scores are 0-10.

    accept_at      every applicable constraint must reach it
    critical_below a critical constraint under it ends this line of attempts ...
    on_critical    ... by new noise (RESTART) or by giving the sample up (STOP)
    """

    accept_at: float = 8.0
    critical_below: float = 4.0
    on_critical: Literal[Decision.RESTART, Decision.STOP] = Decision.RESTART

    def __post_init__(self) -> None:
        if self.on_critical not in (Decision.RESTART, Decision.STOP):
            raise BadInput(f"on_critical of a rule is 'restart' or 'stop', got {self.on_critical!r}")
        object.__setattr__(self, "on_critical", Decision(self.on_critical))  # options and run.json say it in a word
        for name in ("accept_at", "critical_below"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise BadInput(f"{name} of a rule is a number from 0 to 10, got {value!r}")
        if not 0 <= self.critical_below <= self.accept_at <= 10:
            raise BadInput(
                f"a rule needs 0 <= critical_below <= accept_at <= 10, got {self.critical_below} and {self.accept_at}"
            )


@dataclass(frozen=True, kw_only=True)
class Rubric:
    """Constraints in gate order, the rule that goes with them, and how a judge is asked.

    task   the sentence that tells a judge what it looks at
    shows  the pictures in order, the candidate among them; a picture that a sample lacks is left out
    """

    name: str
    constraints: tuple[Constraint, ...]
    rule: Rule = Rule()
    task: str = "You judge a picture."
    shows: tuple[Shown, ...] = (Shown(role=CANDIDATE, words="the candidate"),)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(constraint.key for constraint in self.constraints)

    @property
    def critical(self) -> tuple[str, ...]:
        return tuple(constraint.key for constraint in self.constraints if constraint.critical)

    def as_json(self) -> dict[str, Any]:
        """The rubric in run.json and in keys, without kinds that are not named: so older runs stay the same."""
        rubric = asdict(self)
        for constraint in rubric["constraints"]:
            if not constraint["kind"]:
                del constraint["kind"]
        return rubric

    def applied(self, judgement: Judgement, roles: Collection[str]) -> Judgement:
        """The judgement with what is compared with a picture that the sample lacks as not applicable, whatever the
        judge said: there is nothing that it could have seen.

        roles    of the sample's pictures
        raises   as `check`
        """
        self.check(judgement)
        lacks = [(one.key, one.compared_with) for one in self.constraints if one.compared_with not in ("", *roles)]
        absent = {key: Score(status="not_applicable", reason=f"the sample has no picture {of!r}") for key, of in lacks}
        return judgement.model_copy(update={"scores": judgement.scores | absent}) if absent else judgement

    def check(self, judgement: Judgement) -> None:
        """raises BadInput where a judgement does not answer exactly this rubric's constraints, in order; ModelFailed
        for what is no judgement"""
        if not isinstance(judgement, Judgement):
            raise ModelFailed(f"the judge answered with what is no Judgement, {got(judgement)}")
        if tuple(judgement.scores) != self.keys:
            asked = f"rubric {self.name!r} asks {list(self.keys)} in order; load it with rubric=rubric({self.name!r})"
            raise BadInput(f"the judge answered {list(judgement.scores)}; {asked}")


def decide(judgement: Judgement, rubric: Rubric) -> Decision:
    """The next step for a judged picture.

    Not applicable never blocks. Unscored means not judged: the picture is neither accepted nor corrected, so RESTART.
    """
    if judgement.unscored:
        return Decision.RESTART
    met = {key: judgement.scores[key].score for key in rubric.keys if judgement.scores[key].score is not None}
    if any(met[key] < rubric.rule.critical_below for key in rubric.critical if key in met):
        return rubric.rule.on_critical
    return Decision.ACCEPT if met and min(met.values()) >= rubric.rule.accept_at else Decision.RETRY


def failures(judgement: Judgement, rubric: Rubric) -> tuple[str, ...]:
    """Scored constraints below the bar, in gate order; the first is the primary failure."""
    bar = rubric.rule.accept_at
    return tuple(
        key for key in rubric.keys if judgement.scores[key].score is not None and judgement.scores[key].score < bar
    )


def rank(judgement: Judgement, rubric: Rubric) -> tuple:
    """A sort key, higher is better: judged, accepted, without a 0, critical ones met, lowest score, count met, mean."""
    if judgement.unscored:
        return (False,)
    scores = [score.score for score in judgement.scores.values() if score.score is not None]
    failed = failures(judgement, rubric)
    lowest = min(scores, default=0.0)
    accepted = decide(judgement, rubric) is Decision.ACCEPT
    critical_met = not any(key in failed for key in rubric.critical)
    return (True, accepted, lowest > 0, critical_met, lowest, -len(failed), sum(scores) / max(len(scores), 1))


class Judged(Protocol):
    """A step, or its record."""

    @property
    def judgement(self) -> Judgement | None: ...

    @property
    def request(self) -> object | None:
        """What was asked for; None for a picture that was made elsewhere."""
        ...


J = TypeVar("J", bound=Judged)

# Points: what lies nearer is the judge's own noise. A language model's whole numbers waver by one; of 78 scores of
# `measure` for 6 pictures saved as JPEG (quality 92) or resized to 0.9 and back, 76 moved by at most 0.33, the others
# by 9 where a pose lay at the edge of what can be read; 2026-11.
NOTICEABLE = 1.0
LOSS_WEIGHS = 2.0  # what one constraint loses counts this often against what the worst one gains


def best_attempt(steps: Iterable[J], rubric: Rubric) -> J | None:
    """The step to keep: the first judged one until a later one `replaces` it; None where none was judged."""
    kept: J | None = None
    for step in steps:
        if step.judgement is None or step.judgement.unscored:
            continue
        if kept is None or replaces(step, kept, rubric):
            kept = step
    return kept


def replaces(later: Judged, kept: Judged, rubric: Rubric) -> bool:
    """Whether a later judged attempt is kept in place of an earlier one.

    Accepted comes first, then without a 0, then what no critical constraint ends. Of attempts alike in these a later
    one replaces where it helped: something rose noticeably, nothing fell noticeably, and more was gained than lost. The
    constraint that a correction aims at rises by construction, so the others are its witnesses. Pictures that were made
    elsewhere correct nothing: they are kept by rank.
    """
    if later.request is None or kept.request is None:
        return rank(later.judgement, rubric) > rank(kept.judgement, rubric)
    standings = [_standing(step.judgement, rubric) for step in (later, kept)]
    return _helped(later.judgement, kept.judgement) if standings[0] == standings[1] else standings[0] > standings[1]


def _standing(judgement: Judgement, rubric: Rubric) -> tuple[bool, bool, bool]:
    """What no gain elsewhere makes up for, in this order: accepted, without a 0, not ended by a critical constraint."""
    _, accepted, without_zero, *_ = rank(judgement, rubric)
    return accepted, without_zero, decide(judgement, rubric) is not rubric.rule.on_critical


def _helped(later: Judgement, earlier: Judgement) -> bool:
    """Whether a later picture is worth what it cost; constraints that were not scored both times are no witnesses.

    What falls by less than the lowest score's gain over LOSS_WEIGHS is not held against it: a failure mended from 2 to
    7 is worth 2 points elsewhere.
    """
    pairs = [
        (earlier.scores[key].score, score.score)
        for key, score in later.scores.items()
        if score.score is not None and earlier.scores[key].score is not None
    ]
    if not pairs:
        return False
    changes = [after - before for before, after in pairs]
    lowest_before, lowest_after = map(min, zip(*pairs, strict=True))
    most_lost = max(NOTICEABLE, (lowest_after - lowest_before) / LOSS_WEIGHS)
    return max(changes) > NOTICEABLE and min(changes) >= -most_lost and sum(changes) > 0
