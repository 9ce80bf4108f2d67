"""Asking a server: waiting through its outages, several questions at the same time, and what they cost."""

import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from PIL import Image
from pydantic import BaseModel

from ....errors import ModelFailed
from ....images import to_png
from ....outages import waited, waited_through
from ....roles import Answer
from ....steps import Spent
from .server_replies import Price, ServerReply, Tokens
from .server_troubles import Trouble, said, unasked

CHECK_TOKENS, CHECK_PX = 16, 64
SENT_BACK = 2000  # characters of a reply that is to be repaired
CHECK_WORDS = 'Is a picture shown? Answer in JSON: {"seen": true} or {"seen": false}'
Asked = TypeVar("Asked")


class Seen(BaseModel):
    """What a server is asked before a run."""

    seen: bool


class AskedServer(Protocol):
    """Where a model is asked, in whatever protocol its server speaks.

    called      the model's name in sentences
    max_tokens  of a reply
    corners     of a box, in the order that the model was taught: asking.CORNERS, or top, left, bottom, right
    varies      whether a repeat of one question can differ: words are drawn at a temperature and without a seed
    """

    called: str
    max_tokens: int
    corners: str

    @property
    def varies(self) -> bool: ...

    def turn(self, role: str, parts: str | Sequence[str | Image.Image]) -> Any:
        """What 'user' or 'assistant' says, in the server's own shape: words and pictures in order."""
        ...

    def schema(self, answer: type[BaseModel]) -> dict[str, Any]:
        """The schema that goes along with a question, as this server takes it."""
        ...

    def ask(self, turns: list, answer: type[BaseModel]) -> ServerReply:
        """The model's reply to a conversation; an outage is waited through.

        answer   the reply's shape, which goes along as a schema
        raises   ModelFailed where the server cannot be reached or answers with an error, or with no reply
        """
        ...

    def check(self) -> None:
        """One tiny question about a tiny picture, so that a run does not draw for a judge that cannot answer.

        raises   UnknownName for a model that the server does not list, with the nearest; ModelFailed as `ask`
        """
        ...


def through_outages(called: str, url: str, ask: Callable[[], Asked]) -> Asked:
    """What `ask` returns, an outage waited through. raises ModelFailed where Trouble stays"""
    try:
        return waited_through(said(url), ask, lambda error: getattr(error, "passing", None))
    except Trouble as trouble:
        raise ModelFailed(f"{called} {trouble}{waited(trouble)}") from trouble


def repair(server: AskedServer, text: str, problem: str) -> list:
    """What goes behind a question to have its reply once more.

    text     of the reply, of which the beginning is sent back
    problem  why it could not be read
    """
    again = f"That could not be read: {problem}. Give the whole answer again, as JSON of the given schema only."
    return [server.turn("assistant", text[:SENT_BACK] or "(nothing)"), server.turn("user", again)]


def is_refusal(failed: ModelFailed) -> bool:
    """Whether a server answered and would answer so again, such as to a conversation that is too long for it."""
    return isinstance(failed.__cause__, Trouble) and failed.__cause__.passing is None


def unreached(error: BaseException, timeout_s: float) -> Trouble:
    """What the HTTP library raised in place of an answer."""
    import httpx2

    from .bounded_http import CONNECT_S

    if isinstance(error, httpx2.TimeoutException):
        if isinstance(error, httpx2.ConnectTimeout):
            return unasked(f"no connection within {min(timeout_s, CONNECT_S):g} s", passing=True)
        return unasked(f"no whole answer within {timeout_s:g} s", passing=True)
    return unasked(said(error) or type(error).__name__, passing=_may_pass(error))


def _may_pass(error: BaseException | None) -> bool:
    """A lost connection may; a bad certificate, a port without TLS, a flood or an impossible URL stay."""
    import httpx2

    may = isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError | httpx2.ProxyError)
    while may and error is not None:
        lost = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError)
        may = lost or not isinstance(error, ssl.SSLError)
        error = error.__cause__ or error.__context__
    return may


def metered(ask: Callable[..., tuple[Any, Tokens | None]], calls: Sequence[tuple], price: Price) -> list[Answer]:
    """Answers to several calls, asked at the same time, since the server makes batches of them.

    ask      one call -> (its answer, its tokens)
    price    per million tokens
    returns  in place of an answer what that call raised: the others were paid for and are not asked again
    """

    def one(call: tuple) -> tuple[Any, Tokens | None]:
        try:
            return ask(*call)
        except Exception as error:  # noqa: BLE001  it reaches its own caller
            return error, None

    start = time.perf_counter()
    with ThreadPoolExecutor(max(len(calls), 1)) as pool:
        answered = list(pool.map(one, calls))
    share_s = (time.perf_counter() - start) / max(len(calls), 1)

    def spent(tokens: Tokens | None) -> Spent:
        money = tokens and tokens.cost(price)
        return Spent(calls=1, seconds=share_s, tokens=tokens and tokens.total, money=money)

    return [Answer(value, spent(tokens)) for value, tokens in answered]


def png_of(picture: Image.Image) -> bytes:
    """A picture as it crosses the network."""
    return to_png(picture.convert("RGB"))
