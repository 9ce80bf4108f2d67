"""Gemini's REST through google-genai, asked one question at a time, a few of them at once.

The library writes the questions; the answers are read as they came, and its own retries are off: outages are waited
through as everywhere here.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from PIL import Image
from pydantic import BaseModel

from ....errors import UnknownName
from ..serving.asked_server import CHECK_PX, CHECK_TOKENS, CHECK_WORDS, Seen, png_of, through_outages, unreached
from ..serving.server_options import can_vary, drawing
from ..serving.server_replies import ServerReply
from ..serving.server_troubles import Trouble, refused, said
from .gemini_answers import USED_UP, hint, reply_in

_ROLES = {"user": "user", "assistant": "model"}


@dataclass(frozen=True)
class GeminiServer:
    """Where a Gemini model is asked.

    client      google.genai.Client over `answering`, which any thread may use
    called      the model's name in sentences
    gate        lets as many questions through as may be open at once
    lacks       what it needs before it can be asked, as a sentence's end; '' for nothing
    extra       fields of the library's GenerateContentConfig beside ours or in their place; None leaves one of ours out
    temperature  over 0 no seed goes along
    """

    client: Any = field(repr=False)
    model: str
    called: str
    url: str
    max_tokens: int
    timeout_s: float
    gate: AbstractContextManager = field(repr=False)
    lacks: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    temperature: float = 0
    corners: ClassVar[str] = "top, left, bottom, right"  # of a box, as Gemini was taught (Google's page on detection)

    @property
    def varies(self) -> bool:
        """Whether a repeat of one question can differ."""
        return can_vary({**drawing(self.temperature), **self.extra})

    def turn(self, role: str, parts: str | Sequence[str | Image.Image]) -> dict[str, Any]:
        """A content; as AskedServer says."""
        parts = [parts] if isinstance(parts, str) else parts
        return {"role": _ROLES[role], "parts": [_part(part) for part in parts]}

    def schema(self, answer: type[BaseModel]) -> dict[str, Any]:
        """pydantic's own, but for `const`, which Gemini does not know."""
        return _without_const(answer.model_json_schema())

    def ask(self, turns: list[dict], answer: type[BaseModel]) -> ServerReply:
        """As AskedServer says."""
        return through_outages(self.called, self.url, lambda: self._asked(turns, answer, self.max_tokens))

    def check(self) -> None:
        """As AskedServer says. A model that thinks first comes to no words in so few tokens: they do not matter."""
        through_outages(self.called, self.url, self._check)

    def _check(self) -> None:
        names = self._names()
        if names and "/" not in self.model and self.model not in names:
            raise UnknownName(f"model of {said(self.url)}", self.model, names)
        question = self.turn("user", [Image.new("RGB", (CHECK_PX, CHECK_PX), "grey"), CHECK_WORDS])
        self._asked([question], Seen, CHECK_TOKENS)

    def _names(self) -> list[str]:
        """The models that the server lists; none where it has no list. raises Trouble"""
        try:
            listed = self._exchanged(partial(self.client.models.list, config={"page_size": 1000}))
            return [said(each.name).rpartition("/")[2] for each in listed.page]
        except (ValueError, LookupError, TypeError, AttributeError):
            return []  # no list of models: the question itself tells
        except Trouble as trouble:
            if not trouble.status:  # it was not reached
                raise
            return []  # a key may be allowed to ask and not to list

    def _asked(self, turns: list[dict], answer: type[BaseModel], max_tokens: int) -> ServerReply:
        config = {
            **drawing(self.temperature),
            "max_output_tokens": max_tokens,
            "response_mime_type": "application/json",
            "response_json_schema": self.schema(answer),
            "automatic_function_calling": {"disable": True},
            "should_return_http_response": True,
            **self.extra,
        }
        given = {name: value for name, value in config.items() if value is not None}
        ask = partial(self.client.models.generate_content, model=self.model, contents=turns, config=given)
        return reply_in(self._exchanged(ask).sdk_http_response.body or "", self.model)

    def _exchanged(self, ask: partial) -> Any:
        """What the library returns for a question. raises Trouble"""
        import httpx2

        if self.lacks:
            raise Trouble(self.lacks)
        try:
            with self.gate:
                return ask()
        except httpx2.TransportError as e:  # from None: a traceback would show the question's headers, and the key
            raise unreached(e, self.timeout_s) from None


def answering(client: Any, model: str) -> Any:
    """The HTTP client, which from now on raises Trouble for any status but 200."""

    def look(response: Any) -> None:
        if response.status_code != 200:
            response.read()
            advice = partial(hint, model=model)
            raise refused(response.status_code, response.headers, response.text, advice, USED_UP)

    client.event_hooks = {"response": [look]}
    return client


def _part(part: str | Image.Image) -> dict[str, Any]:
    """Words or a picture as a part of a content."""
    if isinstance(part, str):
        return {"text": part}
    return {"inline_data": {"data": png_of(part), "mime_type": "image/png"}}


def _without_const(schema: Any) -> Any:
    """The same schema with one value to choose from in place of `const`."""
    if isinstance(schema, list):
        return [_without_const(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    choices = {"enum": [schema["const"]]} if "const" in schema and not isinstance(schema["const"], dict) else {}
    return {key: _without_const(value) for key, value in schema.items() if not (choices and key == "const")} | choices
