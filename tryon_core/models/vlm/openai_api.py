"""`openai:MODEL@URL` judges over HTTP: any server with OpenAI's chat completions (vLLM, SGLang, `transformers serve`).

The key comes from OPENAI_API_KEY alone; a server on this machine needs none. The schema goes along as
`response_format`; a server that ignores it (`transformers serve` does, in 5.23) gets one chance to repair its reply.
"""

import math
import os
import re
from collections.abc import Sequence
from functools import cached_property
from urllib.parse import urlsplit

from PIL import Image

from ...errors import BadInput, BadReply, Refused
from ...records import Judgement, ModelCard, Sample
from ...roles import Answer
from ...rubrics.rules import Rubric
from ...rubrics.shipped import RUBRICS
from ...text import got
from ..latent_frame import MAX_PIXELS, fitted
from .asking import LEAST_PIXELS, asked_of, check_shows, instructions, pictures, wish_of
from .openai_server import Server, ServerReply, metered, picture_part, text_part
from .reply import Written, check_whole, read_reply, reply_model, unread, writer_card

MAX_TOKENS = 600
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SHOWN = 2000  # characters of a reply that are sent back to be repaired


class OpenAIJudge:
    """Asks a server about pictures; many threads may ask at once, the server makes batches of them.

    max_pixels                a picture with more is sent smaller
    price_per_million_tokens  read or written, in any currency; None: what a call costs is not known
    """

    def __init__(
        self,
        server: Server,
        card: ModelCard,
        rubric: Rubric,
        *,
        max_pixels: int = MAX_PIXELS,
        price_per_million_tokens: float | None = None,
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
        return asked_of(self.rubric, sample)

    def metered(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[Answer]:
        """One judgement per call, all asked at the same time."""
        return metered(self._judged, calls, self.price_per_million_tokens)

    @cached_property
    def writer(self) -> "OpenAIWriter":
        """The same model, asked to write."""
        return OpenAIWriter(
            self.server,
            self.card,
            max_pixels=self.max_pixels,
            price_per_million_tokens=self.price_per_million_tokens,
        )

    def _content(self, sample: Sample, image: Image.Image) -> list[dict]:
        """The rubric and what stands before the candidate come first: a server can keep what all attempts share."""
        shown = [picture_part(picture) for picture in pictures(sample, image, self.rubric, self.max_pixels)]
        return [text_part(instructions(self.rubric, sample.images)), *shown, text_part(wish_of(sample))]

    def _judged(self, sample: Sample, image: Image.Image) -> tuple[Judgement, int | None]:
        """(judgement, tokens of one question, or of two where the first reply could not be read)"""
        messages = [{"role": "user", "content": self._content(sample, image)}]
        reply = self.server.ask(messages, self.answer)
        if reason := _not_whole(reply, self.server):
            return unread(self.rubric, reply.text, reason), reply.tokens
        try:
            return read_reply(reply.text, self.rubric), reply.tokens
        except BadReply as problem:
            second = self.server.ask([*messages, *_repair(reply.text, problem)], self.answer)
            return self._repaired(reply, second, problem), _total(reply.tokens, second.tokens)

    def _repaired(self, first: ServerReply, second: ServerReply, problem: BadReply) -> Judgement:
        try:
            if reason := _not_whole(second, self.server):
                raise BadReply(reason)
            return read_reply(second.text, self.rubric)
        except BadReply as e:
            return unread(self.rubric, f"{first.text}\n---\n{second.text}", f"{problem}; asked again: {e}")


def _not_whole(reply: ServerReply, server: Server) -> str:
    """Why a reply is none to be read; '' where it is whole. A judge that declines has not judged."""
    if reply.refusal:
        return f"the judge declined: {reply.refusal}"
    return f"the reply was cut off at {server.max_tokens} tokens" if reply.cut_off else ""


def _total(*tokens: int | None) -> int | None:
    return None if None in tokens else sum(tokens)


def _repair(text: str, problem: BadReply) -> list[dict]:
    """What goes behind a question to have its reply once more."""
    again = f"That could not be read: {problem}. Give the whole answer again, as JSON of the given schema only."
    return [{"role": "assistant", "content": text[:_SHOWN]}, {"role": "user", "content": again}]


class OpenAIWriter:
    """Asks the judge's server to write {"prompt": "..."}, once: what comes back is for the caller to read."""

    def __init__(
        self,
        server: Server,
        card: ModelCard,
        *,
        max_pixels: int = MAX_PIXELS,
        price_per_million_tokens: float | None = None,
    ):
        self.server, self.card, self.max_pixels = server, writer_card(card), max_pixels
        self.price_per_million_tokens = price_per_million_tokens

    def __call__(self, question: str, images: Sequence[Image.Image]) -> str:
        """The answer as it came, not whole where it was cut off.

        raises   Refused where the model declines; ModelFailed where the server cannot be reached or answers with an
                 error
        """
        return self._written(question, images)[0]

    def metered(self, calls: Sequence[tuple[str, Sequence[Image.Image]]]) -> list[Answer]:
        """One answer per call, all asked at the same time. raises as a single call does"""
        return metered(self._written, calls, self.price_per_million_tokens)

    def _written(self, question: str, images: Sequence[Image.Image]) -> tuple[str, int | None]:
        shown = [picture_part(fitted(picture, self.max_pixels)) for picture in images]
        reply = self.server.ask([{"role": "user", "content": [*shown, text_part(question)]}], Written)
        if reply.refusal:
            raise Refused("declined", reply.refusal)
        return reply.text, reply.tokens


def build(
    name: str,
    *,
    rubric: Rubric = RUBRICS["default"],
    revision: str = "",
    max_pixels: int = MAX_PIXELS,
    timeout_s: float = 120.0,
    retries: int = 4,
    price_per_million_tokens: float | None = None,
) -> OpenAIJudge:
    """A judge behind a URL.

    name        openai:MODEL@URL, for example openai:Qwen/Qwen3-VL-32B-Instruct@http://127.0.0.1:8000/v1
    revision    of the weights the server has, to be recorded: a server does not tell it
    max_pixels  a picture with more is sent smaller, its aspect kept
    timeout_s   of one question; retries of 429, 5xx and lost connections, each after a longer pause
    price_per_million_tokens  as for OpenAIJudge; it is not in the card, since no answer depends on it
    raises      BadInput for a name, a URL or a price that cannot be used
    """
    import openai

    model, url = _parts(name)
    check_whole(f"openai:{model}", "max_pixels", max_pixels, LEAST_PIXELS)
    _check_price(f"openai:{model}", price_per_million_tokens)
    key = os.environ.get("OPENAI_API_KEY", "")
    client = openai.OpenAI(base_url=url, api_key=key or "none", timeout=timeout_s, max_retries=retries)
    card = ModelCard(
        name=f"openai:{model}@{url}",
        revision=revision or "not told by the server",
        licence="the server's model's own",
        settings={"temperature": 0, "max_tokens": MAX_TOKENS, "max_pixels": max_pixels},
        source=url,
    )
    return OpenAIJudge(
        Server(client, model, card.name, MAX_TOKENS),
        card,
        rubric,
        max_pixels=max_pixels,
        price_per_million_tokens=price_per_million_tokens,
    )


def _check_price(name: str, price: float | None) -> None:
    is_number = isinstance(price, int | float) and not isinstance(price, bool)
    if price is not None and not (is_number and 0 <= price < math.inf):
        raise BadInput(f"price_per_million_tokens of {name} is a number from 0, or left out; {got(price)}")


def _parts(name: str) -> tuple[str, str]:
    """(model, URL); a name that cannot be used is not repeated, since it may hold a password."""
    match = re.fullmatch(r"openai:(.+?)@(https?://.+)", name)
    parts = urlsplit(match.group(2)) if match else None
    if not parts or not parts.hostname:
        raise BadInput("a judge over HTTP is called openai:MODEL@http://HOST:PORT/v1; this name is not of that form")
    if parts.username or parts.password or parts.query:
        raise BadInput("a judge's URL may hold no user, password or query; set OPENAI_API_KEY instead")
    if parts.scheme == "http" and os.environ.get("OPENAI_API_KEY") and parts.hostname not in _LOOPBACK:
        raise BadInput(f"OPENAI_API_KEY would cross the network unencrypted to {parts.hostname}; use https")
    return match.group(1), match.group(2)
