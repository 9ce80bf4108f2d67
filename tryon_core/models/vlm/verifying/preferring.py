"""A vision-language model as a comparer: which of two pictures is better for the wish.

It is asked in one order. Models prefer by order, so whoever compares asks in both.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, get_args

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from ....errors import BadReply, Refused
from ....records import ModelCard, Sample
from ....roles import Answer, Comparison
from ....rubrics.rules import CANDIDATE, Rubric, Shown
from ....text import one_line, shortened
from ..asking import listed, pictures, shown_of, wish_of
from ..serving.server_replies import ServerReply
from .one_answer import IS_DATA, REASON_CHARACTERS, Asker, asking_card, first_of, values_in
from .rating import ORIGINAL, seen_of

SECOND = "second"  # role of the second candidate in a question
SHOWN = (
    *ORIGINAL,
    Shown(role="garment", words="the garment"),
    Shown(role=CANDIDATE, words="the first candidate"),
    Shown(role=SECOND, words="the second candidate"),
)
COMPARED = Rubric(
    name="comparing", constraints=(), task="You compare two pictures that were drawn for the same wish.", shows=SHOWN
)
Choice = Literal["first", "second", "tie"]


class Preferred(BaseModel):
    """A reply: the reason first, so that the choice follows from it."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(max_length=REASON_CHARACTERS)
    preferred: Choice


class Preference:
    """The question which of two candidates is better."""

    answer = Preferred

    def words(self, roles: Sequence[str]) -> str:
        """In front of the pictures, for a sample with pictures of these roles."""
        return (
            f"{COMPARED.task} {listed(shown_of(COMPARED, roles))}\n"
            "Which candidate is better: what was wished for is there, what was not is unchanged, and it looks like one "
            "picture without artefacts? Say tie where neither is better; the order says nothing.\n"
            f"First give the reason in a sentence, then what is preferred: first, second or tie. {IS_DATA}"
        )

    def read(self, reply: ServerReply, cut_off: str) -> Comparison:
        values = values_in(reply, ("preferred", "reason"), cut_off)
        preferred = one_line(str(values["preferred"])).lower()
        if preferred not in get_args(Choice):
            raise BadReply(f"the preference cannot be read: {shortened(repr(values['preferred']))}")
        reason = one_line(str(values.get("reason") or ""))[:REASON_CHARACTERS]
        return Comparison(preferred=preferred, reason=reason)

    def unread(self, reason: str) -> Refused:
        return Refused("not_compared", reason)


class VLMComparer:
    """Compares two pictures of a sample.

    asker    who is asked
    card     of that model
    varies   whether a repeat can differ
    """

    def __init__(self, asker: Asker, card: ModelCard):
        self.asker, self.preference = asker, Preference()
        roles = [shown.role for shown in SHOWN]
        self.card = asking_card(card, self.preference.words(roles), Preferred)

    @property
    def varies(self) -> bool:
        """Whether a repeat can differ."""
        return self.asker.varies

    def __call__(self, sample: Sample, first: Image.Image, second: Image.Image) -> Comparison:
        """raises Refused (not_compared) where the reply cannot be read; ModelFailed where the model cannot be asked"""
        return first_of(self.metered, sample, first, second)

    def metered(self, calls: Sequence[tuple[Sample, Image.Image, Image.Image]]) -> list[Answer]:
        """One answer per call, all asked together; Refused in place of one that cannot be read."""
        return self.asker.metered([self._parts(*call) for call in calls], self.preference)

    def check_ready(self) -> None:
        """raises   what says that the model cannot be asked, before anything was drawn"""
        self.asker.check_ready()

    def _parts(self, sample: Sample, first: Image.Image, second: Image.Image) -> list[Any]:
        seen = seen_of(sample)
        seen = replace(seen, images={**seen.images, SECOND: second})
        words = self.preference.words(list(seen.images))
        return [words, *pictures(seen, first, COMPARED, self.asker.max_pixels), wish_of(seen)]
