"""`openai:MODEL@URL` judges over HTTP: any server with OpenAI's chat completions (vLLM, SGLang, `transformers serve`).

The key comes from OPENAI_API_KEY alone; a server on this machine needs none. The schema goes along as
`response_format`; a server that ignores it (`transformers serve` does, in 5.23) gets one chance to repair its reply.
"""

import base64
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from pydantic import BaseModel

from ...errors import BadInput, BadReply, ModelFailed, Refused
from ...images import to_png
from ...records import Judgement, ModelCard, Sample
from ...rubrics.rules import Rubric
from ...rubrics.shipped import RUBRICS
from ..latent_frame import MAX_PIXELS, fitted
from .reply import (
    LEAST_PIXELS,
    Written,
    check_whole,
    instructions,
    pictures,
    read_reply,
    reply_model,
    unread,
    wish_of,
    writer_card,
)

MAX_TOKENS = 600
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SHOWN = 2000  # characters of a reply that are sent back to be repaired


@dataclass(frozen=True)
class Server:
    """Where a model is asked. client: openai.OpenAI, which any thread may use; called: the model's name in sentences"""

    client: Any
    model: str
    called: str
    max_tokens: int

    def ask(self, messages: list[dict], answer: type[BaseModel]) -> tuple[str, str]:
        """(reply, '' or why it is not whole)

        answer   the reply's shape, which goes along as a schema
        raises   Refused where the model declines; ModelFailed where the server cannot be reached or answers with an
                 error
        """
        import openai

        schema = {"name": "reply", "strict": True, "schema": answer.model_json_schema()}
        try:
            said = self.client.chat.completions.create(
                model=self.model,
                messages=messages,
                response_format={"type": "json_schema", "json_schema": schema},
                temperature=0,
                seed=0,
                max_tokens=self.max_tokens,
            )
            choice = said.choices[0]
        except openai.APIStatusError as e:
            raise ModelFailed(f"{self.called} answered {e.status_code}: {_first_line(e.message)}") from e
        except openai.APIError as e:
            raise ModelFailed(f"{self.called} cannot be asked ({_first_line(str(e))}); is the server up?") from e
        except (IndexError, TypeError) as e:
            raise ModelFailed(f"{self.called} gave no choice in its answer; is it OpenAI-compatible?") from e
        if choice.message.refusal:
            raise Refused("declined", _first_line(choice.message.refusal))
        cut_off = choice.finish_reason == "length"
        return choice.message.content or "", f"the reply was cut off at {self.max_tokens} tokens" if cut_off else ""


class OpenAIJudge:
    """Asks a server about one picture at a time; many threads may ask at once, the server makes batches of them.

    max_pixels  a picture with more is sent smaller
    """

    def __init__(self, server: Server, card: ModelCard, rubric: Rubric, *, max_pixels: int = MAX_PIXELS):
        self.server, self.card, self.rubric, self.max_pixels = server, card, rubric, max_pixels
        self.answer = reply_model(rubric)

    def __call__(self, sample: Sample, image: Image.Image) -> Judgement:
        """Judge one picture; what cannot be read is unscored with the reason, and the reply is kept.

        raises   ModelFailed where the server cannot be reached or answers with an error
        """
        messages = [{"role": "user", "content": self._content(sample, image)}]
        text, problem = self._ask(messages)
        if problem:
            return unread(self.rubric, text, problem)
        try:
            return read_reply(text, self.rubric)
        except BadReply as first:
            return self._repaired(messages, text, first)

    @cached_property
    def writer(self) -> "OpenAIWriter":
        """The same model, asked to write."""
        return OpenAIWriter(self.server, self.card, max_pixels=self.max_pixels)

    def _content(self, sample: Sample, image: Image.Image) -> list[dict]:
        """Rubric, person and garment first: what is the same for all attempts of a sample can be kept by the server."""
        shown = [_shown(picture) for picture in pictures(sample, image, self.max_pixels)]
        return [_text(instructions(self.rubric)), *shown, _text(wish_of(sample))]

    def _ask(self, messages: list[dict]) -> tuple[str, str]:
        """As Server.ask; a judge that declines has not judged."""
        try:
            return self.server.ask(messages, self.answer)
        except Refused as refusal:
            return "", f"the judge declined: {refusal}"

    def _repaired(self, messages: list[dict], text: str, problem: BadReply) -> Judgement:
        again = f"That could not be read: {problem}. Give the whole answer again, as JSON of the given schema only."
        repair = [{"role": "assistant", "content": text[:_SHOWN]}, {"role": "user", "content": again}]
        second, stopped = self._ask([*messages, *repair])
        try:
            if stopped:
                raise BadReply(stopped)
            return read_reply(second, self.rubric)
        except BadReply as e:
            return unread(self.rubric, f"{text}\n---\n{second}", f"{problem}; asked again: {e}")


class OpenAIWriter:
    """Asks the judge's server to write {"prompt": "..."}, once: what comes back is for the caller to read."""

    def __init__(self, server: Server, card: ModelCard, *, max_pixels: int = MAX_PIXELS):
        self.server, self.card, self.max_pixels = server, writer_card(card), max_pixels

    def __call__(self, question: str, images: Sequence[Image.Image]) -> str:
        """The answer as it came, not whole where it was cut off.

        raises   Refused where the model declines; ModelFailed where the server cannot be reached or answers with an
                 error
        """
        content = [*(_shown(fitted(picture, self.max_pixels)) for picture in images), _text(question)]
        return self.server.ask([{"role": "user", "content": content}], Written)[0]


def build(
    name: str,
    *,
    rubric: Rubric = RUBRICS["default"],
    revision: str = "",
    max_pixels: int = MAX_PIXELS,
    timeout_s: float = 120.0,
    retries: int = 4,
) -> OpenAIJudge:
    """A judge behind a URL.

    name       openai:MODEL@URL, for example openai:Qwen/Qwen3-VL-32B-Instruct@http://127.0.0.1:8000/v1
    revision   of the weights the server has, to be recorded: a server does not tell it
    max_pixels  a picture with more is sent smaller, its aspect kept
    timeout_s  of one question; retries of 429, 5xx and lost connections, each after a longer pause
    raises     BadInput for a name or URL that cannot be used
    """
    import openai

    model, url = _parts(name)
    check_whole(f"openai:{model}", "max_pixels", max_pixels, LEAST_PIXELS)
    key = os.environ.get("OPENAI_API_KEY", "")
    client = openai.OpenAI(base_url=url, api_key=key or "none", timeout=timeout_s, max_retries=retries)
    card = ModelCard(
        name=f"openai:{model}@{url}",
        revision=revision or "not told by the server",
        licence="the server's model's own",
        settings={"temperature": 0, "max_tokens": MAX_TOKENS, "max_pixels": max_pixels},
        source=url,
    )
    return OpenAIJudge(Server(client, model, card.name, MAX_TOKENS), card, rubric, max_pixels=max_pixels)


def _parts(name: str) -> tuple[str, str]:
    """(model, URL); a name that cannot be used is not repeated, since it may hold a password."""
    found = re.fullmatch(r"openai:(.+?)@(https?://.+)", name)
    parts = urlsplit(found.group(2)) if found else None
    if not parts or not parts.hostname:
        raise BadInput("a judge over HTTP is called openai:MODEL@http://HOST:PORT/v1; this name is not of that form")
    if parts.username or parts.password or parts.query:
        raise BadInput("a judge's URL may hold no user, password or query; set OPENAI_API_KEY instead")
    if parts.scheme == "http" and os.environ.get("OPENAI_API_KEY") and parts.hostname not in _LOOPBACK:
        raise BadInput(f"OPENAI_API_KEY would cross the network unencrypted to {parts.hostname}; use https")
    return found.group(1), found.group(2)


def _text(words: str) -> dict:
    return {"type": "text", "text": words}


def _shown(picture: Image.Image) -> dict:
    data = base64.b64encode(to_png(picture.convert("RGB"))).decode()
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}


def _first_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[0][:200]
