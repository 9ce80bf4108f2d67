"""A server that speaks the model hub's shapes on loopback: a repository's listing, its files, and how it says no."""

import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "c0ffee" + "0" * 34
LARGE_BYTES = 10 << 20  # the client writes a file in portions of this
REFUSALS = {  # what befalls every request -> (status, X-Error-Code)
    "gated": (403, "GatedRepo"),
    "gated, no token": (401, "GatedRepo"),
    "unknown": (404, "RepoNotFound"),
    "bad token": (401, "RepoNotFound"),
    "no such revision": (404, "RevisionNotFound"),
    "broken": (500, ""),
}


class FakeHub(ThreadingHTTPServer):
    """One repository of `files` under any name, at COMMIT; its branch is 'main'.

    fault       a key of REFUSALS; 'slow': nothing is answered for five seconds; 'cut off': the first answer with a
                large file's bytes ends after three quarters; 'gone': after two files with bytes, 500 for others'
    bloat       bytes that the listing adds to the size of each file
    requests    'GET /path', as they came
    tokens      what came as Authorization, '' for none
    """

    daemon_threads = True

    def __init__(self, files: dict[str, bytes], fault: str = "", bloat: int = 0):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.fault, self.bloat = files, fault, bloat
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.requests: list[str] = []
        self.ranges: list[str] = []  # as they were asked for
        self.tokens: set[str] = set()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def asked_for(self) -> set[str]:
        """The files whose bytes were asked for."""
        return {line.split(f"/resolve/{COMMIT}/")[1] for line in self.requests if f"/resolve/{COMMIT}/" in line}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeHub

    def answer(self):
        path = unquote(urlsplit(self.path).path)
        if "/resolve/" not in path and not path.startswith("/api/models/"):  # what the client asks about itself
            return self.reply(404, b"{}")
        self.server.requests.append(f"{self.command} {path}")
        self.server.tokens.add(self.headers.get("Authorization", ""))
        if self.server.fault == "slow":
            time.sleep(5)
        if self.server.fault in REFUSALS:
            status, code = REFUSALS[self.server.fault]
            return self.reply(status, b'{"error": "no"}', {"X-Error-Code": code} if code else {})
        if "/tree/" in path:
            return self.reply(
                200, json.dumps([self.listed(name, "path", type="file") for name in self.server.files]).encode()
            )
        if path.startswith("/api/models/"):
            files = [self.listed(name, "rfilename") for name in self.server.files]
            return self.reply(200, json.dumps({"id": "a/b", "sha": COMMIT, "siblings": files}).encode())
        self.file(self.server.files[path.split("/resolve/")[1].partition("/")[2]])

    def file(self, data: bytes):
        """Its bytes, from where a range begins."""
        served = sum(line.startswith("GET") and "/resolve/" in line for line in self.server.requests)
        if self.server.fault == "gone" and self.command == "GET" and served > 2:
            return self.reply(500, b"{}")
        headers = {"ETag": f'"{_oid(data)}"', "X-Repo-Commit": COMMIT}
        if self.server.fault == "cut off" and self.command == "GET" and len(data) > LARGE_BYTES:
            self.server.fault = ""
            self.reply(200, data[: 3 * len(data) // 4], {**headers, "Content-Length": str(len(data))})
            self.close_connection = True
            return None
        if asked := self.headers.get("Range"):
            self.server.ranges.append(asked)
            start = int(asked.removeprefix("bytes=").partition("-")[0])
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            return self.reply(206, data[start:], headers)
        return self.reply(200, data, headers)

    do_GET = do_HEAD = answer

    def listed(self, name: str, key: str, **more: str) -> dict:
        data = self.server.files[name]
        return {key: name, "size": len(data) + self.server.bloat, "oid": _oid(data), "blobId": _oid(data), **more}

    def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        """Nothing on stderr."""


def _oid(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
