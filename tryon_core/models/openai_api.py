"""`openai:MODEL@URL` judges over HTTP: any server with OpenAI's chat completions (vLLM, SGLang, `transformers serve`).

The key comes from OPENAI_API_KEY alone; a server on this machine needs none. The schema goes along as
`response_format`; a server that ignores it gets one chance to repair its reply.
"""

import base64
import os
import re
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from ..constraints import Rubric
from ..errors import BadInput, BadReply, ModelFailed
from ..images import to_png
from ..records import Judgement, ModelCard, Sample
from ..rubrics import RUBRICS
from .reply import instructions, pictures, read_reply, reply_model, unread, wish_of

MAX_TOKENS = 600
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SHOWN = 2000  # characters of a reply that are sent back to be repaired


class OpenAIJudge:
    """Asks a server about one picture at a time; many threads may ask at once, the server makes batches of them."""

    def __init__(self, client: Any, model: str, card: ModelCard, rubric: Rubric):
        self.client, self.model, self.card, self.rubric = client, model, card, rubric
        self.shape = {
            "type": "json_schema",
            "json_schema": {"name": "reply", "strict": True, "schema": reply_model(rubric).model_json_schema()},
        }

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

    def _content(self, sample: Sample, image: Image.Image) -> list[dict]:
        """Rubric, person and garment first: what is the same for all attempts of a sample can be kept by the server."""
        shown = [{"type": "image_url", "image_url": {"url": _uri(one)}} for one in pictures(sample, image)]
        rubric, wish = ({"type": "text", "text": text} for text in (instructions(self.rubric), wish_of(sample)))
        return [rubric, *shown, wish]

    def _repaired(self, messages: list[dict], text: str, problem: BadReply) -> Judgement:
        again = f"That could not be read: {problem}. Give the whole answer again, as JSON of the given schema only."
        told = [{"role": "assistant", "content": text[:_SHOWN]}, {"role": "user", "content": again}]
        second, stopped = self._ask([*messages, *told])
        try:
            if stopped:
                raise BadReply(stopped)
            return read_reply(second, self.rubric)
        except BadReply as e:
            return unread(self.rubric, f"{text}\n---\n{second}", f"{problem}; asked again: {e}")

    def _ask(self, messages: list[dict]) -> tuple[str, str]:
        """(reply, '' or why it is none)"""
        import openai

        try:
            answer = self.client.chat.completions.create(
                model=self.model,
                messages=messages,
                response_format=self.shape,
                temperature=0,
                seed=0,
                max_tokens=MAX_TOKENS,
            )
            choice = answer.choices[0]
        except openai.APIStatusError as e:
            raise ModelFailed(f"{self.card.name} answered {e.status_code}: {_first_line(e.message)}") from e
        except openai.APIError as e:
            raise ModelFailed(f"{self.card.name} cannot be asked ({_first_line(str(e))}); is the server up?") from e
        except (IndexError, TypeError) as e:
            raise ModelFailed(f"{self.card.name} gave no choice in its answer; is it OpenAI-compatible?") from e
        said = choice.message.content or ""
        if choice.message.refusal:
            return said, f"the judge declined: {_first_line(choice.message.refusal)}"
        if choice.finish_reason == "length":
            return said, f"the reply was cut off at {MAX_TOKENS} tokens"
        return said, ""


def build(
    name: str, *, rubric: Rubric = RUBRICS["default"], revision: str = "", timeout_s: float = 120.0, retries: int = 4
) -> OpenAIJudge:
    """A judge behind a URL.

    name       openai:MODEL@URL, for example openai:Qwen/Qwen3-VL-32B-Instruct@http://127.0.0.1:8000/v1
    revision   of the weights the server has, to be recorded: a server does not tell it
    timeout_s  of one question; retries of 429, 5xx and lost connections, each after a longer pause
    raises     BadInput for a name or URL that cannot be used
    """
    import openai

    model, url = _parts(name)
    key = os.environ.get("OPENAI_API_KEY", "")
    client = openai.OpenAI(base_url=url, api_key=key or "none", timeout=timeout_s, max_retries=retries)
    card = ModelCard(
        name=f"openai:{model}@{url}",
        revision=revision or "not told by the server",
        licence="the server's model's own",
        settings={"temperature": 0, "max_tokens": MAX_TOKENS},
        source=url,
    )
    return OpenAIJudge(client, model, card, rubric)


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


def _uri(picture: Image.Image) -> str:
    return f"data:image/png;base64,{base64.b64encode(to_png(picture.convert('RGB'))).decode()}"


def _first_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[0][:200]
