"""A server with OpenAI's chat completions, asked one question at a time."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from PIL import Image
from pydantic import BaseModel

from ....errors import UnknownName
from ..asking import CORNERS
from ..serving.asked_server import CHECK_PX, CHECK_TOKENS, CHECK_WORDS, Seen, png_of, through_outages, unreached
from ..serving.server_options import can_vary, drawing
from ..serving.server_replies import ServerReply
from ..serving.server_troubles import Trouble, refused, said
from .openai_answers import NO_CREDIT, completion, hint


@dataclass(frozen=True)
class Server:
    """Where a model is asked.

    client      openai.OpenAI over serving.bounded_http.http_client, which any thread may use
    called      the model's name in sentences; it ends in the URL
    extra_body  fields of every question beside ours or in their place; null leaves one of ours out
    temperature  over 0 no seed goes along
    """

    client: Any
    model: str
    called: str
    max_tokens: int
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    temperature: float = 0
    corners: ClassVar[str] = CORNERS

    @property
    def varies(self) -> bool:
        """Whether a repeat of one question can differ."""
        return can_vary({**drawing(self.temperature), **self.extra_body})

    def turn(self, role: str, parts: str | Sequence[str | Image.Image]) -> dict[str, Any]:
        """A message; as AskedServer says."""
        content = parts if isinstance(parts, str) else [_part(part) for part in parts]
        return {"role": role, "content": content}

    def schema(self, answer: type[BaseModel]) -> dict[str, Any]:
        """pydantic's own."""
        return answer.model_json_schema()

    def ask(self, messages: list[dict], answer: type[BaseModel]) -> ServerReply:
        """As AskedServer says."""
        return through_outages(
            self.called, str(self.client.base_url), lambda: self._asked(messages, answer, self.max_tokens)
        )

    def check(self) -> None:
        """One tiny question about a tiny picture, so that a run does not draw for a judge that cannot answer. Its words
        do not matter: a model that thinks first may not come to any in so few tokens.

        raises   UnknownName for a model that the server does not list, with the nearest; ModelFailed as `ask`
        """
        through_outages(self.called, str(self.client.base_url), self._check)

    def _check(self) -> None:
        names = self._names()
        takes_any = any("*" in name for name in names)  # a gateway that passes names on
        if names and not takes_any and not any(_is_same(self.model, name) for name in names):
            raise UnknownName(f"model of {said(self.client.base_url)}", self.model, names)
        question = self.turn("user", [Image.new("RGB", (CHECK_PX, CHECK_PX), "grey"), CHECK_WORDS])
        self._asked([question], Seen, CHECK_TOKENS)

    def _names(self) -> list[str]:
        """The models that the server lists; none where it has no list. raises Trouble"""
        try:
            listed = json.loads(self._exchanged("get", "/models"))["data"]
            return [said(each["id"]) for each in listed if isinstance(each["id"], str)]
        except (ValueError, LookupError, TypeError, RecursionError):
            return []  # no list of models: the question itself tells
        except Trouble as trouble:
            if not trouble.status:  # it was not reached
                raise
            return []  # a key may be allowed to ask and not to list

    def _asked(self, messages: list[dict], answer: type[BaseModel], max_tokens: int) -> ServerReply:
        schema = {"name": "reply", "strict": True, "schema": self.schema(answer)}
        body = {
            "model": self.model,
            "messages": messages,
            "response_format": {"type": "json_schema", "json_schema": schema},
            **drawing(self.temperature),
            "max_tokens": max_tokens,
            **self.extra_body,
        }
        given = {key: value for key, value in body.items() if value is not None}
        return completion(self._exchanged("post", "/chat/completions", body=given))

    def _exchanged(self, method: str, path: str, **arguments: Any) -> str:
        """The body of an answer with status 200. raises Trouble"""
        import httpx2
        import openai

        try:
            return getattr(self.client, method)(path, cast_to=httpx2.Response, **arguments).text
        except openai.APIStatusError as e:  # from None: a traceback would show the answer, and a key that it echoes
            response = e.response
            advice = partial(hint, model=self.model)
            raise refused(response.status_code, response.headers, response.text, advice, NO_CREDIT) from None
        except openai.APIConnectionError as e:
            raise unreached(e.__cause__ or e, self.client.timeout.read) from None


def _is_same(model: str, name: str) -> bool:
    """Whether a server's own name for a model is meant: with its tag, its folder, or the place it was loaded from."""
    return model == name or model in (name.partition(":")[0], name.rpartition("/")[2]) or model.startswith("/")


def _part(part: str | Image.Image) -> dict[str, Any]:
    """Words or a picture as a part of a message."""
    if isinstance(part, str):
        return {"type": "text", "text": part}
    data = base64.b64encode(png_of(part)).decode()
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
