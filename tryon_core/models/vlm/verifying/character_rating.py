"""The question about a picture that a character was drawn into: identity, quality and consistency in one reply.

Each is explained before it is scored. What a sample has no picture to compare with is not asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, ClassVar

from PIL import Image
from pydantic import BaseModel, ConfigDict, create_model

from ....errors import BadReply
from ....records import Measurement, Region, Sample
from ....rubrics.rules import CANDIDATE, Rubric, Shown
from ...scorers.by_metric import NO_ORIGINAL, original_of
from ..asking import PART_SHARE, listed, pictures, shown_of, wish_of, zoomed
from ..serving.server_replies import ServerReply
from .edited_part import edited_part, is_small, taken
from .one_answer import IS_DATA, some_values_in
from .rating import Rated, scored, seen_of

CHARACTER = "character"  # the aspect, and the role of the character's picture
CLOSE_UP = "close_up"  # role of the edited part in a question
TERMS = {
    "identity": "is the one who was drawn into the result the character: the same face, hair, age, build and marks? "
    "Clothes and pose do not matter, unless the wish names them",
    "quality": "is the result well made: anatomy, face, hands, detail and sharpness right, nothing smeared or doubled, "
    "as believable as the best picture of its kind?",
    "consistency": "does what is new belong to the original: its light, colours, perspective, scale and style, without "
    "a seam; and is everything that was not to change as it was?",
}
ORIGINAL = "the original, before the character was drawn into it"
NO_CHARACTER = "the sample has no picture of the character (role 'character') to compare with"
SHOWN = (
    Shown(role=CHARACTER, words="the character"),
    Shown(role="init", words=ORIGINAL),
    Shown(role="person", words=ORIGINAL),
    Shown(role=CANDIDATE, words="the result"),
    Shown(role=CLOSE_UP, words="the part of the result that was to change, close up"),
)
TASK = "You rate a picture that a character was drawn into."
RATED = Rubric(name="character", constraints=(), task=TASK, shows=SHOWN)
WHERE = (
    "What was to change lies from {left:.0%} to {right:.0%} of the width and from {top:.0%} to {bottom:.0%} of the "
    "height."
)


def name_of(term: str) -> str:
    """Of the metric that says a term."""
    return f"{term}_vl"


@dataclass(frozen=True)
class CharacterRating:
    """The question for some of TERMS.

    terms   that are asked, in order
    lacks   (term, why it is not asked) of the others
    """

    terms: tuple[str, ...] = tuple(TERMS)
    lacks: tuple[tuple[str, str], ...] = ()
    names: ClassVar[tuple[str, ...]] = tuple(map(name_of, TERMS))
    most_shown: ClassVar[int] = len(SHOWN) - 1  # one original
    pictures_in_words: ClassVar[str] = (
        "the wish, the character, the original, the result and, where the mask covers up to half of it, a close-up of "
        "the part within a quarter round the mask"
    )

    @property
    def answer(self) -> type[BaseModel]:
        """The schema of a reply: each term with its explanation first."""
        return _answer(self.terms)

    @property
    def every_word(self) -> str:
        """What all questions of this kind may say."""
        return f"{self.words([shown.role for shown in SHOWN])}\n{WHERE}"

    def of(self, sample: Sample) -> "CharacterRating":
        """The question for what this sample's pictures allow."""
        missing = {"identity": "" if CHARACTER in sample.images else NO_CHARACTER}
        missing["consistency"] = "" if original_of(sample) else NO_ORIGINAL
        lacks = tuple((term, why) for term, why in missing.items() if why)
        return CharacterRating(tuple(term for term in TERMS if term not in dict(lacks)), lacks)

    def words(self, roles: Sequence[str]) -> str:
        """In front of the pictures, for a sample with pictures of these roles."""
        asked = "\n".join(f"{term}: {TERMS[term]}" for term in self.terms)
        return (
            f"{RATED.task} {listed(shown_of(RATED, roles))}\n"
            f"Rate each of these by itself, from 0 (not at all) to 10 (entirely):\n{asked}\n"
            f"For each, first explain in a sentence, then give the score. {IS_DATA}"
        )

    def parts(self, sample: Sample, image: Image.Image, max_pixels: int) -> list[Any]:
        """Words and pictures in order: the character, the original, the result, and its edited part where it is small.

        max_pixels  a picture with more is shown smaller; the close-up is cut out before that
        """
        seen, part = seen_of(sample), edited_part(sample, image)
        if part and is_small(part):
            close_up = zoomed(taken(image, part), int(max_pixels * PART_SHARE))
            seen = replace(seen, images={**seen.images, CLOSE_UP: close_up})
        where = [_where(part)] if part else []
        words = self.words(list(seen.images))
        return [words, *pictures(seen, image, RATED, max_pixels), *where, wish_of(seen)]

    def read(self, reply: ServerReply, cut_off: str) -> dict[str, Measurement | str]:
        """Each term by itself: one that cannot be read is a reason, and the others stand."""
        values = some_values_in(reply, self.terms, cut_off)
        read = {term: _read(term, values.get(term), cut_off) for term in self.terms}
        if all(isinstance(value, str) for value in read.values()):
            raise BadReply("; ".join(dict.fromkeys(read.values())))
        return self._named(read)

    def unread(self, reason: str) -> dict[str, Measurement | str]:
        return self._named(dict.fromkeys(self.terms, reason))

    def _named(self, values: dict[str, Measurement | str]) -> dict[str, Measurement | str]:
        """By metric, those that were not asked among them."""
        all_values = values | dict(self.lacks)
        return {name_of(term): all_values[term] for term in TERMS}


@lru_cache
def _answer(terms: tuple[str, ...]) -> type[BaseModel]:
    fields: dict[str, Any] = {term: (Rated, ...) for term in terms}
    return create_model("CharacterRated", __config__=ConfigDict(extra="forbid"), **fields)


def _read(term: str, entry: Any, cut_off: str) -> Measurement | str:
    try:
        return scored(entry if isinstance(entry, dict) else {"score": entry}, cut_off)
    except BadReply as problem:
        return f"{term}: {problem}"


def _where(part: Region) -> str:
    return WHERE.format(**part.model_dump())
