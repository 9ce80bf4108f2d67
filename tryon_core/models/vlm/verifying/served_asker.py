"""A model behind a server, asked questions with one answer each."""

from collections.abc import Sequence
from typing import Any

from ....errors import BadReply, ModelFailed
from ....roles import Answer
from ...diffusion.latent_frame import MAX_PIXELS
from ..serving.asked_server import AskedServer, is_refusal, metered, repair
from ..serving.server_replies import Price, ServerReply, Tokens, total
from .one_answer import Parts, Question, cut_off_at


class ServedAsker:
    """Asks a server, several questions at the same time; a reply that cannot be read gets one chance to be repaired.

    max_pixels                a picture with more is sent smaller
    price_per_million_tokens  as of ServerOptions
    """

    def __init__(self, server: AskedServer, *, max_pixels: int = MAX_PIXELS, price_per_million_tokens: Price = None):
        self.server, self.max_pixels, self.price = server, max_pixels, price_per_million_tokens

    @property
    def varies(self) -> bool:
        """Whether a repeat of one question can differ."""
        return self.server.varies

    def metered(self, asked: Sequence[Parts], question: Question) -> list[Answer]:
        """As Asker says; what a question raises stands in place of its answer."""
        return metered(lambda parts: self._answered(parts, question), [(parts,) for parts in asked], self.price)

    def check_ready(self) -> None:
        """raises   UnknownName for a model that the server does not have; ModelFailed where it cannot be asked"""
        self.server.check()

    def _answered(self, parts: Parts, question: Question) -> tuple[Any, Tokens | None]:
        turn = self.server.turn("user", parts)
        reply = self.server.ask([turn], question.answer)
        try:
            return self._read(reply, question), reply.tokens
        except BadReply as problem:
            if reply.refusal or reply.cut_off:
                return question.unread(str(problem)), reply.tokens
            return self._repaired([turn, *repair(self.server, reply.text, str(problem))], question, reply, str(problem))

    def _repaired(self, turns: list, question: Question, first: ServerReply, problem: str) -> tuple[Any, Tokens | None]:
        """(answer to the second question, tokens of both)"""
        try:
            second = self.server.ask(turns, question.answer)
        except ModelFailed as e:
            if not is_refusal(e):
                raise
            return question.unread(f"{problem}; asked again: {e}"), first.tokens
        tokens = total(first.tokens, second.tokens)
        try:
            return self._read(second, question), tokens
        except BadReply as again:
            return question.unread(f"{problem}; asked again: {again}"), tokens

    def _read(self, reply: ServerReply, question: Question) -> Any:
        return question.read(reply, cut_off_at(reply, self.server.max_tokens))
