"""What a constraint compares: the picture that it is about and the attempt, cut to where it points."""

from typing import NamedTuple

from PIL import Image

from ...records import Region
from ...runs.reading import Run
from ...steps import SampleRecord, StepRecord

_MARGIN = 0.08  # of a region's sides, shown around it
_SAME_FRAME = ("person", "init")  # pictures that an attempt keeps the framing of: a region of it lies there too


def cut_to(picture: Image.Image, region: Region | None) -> Image.Image:
    """The region with a margin around it, at its own resolution; the whole picture where there is no region."""
    if region is None:
        return picture
    wide, high = (region.right - region.left) * _MARGIN, (region.bottom - region.top) * _MARGIN
    box = (
        max(0.0, region.left - wide) * picture.width,
        max(0.0, region.top - high) * picture.height,
        min(1.0, region.right + wide) * picture.width,
        min(1.0, region.bottom + high) * picture.height,
    )
    left, top, right, bottom = map(round, box)
    return picture.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


class Compared(NamedTuple):
    """What is shown of a picture, and what stands above it."""

    cut: Image.Image
    title: str


def compared(run: Run, record: SampleRecord, attempt: StepRecord, constraint: str, number: int) -> tuple[Compared, ...]:
    """The picture the constraint is about, where the sample has it, and the attempt, where it has a picture."""
    region = attempt.judgement.scores[constraint].region
    other = next(asked.compared_with for asked in run.rubric.constraints if asked.key == constraint)
    shown = []
    if other in record.pictures:
        its_region = region if other in _SAME_FRAME else None
        shown.append(shown_as(run.picture(record.pictures[other]), its_region, other))
    if attempt.picture:
        shown.append(shown_as(run.picture(attempt.picture), region, f"attempt {number}"))
    return tuple(shown)


def shown_as(picture: Image.Image, region: Region | None, title: str) -> Compared:
    cut = cut_to(picture, region)
    return Compared(cut, f"{title}, whole" if region is None else f"{title}, {cut.width} of {picture.width} px wide")
