"""Flow 2, dual-stream refinement: what the judge found is mended in the words, in the picture, or in both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import get_args

from ..errors import BadInput, Refused
from ..records import Decision, EditRequest, Judgement, Measurement, Sample
from ..roles import ControlMapper, Generator, Judge, Segmenter, Writer
from ..rubrics.rules import Rubric, best_attempt, decide
from ..rubrics.satisfaction import satisfaction
from ..steps import Flow, Step
from .closed_loop import judged
from .first_request import check_mask, opening_request
from .streams.stream_steps import Arm, Streams, next_step, planned_request
from .streams.stream_tools import Tools
from .streams.stream_words import WordStream, painted_by

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
    arm: Arm = "streams"
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
        if self.arm not in get_args(Arm):
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
    yields   attempts: stage 'draw', 'words', 'new_noise' or a tool's name. Their data: model, strategy and tool with
             the reasons, base (the attempt that is mended), targets (constraints), moved (points that each target
             rose from the base), mask and mask_share of a tool, passed_over (tools asked in vain, and why).
             `send` a Change to overrule the verdict, the next words, or by a picture 'mask' where tools may draw
    returns  the number of the best attempt by the rule
    raises   Refused by a model that cannot take this sample, for a mask that cannot be its picture's, the sample's or
             a person's, and for a rubric about a garment that it lacks
    """
    tools = Tools(
        sample=sample,
        depth=depth,
        canny=canny,
        fill=fill,
        depth_mapper=depth_mapper,
        canny_mapper=canny_mapper,
        segmenter=segmenter,
    )
    streams = _streams(tools, options, generator=generator, rubric=rubric, writer=writer, seed=seed)
    attempts: list[Step] = []
    step = _first(streams, options)
    while True:
        step = _judged(replace(step, number=len(attempts) + 1), attempts, judge, streams, options)
        change = yield step  # None in a batch; a person may answer with words or a verdict
        attempts.append(step.changed(change))
        if ends(attempts, options):
            best = best_attempt(attempts, rubric)
            return best.number if best else None
        step = next_step(streams, attempts)


def ends(attempts: Sequence[Step], options: DualStream) -> bool:
    """Whether the loop is over behind these attempts: satisfied, given up, out of iterations, or accepted by a person.

    What a person changes about a satisfying picture is gone on with.
    """
    last = attempts[-1]
    if len(attempts) >= options.max_iterations or last.decision is Decision.STOP:
        return True
    if last.change is not None:
        return last.change.decision is Decision.ACCEPT
    satisfied = last.scores["satisfaction"]
    return isinstance(satisfied, Measurement) and satisfied.value >= options.satisfaction_threshold


def next_request(
    sample: Sample,
    attempts: Sequence[Step],
    *,
    generator: Generator,
    rubric: Rubric,
    depth: Generator | None = None,
    canny: Generator | None = None,
    fill: Generator | None = None,
    segmenter: Segmenter | None = None,
    writer: Writer | None = None,
    options: DualStream = DualStream(),
) -> EditRequest:
    """How the flow asks after these attempts, in words and fixes; nothing is drawn, mapped or masked."""
    tools = Tools(sample=sample, depth=depth, canny=canny, fill=fill, segmenter=segmenter)
    seed = attempts[0].request.noise.seed
    streams = _streams(tools, options, generator=generator, rubric=rubric, writer=writer, seed=seed)
    return planned_request(streams, attempts)


def _streams(
    tools: Tools, options: DualStream, *, generator: Generator, rubric: Rubric, writer: Writer | None, seed: int
) -> Streams:
    """Both streams of a sample; raises Refused where nothing can draw it, or the rubric is about a garment it lacks."""
    sample = tools.sample
    if "garment" not in sample.images and any(shown.role == "garment" for shown in rubric.shows):
        raise Refused(
            "wrong_rubric", f"the rubric {rubric.name!r} is about a garment and the sample has none: take 'general'"
        )
    check_mask(sample)
    model, mask = painted_by(sample, generator, tools.fill, tools.segmenter)
    opening = opening_request(
        sample, model, mask, negative_prompt=options.negative_prompt, size=options.size, seed=seed
    )
    words = WordStream(
        sample=sample, model=model, rubric=rubric, writer=writer, opening=opening, padding=options.padding
    )
    keeps_frame = getattr(model, "keeps_frame", False)
    tools = replace(tools, keeps_frame=keeps_frame, padding=options.padding, strength=options.strength)
    return Streams(words=words, tools=tools, arm=options.arm)


def _first(streams: Streams, options: DualStream) -> Step:
    """The first picture, with what is said of it."""
    words = streams.words
    why = "the first picture"
    if options.negative_prompt and not words.opening.settings.negative_prompt:
        why += f"; {words.model.card.name} takes no negative prompt, so it is left out"
    return replace(words.drawn(words.opening, "draw"), why=why)


def _judged(step: Step, attempts: Sequence[Step], judge: Judge, streams: Streams, options: DualStream) -> Step:
    """The step with its judgement, its satisfaction, and how far its targets moved from the base's."""
    rubric = streams.words.rubric
    judgement = judged(judge, streams.words.sample, step.image, rubric)
    scores = {**step.scores, "satisfaction": _satisfaction(judgement, rubric, options.satisfaction_threshold)}
    data = dict(step.data)
    if "base" in data:
        before = attempts[data["base"] - 1].judgement
        data["moved"] = {key: _moved(before, judgement, key) for key in data["targets"]}
    return replace(step, judgement=judgement, decision=decide(judgement, rubric), scores=scores, data=data)


def _satisfaction(judgement: Judgement, rubric: Rubric, threshold: float) -> Measurement | str:
    value = satisfaction(judgement, rubric)
    if value is None:
        return UNSATISFIED
    return Measurement(value=round(value, 4), unit="0 to 1", bar=threshold, better="higher")


def _moved(before: Judgement, after: Judgement, key: str) -> float | None:
    """By how many points a constraint rose; None where it was not scored both times."""
    was, now = before.scores[key].score, after.scores[key].score
    return None if was is None or now is None else round(now - was, 4)
