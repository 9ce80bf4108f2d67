"""`Pipeline`: a picture of a garment in, a person wearing it out, in one call or stage by stage; no run is kept.

    >>> pipeline = Pipeline()
    >>> pipeline.process_image("shirt.png", person="anna.png").picture.save("anna-in-the-shirt.png")

The stages are those of the flow `garment`, which does the same for many samples, journaled: `-p flow garment`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from PIL import Image
from pydantic import ValidationError

from ..errors import BadInput
from ..flows import named
from ..flows.garment import TOOLS, Garment, drawing_of, garment
from ..flows.garments.garment_drawing import Drawing, cannot_draw, enhanced, initial, inpainted
from ..flows.garments.garment_stages import described, preprocessed, refined, segmented
from ..pictures.describing.described import GarmentFeatures
from ..records import Decision, Sample, SampleLine
from ..rubrics.shipped import rubric as rubric_named
from ..runs.walk import Walk
from ..steps import SampleRecord, Step
from ..text import first_problem, got
from .recipe_parts import WISH, Opened, Picture, check_kind, check_seed, mask_of, record_of, sample_of
from .steps_shown import side_by_side

_NEEDED = ("segmenter", "generator", "judge")


@dataclass(frozen=True, kw_only=True, eq=False)
class Processed:
    """What became of a garment.

    features  of the cloth; mask: mode L, where it is in the garment's picture as preprocessed
    picture   the person wearing it, None where none was drawn; `why` says why, or what is kept
    steps     one for each stage; record: the same as a run keeps it, without pictures
    """

    features: GarmentFeatures
    mask: Image.Image
    picture: Image.Image | None
    why: str
    steps: tuple[Step, ...]
    record: SampleRecord

    def _repr_html_(self) -> str:
        return side_by_side(self.steps, self.why)


class Pipeline:
    """The garment pipeline over models by name.

    options    of the flow, see flows.garment.Garment; or by name, as a run takes them
    rubric     by name: what a drawn picture is judged by
    memory_gb  what all large models together may use, in 10^9 bytes; 0: what is there
    models     argument of the flow, such as generator= or segmenter=, to a model or its name; nothing is read before
               a stage asks it
    raises     UnknownName for an argument or a model that there is not; BadInput for a value of another kind
    """

    def __init__(
        self,
        *,
        options: Garment | Mapping[str, Any] = Garment(),  # noqa: B008  frozen
        rubric: str = "default",
        memory_gb: float = 0,
        seed: int = 0,
        **models: Any,
    ):
        if not isinstance(options, Garment | Mapping):
            raise BadInput(f"options are those of the flow, Garment(max_side=768) or by name, {got(options)}")
        check_seed(seed)
        flow, self.seed = named("garment"), seed
        self.options = flow.checked(options if isinstance(options, Mapping) else vars(options))
        self.rubric = rubric_named(rubric)
        models["segmenter"] = models.get("segmenter", flow.line.models["segmenter"].default)
        self._opened = Opened(flow, self.rubric, models, memory_gb=memory_gb, needed=_NEEDED)
        self.manager = self._opened.manager

    @cached_property
    def models(self) -> dict[str, Any]:
        """Argument of the flow -> its model, filled as a run would."""
        return self._opened.filled(self.options)

    def process_image(self, path: Picture, person: Picture | None = None, wish: str = WISH) -> Processed:
        """All stages. Without a person the garment is cut out and described, and drawn by a generator that needs none.

        raises   BadInput where a picture cannot be used, StorageError where it cannot be read; Refused where no
                 garment is found or a model declines
        """
        line, sample = _sample({"garment": path, "person": person}, wish)
        given = {"rubric": self.rubric, "options": self.options, "seed": self.seed}
        walk = Walk(garment(sample.blind(), **self.models, **given))
        list(walk)
        return _processed(line, sample, walk)

    # ---- stage by stage; a mask that cannot be that of its picture's garment is a BadInput ---------------------------

    def preprocess(self, path: Picture) -> Image.Image:
        """RGB, upright, at most options.max_side a side, never stretched."""
        _, sample = _sample({"garment": path})
        return preprocessed(sample, self.options.max_side)[0].images["garment"]

    def segment(self, image: Picture, points: tuple[tuple[float, float, int], ...] = ()) -> Image.Image:
        """The garment's mask, mode L; `points` (x, y, label) in fractions of the picture say what is meant.

        raises   BadInput where there is none
        """
        try:
            mask, step = segmented(_sample({"garment": image})[1], self._opened.given["segmenter"], points)
        except ValidationError as e:
            raise BadInput(f"points are (x, y, label) each, such as ((0.5, 0.5, 1),): {first_problem(e)}") from e
        if mask is None:
            raise BadInput(f"{step.why}; give points on the garment")
        return mask

    def refine_mask(self, mask: Image.Image, image: Picture) -> Image.Image:
        """The mask cleaned, as options.refinement says."""
        garment = _picture(image)
        return refined(garment, mask_of(mask, garment), self.options.refinement)[0]

    def extract_features(self, image: Picture, mask: Image.Image) -> GarmentFeatures:
        """Palette, pattern, texture, a vector to compare by, and words."""
        garment = _picture(image)
        return described(garment, mask_of(mask, garment))[0]

    def generate(self, image: Picture, mask: Image.Image, person: Picture | None = None) -> Image.Image:
        """The person in the garment, its area drawn anew or filled where the models here can; not judged.

        raises   BadInput where the generator needs a person; Refused where a model declines
        """
        drawing = self._drawing(image, mask, person)
        if why := cannot_draw(drawing.generator, drawing.sample):
            raise BadInput(why)
        first = initial(drawing)
        return inpainted(drawing, first).image or first.image

    def enhance(self, picture: Picture, image: Picture, mask: Image.Image) -> Image.Image:
        """A drawn picture with the garment's detail; the very picture where it lacks none."""
        drawn = Step(stage="initial", image=_picture(picture))
        return enhanced(self._drawing(image, mask, None), drawn).image or drawn.image

    def _drawing(self, image: Picture, mask: Image.Image, person: Picture | None) -> Drawing:
        _, sample = _sample({"garment": image, "person": person})
        mask = mask_of(mask, sample.images["garment"])
        features = described(sample.images["garment"], mask)[0]
        sample, _ = preprocessed(sample, self.options.max_side)
        tools = {argument: self.models.get(argument) for argument in TOOLS}
        return drawing_of(sample, mask, features, self.options, self.seed, **tools)


def _sample(pictures: Mapping[str, Picture | None], wish: str = WISH) -> tuple[SampleLine, Sample]:
    """(its line, the sample) of a garment and whoever wears it; raises as recipe_parts.sample_of"""
    check_kind(pictures["garment"], "garment")
    return sample_of(pictures, wish, named_by="garment")


def _picture(given: Picture) -> Image.Image:
    return _sample({"garment": given})[1].images["garment"]


def _processed(line: SampleLine, sample: Sample, walk: Walk) -> Processed:
    steps = tuple(walk.steps)
    kept, last = steps[walk.chosen - 1] if walk.chosen else None, {step.stage: step for step in steps}
    drawn = kept is not None and kept.stage != "features"
    undrawn = steps[-1].why if kept else "no drawn picture could be judged: none is kept"
    return Processed(
        features=GarmentFeatures.model_validate(last["features"].data["features"]),
        mask=last["refine_mask"].made["mask"],
        picture=kept.image if drawn else None,
        why=f"the picture of stage {kept.stage} is kept: {_verdict(kept)}" if drawn else undrawn,
        steps=steps,
        record=record_of(line, sample, walk),
    )


def _verdict(step: Step) -> str:
    if step.judgement is None:
        return "nothing was judged, it is the last one"
    return {Decision.ACCEPT: "accepted"}.get(step.decision, "the best of those judged, not accepted")
