"""The one guarded way to fetch an outside URL: only the public internet is asked, and nothing outlives its bounds.

Every address of a host is checked, and the connection is made to the checked address itself, so that a name cannot lead
elsewhere a moment later; each redirect is checked anew. Proxies of the environment are not used: behind one nobody can
tell which address is asked. No cookies, no credentials.
"""

import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from urllib.parse import urljoin

from ..errors import BadInput, BadPicture, StorageError
from ..outages import Passing, waited, waited_through
from ..text import shortened
from .fetch_kinds import KINDS, MIME, fits, kind_of
from .fetch_target import Resolver, Target, addresses, named, resolved, target_of

MAX_REDIRECTS = 5
MAX_HEADER_BYTES = 64 * 1024
CONNECT_S = 5.0
_CHUNK = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_LEAST_S = 0.5  # with less time left, nothing is tried again


@dataclass(frozen=True)
class Fetched:
    """What a URL led to.

    url           the last one, after redirects; its query may hold a secret
    content_type  of the bytes themselves, whatever the server says
    declared      what the server says
    """

    data: bytes
    url: str
    content_type: str
    declared: str = ""


def fetch(
    url: str,
    *,
    max_bytes: int,
    timeout_s: float = 30.0,
    kinds: tuple[str, ...] = ("picture",),
    allow_private: bool = False,
    resolve: Resolver = resolved,
) -> Fetched:
    """The bytes at a URL.

    max_bytes      at most; sent uncompressed
    timeout_s      for all of it: names, redirects, and tries again where a server fails
    kinds          of fetch_kinds.KINDS, one of which the bytes must be
    allow_private  ask this machine and private networks too, at any port: for tests, and for code that names the server
    resolve        host and port -> addresses
    raises         BadInput for a URL that is not fetched, or leads to what is not asked for (BadPicture where a picture
                   is); StorageError where the server does not give it; Stopped
    """
    if not set(kinds) <= set(KINDS) or not kinds or max_bytes < 1 or timeout_s <= 0:
        raise BadInput(f"kinds must be some of {', '.join(KINDS)}; max_bytes and timeout_s positive")
    first = target_of(url, any_port=allow_private)
    trip = _Trip(max_bytes, kinds, allow_private, resolve, time.monotonic() + timeout_s)
    try:
        return waited_through(first.host, lambda: trip.to(first), trip.passing)
    except (_Busy, OSError, http.client.HTTPException) as e:
        if isinstance(e, StorageError):
            raise
        raise StorageError(f"{named(url)}: {_in_words(e, timeout_s)}{waited(e)}") from None


class _Busy(Exception):
    """A server that fails, or wants to be left alone for a while."""

    def __init__(self, status: int, after: str):
        super().__init__(f"HTTP {status}")
        self.after_s = float(after) if after.isdigit() else None


class _Over(TimeoutError):
    """The time is over."""


@dataclass(frozen=True)
class _Trip:
    """One URL through its redirects, within bounds."""

    max_bytes: int
    kinds: tuple[str, ...]
    allow_private: bool
    resolve: Resolver
    ends: float

    @property
    def left_s(self) -> float:
        return self.ends - time.monotonic()

    def passing(self, error: Exception) -> Passing | None:
        """What may pass by itself, while there is time."""
        after_s = getattr(error, "after_s", None)
        if isinstance(error, _Over | StorageError) or self.left_s - (after_s or 0.0) < _LEAST_S or _stays(error):
            return None
        if isinstance(error, _Busy | OSError | http.client.HTTPException):
            return Passing(f"does not answer ({type(error).__name__})", after_s)
        return None

    def to(self, target: Target) -> Fetched:
        for _ in range(MAX_REDIRECTS + 1):
            found = self._asked(target)
            if isinstance(found, Fetched):
                return found
            target = found
        raise StorageError(f"{named(target.url)}: more than {MAX_REDIRECTS} redirects; give the last address itself")

    def _asked(self, target: Target) -> Fetched | Target:
        """What is there, or where else to look."""
        with self._answer(target) as answer:
            if sum(len(name) + len(value) for name, value in answer.getheaders()) > MAX_HEADER_BYTES:
                raise StorageError(f"{named(target.url)}: a head of more than {MAX_HEADER_BYTES} bytes; not fetched")
            if answer.status in _REDIRECTS and answer.headers.get("Location"):
                return self._next(target, answer.headers["Location"])
            if answer.status == 429 or answer.status >= 500:
                raise _Busy(answer.status, answer.headers.get("Retry-After", ""))
            if answer.status != 200:
                raise StorageError(f"{named(target.url)}: HTTP {answer.status} ({shortened(answer.reason)}); check it")
            return self._checked(target, answer)

    def _next(self, target: Target, location: str) -> Target:
        found = target_of(urljoin(target.url, location), any_port=self.allow_private)
        if target.scheme == "https" and found.scheme != "https":
            raise BadInput(f"{named(target.url)}: redirected from https to {named(found.url)}; not followed")
        return found

    def _checked(self, target: Target, answer: http.client.HTTPResponse) -> Fetched:
        encoding, declared = answer.headers.get("Content-Encoding", ""), answer.headers.get("Content-Type", "")
        if encoding.strip().lower() not in ("", "identity"):
            raise StorageError(
                f"{named(target.url)}: sent as {shortened(encoding)}, which was not asked for; not fetched"
            )
        data = self._body(target, answer)
        kind = kind_of(data)
        if not fits(kind, self.kinds):
            what = MIME.get(kind, "of no known kind")
            error = BadPicture if "picture" in self.kinds else BadInput
            raise error(
                f"{named(target.url)}: {what} (called {shortened(declared) or 'nothing'}) where "
                f"{' or '.join(self.kinds)} was asked for"
            )
        return Fetched(data, target.url, MIME[kind], shortened(declared))

    def _body(self, target: Target, answer: http.client.HTTPResponse) -> bytes:
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

    @contextmanager
    def _answer(self, target: Target) -> Iterator[http.client.HTTPResponse]:
        """The head of the server's answer; whatever is not there when the time is over ends with the connection."""
        over = threading.Event()
        try:
            with _connected(target, self._addresses(target), self.ends, over) as connected:
                connection = http.client.HTTPConnection(target.host, target.port)
                connection.sock = connected
                connection.putrequest("GET", target.path, skip_host=True, skip_accept_encoding=True)
                for name, value in _headers(target).items():
                    connection.putheader(name, value)
                connection.endheaders()
                yield connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as e:
            if over.is_set() and not isinstance(e, StorageError | BadInput):
                raise _Over from None
            raise

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
            raise _Over from None


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


@contextmanager
def _connected(target: Target, found: list[str], ends: float, over: threading.Event) -> Iterator[socket.socket]:
    """A connection to the first of these addresses that takes one, cut off when the time is over; TLS is for the host's
    name."""
    used = _plain(found, target.port, ends)
    same = socket.socket(fileno=os.dup(used.fileno()))  # so that another thread can end it, whoever closes it when

    def cut() -> None:
        over.set()
        with suppress(OSError):
            same.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(ends - time.monotonic(), 0.0), cut)
    timer.daemon = True
    timer.start()
    try:
        if target.scheme == "https":
            used = ssl.create_default_context().wrap_socket(used, server_hostname=target.host)
        yield used
    finally:
        timer.cancel()
        same.close()
        used.close()


def _plain(found: list[str], port: int, ends: float) -> socket.socket:
    for number, address in enumerate(found, start=1):
        left_s = ends - time.monotonic()
        if left_s <= 0:
            break
        try:
            connected = socket.create_connection((address, port), min(CONNECT_S, left_s))
        except OSError:
            if number == len(found):
                raise
        else:
            connected.settimeout(max(ends - time.monotonic(), 0.01))
            return connected
    raise _Over


def _stays(error: Exception) -> bool:
    """Whether trying again would change nothing: no such name, a wrong certificate, no HTTP at all."""
    if isinstance(error, socket.gaierror):
        return error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", -5))
    no_http = isinstance(error, http.client.BadStatusLine | http.client.LineTooLong) or (
        type(error) is http.client.HTTPException  # such as too many headers
    )
    return isinstance(error, ssl.SSLCertVerificationError) or (no_http and not isinstance(error, OSError))


def _in_words(error: Exception, timeout_s: float) -> str:
    if isinstance(error, _Over | TimeoutError):
        return f"not there within {timeout_s:g} s; try it again later, or give it more time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate cannot be verified; not fetched"
    if isinstance(error, socket.gaierror):
        return "its host is not known; check the name and the network"
    if isinstance(error, _Busy):
        return f"the server fails or is too busy ({error}); try it again later"
    return f"the server does not answer ({type(error).__name__}); check the address, or try it again later"
