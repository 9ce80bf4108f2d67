"""A server between boto3 and a store that spoils requests: moto itself checks no credentials and cuts nothing."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

ERRORS = {
    "AccessDenied": 403,
    "InvalidAccessKeyId": 403,
    "SignatureDoesNotMatch": 403,
    "ExpiredToken": 400,
    "ConditionalRequestConflict": 409,
    "SlowDown": 503,
}
PAGES = {"page": 200, "broken page": 200, "page not found": 404}  # what a web server says that is no store
PAGE = b"<html><p>Welcome</p></html>"
BODY_FAULTS = ("cut", "flip")  # half of the body; one bit of it wrong


class FaultyS3(ThreadingHTTPServer):
    """Forwards to `upstream`; each of `faults` befalls one request, first come first served.

    A fault is a key of ERRORS (answered with S3's XML) or PAGES (with a web page), one of BODY_FAULTS, 'reset' (the
    request never arrives) or 'lost_reply' (it arrives, the answer does not).
    """

    def __init__(self, upstream: str):
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream = urlsplit(upstream).netloc
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.faults: list[str] = []
        self.requests: list[str] = []  # 'GET /bucket/key', as they came
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultyS3

    def answer(self):
        self.close_connection = True
        self.server.requests.append(f"{self.command} {self.path}")
        fault = self.server.faults.pop(0) if self.server.faults else ""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if fault in PAGES:
            page = PAGE.replace(b"</p>", b"") if fault == "broken page" else PAGE
            self.reply(PAGES[fault], {"Content-Type": "text/html", "Content-Length": str(len(page))}, page)
        elif fault in ERRORS:
            xml = f"<Error><Code>{fault}</Code><Message>no</Message></Error>".encode()
            self.reply(ERRORS[fault], {"Content-Type": "application/xml", "Content-Length": str(len(xml))}, xml)
        elif fault != "reset":
            status, headers, data = self.forward(body)
            if fault != "lost_reply":
                self.reply(status, headers, self.spoiled(data, fault))

    do_GET = do_PUT = do_HEAD = answer

    def forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=10)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
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
        return data[: len(data) // 2] if fault == "cut" else bytes([data[0] ^ 1]) + data[1:]

    def log_message(self, *arguments: object) -> None:
        """Quiet."""
