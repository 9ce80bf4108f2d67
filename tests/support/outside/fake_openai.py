"""A server on loopback that speaks OpenAI's chat completions in vLLM's shape, and its bad days."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeOpenAI(ThreadingHTTPServer):
    """Answers from a script, in turn, the last one for ever; keeps what it was asked.

    script    text that the model replies; a status; 'late' for no answer within `late_s`; 'cut' for a connection that
              ends in the middle; or {content, refusal, finish, usage, empty}
    together  a barrier that questions wait at
    """

    daemon_threads = True

    def __init__(self, *script, late_s=1.2):
        super().__init__(("127.0.0.1", 0), Handler)
        self.script, self.late_s, self.asked, self.together = list(script), late_s, [], None
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if self.server.together:
            self.server.together.wait(timeout=5)
        script = self.server.script
        reply = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(reply, int):
            return self._send(reply, {"error": {"message": f"no luck {reply}"}})
        if reply == "late":
            return time.sleep(self.server.late_s)
        if reply == "cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{")
            return self.connection.close()
        fields = reply if isinstance(reply, dict) else {"content": reply}
        message = {"role": "assistant", "content": fields.get("content"), "refusal": fields.get("refusal")}
        choice = {"index": 0, "message": message, "finish_reason": fields.get("finish", "stop")}
        completion = {"id": "a", "object": "chat.completion", "created": 0, "model": "m", "usage": fields.get("usage")}
        return self._send(200, {**completion, "choices": [] if fields.get("empty") else [choice]})

    def _send(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("retry-after-ms", "10")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass
