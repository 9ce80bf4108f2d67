"""A server on loopback that sends whatever bytes it is told to, as slowly as it is told to, and keeps what it heard."""

import json
import re
import socket
import threading
import time


class RawServer:
    """Each connection is read to the end of its request and gets the next of `script`, the last one for ever.

    script  bytes to send; or a list of bytes and of seconds to wait between them; or a function of the request
    tls     an ssl.SSLContext to speak TLS with
    """

    def __init__(self, *script, tls=None):
        self.script, self.heard, self.tls = list(script), [], tls
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def close(self):
        self.listening.close()

    def asked(self, path):
        """The JSON bodies of questions to a path."""
        bodies = [text.partition("\r\n\r\n")[2] for text in self.heard if f" /v1{path} " in text.partition("\r\n")[0]]
        return [json.loads(body) for body in bodies]

    def _serve(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        try:
            with self.tls.wrap_socket(connection, server_side=True) if self.tls else connection as channel:
                self.heard.append(_request(channel))
                reply = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                reply = reply(self.heard[-1]) if callable(reply) else reply
                for part in [reply] if isinstance(reply, bytes) else reply:
                    time.sleep(part) if isinstance(part, float) else channel.sendall(part)
        except OSError:
            pass  # whoever asked has gone


def _request(connection):
    """A whole request as text."""
    text = b""
    while b"\r\n\r\n" not in text:
        text += connection.recv(65536)
        if text.startswith(b"\x16"):  # a greeting in TLS, which this is no server of
            return ""
    head, _, body = text.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return (head + b"\r\n\r\n" + body).decode()


def http(body, status="200 OK", **headers):
    """An answer as bytes."""
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data
