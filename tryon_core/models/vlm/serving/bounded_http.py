"""One answer of a server in bounded time and size, and past a proxy where the server is this machine.

The client's own time-outs begin anew with every byte, so a server that drips outlives them. Here a timer shuts the
connection down, whatever it waits for; each question opens a connection of its own, so that the timer knows it.
"""

import contextlib
import socket
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2

from ....errors import BadInput
from ....storage.loopback import is_loopback

MOST_BYTES = 4 << 20  # of one answer; 10,000 tokens are 50 KB
CONNECT_S = 10.0
LATE = "the whole answer took too long"


class TooMuch(httpx2.TransportError):
    """An answer is larger than MOST_BYTES, or compressed though that was not asked for."""


def http_client(url: str, timeout_s: float) -> httpx2.Client:
    """A client for one server. raises BadInput for a proxy of the environment that cannot be used"""
    try:
        transport = Bounded(timeout_s, proxy=_proxy_of(url), limits=httpx2.Limits(max_connections=None))
    except (ImportError, ValueError) as e:  # a SOCKS proxy without its library; no URL
        raise BadInput(f"the proxy that the environment names for {url} cannot be used ({type(e).__name__})") from e
    timeout = _timeout(timeout_s)
    headers = {"Accept-Encoding": "identity", "Connection": "close"}
    return httpx2.Client(transport=transport, timeout=timeout, headers=headers, trust_env=False, follow_redirects=False)


def _timeout(timeout_s: float) -> httpx2.Timeout:
    """Of each part of an answer, whatever a library over this client asks for."""
    return httpx2.Timeout(timeout_s, connect=min(timeout_s, CONNECT_S), pool=None)


def _proxy_of(url: str) -> str | None:
    """Of the environment, for this URL; this machine is never asked through one, which would see the key."""
    parts = urlsplit(url)
    if is_loopback(parts.hostname or "") or urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


class Bounded(httpx2.HTTPTransport):
    """The library's transport, whose answers end within `timeout_s` and MOST_BYTES or raise."""

    def __init__(self, timeout_s: float, **options: Any):
        super().__init__(**options)
        self.timeout_s = timeout_s

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        watch = _Watch(self.timeout_s)
        timeout = _timeout(self.timeout_s).as_dict()
        request.extensions = {**request.extensions, "trace": watch.connected, "timeout": timeout}
        try:
            response = super().handle_request(request)
        except Exception as error:
            if watch.ended():
                raise httpx2.ReadTimeout(LATE) from error
            raise
        response.stream = _Counted(response.stream, watch)
        if response.headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
            response.close()
            raise TooMuch("it sent a compressed answer, which was not asked for")
        return response


class _Counted(httpx2.SyncByteStream):
    """A body that ends at MOST_BYTES and at its watch's time."""

    def __init__(self, body: Any, watch: "_Watch"):
        self.body, self.watch = body, watch

    def __iter__(self) -> Iterator[bytes]:
        count = 0
        try:
            for part in self.body:
                count += len(part)
                if count > MOST_BYTES:
                    raise TooMuch(f"it sent more than {MOST_BYTES >> 20} MiB")
                yield part
        except Exception as error:
            if self.watch.ended():
                raise httpx2.ReadTimeout(LATE) from error
            raise
        if self.watch.ended():  # a body without a length ends wherever the connection does
            raise httpx2.ReadTimeout(LATE)

    def close(self) -> None:
        self.watch.ended()
        self.body.close()


class _Watch:
    """Shuts the connection of one question down when its time is over."""

    def __init__(self, timeout_s: float):
        self.over = False
        self._socket: socket.socket | None = None
        self._guard = threading.Lock()
        self._timer = threading.Timer(timeout_s, self._shut)
        self._timer.daemon = True
        self._timer.start()

    def connected(self, event: str, info: dict[str, Any]) -> None:
        """The library calls it with each thing it does."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            with self._guard:
                self._socket = info["return_value"].get_extra_info("socket")
            if self.over:
                self._shut()

    def ended(self) -> bool:
        """The question has its answer or its error; whether its time was over before."""
        self._timer.cancel()
        return self.over

    def _shut(self) -> None:
        with self._guard:
            self.over = True
            if self._socket is not None:
                with contextlib.suppress(OSError):  # it has ended by itself
                    self._socket.shutdown(socket.SHUT_RDWR)
