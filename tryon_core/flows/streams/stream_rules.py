"""Which stream mends what a judgement found, the words or the picture, and with which tool: small pure functions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from ...records import Decision, Fix, Judgement, Region
from ...rubrics.rules import Constraint, Kind, Rubric, failures
from ...steps import Step

Strategy = Literal["prompt", "picture", "both"]
Tool = Literal["depth", "canny", "fill", "put_back"]
TOOLS: tuple[Tool, ...] = get_args(Tool)

# A constraint by its key, else by the measurement that stands for it, else by its tier: the kind of issue.
KINDS: dict[str, Kind] = {
    "garment_swap": "swap",
    "identity": "identity",
    "body_and_pose": "pose",
    "garment_structure": "spatial",
    "garment_appearance": "style",
    "scene_kept": "scene",
    "realism": "local",
    "pose": "pose",
    "lighting": "style",
    "wish_met": "missing",
    "subject_kept": "identity",
    "anatomy": "local",
    "layout": "spatial",
    "attributes": "style",
    "rest_kept": "scene",
}
TIERS: dict[str, Kind] = {"critical": "missing", "garment": "style", "finish": "local"}
# Words say what is to be drawn; a tool keeps what is there and draws a part anew. Some issues want both.
BY_WORDS: tuple[Kind, ...] = ("swap", "missing", "pose", "spatial", "style", "general")
# The tools for a kind of issue, the best first. A wrong garment or a wish that is not met is never patched.
BY_TOOL: dict[Kind, tuple[Tool, ...]] = {
    "swap": (),
    "missing": (),
    "identity": ("put_back", "fill"),
    "pose": ("depth",),
    "spatial": ("depth", "fill"),
    "style": ("canny", "fill"),
    "scene": ("put_back", "fill"),
    "local": ("fill",),
    "general": ("fill",),
}


@dataclass(frozen=True, kw_only=True)
class Issue:
    """What a judgement found wrong: one failed constraint.

    score     0 to 10
    critical  whether the score is below what the rule takes of a critical constraint
    region    where, in fractions of the picture; None where the judge named no place
    """

    constraint: str
    kind: Kind
    score: float
    critical: bool
    finding: str
    region: Region | None
    fixes: tuple[Fix, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a picture is mended.

    tool      '' for none: then the whole picture is drawn anew
    targets   the issues that the tool is for; all, where there is none
    why_...   the reasons, a sentence each
    """

    strategy: Strategy
    tool: Tool | Literal[""]
    targets: tuple[Issue, ...]
    why_strategy: str
    why_tool: str


def kind_of(constraint: Constraint) -> Kind:
    """The kind of issue that a failed constraint is: its own, else by its names, else by its tier, else 'general'."""
    by_name = constraint.kind or KINDS.get(constraint.key) or KINDS.get(constraint.measured)
    return by_name or TIERS.get(constraint.tier, "general")


def issues_of(judgement: Judgement, rubric: Rubric) -> tuple[Issue, ...]:
    """What failed, in gate order; nothing of a judgement with something unscored."""
    if judgement.unscored:
        return ()
    constraints = {constraint.key: constraint for constraint in rubric.constraints}
    return tuple(_issue(judgement, constraints[key], rubric) for key in failures(judgement, rubric))


def _issue(judgement: Judgement, constraint: Constraint, rubric: Rubric) -> Issue:
    score = judgement.scores[constraint.key]
    return Issue(
        constraint=constraint.key,
        kind=kind_of(constraint),
        score=score.score,
        critical=constraint.critical and score.score < rubric.rule.critical_below,
        finding=score.finding,
        region=score.region,
        fixes=score.fixes,
    )


def strategy_of(issues: Sequence[Issue]) -> tuple[Strategy, str]:
    """(the stream, the reason). A wrong garment, an unmet wish and what is critical are drawn anew by words.

    All other kinds have tools. As in the reference two to one decides: where words could mend fewer than half of the
    issues, the picture alone is mended, else the words as well.
    """
    if not issues:
        return "prompt", "nothing failed that could be mended"
    fatal = [issue for issue in issues if issue.critical or not BY_TOOL[issue.kind]]
    if fatal:
        return "prompt", f"{_names(fatal)} cannot be mended in a part of the picture"
    by_words = sum(issue.kind in BY_WORDS for issue in issues)
    why = f"tools are there for what failed, words could mend {by_words} of {len(issues)}"
    return ("picture" if len(issues) > 2 * by_words else "both"), why


def tool_of(
    issues: Sequence[Issue], available: Collection[Tool], tried: Collection[tuple[Tool, str]] = ()
) -> tuple[Tool | Literal[""], tuple[Issue, ...], str]:
    """(the tool, its targets, the reason): the first issue in gate order for which there is one decides.

    available  tools of this run and this sample
    tried      (tool, constraint) that were used on this very picture and did not help
    returns    '' where no tool is left; targets are the deciding issue and those after it whose best tool it is
    """
    for place, issue in enumerate(issues):
        for tool in BY_TOOL[issue.kind]:
            if tool in available and (tool, issue.constraint) not in tried:
                later = (other for other in issues[place + 1 :] if (tool, other.constraint) not in tried)
                targets = (issue, *(other for other in later if BY_TOOL[other.kind][:1] == (tool,)))
                return tool, targets, _why(issue, tool, available, tried)
    return "", tuple(issues), "no tool is left that could mend it"


def plan_of(issues: Sequence[Issue], available: Collection[Tool], tried: Collection[tuple[Tool, str]] = ()) -> Plan:
    """The strategy and, where it mends the picture, the tool; words alone where no tool is left.

    The photograph comes first where it can be put back, even for what is critical: that draws nothing. In 20 of 21
    planted pictures (7 people with a changed scene, a lost face, a frame that moved) it met its targets, and 6 of 7
    poses that the moved frame had spoiled; 2026-11, judged by `measure`.
    """
    back = tuple(
        issue for issue in issues if "put_back" in BY_TOOL[issue.kind] and ("put_back", issue.constraint) not in tried
    )
    if back and "put_back" in available and all(BY_TOOL[issue.kind] for issue in issues):
        why = f"{_names(back)} can be put back as photographed, which draws nothing"
        why_tool = f"{back[0].constraint} is an issue of kind '{back[0].kind}': put_back"
        return Plan(strategy="picture", tool="put_back", targets=back, why_strategy=why, why_tool=why_tool)
    strategy, why_strategy = strategy_of(issues)
    tool, targets, why_tool = ("", tuple(issues), "") if strategy == "prompt" else tool_of(issues, available, tried)
    if not tool:
        strategy = "prompt"
    return Plan(strategy=strategy, tool=tool, targets=targets, why_strategy=why_strategy, why_tool=why_tool)


def plan_after(
    base: Step, last: Step, rubric: Rubric, available: Collection[Tool], tried: Collection[tuple[Tool, str]] = ()
) -> Plan:
    """The plan for the kept picture, unless a person or an unread judgement decides.

    base   the picture that is gone on from
    last   the newest, at which a person may have asked for a new start, or written words, which both streams then use
    """
    change = last.change
    if change is not None and change.decision is Decision.RESTART:
        return _by_words((), f"{change.by} asked for a new start")
    if base.judgement.unscored:
        return _by_words((), f"step {base.number} could not be judged whole")
    plan = plan_of(issues_of(base.judgement, rubric), available, tried)
    if change is not None and change.prompt and plan.strategy == "picture":
        return replace(plan, strategy="both", why_strategy=f"{plan.why_strategy}; {change.by} wrote other words")
    return plan


def _by_words(targets: tuple[Issue, ...], why: str) -> Plan:
    return Plan(strategy="prompt", tool="", targets=targets, why_strategy=why, why_tool="")


def _why(issue: Issue, tool: Tool, available: Collection[Tool], tried: Collection[tuple[Tool, str]]) -> str:
    passed = BY_TOOL[issue.kind][: BY_TOOL[issue.kind].index(tool)]
    skipped = [f"{other} {'was tried on it' if other in available else 'is not there'}" for other in passed]
    return "; ".join([f"{issue.constraint} is an issue of kind '{issue.kind}': {tool}", *skipped])


def _names(issues: Sequence[Issue]) -> str:
    return ", ".join(issue.constraint for issue in issues)
