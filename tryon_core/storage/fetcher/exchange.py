"""One question to a checked address and its answer, bounded in bytes and in time."""

import http.client
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import metadata

from ...errors import BadInput, StorageError
from ...text import shortened
from ..fetch_target import Resolver, Target, addresses, named
from .connection import Over, connected_to

MAX_HEADER_BYTES = 64 * 1024
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Question:
    """What is asked of a target, beside the headers that all questions have."""

    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


GET = Question()


@dataclass(frozen=True)
class Bounds:
    """What may be asked, and for how long.

    max_bytes      of an answer's body
    allow_private  this machine and private networks too
    ends           as time.monotonic says it
    """

    max_bytes: int
    allow_private: bool
    resolve: Resolver
    ends: float

    @property
    def left_s(self) -> float:
        return self.ends - time.monotonic()

    @contextmanager
    def answer(self, target: Target, question: Question = GET) -> Iterator[http.client.HTTPResponse]:
        """The head of the server's answer; whatever is not there when the time is over ends with the connection."""
        over = threading.Event()
        try:
            with connected_to(target, self._addresses(target), self.ends, over) as connected:
                connection = http.client.HTTPConnection(target.host, target.port)
                connection.sock = connected
                connection.putrequest(question.method, target.path, skip_host=True, skip_accept_encoding=True)
                for name, value in (_headers(target) | question.headers).items():
                    connection.putheader(name, value)
                with suppress(BrokenPipeError, ConnectionResetError):  # it may have answered before it read all
                    connection.endheaders(question.body)
                yield _with_small_head(target, connection.getresponse())
        except (OSError, http.client.HTTPException, ValueError) as e:
            if over.is_set() and not isinstance(e, StorageError | BadInput):
                raise Over from None
            raise

    def body(self, target: Target, answer: http.client.HTTPResponse) -> bytes:
        """All of it. raises BadInput for more than max_bytes, StorageError where it is compressed"""
        encoding = answer.headers.get("Content-Encoding", "")
        if encoding.strip().lower() not in ("", "identity"):
            raise StorageError(
                f"{named(target.url)}: sent as {shortened(encoding)}, which was not asked for; not fetched"
            )
        length = answer.headers.get("Content-Length", "")
        expected = int(length) if length.isdigit() and len(length) < 20 and not answer.chunked else None
        parts, size = [], 0
        if expected is None or expected <= self.max_bytes:
            while size <= self.max_bytes and (part := answer.read1(_CHUNK)):
                parts.append(part)
                size += len(part)
        if max(size, expected or 0) > self.max_bytes:
            raise BadInput(f"{named(target.url)}: more than {self.max_bytes} bytes; not fetched")
        if expected is not None and size < expected:
            raise http.client.IncompleteRead(b"", expected - size)
        return b"".join(parts)

    def _addresses(self, target: Target) -> list[str]:
        """As `addresses`, within the time: a resolver may hang."""
        box: Future[list[str]] = Future()

        def work() -> None:
            try:
                box.set_result(addresses(target, self.resolve, allow_private=self.allow_private))
            except BaseException as e:  # noqa: BLE001  it is raised where the answer is waited for
                box.set_exception(e)

        threading.Thread(target=work, name="resolver", daemon=True).start()
        try:
            return box.result(max(self.left_s, 0.0))
        except NotYet:
            if box.done():
                raise
            raise Over from None


def _with_small_head(target: Target, answer: http.client.HTTPResponse) -> http.client.HTTPResponse:
    if sum(len(name) + len(value) for name, value in answer.getheaders()) > MAX_HEADER_BYTES:
        raise StorageError(f"{named(target.url)}: a head of more than {MAX_HEADER_BYTES} bytes; not fetched")
    return answer


def _headers(target: Target) -> dict[str, str]:
    return {
        "Host": target.authority,
        "User-Agent": f"tryon-core/{_version()}",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def _version() -> str:
    with suppress(metadata.PackageNotFoundError):
        return metadata.version("tryon-core")
    return "0"
