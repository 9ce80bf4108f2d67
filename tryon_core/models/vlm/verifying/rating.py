"""The question about one aspect of an edited picture: from 0 to 10, explained before it is scored.

The aspects are those of the verifiers of tt-scale-flux (arXiv 2501.09732), asked one at a time and in words of our own.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from ....errors import BadReply
from ....records import Measurement, Sample
from ....rubrics.rules import CANDIDATE, Rubric, Shown
from ....text import one_line
from ..asking import listed, pictures, shown_of, wish_of
from ..reply_values import MOST, score_of
from ..serving.server_replies import ServerReply
from .one_answer import IS_DATA, REASON_CHARACTERS, values_in

ASPECTS = {
    "accuracy_to_prompt": "how exactly the candidate shows what was wished for, all of it and nothing against it",
    "creativity_and_originality": "how inventive the candidate is where the wish leaves room",
    "visual_quality_and_realism": "how well the candidate is made: light, shadow, edges, anatomy, detail, no artefacts",
    "consistency_and_cohesion": "how well the parts of the candidate fit each other and what it was made from",
    "emotional_or_thematic_resonance": "how well the candidate carries the mood and the theme of the wish",
    "overall_score": "how good the candidate is altogether: true to the wish, inventive, well made, of a piece",
}
ORIGINAL = (
    Shown(role="init", words="the picture it was made from"),
    Shown(role="person", words="the person as photographed"),
)
SHOWN = (*ORIGINAL, Shown(role="garment", words="the garment"), Shown(role=CANDIDATE, words="the candidate"))
RATED = Rubric(name="rating", constraints=(), task="You rate a picture that was drawn as asked.", shows=SHOWN)


class Rated(BaseModel):
    """A reply: the explanation first, so that the score follows from it."""

    model_config = ConfigDict(extra="forbid")
    explanation: str = Field(max_length=REASON_CHARACTERS)
    score: Annotated[int, Field(ge=0, le=MOST, strict=True)]


class Rating:
    """The question for one of ASPECTS."""

    answer = Rated
    pictures_in_words = "the wish, the original, the garment and the candidate"
    most_shown = len(SHOWN) - 1  # one original

    def __init__(self, aspect: str):
        self.aspect, self.names = aspect, (aspect,)

    def of(self, sample: Sample) -> "Rating":
        """The question for a sample: the same for all."""
        return self

    @property
    def every_word(self) -> str:
        """What all questions of this kind may say."""
        return self.words([shown.role for shown in SHOWN])

    def words(self, roles: Sequence[str]) -> str:
        """In front of the pictures, for a sample with pictures of these roles."""
        return (
            f"{RATED.task} {listed(shown_of(RATED, roles))}\n"
            f"Rate {self.aspect} and nothing else, from 0 (as bad as can be) to 10 (as good as can be): "
            f"{ASPECTS[self.aspect]}.\n"
            f"First explain in a sentence, then give the score. {IS_DATA}"
        )

    def parts(self, sample: Sample, image: Image.Image, max_pixels: int) -> list[Any]:
        """Words and pictures in order; a picture with more than `max_pixels` is shown smaller."""
        seen = seen_of(sample)
        return [self.words(list(seen.images)), *pictures(seen, image, RATED, max_pixels), wish_of(seen)]

    def read(self, reply: ServerReply, cut_off: str) -> dict[str, Measurement | str]:
        return {self.aspect: scored(values_in(reply, ("score", "explanation"), cut_off), cut_off)}

    def unread(self, reason: str) -> dict[str, Measurement | str]:
        return {self.aspect: reason}


def scored(values: Mapping[str, Any], cut_off: str = "") -> Measurement:
    """What was written as Rated; an explanation that is no text is left out.

    cut_off  why the reply ends early; '' where it does not
    raises   BadReply where there is no score
    """
    number, problem = score_of(values.get("score"))
    if number is None:
        raise BadReply(problem or cut_off or "the model gave no score")
    explanation = values.get("explanation")
    note = one_line(explanation)[:REASON_CHARACTERS] if isinstance(explanation, str) else ""
    return Measurement(value=number, unit=f"of {MOST}", better="higher", note=note)


def seen_of(sample: Sample) -> Sample:
    """The sample with one original: `init` where it has one, else `person`."""
    return sample.without("person") if "init" in sample.images else sample
