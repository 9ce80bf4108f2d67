"""Outside URLs: what is fetched, what never is, and that nothing outlives its bounds; servers on loopback."""

import gzip
import http.server
import json
import re
import socket
import ssl
import threading
import time
from datetime import datetime, timedelta

import pytest
from doubles import picture
from hypothesis import given
from hypothesis import strategies as st

from tryon_core import outages
from tryon_core.errors import BadInput, BadPicture, StorageError
from tryon_core.images import to_png
from tryon_core.storage.fetch_kinds import kind_of
from tryon_core.storage.fetch_target import addresses, is_public, target_of
from tryon_core.storage.fetcher import fetch

PNG = to_png(picture())


def answering(status, headers, body):
    """A page that always says this; a header of None is left out."""

    def page(handler):
        handler.send_response_only(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            if value is not None:
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return page


class Page(http.server.BaseHTTPRequestHandler):
    """Answers what the server's `pages` say: path -> status, headers, body, or a function of the handler."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.close_connection = True
        self.server.asked.append((self.path, dict(self.headers.items())))
        page = self.server.pages.get(self.path.partition("?")[0], (404, {}, b""))
        (page if callable(page) else answering(*page))(self)

    def log_message(self, *arguments):
        """Quiet."""


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *arguments):
        """Quiet: whoever asked has gone away."""


@pytest.fixture
def site():
    """A server; its `pages` are filled by the test, `asked` is what came."""
    server = Server(("127.0.0.1", 0), Page)
    server.pages, server.asked = {"/p.png": (200, {"Content-Type": "image/png"}, PNG)}, []
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def got(url, **given):
    return fetch(url, **{"max_bytes": 10**6, "timeout_s": 5.0, "allow_private": True, **given})


def said(url, error=(BadInput, StorageError), **given):
    with pytest.raises(error) as refused:
        got(url, **given)
    sentence = str(refused.value)
    assert sentence.isprintable() and len(sentence) < 500 and "topsecret" not in sentence
    return sentence


def test_a_picture_is_fetched_with_nothing_of_ours(site, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    found = got(f"{site.url}/p.png?x=é#part")
    assert (found.data, found.content_type, found.declared) == (PNG, "image/png", "image/png")
    path, headers = site.asked[0]
    assert path == "/p.png?x=%C3%A9" and headers.pop("User-Agent").startswith("tryon-core/")
    assert headers == {
        "Host": site.url.removeprefix("http://"),
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "file:///etc/passwd", "ftp://host/x", "gopher://host/", "data:text/plain,x", "//host/x", "http://"),
        *("http://u:topsecret@8.8.8.8/x", "http://u@8.8.8.8/", "http://8.8.8.8:22/", "http://8.8.8.8:99999/"),
        *(
            "http://8.8.8.8/\r\nHost: x",
            "http://8.8.8.8/a b",
            "http://8.8.8.8\\@x/",
            "http://8.8.8.8/\x00",
            "http://[::1",
        ),
        *("http://%31%32%37.0.0.1/", "http://[fe80::1%25eth0]/", "http://a..b/", "http://8.8.8.8/" + "x" * 5000),
    ],
)
def test_no_url_is_refused_before_anything_is_asked(url):
    with pytest.raises(BadInput) as refused:  # nothing is asked here, whatever this finds
        addresses(target_of(url), lambda host, port: ["10.0.0.1"])
    assert str(refused.value).isprintable() and "topsecret" not in str(refused.value)


PRIVATE = [
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
    *("100.100.100.200", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
    *("192.88.99.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::127.0.0.1"),
    *("::ffff:169.254.169.254", "2002:7f00:1::", "2002:a9fe:a9fe::", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1"),
    *("64:ff9b:1::8.8.8.8", "2001:0:7f00:1::", "2001:db8::1", "fec0::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_but_public_ones_is_asked(address):
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(BadInput, match="not on the public internet; not fetched"):
        addresses(target_of(f"http://{host}/x"), lambda host, port: [])
    for found in ([address], ["8.8.8.8", address], [address, "8.8.8.8"]):
        with pytest.raises(BadInput, match="which is not on"):
            addresses(target_of("http://good.example/x"), lambda host, port, found=found: found)


def test_public_addresses_are_public():
    assert all(map(is_public, ("8.8.8.8", "1.1.1.1", "2606:4700::1111", "2001:4860:4860::8888", "64:ff9b::808:808")))
    assert not is_public("no address")


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "0x7f.1", "256.1.1.1"])
def test_an_address_in_disguise_is_refused(host):
    with pytest.raises(BadInput, match="an address in disguise"):
        addresses(target_of(f"http://{host}/"), lambda host, port: ["8.8.8.8"])


@pytest.mark.parametrize("host", ["localhost", "１２７.0.0.1", "127.0.0.1."])
def test_this_machine_by_another_name_is_refused(host, site):
    assert "not on the public internet" in said(f"http://{host}/", BadInput, allow_private=False)


@given(st.text(max_size=30))
def test_any_text_is_a_target_or_a_sentence(text):
    for url in (text, f"http://{text}/", f"http://8.8.8.8/{text}"):
        try:
            target = target_of(url)
        except BadInput as e:
            assert str(e).isprintable()
            continue
        assert target.path.isascii() and target.path.isprintable() and " " not in target.path and target.host.isascii()


def test_a_name_that_leads_elsewhere_later_is_asked_once(site):
    """Rebinding: the first answer is checked and is the one that is connected to."""
    answers = [["127.0.0.1"], ["127.0.0.3"]]
    found = got(f"http://rebound.example:{site.server_port}/p.png", resolve=lambda host, port: answers.pop(0))
    assert found.data == PNG and len(answers) == 1
    assert site.asked[0][1]["Host"] == f"rebound.example:{site.server_port}"


def test_the_next_address_is_tried(site):
    found = got(f"http://two.example:{site.server_port}/p.png", resolve=lambda host, port: ["127.0.0.254", "127.0.0.1"])
    assert found.data == PNG


# ---- redirects -------------------------------------------------------------------------------------------------------


def test_redirects_are_followed_and_counted(site):
    for number in range(9):
        site.pages[f"/{number}"] = (302, {"Location": f"{number - 1}" if number else "/p.png"}, b"")
    assert got(f"{site.url}/4").url == f"{site.url}/p.png" and len(site.asked) == 6
    assert "more than 5 redirects" in said(f"{site.url}/8")


@pytest.mark.parametrize(
    "location",
    [
        *("http://127.0.0.1/", "http://127.0.0.3/latest/meta-data", "//[::1]/", "file:///etc/passwd", "http://0/"),
        *("http://u:topsecret@127.0.0.2/", "http://127.0.0.2:22/", "http://inside.example/", "gopher://127.0.0.2/"),
    ],
)
def test_a_redirect_is_checked_like_the_first(site, monkeypatch, location):
    """The first address stands for a public one: it alone is let through."""
    monkeypatch.setattr("tryon_core.storage.fetch_target.is_public", lambda address: address == "127.0.0.2")
    monkeypatch.setattr("tryon_core.storage.fetch_target.PORTS", {"http": site.server_port, "https": 443})
    site.pages["/x"] = (302, {"Location": location}, b"")
    resolve = {"outside.example": ["127.0.0.2"], "inside.example": ["127.0.0.2", "127.0.0.3"]}
    server = Server(("127.0.0.2", site.server_port), Page)
    server.pages, server.asked = site.pages, site.asked
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        given = {"allow_private": False, "resolve": lambda host, port: resolve[host]}
        said("http://outside.example/x", BadInput, **given)
    finally:
        server.shutdown()
        server.server_close()
    assert [path for path, _ in site.asked] == ["/x"]


# ---- bounds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [True, False])
def test_a_flood_is_stopped_at_its_bound(site, length):
    sent = []

    def flood(handler):
        handler.send_response_only(200)
        if length:
            handler.send_header("Content-Length", "99999999999")
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(PNG + bytes(100_000))
            sent.append(1)

    site.pages["/x"] = flood
    assert "more than 200000 bytes; not fetched" in said(f"{site.url}/x", max_bytes=200_000)
    assert len(sent) < 200


def drip(place):
    def page(handler):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        text = head + PNG if place == "body" else b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000
        handler.wfile.write(text[: len(head)] if place == "body" else b"")
        for byte in text[len(head) :] if place == "body" else text:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.1)

    return page


@pytest.mark.parametrize("place", ["head", "body"])
def test_a_drip_does_not_outlive_its_time(site, place):
    site.pages["/x"] = drip(place)
    started = time.monotonic()
    assert "not there within 1 s" in said(f"{site.url}/x", timeout_s=1.0)
    assert time.monotonic() - started < 2.5


def test_a_server_that_is_silent_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        for scheme in ("http", "https"):
            said(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/x", timeout_s=0.7)
        assert time.monotonic() - started < 4


def test_a_resolver_that_hangs_is_given_up():
    started = time.monotonic()
    said("http://slow.example/", resolve=lambda host, port: time.sleep(20), timeout_s=0.7)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP", "gzip, gzip"])
def test_a_compressed_answer_is_not_unpacked(site, encoding):
    site.pages["/x"] = (200, {"Content-Encoding": encoding}, gzip.compress(bytes(10**7)))
    assert "which was not asked for; not fetched" in said(f"{site.url}/x")


MANY, LONG, WIDE = {f"X-{n}": "x" for n in range(200)}, {"X": "x" * 70_000}, {"X": "x" * 65_000, "Y": "y" * 900}


@pytest.mark.parametrize("headers", [MANY, LONG, WIDE], ids=["many", "long", "wide"])
def test_a_huge_head_is_refused(site, headers):
    site.pages["/x"] = (200, headers, PNG)
    said(f"{site.url}/x", StorageError)
    assert len(site.asked) == 1


# ---- what it is ------------------------------------------------------------------------------------------------------

HTML = b"<!DOCTYPE html><html><body>no</body></html>"


@pytest.mark.parametrize(
    ("body", "declared", "kinds", "mime"),
    [
        (PNG, "text/plain", ("picture",), "image/png"),
        (PNG, None, ("picture",), "image/png"),
        (HTML, "image/png", ("picture",), None),
        (b"GIF89a" + bytes(20), "image/png", ("picture",), None),
        (b"", "image/png", ("picture",), None),
        (PNG, "application/json", ("json",), None),
        (b'{"a": 1}', "image/png", ("json",), "application/json"),
        (b"\xef\xbb\xbf[1]", "text/html", ("json",), "application/json"),
        (b"{broken", "application/json", ("json",), None),
        (b"[" * 100_000, "application/json", ("json",), None),
        (HTML, "text/plain", ("text",), None),
        (HTML, "text/plain", ("html", "text"), "text/html"),
        (b"words", "image/png", ("text",), "text/plain"),
        (b"wo\x00rds", "text/plain", ("text",), None),
        (b"\xff\xfe", "text/plain", ("text",), None),
    ],
)
def test_bytes_are_what_they_are_whatever_they_are_called(site, body, declared, kinds, mime):
    site.pages["/x"] = (200, {"Content-Type": declared}, body)
    if mime:
        assert got(f"{site.url}/x", kinds=kinds).content_type == mime
    else:
        said(f"{site.url}/x", BadPicture if kinds == ("picture",) else BadInput, kinds=kinds)


@given(st.binary(max_size=40))
def test_any_bytes_have_a_kind_or_none(data):
    assert kind_of(data) in ("", "jpeg", "png", "webp", "json", "html", "text")


# ---- servers that fail -----------------------------------------------------------------------------------------------


def reset(handler):
    """Nothing is answered."""


def cut(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + PNG)


@pytest.mark.parametrize("first", [(503, {}, b""), (500, {}, b"x"), (429, {"Retry-After": "0"}, b""), reset, cut])
def test_a_bad_moment_passes(site, first):
    bad = first if callable(first) else answering(*first)
    moments = [bad, bad, answering(*site.pages["/p.png"])]

    def page(handler):
        moments.pop(0)(handler)

    site.pages["/x"] = page
    assert got(f"{site.url}/x").data == PNG and not moments


def test_a_server_that_stays_down_is_named_in_time(site):
    site.pages["/x"] = (503, {}, b"")
    started = time.monotonic()
    assert re.search(r"HTTP 503|not there within 1.5 s", said(f"{site.url}/x", timeout_s=1.5))
    assert time.monotonic() - started < 4 and len(site.asked) > 1


def test_no_waiting_beyond_what_a_run_allows(site):
    site.pages["/x"] = (503, {}, b"")
    before = outages.limits()
    outages.use(outages.Limits(later_s=0))
    try:
        said(f"{site.url}/x")
    finally:
        outages.use(before)
    assert len(site.asked) == 1


@pytest.mark.parametrize("status", [204, 304, 400, 401, 403, 404, 410, 451])
def test_a_refusal_is_told_once(site, status):
    site.pages["/x"] = (status, {"Content-Length": None if status in (204, 304) else "0"}, b"")
    assert f"HTTP {status}" in said(f"{site.url}/x?token=topsecret", StorageError) and len(site.asked) == 1


def test_what_speaks_no_http_is_told_once():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            connection, _ = server.accept()
            connection.recv(1000)
            connection.sendall(b"SSH-2.0-OpenSSH\r\n")
            connection.close()

        threading.Thread(target=answer, daemon=True).start()
        started = time.monotonic()
        said(f"http://127.0.0.1:{server.getsockname()[1]}/", StorageError)
        assert time.monotonic() - started < 2


# ---- TLS -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def secure(site, tmp_path, monkeypatch):
    """The site behind TLS, for the name good.example alone."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "good.example")])
    now = datetime.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("good.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(encoding))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    site.socket = context.wrap_socket(site.socket, server_side=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    return site


def test_the_certificate_is_for_the_name(secure):
    def at(name):
        return f"https://{name}:{secure.server_port}/p.png"

    resolve = {"resolve": lambda host, port: ["127.0.0.1"]}
    assert got(at("good.example"), **resolve).data == PNG
    for name in ("other.example", "127.0.0.1"):
        assert "its certificate cannot be verified" in said(at(name), StorageError, **resolve)


def test_no_redirect_leaves_tls(secure):
    secure.pages["/x"] = (302, {"Location": f"http://good.example:{secure.server_port}/p.png"}, b"")
    url = f"https://good.example:{secure.server_port}/x"
    assert "redirected from https to http://" in said(url, BadInput, resolve=lambda host, port: ["127.0.0.1"])
    assert len(secure.asked) == 1


@pytest.mark.parametrize("given", [{"kinds": ("video",)}, {"kinds": ()}, {"max_bytes": 0}, {"timeout_s": 0}])
def test_bounds_that_are_none_are_refused(site, given):
    said(f"{site.url}/p.png", BadInput, **given)
    assert json.dumps(site.asked) == "[]"
