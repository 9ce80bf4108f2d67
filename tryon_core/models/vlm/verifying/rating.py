"""A vision-language model as a scorer: one aspect of an edited picture from 0 to 10, explained before it is scored.

The aspects are those of the verifiers of tt-scale-flux (arXiv 2501.09732), asked one at a time and in words of our own.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from ....errors import BadReply, UnknownName
from ....records import Measurement, ModelCard, Sample
from ....roles import Answer
from ....rubrics.rules import CANDIDATE, Rubric, Shown
from ....scales import Metric
from ....text import one_line, shortened
from ..asking import listed, pictures, shown_of, wish_of
from ..reply_values import MOST, score_of
from ..serving.server_replies import ServerReply
from .one_answer import IS_DATA, REASON_CHARACTERS, Asker, asking_card, first_of, values_in

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
    """The question for one aspect. raises UnknownName for an aspect that is none of ASPECTS"""

    answer = Rated

    def __init__(self, aspect: str):
        if aspect not in ASPECTS:
            raise UnknownName("aspect of a verifier", shortened(str(aspect)), ASPECTS)
        self.aspect = aspect

    def words(self, roles: Sequence[str]) -> str:
        """In front of the pictures, for a sample with pictures of these roles."""
        return (
            f"{RATED.task} {listed(shown_of(RATED, roles))}\n"
            f"Rate {self.aspect} and nothing else, from 0 (as bad as can be) to 10 (as good as can be): "
            f"{ASPECTS[self.aspect]}.\n"
            f"First explain in a sentence, then give the score. {IS_DATA}"
        )

    def read(self, reply: ServerReply, cut_off: str) -> dict[str, Measurement | str]:
        values = values_in(reply, ("score", "explanation"), cut_off)
        number, problem = score_of(values["score"])
        if number is None:
            raise BadReply(problem or "the model gave no score")
        explanation = one_line(str(values.get("explanation") or ""))[:REASON_CHARACTERS]
        return {self.aspect: Measurement(value=number, unit=f"of {MOST}", better="higher", note=explanation)}

    def unread(self, reason: str) -> dict[str, Measurement | str]:
        return {self.aspect: reason}


class Verifier:
    """Rates pictures of samples. It sees the wish, the original (`init`, else `person`), the garment and the candidate.

    asker    who is asked
    card     of that model
    metrics  the one that it gives, called as its aspect
    varies   whether a repeat can differ
    """

    def __init__(self, asker: Asker, card: ModelCard, aspect: str = "overall_score"):
        self.asker, self.rating = asker, Rating(aspect)
        roles = [shown.role for shown in SHOWN]
        self.card = asking_card(card, self.rating.words(roles), Rated, aspect=aspect)
        self.metrics = (_metric(self.card, aspect, asker.max_pixels),)

    @property
    def varies(self) -> bool:
        """Whether a repeat can differ."""
        return self.asker.varies

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        """The aspect's score of `image`, or the reason where the reply cannot be read; its `note` is the explanation.

        raises   ModelFailed where the model cannot be asked
        """
        return first_of(self.metered, sample, image)

    def metered(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[Answer]:
        """One answer per call, all asked together."""
        return self.asker.metered([self._parts(*call) for call in calls], self.rating)

    def check_ready(self) -> None:
        """raises   what says that the model cannot be asked, before anything was drawn"""
        self.asker.check_ready()

    def _parts(self, sample: Sample, image: Image.Image) -> list[Any]:
        seen = seen_of(sample)
        return [
            self.rating.words(list(seen.images)),
            *pictures(seen, image, RATED, self.asker.max_pixels),
            wish_of(seen),
        ]


def seen_of(sample: Sample) -> Sample:
    """The sample with one original: `init` where it has one, else `person`."""
    return sample.without("person") if "init" in sample.images else sample


def _metric(card: ModelCard, aspect: str, max_pixels: int) -> Metric:
    return Metric(
        name=aspect,
        unit=f"of {MOST}",
        low=0,
        high=MOST,
        better="higher",
        model=card.name,
        licence=card.licence,
        protocol="asked once, by schema, about the wish, the original, the garment and the candidate, each fitted into "
        f"{max_pixels} pixels with its aspect kept; a whole number",
    )
