"""The words stream: the whole picture is drawn by words, first as wished, then as what was found asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image

from ...errors import Refused
from ...pictures.edit_checks import finished
from ...pictures.masking.worn_area import Wearing, garment_in
from ...pictures.masks import grown
from ...records import EditRequest, Noise, Sample
from ...roles import Generator, Segmenter, Writer
from ...rubrics.rules import Rubric, best_attempt
from ...steps import Step
from ..first_request import source_of
from ..on_crops import as_mask, crop_for, on_crop, picture_of
from ..polishing import polished
from ..revising import best_of_noise, revise, wish_of
from .stream_masks import edit_area

_ROOM = 0.02  # of the photograph's longer side, around clothes that are drawn over
DRAWN = ("draw", "words", "new_noise")  # stages whose picture the words stream drew


@dataclass(frozen=True, kw_only=True)
class WordStream:
    """What the words stream works with.

    model    draws: the run's generator, or its fill tool (see `painted_by`)
    writer   polishes the words; None for none
    opening  the wish as it stands, over the pictures that there are; its negative prompt serves the first picture alone
    padding  of the crop round a mask, as a share of the mask's longer side
    """

    sample: Sample
    model: Generator
    rubric: Rubric
    writer: Writer | None
    opening: EditRequest
    padding: float

    def drawn(self, request: EditRequest, stage: str, parent: int = 0) -> Step:
        """The picture of a request; where that has a mask, the photograph's bytes stand outside it.

        A picture whose frame or colours may have moved against its photograph has the checks of that.
        """
        step = Step(stage=stage, parent=parent, request=request, data={"model": self.model.card.name})
        if request.mask is None:
            image = picture_of(self.model, request)
            can_move = bool(request.images) and not getattr(self.model, "keeps_frame", False)
            return replace(step, image=image, scores=finished(request, image)[1] if can_move else {})
        return on_crop(step, self.model, crop_for(self.model, request.images[0], request.mask, self.padding))

    def next(self, attempts: Sequence[Step]) -> EditRequest:
        """The request with which a closed loop would go on from what this stream sees; not polished."""
        return revise(self.sample, self.seen(attempts), self.rubric, self.model)

    def corrected(self, request: EditRequest, attempts: Sequence[Step]) -> Step:
        """The attempt that a request of `next` corrects; the last where none could be judged."""
        best = best_of_noise(self.seen(attempts), request.noise, self.rubric)
        return attempts[best.number - 1] if best else attempts[-1]

    def polished(self, request: EditRequest, attempts: Sequence[Step]) -> EditRequest:
        """The request with its words polished, where there is a writer."""
        if self.writer is None:
            return request
        return polished(request, self.sample, attempts, rubric=self.rubric, writer=self.writer, generator=self.model)

    def from_new_noise(self, attempts: Sequence[Step]) -> EditRequest:
        """The first words, or what a person wrote since, from noise that nothing was drawn from yet."""
        noise = self.opening.noise.fresh(len(attempts))
        return replace(_without_negative(self.opening), prompt=wish_of(self.sample, attempts), noise=noise)

    def seen(self, attempts: Sequence[Step]) -> list[Step]:
        """What words go on from: what words drew, and what a tool made of it where that is the best of its noise.

        Each as if words had drawn it: asked of the whole picture, from the noise of the drawing that it goes back to.
        What a person changed last counts, whatever it was.
        """
        drawn = [self.as_drawn(step, attempts) for step in attempts]
        numbers = {step.number for step in attempts if step.stage in DRAWN}
        for noise in {step.request.noise for step in drawn}:
            of_noise = [step for step in drawn if step.request.noise == noise]
            numbers |= _line(best_attempt(of_noise, self.rubric), attempts)
        if attempts[-1].change is not None:
            numbers.add(attempts[-1].number)
        return [step for step in drawn if step.number in numbers]

    def as_drawn(self, step: Step, attempts: Sequence[Step]) -> Step:
        whole = _without_negative(self.opening)
        asked = {"prompt": step.request.prompt, "fixes": step.request.fixes, "noise": noise_of(step, attempts)}
        return replace(step, request=replace(whole, **asked))


def noise_of(step: Step, attempts: Sequence[Step]) -> Noise:
    """The noise of the drawing by words that a step goes back to."""
    while step.stage not in DRAWN:
        step = attempts[step.parent - 1]
    return step.request.noise


def _line(step: Step | None, attempts: Sequence[Step]) -> set[int]:
    """The numbers of a step and of all that it was made from."""
    numbers = set()
    while step is not None:
        numbers.add(step.number)
        step = attempts[step.parent - 1] if step.parent else None
    return numbers


def _without_negative(request: EditRequest) -> EditRequest:
    return replace(request, settings=request.settings.model_copy(update={"negative_prompt": ""}))


# ---- who draws -------------------------------------------------------------------------------------------------------


def painted_by(
    sample: Sample, generator: Generator, fill: Generator | None = None, segmenter: Segmenter | None = None
) -> tuple[Generator, Image.Image | None]:
    """(the model that draws by words, the mask that it draws in; None for the whole picture).

    The sample's own mask, where the generator takes one. A generator that takes no picture but in a mask cannot keep
    the sample's photograph: then the fill tool draws, in that mask or over the clothes that the garment replaces.
    raises   Refused where nothing can draw the sample
    """
    source, name = source_of(sample), generator.card.name
    has_mask, able = "mask" in sample.images, "mask" in getattr(generator, "takes", ())
    if source is not None and has_mask and able:
        return generator, edit_area(source, sample)
    if source is None or getattr(generator, "unmasked_images", None) != 0:
        return generator, None
    if fill is None:
        raise Refused("takes_no_picture", f"{name} draws from words alone and the sample has a photograph: name a fill")
    if has_mask:
        return fill, edit_area(source, sample)
    if "garment" in sample.images and segmenter is not None:
        return fill, _clothes_to_replace(source, sample, segmenter)
    raise Refused(
        "no_edit_area",
        f"{name} draws from words alone, and where {fill.card.name} may draw is not known: give a picture 'mask'",
    )


def _clothes_to_replace(source: Image.Image, sample: Sample, segmenter: Segmenter) -> Image.Image:
    """Mode L: what the person wears where the garment is to be, with a little room."""
    garment = sample.images["garment"]
    kind = sample.hints.garment_type
    wearing = Wearing(segmenter=segmenter, garment=garment, mask=garment_in(garment, segmenter), garment_type=kind)
    worn_HW, _ = wearing.to_replace(source)
    return as_mask(grown(worn_HW, _ROOM * max(source.size)))
