"""Flow 5, the garment pipeline: cut a garment out, describe it, draw a person in it, mend and sharpen the picture."""

from collections.abc import Generator as PythonGenerator
from dataclasses import dataclass, replace
from typing import Any, Literal

from PIL import Image

from ..errors import BadInput, Refused
from ..pictures.describing.described import GarmentFeatures
from ..pictures.masking.mask_cleaning import AS_TUNED
from ..pictures.masking.mask_refinement import MaskRefinement
from ..records import Sample
from ..roles import ControlMapper, Enhancer, Generator, Judge, Scorer, Segmenter
from ..rubrics.rules import Rubric, best_attempt, decide
from ..steps import Change, Flow, Step
from .closed_loop import judged
from .garments.garment_drawing import Drawing, cannot_draw, enhanced, initial, inpainted
from .garments.garment_stages import described, preprocessed, refined, segmented

TOOLS = ("segmenter", "generator", "mapper", "inpainter", "enhancer")  # arguments that draw


@dataclass(frozen=True, kw_only=True)
class Garment:
    """Settings of the garment pipeline.

    max_side         of the pictures that it works on, 64 to 4096 px; larger ones are scaled down, never stretched
    refinement       of the garment's mask
    padding          around the mask of a crop that a tool works on, 0 to 2, as a share of the mask's longer side
    describe         whether the prompt names the garment's colours, pattern and texture as measured
    negative_prompt  what not to draw, for a generator that takes one; '' leaves the model's own
    strength         of drawing anew inside a mask, 0 to 1; None: the model's own
    judge            'every' drawn picture that differs from the one before, or the 'last' one alone
    """

    max_side: int = 1024
    refinement: MaskRefinement = AS_TUNED
    padding: float = 0.25
    describe: bool = True
    negative_prompt: str = ""
    strength: float | None = None
    judge: Literal["every", "last"] = "every"

    def __post_init__(self) -> None:
        if not 64 <= self.max_side <= 4096:
            raise BadInput(f"max_side is 64 to 4096 px, got {self.max_side}")
        if not 0 <= self.padding <= 2:
            raise BadInput(f"padding is 0 to 2, a share of the mask's longer side, got {self.padding}")
        if self.strength is not None and not 0 <= self.strength <= 1:
            raise BadInput(f"strength is 0 to 1, got {self.strength}")
        if self.judge not in ("every", "last"):
            raise BadInput(f"judge is 'every' or 'last', got {self.judge!r}")


def garment(
    sample: Sample,
    *,
    segmenter: Segmenter,
    generator: Generator,
    judge: Judge,
    rubric: Rubric,
    mapper: ControlMapper | None = None,
    inpainter: Generator | None = None,
    enhancer: Enhancer | None = None,
    details: Scorer | None = None,
    options: Garment = Garment(),
    seed: int = 0,
) -> Flow:
    """Preprocess, segment, refine the mask, describe the garment; then draw, inpaint and enhance.

    sample     the picture 'garment'; with a 'person' that person is dressed and each drawn picture is judged
    segmenter  finds the garment, and where a person wears it
    mapper     of the person's control map, for a generator that takes one
    inpainter  draws the garment's area anew, or fills what is open in it
    enhancer   sharpens the garment's area
    details    measures what a drawn picture kept of the garment's words, marks and palette, and the garment's own
               where it was scaled down
    yields     a step per stage, with the reason where it is skipped. A person may `send` points behind 'segment' and
               'refine_mask', which ask the segmenter again, or a mask, which is taken as it is; and words, with which
               everything behind is drawn, a picture just drawn once more
    returns    the number of the best judged picture, None where none could be judged; without a person of the last
               drawn one, else of the cut-out
    raises     Refused where no garment is found, or by a generator that cannot take this sample
    """
    steps: list[Step] = []
    whole = sample
    sample, step = preprocessed(sample, options.max_side)
    if details is not None and "garment" in step.made:
        step = replace(step, scores=details(whole, step.image))
    yield from _kept(steps, step)
    mask = yield from _masked(steps, sample, segmenter, options)
    features, step = described(sample.images["garment"], mask)
    yield from _kept(steps, step)
    cut_out = steps[-1].number
    if why := cannot_draw(generator, sample):
        yield from _kept(steps, Step(stage="initial", data={"skipped": True}, why=why))
        return cut_out
    tools = {"segmenter": segmenter, "generator": generator, "mapper": mapper}
    tools |= {"inpainter": inpainter, "enhancer": enhancer}
    drawing = drawing_of(sample, mask, features, options, seed, wish=_wish(steps), **tools)
    best: Step | None = None
    for stage in (initial, inpainted, enhanced):
        again = True
        while again:
            step = stage(drawing, best)
            if step.image is not None and details is not None:
                step = replace(step, scores={**step.scores, **details(sample, step.image)})
            if "person" in sample.images and (options.judge == "every" or stage is enhanced):
                step = _judged(step, best, sample, judge, rubric)
            change = yield from _kept(steps, step)
            again = bool(change and change.prompt)
            drawing = replace(drawing, wish=change.prompt) if again else drawing
        best = best_attempt(steps, rubric) or next(step for step in reversed(steps) if step.image is not None)
    kept = best_attempt(steps, rubric) if "person" in sample.images else best
    return kept.number if kept else None


def drawing_of(
    sample: Sample, mask: Image.Image, features: GarmentFeatures, options: Garment, seed: int, **more: Any
) -> Drawing:
    """What the drawing stages work with; `more` are the models of TOOLS and a person's words as `wish`."""
    return Drawing(
        sample=sample,
        mask=mask,
        described=features.words if options.describe else "",
        padding=options.padding,
        refinement=options.refinement,
        negative_prompt=options.negative_prompt,
        strength=options.strength,
        seed=seed,
        **more,
    )


def _kept(steps: list[Step], step: Step) -> PythonGenerator[Step, Change | None, Change | None]:
    """Yields the step with its number, behind the one before where it has no other parent; returns a person's change.

    It is then the last of `steps`, as the person left it.
    """
    steps.append(replace(step, number=len(steps) + 1, parent=step.parent or len(steps)))
    change = yield steps[-1]
    steps[-1] = steps[-1].changed(change)
    return change


def _wish(steps: list[Step]) -> str:
    """A person's newest words; '' for none."""
    return next((step.change.prompt for step in reversed(steps) if step.change and step.change.prompt), "")


def _masked(
    steps: list[Step], sample: Sample, segmenter: Segmenter, options: Garment
) -> PythonGenerator[Step, Change | None, Image.Image]:
    """The garment's mask: found and refined, again with a person's points as often as they give some, or theirs.

    raises   Refused where there is none and nobody gives one
    """
    change: Change | None = None
    while True:
        mine = change.images.get("mask") if change else None
        if mine is None:
            found, step = segmented(sample, segmenter, change.points if change else ())
            change = yield from _kept(steps, step)
            if _asks(change):
                continue
            if found is None:
                raise Refused("no_garment_mask", step.why)
        mask, step = refined(
            sample.images["garment"], found if mine is None else mine, options.refinement, mine is not None
        )
        change = yield from _kept(steps, step)
        if not _asks(change):
            return mask


def _asks(change: Change | None) -> bool:
    return change is not None and bool(change.points or "mask" in change.images)


def _judged(step: Step, best: Step | None, sample: Sample, judge: Judge, rubric: Rubric) -> Step:
    """The step with its judgement; as it is where it has no picture of its own and the best one was judged already."""
    if step.image is None and best is not None and best.judgement is None:
        step = replace(step, image=best.image, request=best.request)
    if step.image is None:
        return step
    judgement = judged(judge, sample, step.image, rubric)
    return replace(step, judgement=judgement, decision=decide(judgement, rubric))
