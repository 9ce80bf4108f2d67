"""`Pipeline`: a picture of a garment in, a person wearing it out, in one call or stage by stage; no run is kept.

    >>> pipeline = Pipeline()
    >>> pipeline.process_image("shirt.png", person="anna.png").picture.save("anna-in-the-shirt.png")

The stages are those of the flow `garment`, which does the same for many samples, journaled: `-p flow garment`.
"""

import base64
import html
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike, fspath
from os.path import abspath
from pathlib import Path
from typing import Any

from PIL import Image
from pydantic import ValidationError

from .errors import BadInput, UnknownName
from .flows import named
from .flows.garment import TOOLS, Garment, drawing_of, garment
from .flows.garment_drawing import Drawing, cannot_draw, enhanced, initial, inpainted
from .flows.garment_stages import described, preprocessed, refined, segmented
from .images import digest, thumbnail, to_jpeg
from .models import options_of
from .models.device.manager import Manager
from .pictures.describing.described import GarmentFeatures
from .pictures.outcomes import check
from .pictures.standard_size import as_rgb
from .pictures.validators import check_mask
from .pictures.validators import picture as judged_picture
from .records import Decision, Sample, SampleLine
from .rubrics.shipped import rubric as rubric_named
from .runs.parameters import BatchParameters
from .runs.preparing import fill
from .runs.sample_run import outcome_of
from .runs.walk import Walk
from .sources.loading import is_s3, load
from .sources.pairing import sample_id
from .steps import SampleRecord, Step
from .text import first_problem, got

Picture = str | PathLike[str] | Image.Image  # a file, an s3:// URL, or a picture
WISH = SampleLine.model_fields["wish"].default
_THUMBNAIL_PX = 160
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
        cells = "".join(_cell(step) for step in self.steps)
        return f"<p>{html.escape(self.why)}</p><div style='display:flex;flex-wrap:wrap;gap:8px'>{cells}</div>"


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
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
            raise BadInput(f"seed is a whole number, 0 or more, {got(seed)}")
        self._flow, self.manager, self.seed = named("garment"), Manager(memory_gb), seed
        self.options = self._flow.checked(options if isinstance(options, Mapping) else vars(options))
        self.rubric = rubric_named(rubric)
        for argument in models:
            if argument not in self._flow.roles:
                raise UnknownName("model argument of Pipeline", argument, self._flow.roles)
        models["segmenter"] = models.get("segmenter", self._flow.line.models["segmenter"].default)
        self._given = {argument: self._opened(argument, model) for argument, model in models.items()}

    def _opened(self, argument: str, model: Any) -> Any:
        """A model by its name, read when it is used; any other as it is. None leaves out a model that may be."""
        if not isinstance(model, str):
            if not callable(model) and (model is not None or argument in _NEEDED):
                raise BadInput(f"{argument} is a model or its name, {got(model)}")
            return model
        role = self._flow.roles[argument].name
        rubric = {"rubric": self.rubric} if "rubric" in options_of(model, role) else {}
        return self.manager.load(model, role, **rubric)

    @cached_property
    def models(self) -> dict[str, Any]:
        """Argument of the flow -> its model, filled as a run would."""
        parameters = BatchParameters(flow=self._flow.name)
        return fill(self._flow, parameters, self._given, rubric=self.rubric, options=self.options)

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
            mask, step = segmented(_sample({"garment": image})[1], self._given["segmenter"], points)
        except ValidationError as e:
            raise BadInput(f"points are (x, y, label) each, such as ((0.5, 0.5, 1),): {first_problem(e)}") from e
        if mask is None:
            raise BadInput(f"{step.why}; give points on the garment")
        return mask

    def refine_mask(self, mask: Image.Image, image: Picture) -> Image.Image:
        """The mask cleaned, as options.refinement says."""
        garment = _picture(image)
        return refined(garment, _mask(mask, garment), self.options.refinement)[0]

    def extract_features(self, image: Picture, mask: Image.Image) -> GarmentFeatures:
        """Palette, pattern, texture, a vector to compare by, and words."""
        garment = _picture(image)
        return described(garment, _mask(mask, garment))[0]

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
        mask = _mask(mask, sample.images["garment"])
        features = described(sample.images["garment"], mask)[0]
        sample, _ = preprocessed(sample, self.options.max_side)
        tools = {argument: self.models.get(argument) for argument in TOOLS}
        return drawing_of(sample, mask, features, self.options, self.seed, **tools)


def _sample(pictures: Mapping[str, Picture | None], wish: str = WISH) -> tuple[SampleLine, Sample]:
    """(its line, the sample) of pictures by role, a person of None left out; files are read, all are checked.

    raises   BadInput, StorageError
    """
    given = {role: picture for role, picture in pictures.items() if picture is not None or role == "garment"}
    for role, picture in given.items():
        if not isinstance(picture, str | PathLike | Image.Image):
            raise BadInput(f"the {role} is a file's path, an s3:// URL or a PIL picture, {got(picture)}")
    ready = {role: as_rgb(picture) for role, picture in given.items() if isinstance(picture, Image.Image)}
    places = {role: _place(fspath(picture)) for role, picture in given.items() if role not in ready}
    named_by = Path(places.get("garment", "")).stem or "garment"
    try:
        line = SampleLine(sample_id=sample_id(named_by), wish=wish, pictures=places)
    except ValidationError as e:
        raise BadInput(first_problem(e)) from e
    sample = load(line, None)
    sample = replace(sample, images={**ready, **sample.images})
    for role, picture in sample.images.items():
        check(judged_picture(picture), role)
    return line, sample


def _place(where: str) -> str:
    """Where a picture lies, wherever a program runs: a path that a person gives may lead anywhere, a manifest's not."""
    return where if is_s3(where) else abspath(where)


def _picture(given: Picture) -> Image.Image:
    return _sample({"garment": given})[1].images["garment"]


def _mask(given: Image.Image, picture: Image.Image) -> Image.Image:
    """A mask of this picture, mode L. raises BadInput for one that cannot be its garment's"""
    if not isinstance(given, Image.Image):
        raise BadInput(f"a mask is a PIL picture of mode L, {got(given)}")
    check_mask(given, picture.size)
    return given.convert("L")


def _processed(line: SampleLine, sample: Sample, walk: Walk) -> Processed:
    steps = tuple(walk.steps)
    kept, last = steps[walk.chosen - 1] if walk.chosen else None, {step.stage: step for step in steps}
    records = tuple(step.record() for step in steps)
    record = SampleRecord(
        sample_id=line.sample_id,
        line=line,
        pictures={role: digest(image) for role, image in sample.images.items()},
        steps=records,
        outcome=outcome_of(records, walk.chosen),
        chosen=walk.chosen,
    )
    drawn = kept is not None and kept.stage != "features"
    undrawn = steps[-1].why if kept else "no drawn picture could be judged: none is kept"
    return Processed(
        features=GarmentFeatures.model_validate(last["features"].data["features"]),
        mask=last["refine_mask"].made["mask"],
        picture=kept.image if drawn else None,
        why=f"the picture of stage {kept.stage} is kept: {_verdict(kept)}" if drawn else undrawn,
        steps=steps,
        record=record,
    )


def _verdict(step: Step) -> str:
    if step.judgement is None:
        return "nothing was judged, it is the last one"
    return {Decision.ACCEPT: "accepted"}.get(step.decision, "the best of those judged, not accepted")


def _cell(step: Step) -> str:
    picture = step.image or next(iter(step.made.values()), None)
    words = html.escape(step.why)
    shown = ""
    if picture is not None:
        data = base64.b64encode(to_jpeg(thumbnail(picture.convert("RGB"), _THUMBNAIL_PX))).decode()
        shown = f"<img alt='{html.escape(step.stage)}' src='data:image/jpeg;base64,{data}'><br>"
    return (
        f"<div style='width:{_THUMBNAIL_PX}px'>{shown}<b>{html.escape(step.stage)}</b><br><small>{words}</small></div>"
    )
