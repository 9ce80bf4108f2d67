"""Bytes at an outside URL, through its redirects."""

import http.client
import time
from dataclasses import dataclass
from urllib.parse import urljoin

from ...errors import BadInput, BadPicture, StorageError
from ...outages import Passing, waited, waited_through
from ...text import shortened
from ..fetch_kinds import KINDS, MIME, fits, kind_of
from ..fetch_target import Resolver, Target, named, resolved, target_of
from .connection import Over, in_words, stays
from .exchange import Bounds

MAX_REDIRECTS = 5
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
    trip = _Trip(Bounds(max_bytes, allow_private, resolve, time.monotonic() + timeout_s), kinds)
    try:
        return waited_through(first.host, lambda: trip.to(first), trip.passing)
    except (_Busy, OSError, http.client.HTTPException) as e:
        if isinstance(e, StorageError):
            raise
        raise StorageError(f"{named(url)}: {_why(e, timeout_s)}{waited(e)}") from None


class _Busy(Exception):
    """A server that fails, or wants to be left alone for a while."""

    def __init__(self, status: int, after: str):
        super().__init__(f"HTTP {status}")
        self.after_s = float(after) if after.isdigit() else None


@dataclass(frozen=True)
class _Trip:
    """One URL through its redirects, within bounds."""

    bounds: Bounds
    kinds: tuple[str, ...]

    def passing(self, error: Exception) -> Passing | None:
        """What may pass by itself, while there is time."""
        after_s = getattr(error, "after_s", None)
        if isinstance(error, Over | StorageError) or self.bounds.left_s - (after_s or 0.0) < _LEAST_S or stays(error):
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
        with self.bounds.answer(target) as answer:
            if answer.status in _REDIRECTS and answer.headers.get("Location"):
                return self._next(target, answer.headers["Location"])
            if answer.status == 429 or answer.status >= 500:
                raise _Busy(answer.status, answer.headers.get("Retry-After", ""))
            if answer.status != 200:
                raise StorageError(f"{named(target.url)}: HTTP {answer.status} ({shortened(answer.reason)}); check it")
            return self._checked(target, answer)

    def _next(self, target: Target, location: str) -> Target:
        found = target_of(urljoin(target.url, location), any_port=self.bounds.allow_private)
        if target.scheme == "https" and found.scheme != "https":
            raise BadInput(f"{named(target.url)}: redirected from https to {named(found.url)}; not followed")
        return found

    def _checked(self, target: Target, answer: http.client.HTTPResponse) -> Fetched:
        declared, data = answer.headers.get("Content-Type", ""), self.bounds.body(target, answer)
        kind = kind_of(data)
        if not fits(kind, self.kinds):
            what = MIME.get(kind, "of no known kind")
            error = BadPicture if "picture" in self.kinds else BadInput
            raise error(
                f"{named(target.url)}: {what} (called {shortened(declared) or 'nothing'}) where "
                f"{' or '.join(self.kinds)} was asked for"
            )
        return Fetched(data, target.url, MIME[kind], shortened(declared))


def _why(error: Exception, timeout_s: float) -> str:
    if isinstance(error, _Busy):
        return f"the server fails or is too busy ({error}); try it again later"
    return in_words(error, timeout_s)
