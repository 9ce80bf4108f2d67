"""`openai:MODEL@URL` judges over HTTP: any server with OpenAI's chat completions (vLLM, SGLang, `transformers serve`).

The key comes from OPENAI_API_KEY alone; a server on this machine needs none. The schema goes along as
`response_format`; a server that ignores it (`transformers serve` does, in 5.23) gets one chance to repair its reply.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from ...errors import MissingWeights, ModelFailed
from ...records import Judgement, ModelCard, Sample, Score
from ...roles import Answer
from ...rubrics.rules import Rubric
from ...rubrics.shipped import RUBRICS
from ..diffusion.latent_frame import MAX_PIXELS
from .asking import LEAST_PIXELS, asked_of, check_shows, instructions, pictures, wish_of
from .openai_answers import ServerReply
from .openai_options import (
    api_key,
    check_price,
    check_text,
    check_timeout,
    checked_extra_body,
    name_parts,
    token_limit,
)
from .openai_server import Server, is_refusal, metered, picture_part, text_part
from .openai_writer import OpenAIWriter
from .reply import check_whole, judgement_in, kept, reply_model, unread

MAX_TOKENS = 900  # seven findings at their longest are about 700
LEAST_TOKENS = 16  # fewer some servers refuse
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
    def writer(self) -> OpenAIWriter:
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

    def check_ready(self) -> None:
        """Before anything is drawn: is the server there, does it have this model, does it take a picture? Not metered.

        raises   UnknownName for a model that the server does not have; ModelFailed where it cannot be asked
        """
        self.server.check()

    def _judged(self, sample: Sample, image: Image.Image) -> tuple[Judgement, int | None]:
        """(judgement, tokens of one question, or of two where the first reply did not score everything)"""
        messages = [{"role": "user", "content": self._content(sample, image)}]
        reply = self.server.ask(messages, self.answer)
        judgement = self._read(reply)
        if not judgement.unscored or reply.refusal or reply.cut_off:
            return judgement, reply.tokens
        try:
            second = self.server.ask([*messages, *_repair(reply.text, judgement)], self.answer)
        except ModelFailed as e:
            if not is_refusal(e):
                raise
            return _completed(judgement, unread(self.rubric, "", str(e)), judgement.reply), reply.tokens
        both = kept(f"{reply.text}\n---\n{second.text}")
        return _completed(judgement, self._read(second), both), _total(reply.tokens, second.tokens)

    def _read(self, reply: ServerReply) -> Judgement:
        """A judge that declines has not judged; of a reply that was cut off counts what was whole."""
        if reply.refusal:
            return unread(self.rubric, reply.text, f"the judge declined: {reply.refusal}")
        cut_off = f"the reply was cut off at {self.server.max_tokens} tokens" if reply.cut_off else ""
        return judgement_in(reply.text, self.rubric, cut_off)


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


def _total(*tokens: int | None) -> int | None:
    return None if None in tokens else sum(tokens)


def _repair(text: str, judgement: Judgement) -> list[dict]:
    """What goes behind a question to have its reply once more."""
    reasons = {key: judgement.scores[key].reason for key in judgement.unscored}
    same = len(reasons) == len(judgement.scores) and len(set(reasons.values())) == 1
    problem = next(iter(reasons.values())) if same else "; ".join(f"{key}: {why}" for key, why in reasons.items())
    again = f"That could not be read: {problem}. Give the whole answer again, as JSON of the given schema only."
    return [{"role": "assistant", "content": text[:_SHOWN] or "(nothing)"}, {"role": "user", "content": again}]


def build(
    name: str,
    *,
    rubric: Rubric = RUBRICS["default"],
    revision: str = "",
    max_pixels: int = MAX_PIXELS,
    max_tokens: int = MAX_TOKENS,
    extra_body: Mapping[str, Any] = MappingProxyType({}),
    timeout_s: float = 120.0,
    price_per_million_tokens: float | None = None,
) -> OpenAIJudge:
    """A judge behind a URL.

    name        openai:MODEL@URL, for example openai:Qwen/Qwen3-VL-32B-Instruct@http://127.0.0.1:8000/v1
    revision    of the weights the server has, to be recorded: a server does not tell it
    max_pixels  a picture with more is sent smaller, its aspect kept
    max_tokens  of a reply; what a model thinks aloud counts
    extra_body  further fields of every question, such as {"chat_template_kwargs": {"enable_thinking": false}}; null
                leaves one of ours out, as {"temperature": null} does. It is in the card
    timeout_s   of one whole answer; outages are waited through as outages.py says
    price_per_million_tokens  as for OpenAIJudge; it is not in the card, since no answer depends on it
    raises      BadInput for a name, a URL, a key or an option that cannot be used; MissingWeights without its library
    """
    model, url = name_parts(name)
    called = f"openai:{model}"
    check_text(called, "revision", revision)
    check_whole(called, "max_pixels", max_pixels, LEAST_PIXELS)
    check_whole(called, "max_tokens", max_tokens, LEAST_TOKENS)
    check_timeout(called, timeout_s)
    check_price(called, price_per_million_tokens)
    extra = checked_extra_body(called, extra_body)
    key = api_key(urlsplit(url))
    settings = {"temperature": 0, "max_tokens": max_tokens, "max_pixels": max_pixels}
    card = ModelCard(
        name=f"openai:{model}@{url}",
        revision=revision or "not told by the server",
        licence="the server's model's own",
        settings=settings | ({"extra_body": extra} if extra else {}),
        source=url,
    )
    return OpenAIJudge(
        Server(_client(url, key, timeout_s), model, card.name, token_limit(max_tokens, extra), extra),
        card,
        rubric,
        max_pixels=max_pixels,
        price_per_million_tokens=price_per_million_tokens,
    )


def _client(url: str, key: str, timeout_s: float) -> Any:
    if find_spec("openai") is None:
        raise MissingWeights("a judge behind a URL needs the library openai, which is not installed; run `make setup`")
    import openai

    from .openai_transport import http_client

    http = http_client(url, timeout_s)
    return openai.OpenAI(base_url=url, api_key=key or "none", timeout=http.timeout, max_retries=0, http_client=http)
