"""Questions as JSON to a server: guarded like what is fetched, asked once; raw servers on loopback."""

import json
import socket
import threading
import time

import pytest
from raw_server import RawServer, http

from tryon_core.errors import BadInput, StorageError
from tryon_core.storage.fetcher import NoAnswer, post_json

WORDS = {"question": "How many? é\ud800", "stream": False}


@pytest.fixture
def server():
    server = RawServer(http({"answer": "3"}))
    yield server
    server.close()


def posted(url, **given):
    return post_json(f"{url}/query", WORDS, **{"max_bytes": 10_000, "timeout_s": 5.0, "allow_private": True, **given})


def unanswered(server, *script, **given):
    server.script = list(script)
    with pytest.raises(NoAnswer) as caught:
        posted(server.url, **given)
    assert isinstance(caught.value, StorageError) and str(caught.value).isprintable()
    return caught.value.passing, str(caught.value)


def test_a_document_is_sent_whole_with_its_headers(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    answer = posted(server.url, headers={"X-Key": "abc"})
    head = server.heard[0].partition("\r\n\r\n")[0]
    assert head.startswith("POST /v1/query HTTP/1.1\r\n") and "X-Key: abc" in head and "Cookie" not in head
    assert "Content-Type: application/json" in head and "Content-Length: " in head
    assert server.asked("/query") == [WORDS]
    assert (answer.status, json.loads(answer.text)) == (200, {"answer": "3"})


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_redirect_is_an_answer_and_not_followed(server, status):
    server.script = [http("", status, Location=f"{server.url}/else")]
    answer = posted(server.url)
    assert answer.status == int(status[:3]) and answer.headers["location"].endswith("/else") and len(server.heard) == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"])
def test_only_public_addresses_are_asked(server, address):
    with pytest.raises(BadInput, match="not on the public internet"):
        posted("http://named.example/v1", allow_private=False, resolve=lambda host, port: ["8.8.8.8", address])
    with pytest.raises(BadInput, match="port"):
        posted(server.url, allow_private=False)
    assert server.heard == []


def test_a_flood_is_no_answer(server):
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 50_000
    passing, sentence = unanswered(server, endless)
    assert not passing and "more than 10000 bytes" in sentence
    assert unanswered(server, http("x", Content_Encoding="gzip"))[1].endswith("was not asked for; not fetched")
    assert "a head of more than" in unanswered(server, http("x", X="x" * 60_000, Y="y" * 10_000))[1]


@pytest.mark.parametrize("cut", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"])
def test_a_lost_connection_may_pass(server, cut):
    passing, sentence = unanswered(server, cut)
    assert passing and "the server does not answer" in sentence and len(server.heard) == 1


def test_a_slow_server_is_given_up_in_time(server):
    started = time.monotonic()
    drip = [b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", *[b"x", 0.05] * 100]
    passing, sentence = unanswered(server, drip, timeout_s=0.3)
    assert passing and "not there within 0.3 s" in sentence and time.monotonic() - started < 2


def test_what_speaks_no_http_stays(server):
    assert not unanswered(server, b"SSH-2.0-OpenSSH\r\n")[0]


def test_an_early_refusal_is_heard():
    """A server that does not read a large question to its end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def refuse():
            connection, _ = listening.accept()
            connection.recv(1000)
            connection.sendall(http("too large", "413 Payload Too Large"))
            time.sleep(0.05)
            connection.close()  # with most of the question unread: its sender is cut off

        threading.Thread(target=refuse, daemon=True).start()
        url, large = f"http://127.0.0.1:{listening.getsockname()[1]}/", {"image": "x" * 5_000_000}
        assert post_json(url, large, max_bytes=9999, timeout_s=5, allow_private=True).status == 413
