"""The scorer `classical`: what a picture kept outside the edit, and how the worn garment compares with its picture.

It reads no words, no faces and no true picture: those are measured by `words`, `face` and `truth`, which report on what
was selected by this one.
"""

import time
from collections.abc import Mapping

import numpy as np
from PIL import Image

from ....errors import Refused
from ....records import Measurement, ModelCard, Sample
from ....scales import Metric
from ...embedded.cloth.bodice import as_worn
from ...embedded.cloth.flat_garment import Garment, see_garment
from ...embedded.measuring.case import Case
from ...embedded.measuring.place import place_of
from ...embedded.revision import source_digest
from ...embedded.seeing.perception import Person, see_person, working_size
from ..by_metric import NO_ORIGINAL, Values, at_size_of, for_all, measured, original_of
from . import kept_outside, worn_alike, worn_cut

_ON_GARMENT = (*worn_alike.METRICS, *worn_cut.METRICS)
_NO_EDIT = "the sample has neither a 'mask' nor a garment and its wearer, so where the edit may lie is not known"
_NO_GARMENT = "the sample has no 'garment' picture"


class ClassicalScorer:
    """Formulas on pixels; what is worn is found by perceiving the picture anew, as the judge `measure` does.

    kept_ssim, kept_psnr   what stayed outside the edit; a generator that keeps its bytes there has nearly the best
    garment_colour, garment_texture                      the worn cloth against the garment's picture
    garment_outline, garment_sleeves, garment_middle     its cut and how straight it hangs
    """

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it
    metrics: tuple[Metric, ...] = (*kept_outside.METRICS, *_ON_GARMENT)

    def __init__(self) -> None:
        self.card = ModelCard(
            name="classical",
            revision=source_digest("classical/classical_scorer", "scorers"),
            source=__name__,
            licence="Apache-2.0 (pose and face landmark models)",
        )

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        """Numbers for RGB of any size, resized to its original's, or why there are none. raises MissingWeights"""
        original = original_of(sample)
        if original is None:
            return for_all(self.metrics, NO_ORIGINAL)
        image, seen = at_size_of(image, original), _seen(sample, original)
        return measured(self.metrics, {**_kept(sample, original, image, seen), **_on_garment(seen, image)})


def _seen(sample: Sample, original: Image.Image) -> tuple[Person, Garment] | str:
    """The wearer and the garment, or why they are not seen."""
    if "garment" not in sample.images:
        return _NO_GARMENT
    try:
        person = see_person(original, sample.hints.about("person"))
    except Refused as refusal:
        return f"in the original {refusal}"
    try:
        return person, as_worn(see_garment(sample.images["garment"], sample.hints.about("garment")))
    except Refused as refusal:
        return f"in the garment's picture {refusal}"


def _kept(
    sample: Sample, original: Image.Image, image: Image.Image, seen: tuple[Person, Garment] | str
) -> dict[str, float | str]:
    if "mask" in sample.images:
        edit_HW = working_size(at_size_of(sample.images["mask"].convert("L"), original))[..., 0] > 127
    elif isinstance(seen, str):
        return for_all(kept_outside.METRICS, seen if "garment" in sample.images else _NO_EDIT)
    else:
        person, garment = seen
        edit_HW = place_of(garment.kind, person).zone_HW
    return kept_outside.kept_outside(working_size(original), working_size(image), np.asarray(edit_HW))


def _on_garment(seen: tuple[Person, Garment] | str, image: Image.Image) -> Values:
    if isinstance(seen, str):
        return for_all(_ON_GARMENT, seen)
    person, garment = seen
    try:
        after = see_person(image)
    except Refused as refusal:
        return for_all(_ON_GARMENT, f"in the picture {refusal}")
    case = Case(before=person, after=after, garment=garment, sizes=(image.size, image.size))
    return worn_alike.worn_alike(case) | worn_cut.worn_cut(case)


def build() -> ClassicalScorer:
    """The scorer `classical`."""
    return ClassicalScorer()
