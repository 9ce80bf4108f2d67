"""The last three stages of the garment pipeline: a first picture, the garment's area anew, its detail sharpened."""

# Shapes: H, W image rows and columns; N picked pixels; 3 is RGB or Lab.
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image

from ...errors import Refused
from ...pictures.crop_and_stitch import CropOptions, around
from ...pictures.features import ColourModel, to_lab
from ...pictures.finishing.detail_back import detail_put_back
from ...pictures.masking.mask_holes import holes_of
from ...pictures.masking.mask_refinement import MaskRefinement
from ...pictures.masking.worn_area import Wearing
from ...pictures.masks import grown
from ...records import EditRequest, Noise, Sample, Settings
from ...roles import ControlMapper, Enhancer, Generator, Segmenter
from ...steps import Step
from ..first_request import garment_unseen, looked_at
from ..on_crops import as_mask, on_crop, whole

_CHANGED = 8  # grey levels of a channel: less is the same pixel, saved twice
_RIM_PX = 3  # of a hole: mixed with what surrounds it
_STRAY = 1e-5  # of the cloth's pixels in a cell of colours: ColourModel gives every cell 5e-7
_UNSCALED = {"least_px": 1, "multiple": 1, "most_pixels": 4096 * 4096}  # of a crop, pixel for pixel
_UNWORN = "A person wears the garment, standing in front of a plain background."


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What the drawing stages work with.

    sample     its pictures as preprocessed
    mask       the garment's, in its own picture
    described  the garment in words, as measured; '' for none
    wish       a person's words in place of the sample's
    """

    sample: Sample
    mask: Image.Image
    described: str
    segmenter: Segmenter
    generator: Generator
    mapper: ControlMapper | None
    inpainter: Generator | None
    enhancer: Enhancer | None
    padding: float
    refinement: MaskRefinement
    negative_prompt: str
    strength: float | None
    seed: int
    wish: str = ""

    @property
    def garment(self) -> Image.Image:
        return self.sample.images["garment"]

    @property
    def person(self) -> Image.Image | None:
        return self.sample.images.get("person")

    @property
    def wearing(self) -> Wearing:
        """Who finds the garment on people."""
        kind = self.sample.hints.garment_type
        return Wearing(segmenter=self.segmenter, garment=self.garment, mask=self.mask, garment_type=kind)

    @property
    def keeps_frame(self) -> bool:
        """Whether the first picture lies over the person's photograph, pixel for pixel."""
        return getattr(self.generator, "keeps_frame", False)

    def request(
        self,
        model: Generator | Enhancer,
        images: Sequence[Image.Image],
        mask: Image.Image | None = None,
        control: Image.Image | None = None,
        strength: float | None = None,
    ) -> EditRequest:
        """What a model is asked; a negative prompt where it takes one."""
        negative = self.negative_prompt if "negative_prompt" in taken(model) else ""
        return EditRequest(
            prompt=self.words(model),
            images=tuple(images),
            mask=mask,
            control=control if "control" in taken(model) else None,
            settings=Settings(negative_prompt=negative, strength=strength),
            noise=Noise(seed=self.seed),
            hints=self.sample.hints,
        )

    def words(self, model: Generator | Enhancer) -> str:
        """The wish, then the garment as measured where the model's encoder has room for it; a person's words alone."""
        if self.wish:
            return self.wish
        wish = self.sample.wish if self.person else _UNWORN
        longer = f"{wish} The garment is {self.described}."
        fits = getattr(model, "fits", None)
        return longer if self.described and (fits is None or fits(longer)) else wish


def taken(model: Any) -> tuple[str, ...]:
    """What of a request a model honours beside words and pictures."""
    return tuple(getattr(model, "takes", ()))


def cannot_draw(generator: Generator, sample: Sample) -> str:
    """Why the generator can draw nothing of this sample, in a sentence; '' where it can."""
    if getattr(generator, "min_images", 1) <= 1 + ("person" in sample.images):
        return ""
    return (
        f"{generator.card.name} dresses a person and none is given: name one, person='PICTURE', or take a generator "
        "that draws from words"
    )


# ---- the first picture -----------------------------------------------------------------------------------------------


def initial(drawing: Drawing, best: Step | None = None) -> Step:
    """The person in the garment, along a map of the person where the generator takes one; without a person by words."""
    control, said = control_map(drawing)
    images = [image for image in (drawing.person, drawing.garment) if image]
    if drawing.person is None:
        said = "no person is given: nothing can be judged against one"
        images = images[: getattr(drawing.generator, "min_images", 1)]
    images = looked_at(drawing.generator, images, masked=False)
    request = drawing.request(drawing.generator, images, control=control)
    image = drawing.generator(request)
    return Step(stage="initial", image=image, request=request, made={"control": control} if control else {}, why=said)


def control_map(drawing: Drawing) -> tuple[Image.Image | None, str]:
    """(the person's map, by which mapper, or why there is none); (None, '') where nobody asks for one."""
    if drawing.person is None or drawing.mapper is None:
        return None, ""
    mapper = drawing.mapper.card.name
    if "control" not in taken(drawing.generator):
        return None, f"{drawing.generator.card.name} takes no control map, so {mapper} is not asked"
    try:
        return drawing.mapper(drawing.person), f"along the person's map by {mapper}"
    except Refused as refusal:
        return None, f"without a control map: {refusal}"


# ---- the garment's area ----------------------------------------------------------------------------------------------


def inpainted(drawing: Drawing, best: Step) -> Step:
    """The garment's area anew, on the person's photograph; by an inpainter that only fills, what is open in it.

    A step without a picture, with the reason, where it is skipped.
    """
    inpainter = drawing.inpainter
    if inpainter is None or "mask" not in taken(inpainter):
        who = inpainter.card.name if inpainter else "no model here"
        return skipped("inpaint", best, f"{who} draws inside {'no' if inpainter else 'a'} mask")
    if drawing.person is None:
        return skipped("inpaint", best, "no person is given: there is no photograph to draw into")
    fills = getattr(inpainter, "keeps_frame", False)
    try:
        area_HW, why = open_places(drawing, best.image) if fills else drawing.wearing.area(best.image, drawing.person)
        if not area_HW.any():
            return skipped("inpaint", best, why)
        base = best.image if drawing.keeps_frame else drawing.person
        images, mask = ((base,) if fills else (base, drawing.garment)), as_mask(area_HW)
        images = looked_at(inpainter, images, masked=True)
        unseen = "" if fills else garment_unseen(inpainter, drawing.garment, images)
        why = "; ".join(filter(None, (why, unseen)))
        strength = None if fills else drawing.strength
        request = drawing.request(inpainter, images, mask, control=best.made.get("control"), strength=strength)
        crop = whole(base) if fills else around(base, mask, CropOptions(padding=drawing.padding))
        return on_crop(Step(stage="inpaint", parent=best.number, request=request, why=why), inpainter, crop)
    except Refused as refusal:
        return skipped("inpaint", best, str(refusal))


def open_places(drawing: Drawing, picture: Image.Image) -> tuple[np.ndarray, str]:
    """(bool (H, W), a sentence): holes inside the worn garment, in the picture, that show what lies around it.

    A gap between arm and body is none, nor is what has the garment's own colours, a light figure of a print, nor a hole
    that stands as photographed: a hand in front of the old garment is in front of the new one. A generator that draws
    every pixel anew leaves no such sign: then nothing is called open.
    """
    worn_HW, why = drawing.wearing.worn(picture)
    if not drawing.keeps_frame:
        name = drawing.generator.card.name
        return np.zeros_like(worn_HW), f"{name} draws every pixel anew: a hole is not told from a hand in front"
    lab_HW3 = to_lab(np.asarray(picture))
    labels_HW, holes = holes_of(worn_HW, lab_HW3, drawing.refinement.pinhole)
    moved_HW = np.abs(np.asarray(picture, np.int16) - np.asarray(drawing.person, np.int16)).max(-1) > _CHANGED
    shown = [hole.label for hole in holes if not hole.gap and (hole.for_outside or 0) > 0]
    drawn = [label for label in shown if moved_HW[labels_HW == label].mean() > 0.5]
    cloth = ColourModel(drawing.wearing.colours_N3)
    foreign = [label for label in drawn if _share_of(cloth, lab_HW3[labels_HW == label]) < 0.5]
    counted = (
        f"holes in it: {len(holes)}, that show what lies around it: {len(shown)}, of these drawn: {len(drawn)}, not in "
        f"the garment's own colours: {len(foreign)}"
    )
    return grown(np.isin(labels_HW, foreign), _RIM_PX), f"{why}; {counted if holes else 'no hole is in it'}"


def _share_of(cloth: ColourModel, lab_N3: np.ndarray) -> float:
    """0-1: of these pixels, how many have a colour of which the cloth has more than strays."""
    return float((cloth.log_likelihood(lab_N3) > np.log(_STRAY)).mean())


# ---- the detail ------------------------------------------------------------------------------------------------------


def enhanced(drawing: Drawing, best: Step) -> Step:
    """The worn garment with finer detail; what of its detail that lost is put back.

    A step without a picture, with the reason, where it is skipped or nothing is changed.
    """
    enhancer = drawing.enhancer
    if enhancer is None:
        return skipped("enhance", best, "no enhancer is given")
    try:
        area_HW, why = drawing.wearing.worn(best.image)
        request = drawing.request(enhancer, (best.image, drawing.garment), as_mask(area_HW))
        crop = around(best.image, request.mask, CropOptions(padding=drawing.padding, **_UNSCALED))
        step = on_crop(Step(stage="enhance", parent=best.number, request=request, why=why), enhancer, crop)
    except Refused as refusal:
        return skipped("enhance", best, str(refusal))
    if step.image.tobytes() == best.image.tobytes():
        return skipped("enhance", best, f"{enhancer.card.name} leaves it as it is: it lacks no detail")
    back = detail_put_back(np.asarray(best.image), np.asarray(step.image), area_HW)
    return replace(step, image=Image.fromarray(back.image_HW3), scores=back.numbers)


# ---- all of them -----------------------------------------------------------------------------------------------------


def skipped(stage: str, best: Step, why: str) -> Step:
    return Step(stage=stage, parent=best.number, data={"skipped": True}, why=why)
