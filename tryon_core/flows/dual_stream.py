"""Flow 2, dual-stream refinement: what the judge found is mended in the words, in the picture, or in both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..errors import BadInput, Refused
from ..records import Decision, EditRequest, Measurement, Noise, Sample, Settings
from ..roles import ControlMapper, Generator, Judge, Segmenter, Writer
from ..rubrics.rules import Rubric, best_attempt, decide
from ..rubrics.satisfaction import satisfaction
from ..steps import Flow, Step
from .closed_loop import judged
from .polishing import polished
from .revising import STEPS, next_fixes, revise
from .stream_rules import Plan, issues_of, plan_of
from .stream_tools import Tools, mended

UNSATISFIED = "the picture could not be judged whole"


@dataclass(frozen=True, kw_only=True)
class DualStream:
    """Settings of the dual-stream refinement.

    max_iterations          pictures at most, 1 or more
    satisfaction_threshold  0 to 1: a picture with at least this satisfaction ends the loop (rubrics.satisfaction)
    rewrite                 let the judge's own model polish the next words
    negative_prompt         what not to draw, of the first picture alone, for a generator that takes one
    size                    (width, height) in pixels of a picture drawn from words alone; None: the generator's own
    arm                     'streams', or a control arm: 'no_tool' mends words alone, 'new_noise' asks the first words
                            of new noise each time
    padding                 around the mask of a crop that a tool works on, 0 to 2, as a share of its longer side
    strength                of drawing anew inside a mask, 0 to 1; None: the tool's own
    """

    max_iterations: int = 5
    satisfaction_threshold: float = 0.9
    rewrite: bool = False
    negative_prompt: str = ""
    size: tuple[int, int] | None = None
    arm: Literal["streams", "no_tool", "new_noise"] = "streams"
    padding: float = 0.25
    strength: float | None = None

    def __post_init__(self) -> None:
        if self.max_iterations < 1:
            raise BadInput(f"max_iterations must be 1 or more, got {self.max_iterations}")
        if not 0 <= self.satisfaction_threshold <= 1:
            raise BadInput(f"satisfaction_threshold is 0 to 1, got {self.satisfaction_threshold}")
        if not 0 <= self.padding <= 2:
            raise BadInput(f"padding is 0 to 2, a share of the mask's longer side, got {self.padding}")
        if self.strength is not None and not 0 <= self.strength <= 1:
            raise BadInput(f"strength is 0 to 1, got {self.strength}")
        if self.arm not in ("streams", "no_tool", "new_noise"):
            raise BadInput(f"arm is 'streams', 'no_tool' or 'new_noise', got {self.arm!r}")


def dual_stream(
    sample: Sample,
    *,
    generator: Generator,
    judge: Judge,
    rubric: Rubric,
    depth: Generator | None = None,
    canny: Generator | None = None,
    fill: Generator | None = None,
    depth_mapper: ControlMapper | None = None,
    canny_mapper: ControlMapper | None = None,
    segmenter: Segmenter | None = None,
    writer: Writer | None = None,
    options: DualStream = DualStream(),
    seed: int = 0,
) -> Flow:
    """Draw, judge, choose the stream and the tool, apply, judge again, until satisfied or out of iterations.

    sample   a wish alone; or with 'person' and 'garment', or a picture 'init' to edit, perhaps with a 'mask'
    rubric   what is asked; its rule gives the outcome, its satisfaction ends the loop
    depth, canny, fill  tools that draw along a map, or in a mask, each with its mapper
    yields   attempts, each with how it was mended and why; `send` a Change to overrule verdict or words
    returns  the number of the best attempt by the rule
    raises   Refused by a model that cannot take this sample
    """
    tools = Tools(
        depth=depth,
        canny=canny,
        fill=fill,
        depth_mapper=depth_mapper,
        canny_mapper=canny_mapper,
        segmenter=segmenter,
        padding=options.padding,
        strength=options.strength,
    )
    attempts: list[Step] = []
    opening = opening_request(sample, generator, rubric, options, seed)
    step = _drawn(opening, generator, stage="draw", why="the first picture")
    while True:
        step = _judged(
            replace(step, number=len(attempts) + 1), attempts, sample, judge=judge, rubric=rubric, options=options
        )
        change = yield step
        attempts.append(step.changed(change))
        if ends(attempts, options, rubric):
            best = best_attempt(attempts, rubric)
            return best.number if best else None
        step = next_step(
            sample, attempts, generator=generator, rubric=rubric, tools=tools, writer=writer, options=options
        )


def ends(attempts: Sequence[Step], options: DualStream, rubric: Rubric) -> bool:
    """Whether the flow is over: satisfied, accepted by a person, given up, or out of iterations."""
    last = attempts[-1]
    overruled = last.change is not None and last.change.decision is Decision.ACCEPT
    satisfied = (satisfaction(last.judgement, rubric) or 0.0) >= options.satisfaction_threshold and last.judged
    return satisfied or overruled or last.decision is Decision.STOP or len(attempts) >= options.max_iterations


def opening_request(
    sample: Sample, generator: Generator, rubric: Rubric, options: DualStream, seed: int = 0
) -> EditRequest:
    """The wish as it stands, over the pictures that there are.

    raises   Refused where the generator needs more pictures, or the rubric shows others than a wish in words has
    """
    source = sample.images.get("person", sample.images.get("init"))
    images = tuple(image for image in (source, sample.images.get("garment")) if image is not None)
    name, needs = generator.card.name, getattr(generator, "min_images", 1)
    if len(images) < needs:
        raise Refused(
            "too_few_pictures",
            f"{name} needs {needs} pictures and the sample has {len(images)}; take a generator that draws from words "
            "alone, such as flux1",
        )
    if not images and any(shown.role == "garment" for shown in rubric.shows):
        raise Refused(
            "wrong_rubric",
            f"the rubric {rubric.name!r} is about a garment and the sample has words alone: take 'general'",
        )
    negative = options.negative_prompt if "negative_prompt" in getattr(generator, "takes", ()) else ""
    size = options.size if not images else None
    settings = Settings(negative_prompt=negative, size=size)
    return EditRequest(prompt=sample.wish, images=images, settings=settings, noise=Noise(seed=seed), hints=sample.hints)


def next_step(
    sample: Sample,
    attempts: Sequence[Step],
    *,
    generator: Generator,
    rubric: Rubric,
    tools: Tools,
    writer: Writer | None = None,
    options: DualStream = DualStream(),
) -> Step:
    """The next picture, from the best attempt so far: by words, by a tool, or by both; not judged yet."""
    if options.arm == "new_noise":
        first = _without_negative(attempts[0].request)
        again = replace(first, noise=first.noise.fresh(len(attempts)))
        return _drawn(again, generator, stage="new_noise", parent=0, why="control arm: the first words, new noise")
    base = best_attempt(attempts, rubric) or attempts[-1]
    available = tools.available(sample) if options.arm == "streams" else set()
    plan = plan_of(issues_of(base.judgement, rubric), available, tried_on(base, attempts))
    words = _without_negative(revise(sample, attempts, rubric, generator))
    if writer is not None and plan.strategy != "picture":
        words = polished(words, sample, attempts, rubric=rubric, writer=writer, generator=generator)
    declined = ""
    if plan.tool:
        try:
            return _planned(_mended(plan, base, sample, attempts, words=words, rubric=rubric, tools=tools), plan)
        except Refused as refusal:
            declined = f"{plan.tool} declined ({refusal.reason}): {refusal}"
    plan = replace(plan, strategy="prompt", tool="", why_tool=declined or plan.why_tool)
    return _planned(_drawn(words, generator, stage="words", parent=base.number, why=_why_words(words, base)), plan)


def tried_on(base: Step, attempts: Sequence[Step]) -> set[tuple[Any, str]]:
    """(tool, constraint) that were used on this very picture already; none of them gave a better one."""
    return {
        (step.stage, constraint)
        for step in attempts
        if step.parent == base.number and step.data.get("tool")
        for constraint in step.data["targets"][:1]
    }


def _mended(
    plan: Plan,
    base: Step,
    sample: Sample,
    attempts: Sequence[Step],
    *,
    words: EditRequest,
    rubric: Rubric,
    tools: Tools,
) -> Step:
    targets = {issue.constraint for issue in plan.targets}
    tried = sum(step.parent == base.number for step in attempts)
    asked = next_fixes(base, attempts[-1], rubric, strength=STEPS[min(tried, len(STEPS) - 1)])
    kept = len(base.request.fixes)
    fixes = [fix for number, fix in enumerate(asked) if number < kept or fix.constraint in targets]
    prompt = base.request.prompt if plan.strategy == "picture" else words.prompt
    noise = attempts[0].request.noise.fresh(len(attempts))
    step = mended(plan, base, sample, tools, prompt=prompt, fixes=fixes, noise=noise)
    return replace(step, request=replace(step.request, polish=words.polish if plan.strategy == "both" else None))


def _planned(step: Step, plan: Plan) -> Step:
    """The step with the plan it follows, for people and tables."""
    data = {
        "strategy": plan.strategy,
        "strategy_why": plan.why_strategy,
        "tool": plan.tool,
        "tool_why": plan.why_tool,
        "targets": [issue.constraint for issue in plan.targets],
    }
    reasons = [f"{plan.strategy}: {plan.why_strategy}", plan.why_tool, step.why]
    return replace(step, data={**step.data, **data}, why="; ".join(reason for reason in reasons if reason))


def _drawn(request: EditRequest, generator: Generator, *, stage: str, why: str, parent: int = 0) -> Step:
    return Step(
        stage=stage,
        parent=parent,
        request=request,
        image=generator(request),
        why=why,
        data={"model": generator.card.name},
    )


def _judged(
    step: Step, attempts: Sequence[Step], sample: Sample, *, judge: Judge, rubric: Rubric, options: DualStream
) -> Step:
    """The step with its judgement, its satisfaction, and how far the targets moved from its parent's."""
    judgement = judged(judge, sample, step.image)
    value = satisfaction(judgement, rubric)
    measured = (
        UNSATISFIED
        if value is None
        else Measurement(value=round(value, 4), unit="0 to 1", bar=options.satisfaction_threshold, better="higher")
    )
    moved = {}
    if step.parent:
        before = attempts[step.parent - 1].judgement
        for key in step.data["targets"]:
            pair = before.scores[key].score, judgement.scores[key].score
            moved[key] = None if None in pair else round(pair[1] - pair[0], 4)
    return replace(
        step,
        judgement=judgement,
        decision=decide(judgement, rubric),
        scores={**step.scores, "satisfaction": measured},
        data={**step.data, **({"moved": moved} if moved else {})},
    )


def _without_negative(request: EditRequest) -> EditRequest:
    """The negative prompt serves the first picture alone."""
    return replace(request, settings=request.settings.model_copy(update={"negative_prompt": ""}))


def _why_words(request: EditRequest, base: Step) -> str:
    return "drawn anew by words" + ("" if request.noise == base.request.noise else " from new noise")
