"""One step of the dual stream: from the best picture so far by words, by a tool, or by both, with the reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import JsonValue

from ...errors import Refused
from ...pictures.edit_checks import same_shape
from ...records import EditRequest
from ...rubrics.rules import best_attempt
from ...steps import Step
from ..revising import STEPS, correcting
from .stream_rules import Plan, Tool, issues_of, plan_after
from .stream_tools import Tools, mended
from .stream_words import WordStream

Arm = Literal["streams", "no_tool", "new_noise"]
PassedOver = list[dict[str, JsonValue]]  # tool, targets, base, why: what was asked of a tool in vain


@dataclass(frozen=True, kw_only=True)
class Streams:
    """Both streams, and which of them this arm of a comparison uses: 'no_tool' words alone, 'new_noise' neither."""

    words: WordStream
    tools: Tools
    arm: Arm = "streams"


def next_step(streams: Streams, attempts: Sequence[Step]) -> Step:
    """The next picture with the plan it follows; not judged yet.

    A tool mends the best picture, else the one that words would go on from. One that declines, or gives a picture that
    was judged before, is passed over, which is noted; where none is left the whole picture is drawn by words.
    """
    if streams.arm == "new_noise":
        return _from_new_noise(streams, attempts)
    streams = _with_mask(streams, attempts)
    words, passed_over = streams.words.next(attempts), []
    for base in _bases(streams, attempts, words):
        polish: EditRequest | None = None
        while (plan := _plan(streams, attempts, base, passed_over)).tool:
            request = tool_request(streams, plan, base, attempts)
            if plan.strategy == "both":
                polish = polish or streams.words.polished(request, attempts)
                request = replace(request, prompt=polish.prompt, polish=polish.polish)
            step, why = _tried(streams, plan, base, request, attempts)
            if step is not None:
                return _planned(step, plan, base, passed_over)
            passed_over.append({"tool": plan.tool, "targets": _targets(plan), "base": base.number, "why": why})
    step = _by_words(streams, words, base, attempts)
    return _planned(step, replace(plan, targets=issues_of(base.judgement, streams.words.rubric)), base, passed_over)


def planned_request(streams: Streams, attempts: Sequence[Step]) -> EditRequest:
    """The words and fixes of the next step as it is planned; no map, no mask, and no tool's refusal is known yet."""
    if streams.arm == "new_noise":
        return streams.words.from_new_noise(attempts)
    streams = _with_mask(streams, attempts)
    words = streams.words.next(attempts)
    for base in _bases(streams, attempts, words):
        plan = _plan(streams, attempts, base, [])
        if plan.tool:
            request = tool_request(streams, plan, base, attempts)
            return streams.words.polished(request, attempts) if plan.strategy == "both" else request
    return streams.words.polished(words, attempts)


def tool_request(streams: Streams, plan: Plan, base: Step, attempts: Sequence[Step]) -> EditRequest:
    """What a tool is asked in words, fixes and noise: the base's own and those for its targets; not polished.

    The words stay the base's where the picture alone is mended. A second use for the same target asks for half.
    """
    words, targets = streams.words, _targets(plan)
    used = sum(bool(set(targets) & _used_for(step, base)) for step in attempts)
    drawn = [words.as_drawn(step, attempts) for step in attempts]
    asked = correcting(
        drawn[base.number - 1],
        words.sample,
        drawn,
        words.rubric,
        strength=STEPS[min(used, len(STEPS) - 1)],
        noise=words.opening.noise.fresh(len(attempts)).fresh(0),  # no noise that words start over from
        generator=streams.tools.model(plan.tool),
    )
    own = base.request.fixes
    fixes = tuple(fix for fix in asked.fixes if fix in own or fix.constraint in targets)
    return replace(asked, prompt=base.request.prompt if plan.strategy == "picture" else asked.prompt, fixes=fixes)


def tried_on(base: Step, attempts: Sequence[Step], passed_over: PassedOver) -> set[tuple[Tool, str]]:
    """(tool, constraint) that were used on this very picture already, or in vain; none of them gave a better one."""
    noted = [note for step in attempts for note in step.data.get("passed_over", [])] + passed_over
    tried = {(note["tool"], key) for note in noted if note["base"] == base.number for key in note["targets"]}
    return tried | {(step.stage, key) for step in attempts for key in _used_for(step, base)}


def _used_for(step: Step, base: Step) -> set[str]:
    """The constraints that a tool's step on this base was for."""
    mends_base = step.data.get("tool") and step.data["base"] == base.number
    return set(step.data["targets"]) if mends_base else set()


def _with_mask(streams: Streams, attempts: Sequence[Step]) -> Streams:
    """The streams with the mask that a person painted last as the one in which tools may draw.

    raises   Refused for one of another shape than its picture's, and where nothing is in it
    """
    painted = [step for step in attempts if step.change and "mask" in step.change.images]
    if not painted:
        return streams
    sample, picture, mask = streams.tools.sample, painted[-1].image, painted[-1].change.images["mask"]
    if not same_shape(picture.size, mask.size):
        of, own = (f"{width} x {height}" for width, height in (picture.size, mask.size))
        raise Refused("mask_of_another_shape", f"a mask has the shape of its picture, {of}; this one has {own}")
    if not mask.getbbox():
        raise Refused("empty_mask", "nothing is in the mask; paint white where tools may draw")
    masked = replace(sample, images={**sample.images, "mask": mask})
    return replace(streams, tools=replace(streams.tools, sample=masked))


def _bases(streams: Streams, attempts: Sequence[Step], words: EditRequest) -> list[Step]:
    """The pictures that a tool may mend: the best of all, then the one that the next words go on from, last."""
    goes_on = streams.words.corrected(words, attempts)
    best = best_attempt(attempts, streams.words.rubric) or goes_on
    return [best, goes_on] if best.number != goes_on.number else [goes_on]


def _tried(
    streams: Streams, plan: Plan, base: Step, request: EditRequest, attempts: Sequence[Step]
) -> tuple[Step | None, str]:
    """(what the plan's tool gives; None where it gives nothing new, the reason)."""
    try:
        step = mended(plan, base, request, streams.tools)
    except Refused as refusal:
        return None, f"it declined ({refusal.reason}): {refusal}"
    pixels = step.image.size, step.image.tobytes()
    if any((earlier.image.size, earlier.image.tobytes()) == pixels for earlier in attempts):
        return None, "it gave a picture that was judged before"
    return step, ""


def _plan(streams: Streams, attempts: Sequence[Step], base: Step, passed_over: PassedOver) -> Plan:
    available = streams.tools.available if streams.arm == "streams" else set()
    tried = tried_on(base, attempts, passed_over)
    plan = plan_after(base, attempts[-1], streams.words.rubric, available, tried)
    return plan if streams.arm == "streams" else replace(plan, why_tool="control arm: words alone")


def _by_words(streams: Streams, request: EditRequest, base: Step, attempts: Sequence[Step]) -> Step:
    step = streams.words.drawn(streams.words.polished(request, attempts), "words", parent=base.number)
    is_new = all(request.noise != earlier.request.noise for earlier in attempts)
    return replace(step, why=f"step {base.number} is drawn anew by words" + (", from new noise" if is_new else ""))


def _from_new_noise(streams: Streams, attempts: Sequence[Step]) -> Step:
    """The control arm without any correction, measured against the best picture so far."""
    base = best_attempt(attempts, streams.words.rubric) or attempts[-1]
    step = streams.words.drawn(streams.words.from_new_noise(attempts), "new_noise")
    targets = issues_of(base.judgement, streams.words.rubric)
    plan = Plan(strategy="prompt", tool="", targets=targets, why_strategy="control arm: new noise", why_tool="")
    return _planned(replace(step, why="the first words from new noise"), plan, base, [])


def _planned(step: Step, plan: Plan, base: Step, passed_over: PassedOver) -> Step:
    """The step with the plan it follows, for people and tables; base: the picture that it is measured against."""
    data: dict[str, JsonValue] = {
        "base": base.number,
        "strategy": plan.strategy,
        "strategy_why": plan.why_strategy,
        "tool": plan.tool,
        "tool_why": plan.why_tool,
        "targets": _targets(plan),
    }
    if passed_over:
        data["passed_over"] = passed_over
    reasons = [f"{plan.strategy}: {plan.why_strategy}", *(f"{note['tool']}: {note['why']}" for note in passed_over)]
    reasons += [plan.why_tool, step.why]
    return replace(step, data={**step.data, **data}, why="; ".join(reason for reason in reasons if reason))


def _targets(plan: Plan) -> list[str]:
    return [issue.constraint for issue in plan.targets]
