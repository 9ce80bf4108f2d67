"""A server between boto3 and a store that spoils requests: moto itself checks no credentials and cuts nothing."""

import http.client
import random
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

ERRORS = {
    "AccessDenied": 403,
    "InvalidAccessKeyId": 403,
    "SignatureDoesNotMatch": 403,
    "ExpiredToken": 400,
    "ConditionalRequestConflict": 409,
    "SlowDown": 503,
    "InternalError": 500,
    "RequestTimeout": 400,
    "TooManyRequests": 429,
    "PreconditionFailed": 412,
    "NotImplemented": 501,
    "XAmzContentSHA256Mismatch": 400,
    "InvalidRequest": 400,
}
PAGES = {"page": 200, "broken page": 200, "page not found": 404}  # what a web server says that is no store
PAGE = b"<html><p>Welcome</p></html>"
BODY_FAULTS = ("cut", "flip", "nothing")  # half of the body; one bit of it wrong; a head alone
MIXED = (  # what a bad day has
    *("InternalError", "SlowDown", "RequestTimeout", "reset", "cut", "lost_reply", "PreconditionFailed"),
    *("wrong_etag", "stall", "flip"),
)


class FaultyS3(ThreadingHTTPServer):
    """Forwards to `upstream`; each of `faults` befalls one request, first come first served.

    A fault is a key of ERRORS (answered with S3's XML) or PAGES (with a web page), one of BODY_FAULTS, 'reset' (the
    request never arrives), 'lost_reply' (it arrives, the answer does not), 'wrong_etag' (another one in the answer),
    'flip_sent' (one bit of what is sent wrong), 'flip_sent, lost_reply' (both), 'stall' (an answer after `stall_s`),
    'drip' or 'drip_head' (a byte each `stall_s`) or '' (none).

    lost_headers   lower-case names of request headers that never arrive, as through a proxy that drops them
    spoiled_by     by which a mix of faults befalls a share of the requests; see `spoil`
    """

    def __init__(self, upstream: str):
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream = urlsplit(upstream).netloc
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.faults: list[str] = []
        self.requests: list[str] = []  # 'GET /bucket/key', as they came
        self.headers: list[dict[str, str]] = []  # of the requests, their names in lower case
        self.stall_s = 1.5
        self.lost_headers: set[str] = set()
        self.twice = False  # each request is sent on twice
        self.foreign_etags = False  # they are no digests of the bytes
        self.befallen: Counter[str] = Counter()  # fault -> how often
        self.share, self.kinds, self.chance = 0.0, MIXED, random.Random(0)
        self.guard = threading.Lock()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def spoil(self, share: float, seed: int, kinds: tuple[str, ...] = MIXED) -> None:
        """From now on a fault of these kinds befalls this share of the requests, by lot."""
        self.share, self.kinds, self.chance = share, kinds, random.Random(seed)

    def next_fault(self) -> str:
        with self.guard:
            fault = self.faults.pop(0) if self.faults else ""
            if not fault and self.chance.random() < self.share:
                fault = self.chance.choice(self.kinds)
            self.befallen[fault] += 1
        return fault

    def handle_error(self, request: object, client_address: object) -> None:
        """Quiet: whoever asked has gone away."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultyS3

    def answer(self):
        self.close_connection = True
        self.server.requests.append(f"{self.command} {self.path}")
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        fault = self.server.next_fault()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if fault.startswith("flip_sent"):
            body = self.spoiled(body, "flip")
        if fault in PAGES:
            page = PAGE.replace(b"</p>", b"") if fault == "broken page" else PAGE
            self.reply(PAGES[fault], {"Content-Type": "text/html", "Content-Length": str(len(page))}, page)
        elif fault in ERRORS:
            xml = f"<Error><Code>{fault}</Code><Message>no</Message></Error>".encode()
            self.reply(ERRORS[fault], {"Content-Type": "application/xml", "Content-Length": str(len(xml))}, xml)
        elif fault != "reset":
            for _ in range(1 + self.server.twice):
                status, headers, data = self.forward(body)
            if self.server.foreign_etags and "ETag" in headers:
                headers["ETag"] = f'"{headers["ETag"].strip(chr(34))[::-1]}"'
            if fault == "wrong_etag" and "ETag" in headers:
                headers["ETag"] = f'"{self.server.chance.randbytes(16).hex()}"'
            if fault == "stall":
                time.sleep(self.server.stall_s)
            if fault in ("drip", "drip_head"):
                self.drip(status, headers, data, fault)
            elif not fault.endswith("lost_reply"):
                self.reply(status, headers, self.spoiled(data, fault))

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer

    def drip(self, status: int, headers: dict[str, str], data: bytes, fault: str) -> None:
        """The answer, or its head, a byte at a time."""
        if fault == "drip":
            self.reply(status, headers, b"")
        for byte in data if fault == "drip" else f"HTTP/1.1 {status} OK\r\nX-Long: {'x' * 10**6}".encode():
            self.wfile.write(bytes([byte]))
            time.sleep(self.server.stall_s)

    def forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=10)
        lost = {"expect", *self.server.lost_headers}
        headers = {name: value for name, value in self.headers.items() if name.lower() not in lost}
        upstream.request(self.command, self.path, body, headers)
        answer = upstream.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()

    def reply(self, status: int, headers: dict[str, str], data: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("connection", "transfer-encoding"):
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def spoiled(self, data: bytes, fault: str) -> bytes:
        if fault not in BODY_FAULTS:
            return data
        if fault == "nothing":
            return b""
        return data[: len(data) // 2] if fault == "cut" else bytes([byte ^ 1 for byte in data[:1]]) + data[1:]

    def log_message(self, *arguments: object) -> None:
        """Quiet."""
