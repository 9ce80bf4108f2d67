"""A server with OpenAI's chat completions, asked one question at a time, and what its answers cost."""

import base64
import json
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from PIL import Image
from pydantic import BaseModel

from ...errors import ModelFailed, UnknownName
from ...images import to_png
from ...outages import Passing, waited, waited_through
from ...roles import Answer
from ...steps import Spent
from .openai_answers import ServerReply, Trouble, completion, refused, said

_CHECK_TOKENS, _CHECK_PX = 16, 64
Asked = TypeVar("Asked")


class Seen(BaseModel):
    """What a server is asked before a run."""

    seen: bool


@dataclass(frozen=True)
class Server:
    """Where a model is asked.

    client      openai.OpenAI over openai_transport.http_client, which any thread may use
    called      the model's name in sentences; it ends in the URL
    extra_body  fields of every question beside ours or in their place; null leaves one of ours out
    """

    client: Any
    model: str
    called: str
    max_tokens: int
    extra_body: Mapping[str, Any] = field(default_factory=dict)

    def ask(self, messages: list[dict], answer: type[BaseModel]) -> ServerReply:
        """The model's reply to a conversation; an outage is waited through.

        answer   the reply's shape, which goes along as a schema
        raises   ModelFailed where the server cannot be reached or answers with an error, or with no completion
        """
        return self._waited(lambda: self._asked(messages, answer, self.max_tokens))

    def check(self) -> None:
        """One tiny question about a tiny picture, so that a run does not draw for a judge that cannot answer. Its words
        do not matter: a model that thinks first may not come to any in so few tokens.

        raises   UnknownName for a model that the server does not list, with the nearest; ModelFailed as `ask`
        """
        self._waited(self._check)

    def _check(self) -> None:
        names = self._names()
        takes_any = any("*" in name for name in names)  # a gateway that passes names on
        if names and not takes_any and not any(_is_same(self.model, name) for name in names):
            raise UnknownName(f"model of {said(self.client.base_url)}", self.model, names)
        picture = picture_part(Image.new("RGB", (_CHECK_PX, _CHECK_PX), "grey"))
        question = text_part('Is a picture shown? Answer in JSON: {"seen": true} or {"seen": false}')
        self._asked([{"role": "user", "content": [picture, question]}], Seen, _CHECK_TOKENS)

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
        schema = {"name": "reply", "strict": True, "schema": answer.model_json_schema()}
        body = {
            "model": self.model,
            "messages": messages,
            "response_format": {"type": "json_schema", "json_schema": schema},
            "temperature": 0,
            "seed": 0,
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
            raise refused(e.response.status_code, e.response.headers, e.response.text, self.model) from None
        except openai.APITimeoutError as e:
            late = "connection" if isinstance(e.__cause__, httpx2.ConnectTimeout) else "whole answer"
            raise _unasked(f"no {late} within {self.client.timeout.read:g} s", passing=True) from None
        except openai.APIConnectionError as e:
            cause = e.__cause__ or e
            raise _unasked(said(cause) or type(cause).__name__, passing=_may_pass(cause)) from None

    def _waited(self, ask: Callable[[], Asked]) -> Asked:
        try:
            return waited_through(said(self.client.base_url), ask, lambda error: getattr(error, "passing", None))
        except Trouble as trouble:
            raise ModelFailed(f"{self.called} {trouble}{waited(trouble)}") from trouble


def is_refusal(failed: ModelFailed) -> bool:
    """Whether a server answered and would answer so again, such as to a conversation that is too long for it."""
    return isinstance(failed.__cause__, Trouble) and failed.__cause__.passing is None


def _unasked(why: str, *, passing: bool) -> Trouble:
    end = "; is the server up?" if passing else ""
    if "CERTIFICATE_VERIFY_FAILED" in why:
        end = "; SSL_CERT_FILE may name the authority that signed its certificate"
    return Trouble(f"cannot be asked ({why}){end}", Passing(f"cannot be asked ({why})") if passing else None)


def _may_pass(error: BaseException | None) -> bool:
    """A lost connection may; a bad certificate, a port without TLS, a flood or an impossible URL stay."""
    import httpx2

    may = isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError | httpx2.ProxyError)
    while may and error is not None:
        lost = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError)
        may = lost or not isinstance(error, ssl.SSLError)
        error = error.__cause__ or error.__context__
    return may


def _is_same(model: str, name: str) -> bool:
    """Whether a server's own name for a model is meant: with its tag, its folder, or the place it was loaded from."""
    return model == name or model in (name.partition(":")[0], name.rpartition("/")[2]) or model.startswith("/")


def metered(
    ask: Callable[..., tuple[Any, int | None]], calls: Sequence[tuple], price_per_million_tokens: float | None
) -> list[Answer]:
    """Answers to several calls, asked at the same time, since the server makes batches of them.

    ask      one call -> (its answer, its tokens)
    returns  in place of an answer what that call raised: the others were paid for and are not asked again
    """

    def one(call: tuple) -> tuple[Any, int | None]:
        try:
            return ask(*call)
        except Exception as error:  # noqa: BLE001  it reaches its own caller
            return error, None

    start = time.perf_counter()
    with ThreadPoolExecutor(max(len(calls), 1)) as pool:
        answered = list(pool.map(one, calls))
    share_s = (time.perf_counter() - start) / max(len(calls), 1)

    def spent(tokens: int | None) -> Spent:
        unknown = tokens is None or price_per_million_tokens is None
        money = None if unknown else tokens * price_per_million_tokens / 1e6
        return Spent(calls=1, seconds=share_s, tokens=tokens, money=money)

    return [Answer(value, spent(tokens)) for value, tokens in answered]


def text_part(words: str) -> dict:
    """Words as a part of a message."""
    return {"type": "text", "text": words}


def picture_part(picture: Image.Image) -> dict:
    """A picture as a part of a message."""
    data = base64.b64encode(to_png(picture.convert("RGB"))).decode()
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
