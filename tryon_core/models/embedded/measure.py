"""The judge that measures: every constraint answered by numbers, with a finding, a place and a fix.

It says what changed and by how much, in seconds and without a language model. It does not understand pictures: what it
cannot see is listed at each measurement.
"""

import time

from PIL import Image

from ...errors import BadInput, Refused
from ...records import Judgement, ModelCard, Sample, Score
from ...rubrics.rules import Rubric
from ...rubrics.shipped import RUBRICS
from . import LICENCES
from .cloth.bodice import as_worn
from .cloth.flat_garment import see_garment
from .measuring import MEASURES
from .measuring.case import Case
from .measuring.faces.face_network import can_compare
from .measuring.scale import fix, nothing_to_see
from .measuring.words.word_reader import can_read
from .revision import source_digest
from .seeing.perception import see_person

NEEDS_ONE_BODY = ("garment_swap", "body_and_pose", "pose")  # these fail where a candidate's person cannot be read


def build(rubric: Rubric = RUBRICS["default"]) -> "Measure":
    """The judge for a rubric.

    raises   BadInput naming the constraints no measurement stands for
    """
    return Measure(rubric)


class Measure:
    """Scores a candidate against its sample by measuring. The same pictures give the same judgement, on any machine
    with the same optional packages; the card says which are there.
    """

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it
    needs = ("person", "garment")

    def __init__(self, rubric: Rubric):
        without = [constraint.key for constraint in rubric.constraints if constraint.measured not in MEASURES]
        if without:
            raise BadInput(
                f"nothing measures {', '.join(without)} of rubric {rubric.name!r}; use a vision-language judge"
            )
        self.rubric = rubric
        self.card = ModelCard(
            name="measure",
            revision=source_digest("measure"),
            licence=LICENCES["measure"],
            settings={"rubric": rubric.name, "words_read": can_read(), "faces_compared": can_compare()},
        )

    def __call__(self, sample: Sample, image: Image.Image) -> Judgement:
        """Measure `image` against the sample's person and garment; a true picture in the sample is not looked at.

        raises   Refused where the person or the garment of the *sample* cannot be read; MissingWeights
        """
        person, garment = (self._picture(sample, role) for role in self.needs)
        before = see_person(person, sample.hints.about("person"))
        worn_alone = as_worn(see_garment(garment, sample.hints.about("garment")))
        try:
            after = see_person(_resized(image, person.size))
        except Refused as refusal:
            return self._answered({c.measured: _unreadable(c.measured, refusal) for c in self.rubric.constraints})
        sizes, pictures = (person.size, image.size), (person, image)
        case = Case(before=before, after=after, garment=worn_alone, sizes=sizes, pictures=pictures)
        return self._answered({c.measured: MEASURES[c.measured](case) for c in self.rubric.constraints})

    def asked(self, sample: Sample) -> str:
        """The names of what is measured, by constraint: no measurement depends on the rubric's words or its rule."""
        return ", ".join(f"{constraint.key}: {constraint.measured}" for constraint in self.rubric.constraints)

    def _picture(self, sample: Sample, role: str) -> Image.Image:
        if role not in sample.images:
            raise BadInput(f"sample {sample.sample_id} has no {role!r} picture, only {sorted(sample.images)}; give one")
        return sample.images[role]

    def _answered(self, answers: dict[str, Score]) -> Judgement:
        """Every constraint's answer under its key, its fixes signed with that key."""
        scores = {}
        for constraint in self.rubric.constraints:
            score = answers[constraint.measured]
            signed = tuple(fix.model_copy(update={"constraint": constraint.key}) for fix in score.fixes)
            scores[constraint.key] = score.model_copy(update={"fixes": signed})
        return Judgement(scores=scores)


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


def _unreadable(measured: str, refusal: Refused) -> Score:
    """A candidate without one readable body fails as a whole, so that the loop starts over."""
    if measured not in NEEDS_ONE_BODY:
        return nothing_to_see(f"not looked at, since in the candidate {refusal}")
    mend = fix("show exactly one person, from head to hips, in the pose of the person's photograph")
    return Score(score=0.0, finding=f"in the candidate {refusal}", fixes=(mend,))
