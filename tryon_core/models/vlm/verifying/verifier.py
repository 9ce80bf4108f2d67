"""A vision-language model as a scorer of edited pictures: one aspect, or the three terms of a character task."""

from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from ....errors import UnknownName
from ....records import Measurement, ModelCard, Sample
from ....roles import Answer
from ....scales import Metric
from ....text import shortened
from ..reply_values import MOST
from .character_rating import CHARACTER, CharacterRating
from .one_answer import Asker, asking_card, first_of
from .rating import ASPECTS, Rating

OVERALL = "overall_score"


def rating_of(aspect: str) -> Rating | CharacterRating:
    """The question for an aspect. raises UnknownName for one that is neither of ASPECTS nor CHARACTER"""
    if aspect == CHARACTER:
        return CharacterRating()
    if aspect not in ASPECTS:
        raise UnknownName("aspect of a verifier", shortened(str(aspect)), [*ASPECTS, CHARACTER])
    return Rating(aspect)


class Verifier:
    """Rates pictures of samples, in one question each: it sees the wish and the pictures that its rating shows.

    asker    who is asked
    card     of that model
    aspect   of ASPECTS: one metric, called as the aspect; CHARACTER: identity_vl, quality_vl and consistency_vl
    varies   whether a repeat can differ
    """

    def __init__(self, asker: Asker, card: ModelCard, aspect: str = OVERALL):
        self.asker, self.rating = asker, rating_of(aspect)
        self.card = asking_card(card, self.rating.every_word, self.rating.answer, aspect=aspect)
        self.metrics = _metrics(self.rating, self.card, asker.max_pixels)

    @property
    def varies(self) -> bool:
        """Whether a repeat can differ."""
        return self.asker.varies

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        """The scores of `image`, each with its explanation as `note`, or the reason where one cannot be had.

        raises   ModelFailed where the model cannot be asked
        """
        return first_of(self.metered, sample, image)

    def metered(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[Answer]:
        """One answer per call; those with the same question are asked together."""
        questions = [self.rating.of(sample) for sample, _ in calls]
        answers: dict[int, Answer] = {}
        for question in dict.fromkeys(questions):
            places = [place for place, each in enumerate(questions) if each == question]
            asked = [question.parts(*calls[place], self.asker.max_pixels) for place in places]
            answers |= zip(places, self.asker.metered(asked, question), strict=True)
        return [answers[place] for place in range(len(calls))]

    def check_ready(self) -> None:
        """raises   what says that the model cannot be asked, before anything was drawn"""
        self.asker.check_ready()

    def _parts(self, sample: Sample, image: Image.Image) -> list[Any]:
        return self.rating.of(sample).parts(sample, image, self.asker.max_pixels)


def _metrics(rating: Rating | CharacterRating, card: ModelCard, max_pixels: int) -> tuple[Metric, ...]:
    protocol = (
        f"asked once, by schema, about {rating.pictures_in_words}, each fitted into {max_pixels} pixels with its "
        "aspect kept; a whole number"
    )
    scale = {"unit": f"of {MOST}", "low": 0, "high": MOST, "better": "higher"}
    return tuple(
        Metric(name=name, **scale, model=card.name, licence=card.licence, protocol=protocol) for name in rating.names
    )
