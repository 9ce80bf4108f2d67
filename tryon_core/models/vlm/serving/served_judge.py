"""A vision-language judge behind a server, whatever the server speaks.

One question holds the rubric in words, its pictures and the wish; a reply that cannot be read gets one chance to be
repaired.
"""

from collections.abc import Sequence
from functools import cached_property

from PIL import Image

from ....errors import ModelFailed
from ....records import Judgement, ModelCard, Region, Sample, Score
from ....roles import Answer
from ....rubrics.rules import Rubric
from ...diffusion.latent_frame import MAX_PIXELS
from ..asking import CORNERS, asked_of, check_shows, instructions, pictures, wish_of
from ..reply import judgement_in, kept, reply_model, unread
from .asked_server import AskedServer, is_refusal, metered, repair
from .served_writer import ServedWriter
from .server_replies import Price, ServerReply, Tokens, total


class ServedJudge:
    """Asks a server about pictures; many threads may ask at once, the server makes batches of them.

    max_pixels                a picture with more is sent smaller
    price_per_million_tokens  in any currency: one number, or {"read": number, "written": number}; None: what a call
                              costs is not known
    """

    def __init__(
        self,
        server: AskedServer,
        card: ModelCard,
        rubric: Rubric,
        *,
        max_pixels: int = MAX_PIXELS,
        price_per_million_tokens: Price = None,
    ):
        check_shows(rubric)
        self.server, self.card, self.rubric, self.max_pixels = server, card, rubric, max_pixels
        self.price_per_million_tokens = price_per_million_tokens
        self.answer = reply_model(rubric)

    def __call__(self, sample: Sample, image: Image.Image) -> Judgement:
        """Judge one picture; what cannot be read is unscored with the reason, and the reply is kept.

        raises   ModelFailed where the server cannot be reached or answers with an error
        """
        return self._judged(sample, image)[0]

    def asked(self, sample: Sample) -> str:
        """Every word that it reads about a sample, and the schema of its reply."""
        return asked_of(self.rubric, sample, self.server.schema(self.answer), self.server.corners)

    def metered(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[Answer]:
        """One judgement per call, all asked at the same time."""
        return metered(self._judged, calls, self.price_per_million_tokens)

    @property
    def varies(self) -> bool:
        """Whether a repeat can differ."""
        return self.server.varies

    @cached_property
    def writer(self) -> ServedWriter:
        """The same model, asked to write."""
        return ServedWriter(
            self.server,
            self.card,
            max_pixels=self.max_pixels,
            price_per_million_tokens=self.price_per_million_tokens,
        )

    def check_ready(self) -> None:
        """Before anything is drawn: is the server there, does it have this model, does it take a picture? Not metered.

        raises   UnknownName for a model that the server does not have; ModelFailed where it cannot be asked
        """
        self.server.check()

    def _judged(self, sample: Sample, image: Image.Image) -> tuple[Judgement, Tokens | None]:
        """(judgement, tokens of one question, or of two where the first reply did not score everything)"""
        question = self.server.turn("user", self._parts(sample, image))
        reply = self.server.ask([question], self.answer)
        judgement = self._read(reply)
        if not judgement.unscored or reply.refusal or reply.cut_off:
            return judgement, reply.tokens
        try:
            second = self.server.ask([question, *repair(self.server, reply.text, _problem(judgement))], self.answer)
        except ModelFailed as e:
            if not is_refusal(e):
                raise
            return _completed(judgement, unread(self.rubric, "", str(e)), judgement.reply), reply.tokens
        both = kept(f"{reply.text}\n---\n{second.text}")
        return _completed(judgement, self._read(second), both), total(reply.tokens, second.tokens)

    def _read(self, reply: ServerReply) -> Judgement:
        """A judge that declines has not judged; of a reply that was cut off counts what was whole."""
        if reply.refusal:
            return unread(self.rubric, reply.text, f"the judge declined: {reply.refusal}")
        cut_off = f"the reply was cut off at {self.server.max_tokens} tokens" if reply.cut_off else ""
        if cut_off and not reply.text.strip():
            cut_off += ", before its first word; give the judge more max_tokens, or let it think less"
        judgement = judgement_in(reply.text, self.rubric, cut_off)
        return judgement if self.server.corners == CORNERS else _transposed(judgement)

    def _parts(self, sample: Sample, image: Image.Image) -> list[str | Image.Image]:
        """The rubric and what stands before the candidate come first: a server can keep what all attempts share."""
        shown = pictures(sample, image, self.rubric, self.max_pixels)
        return [instructions(self.rubric, sample.images, self.server.corners), *shown, wish_of(sample)]


def _completed(first: Judgement, second: Judgement, replies: str) -> Judgement:
    """The first judgement with what only the second scores."""

    def score(key: str) -> Score:
        once, again = first.scores[key], second.scores[key]
        if once.status != "unscored" or again.status != "unscored":
            return once if once.status != "unscored" else again
        return once.model_copy(update={"reason": f"{once.reason}; asked again: {again.reason}"})

    judgement = Judgement(scores={key: score(key) for key in first.scores})
    flawed = judgement.unscored or any(one.reason for one in judgement.scores.values() if one.status == "scored")
    return judgement.model_copy(update={"reply": replies if flawed else ""})


def _transposed(judgement: Judgement) -> Judgement:
    """The same with boxes that were read as left, top, right, bottom and written as top, left, bottom, right."""

    def score(each: Score) -> Score:
        box = each.region
        if box is None:
            return each
        turned = Region(left=box.top, top=box.left, right=box.bottom, bottom=box.right)
        return each.model_copy(update={"region": turned})

    return judgement.model_copy(update={"scores": {key: score(each) for key, each in judgement.scores.items()}})


def _problem(judgement: Judgement) -> str:
    """Why it could not be read: once where it is the same for every constraint."""
    reasons = {key: judgement.scores[key].reason for key in judgement.unscored}
    same = len(reasons) == len(judgement.scores) and len(set(reasons.values())) == 1
    return next(iter(reasons.values())) if same else "; ".join(f"{key}: {why}" for key, why in reasons.items())
