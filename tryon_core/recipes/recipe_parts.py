"""What every recipe needs: models by argument, a sample from pictures, the record of what was done."""

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike, fspath
from os.path import abspath
from pathlib import Path
from typing import Any

from PIL import Image
from pydantic import ValidationError

from ..errors import BadInput, UnknownName
from ..flows import FlowSpec
from ..images import digest
from ..models import options_of
from ..models.device.manager import Manager
from ..pictures.outcomes import check
from ..pictures.standard_size import as_rgb
from ..pictures.validators import check_mask
from ..pictures.validators import picture as judged_picture
from ..records import Sample, SampleLine
from ..rubrics.rules import Rubric
from ..runs.parameters import BatchParameters, RunOptions
from ..runs.preparing import fill
from ..runs.sample_run import outcome_of
from ..runs.walk import Walk
from ..sources.loading import is_s3, load
from ..sources.pairing import sample_id
from ..steps import SampleRecord
from ..text import first_problem, got

Picture = str | PathLike[str] | Image.Image  # a file, an s3:// URL, or a picture
WISH = SampleLine.model_fields["wish"].default


# ---- models ----------------------------------------------------------------------------------------------------------


class _Managed(RunOptions):
    """One picture at a time, and every model read by the same manager."""

    max_batch: int = 1
    manager: Any

    @property
    def load(self) -> Any:
        return self.manager.load


class Opened:
    """The models of a flow: as given, or by name and then read when they are used, by one manager.

    rubric     what a judge that takes one is asked
    memory_gb  what all large models together may use, in 10^9 bytes; 0: what is there
    given      argument of the flow -> model or its name; None leaves out a model that may be
    needed     arguments that cannot be left out
    raises     UnknownName for an argument or a model that there is not; BadInput for a value of another kind
    """

    def __init__(
        self, flow: FlowSpec, rubric: Rubric, given: Mapping[str, Any], *, memory_gb: float = 0, needed: tuple[str, ...]
    ):
        self.flow, self.rubric, self.manager, self._needed = flow, rubric, Manager(memory_gb), needed
        for argument in given:
            if argument not in flow.roles:
                raise UnknownName("model argument", argument, flow.roles)
        self.given = {argument: self._opened(argument, model) for argument, model in given.items()}

    def _opened(self, argument: str, model: Any) -> Any:
        if not isinstance(model, str):
            if not callable(model) and (model is not None or argument in self._needed):
                raise BadInput(f"{argument} is a model or its name, {got(model)}")
            return model
        role = self.flow.roles[argument].name
        rubric = {"rubric": self.rubric} if "rubric" in options_of(model, role) else {}
        return self.manager.load(model, role, **rubric)

    def filled(self, options: Any) -> dict[str, Any]:
        """Argument of the flow -> its model, filled as a run would. raises as preparing.fill"""
        parameters = BatchParameters(flow=self.flow.name, run=_Managed(manager=self.manager))
        return fill(self.flow, parameters, self.given, rubric=self.rubric, options=options)


# ---- samples ---------------------------------------------------------------------------------------------------------


def sample_of(pictures: Mapping[str, Picture | None], wish: str, *, named_by: str) -> tuple[SampleLine, Sample]:
    """(its line, the sample) of pictures by role, None left out; files are read, all are checked.

    named_by  role of the picture whose file names the sample; without one the role does
    raises    BadInput, StorageError
    """
    given = {role: picture for role, picture in pictures.items() if picture is not None}
    for role, picture in given.items():
        check_kind(picture, role)
    ready = {role: as_rgb(picture) for role, picture in given.items() if isinstance(picture, Image.Image)}
    places = {role: _place(fspath(picture)) for role, picture in given.items() if role not in ready}
    name = Path(places.get(named_by, "")).stem or named_by
    try:
        line = SampleLine(sample_id=sample_id(name), wish=wish, pictures=places)
    except ValidationError as e:
        raise BadInput(first_problem(e)) from e
    sample = load(line, None)
    sample = replace(sample, images={**ready, **sample.images})
    for role, picture in sample.images.items():
        if role != "mask":
            check(judged_picture(picture), role)
    return line, sample


def check_seed(seed: Any) -> None:
    """raises BadInput for what is no seed of a Noise"""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise BadInput(f"seed is a whole number, 0 or more and below 2**63, {got(seed)}")


def check_kind(picture: Any, role: str) -> None:
    """raises BadInput for what is neither a place nor a picture"""
    is_elsewhere = isinstance(picture, str) and "://" in picture and not is_s3(picture)
    if is_elsewhere or not isinstance(picture, str | PathLike | Image.Image):
        raise BadInput(f"the {role} is a file's path, an s3:// URL or a PIL picture, {got(picture)}")


def _place(where: str) -> str:
    """Where a picture lies, wherever a program runs: a path that a person gives may lead anywhere, a manifest's not."""
    return where if is_s3(where) else abspath(where)


def mask_of(given: Image.Image, picture: Image.Image) -> Image.Image:
    """A mask of this picture, mode L. raises BadInput for one that cannot be its"""
    if not isinstance(given, Image.Image):
        raise BadInput(f"a mask is a PIL picture of mode L, {got(given)}")
    check_mask(given, picture.size)
    return given.convert("L")


# ---- records ---------------------------------------------------------------------------------------------------------


def record_of(line: SampleLine, sample: Sample, walk: Walk) -> SampleRecord:
    """What a run would keep of a walk that has ended, without its pictures."""
    steps = tuple(step.record() for step in walk.steps)
    return SampleRecord(
        sample_id=line.sample_id,
        line=line,
        pictures={role: digest(image) for role, image in sample.images.items()},
        steps=steps,
        outcome=outcome_of(steps, walk.chosen),
        chosen=walk.chosen,
    )
