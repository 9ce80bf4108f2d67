"""A server on loopback that speaks Gemini's REST: v1 and v1beta, the key as a header or in the query, its bad days."""

import base64
import io
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from PIL import Image

PATH = re.compile(r"/(v1|v1beta)/models(?:/([\w.-]+):generateContent)?")
STATUSES = {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}
MODEL = "gemini-3.8-flash"


class Question(NamedTuple):
    """What a model was asked. `key` and where it stood: 'header' or 'query'."""

    version: str
    model: str
    key: str
    key_in: str
    body: dict

    @property
    def parts(self):
        return self.body["contents"][0]["parts"]

    @property
    def words(self):
        return [part["text"] for part in self.parts if "text" in part]

    @property
    def pictures(self):
        inlined = [part["inlineData"] for part in self.parts if "inlineData" in part]
        assert {each.get("mimeType", each.get("mime_type")) for each in inlined} <= {"image/png"}
        return [Image.open(io.BytesIO(base64.urlsafe_b64decode(each["data"]))) for each in inlined]


class FakeGemini(ThreadingHTTPServer):
    """Answers from a script, in turn, the last one for ever.

    script    text that the model replies; a status; 'cut' for a connection that ends in the middle; bytes of a body as
              they are; a dict as the whole JSON; or a function of the Question that returns one of them
    key       that is taken; '' for any
    models    that it lists and has
    together  a barrier that questions wait at; `most` is how many were open at once
    """

    daemon_threads = True

    def __init__(self, *script, key="", models=(MODEL,)):
        super().__init__(("127.0.0.1", 0), Handler)
        self.script, self.key, self.models, self.asked = list(script), key, models, []
        self.together, self.open, self.most, self.guard = None, 0, 0, threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def next(self, question):
        with self.guard:
            self.asked.append(question)
            reply = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return reply(question) if callable(reply) else reply


class Refusal(dict):
    """A status with an error in Google's shape; for a script."""

    def __init__(self, status, *details, message="no luck"):
        super().__init__(error={"code": status, "message": message, "details": list(details)})
        self.status = status


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self._question() is not None:
            methods = {"supportedGenerationMethods": ["generateContent"]}
            listed = [{"name": f"models/{name}", **methods} for name in self.server.models]
            self._send(200, {"models": listed})

    def do_POST(self):
        question = self._question()
        if question is None:
            return
        with self.server.guard:
            self.server.open += 1
            self.server.most = max(self.server.most, self.server.open)
        try:
            if self.server.together:
                self.server.together.wait(timeout=5)
            self._answer(self.server.next(question))
        finally:
            with self.server.guard:
                self.server.open -= 1

    def _answer(self, reply):
        if reply == "cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{")
            return self.connection.close()
        if isinstance(reply, int):
            return self._refuse(reply, f"no luck {reply}")
        return self._send(getattr(reply, "status", 200), said(reply) if isinstance(reply, str) else reply)

    def _question(self):
        """None where it was answered with a refusal."""
        address = urlsplit(self.path)
        match, query = PATH.fullmatch(address.path), parse_qs(address.query)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        keys = {"header": self.headers.get("x-goog-api-key", ""), "query": query.get("key", [""])[0]}
        key_in = next((place for place, key in keys.items() if key), "")
        if not match:
            return self._refuse(404, "no such page")
        if self.server.key and self.server.key not in keys.values():
            return self._refuse(400, f"API key not valid. Please pass a valid API key. ({keys.get(key_in, '')})")
        version, model = match.groups()
        if model and model not in self.server.models:
            return self._refuse(404, f"models/{model} is not found for API version {version}")
        return Question(version, model or "", keys.get(key_in, ""), key_in, body)

    def _refuse(self, status, message):
        delay = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.01s"}
        details = [delay] if status == 429 else []
        error = {"code": status, "message": message, "status": STATUSES.get(status, "INTERNAL"), "details": details}
        self._send(status, {"error": error})

    def _send(self, status, body):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Nothing on stderr."""


def said(*texts, finish="STOP", usage=None, thoughts=(), version=MODEL, **candidate):
    """An answer with one candidate.

    usage   (read, written, thought) tokens
    """
    parts = [{"text": text, "thought": True} for text in thoughts] + [{"text": text} for text in texts]
    content = {"content": {"role": "model", "parts": parts}} if parts else {}
    answer = {"candidates": [{**content, "finishReason": finish, "index": 0, **candidate}], "modelVersion": version}
    if usage:
        names = ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount")
        answer["usageMetadata"] = {name: count for name, count in zip(names, usage, strict=True) if count}
    return answer
