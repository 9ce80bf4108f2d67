"""A connection to a checked address that ends when the time is over, and what an error of it means."""

import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ..fetch_target import Target

CONNECT_S = 5.0


class Over(TimeoutError):
    """The time is over."""


@contextmanager
def connected_to(target: Target, found: list[str], ends: float, over: threading.Event) -> Iterator[socket.socket]:
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
    raise Over


def stays(error: Exception) -> bool:
    """Whether trying again would change nothing: no such name, a wrong certificate, no HTTP at all."""
    if isinstance(error, socket.gaierror):
        return error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", -5))
    no_http = isinstance(error, http.client.BadStatusLine | http.client.LineTooLong) or (
        type(error) is http.client.HTTPException  # such as too many headers
    )
    return isinstance(error, ssl.SSLCertVerificationError) or (no_http and not isinstance(error, OSError))


def in_words(error: Exception, timeout_s: float) -> str:
    """Why there is no answer, as a sentence's end."""
    if isinstance(error, TimeoutError):
        return f"not there within {timeout_s:g} s; try it again later, or give it more time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate cannot be verified; not fetched"
    if isinstance(error, socket.gaierror):
        return "its host is not known; check the name and the network"
    return f"the server does not answer ({type(error).__name__}); check the address, or try it again later"
