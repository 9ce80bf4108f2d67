"""Waiting through the outage of a place or a server: tried again with back-off and jitter, said once, never for ever.

A server that has answered before is waited for `later_s`. One that never has is more likely misnamed than down, and is
waited for `first_s`.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from .errors import Stopped

Answer = TypeVar("Answer")
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 10.0  # doubled from one to the next, each shortened at random by up to half
QUIET_S = 2.0  # what passes sooner is not worth a sentence
OWN_TRIES, OWN_S = 12, 30.0  # a call that fails on while others are answered: it is the call, not the server


class Passing(NamedTuple):
    """An error that may pass by itself.

    what     happened, in a few words that show no secret
    after_s  how long the server asks to be left alone; None where it does not say
    """

    what: str
    after_s: float | None = None


@dataclass(frozen=True)
class Limits:
    """How long is waited, in seconds, and what ends it early.

    first_s, later_s  of a server that has never answered, and of one that has
    stop              where it is set, waiting ends with Stopped
    """

    first_s: float = 30.0
    later_s: float = 300.0
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass
class _Server:
    """What this process knows of a server; all threads share it."""

    answered: int = 0
    failing_since: float | None = None
    said: bool = False


_limits = Limits()
_servers: dict[str, _Server] = {}
_guard = threading.Lock()


@contextmanager
def within(limits: Limits) -> Iterator[None]:
    """These limits hold in this process, in all its threads, while inside: a run sets its own."""
    before = _limits
    use(limits)
    try:
        yield
    finally:
        use(before)


def use(limits: Limits) -> None:
    """From now on these limits hold in this process."""
    global _limits  # noqa: PLW0603  one process waits in one way
    _limits = limits


def limits() -> Limits:
    """Those that hold now."""
    return _limits


def forget(name: str) -> None:
    """The server as if it had never been asked."""
    with _guard:
        _servers.pop(name, None)


def waited_through(name: str, ask: Callable[[], Answer], passing: Callable[[Exception], Passing | None]) -> Answer:
    """What `ask` returns, asked again for as long as an outage may last.

    name     of the server, as sentences name it, without secrets
    passing  what an error is where it may pass by itself; None for one that stays, which is raised at once
    raises   the last error, with a note of how long was waited (`waited`); Stopped where a stop was asked for
    """
    with _guard:
        server = _servers.setdefault(name, _Server())
    first, tries, answered_before = 0.0, 0, server.answered
    while True:
        try:
            answer = ask()
        except Exception as error:
            outage = passing(error)
            if outage is None:
                _note(error, first, tries)
                raise
            now = time.monotonic()
            first, tries = first or now, tries + 1
            left_s = _limit_s(server, tries, now - first, answered_before) - (now - first)
            if left_s <= (outage.after_s or 0.0):
                _note(error, first, tries)
                raise
            _failed(name, server, outage, now)
            if _limits.stop.wait(min(_pause_s(tries, outage), left_s)):
                raise Stopped(f"a stop was asked for while waiting for {name}; everything finished is kept") from None
        else:
            _answered(name, server)
            return answer


def waited(error: BaseException) -> str:
    """' (tried 9 times in 31 s)' of an error that was waited for, to end a sentence with; else ''."""
    notes = [note for note in getattr(error, "__notes__", ()) if note.startswith(_TRIED)]
    return f" ({notes[-1]})" if notes else ""


_TRIED = "tried "


def _note(error: Exception, first: float, tries: int) -> None:
    if tries > 1:
        error.add_note(f"{_TRIED}{tries} times in {time.monotonic() - first:.0f} s")


def _pause_s(tries: int, outage: Passing) -> float:
    backed_off = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(tries - 1, 30)) * random.uniform(0.5, 1.0)
    return max(backed_off, outage.after_s or 0.0)


def _limit_s(server: _Server, tries: int, since_first_s: float, answered_before: int) -> float:
    others_answered = server.answered > answered_before
    if others_answered and tries >= OWN_TRIES and since_first_s >= OWN_S:
        return 0.0
    return _limits.later_s if server.answered else min(_limits.first_s, _limits.later_s)


def _failed(name: str, server: _Server, outage: Passing, now: float) -> None:
    with _guard:
        server.failing_since = server.failing_since or now
        down_s = now - server.failing_since
        say = down_s >= QUIET_S and not server.said
        server.said = server.said or say
        limit_s = _limits.later_s if server.answered else min(_limits.first_s, _limits.later_s)
    if say:
        logging.getLogger(__name__).warning(f"{name}: {outage.what}; waiting for it, for at most {limit_s:.0f} s")


def _answered(name: str, server: _Server) -> None:
    with _guard:
        server.answered += 1
        said, since = server.said, server.failing_since
        server.said, server.failing_since = False, None
    if said and since is not None:
        logging.getLogger(__name__).warning(f"{name} answers again after {time.monotonic() - since:.0f} s")
