"""A judge's server on its bad days: pages, floods, drips, echoes of the key. Each ends in one sentence, in time."""

import datetime
import gzip
import json
import ssl
import threading
import time
import traceback

import pytest
from PIL import Image
from raw_server import RawServer, http

pytest.importorskip("openai", reason="openai is not installed; run make setup")
from tryon_core import models, outages
from tryon_core.errors import ModelFailed, TryonError, UnknownName
from tryon_core.models.vlm.serving import bounded_http
from tryon_core.outages import Limits
from tryon_core.records import Sample
from tryon_core.rubrics.shipped import RUBRICS

RUBRIC = RUBRICS["default"]
KEY = "sk-" + "private" * 4
GOOD = json.dumps({"scores": dict.fromkeys(RUBRIC.keys, 9), "findings": []})
PATIENT = Limits(first_s=20.0, later_s=20.0)  # for servers that will answer
PAGE = "<!DOCTYPE html>\n<html><body>Please sign in</body></html>"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Outages are short here, and there is a key."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    before = outages.limits()
    outages.use(Limits(first_s=0.2, later_s=0.2))
    yield
    outages.use(before)


@pytest.fixture
def serving():
    """Starts servers, which end with the test."""
    servers = []

    def start(*script, **tls):
        servers.append(RawServer(*script, **tls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def judge_at(server, **options):
    return models.load(f"openai:a/model@{server.url}", role="judge", rubric=RUBRIC, **{"timeout_s": 2.0, **options})


def ask(judge):
    images = {"person": Image.new("RGB", (64, 80)), "garment": Image.new("RGB", (64, 64))}
    return judge(Sample(sample_id="a", wish="Wear it.", images=images), Image.new("RGB", (64, 80)))


def completed(content=GOOD, finish="stop", **message):
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}
    return {"id": "a", "object": "chat.completion", "model": "m", "choices": [choice]}


def failing(server, **options):
    """The sentence that a question to it ends in."""
    judge = judge_at(server, **options)
    with pytest.raises(ModelFailed) as caught:
        ask(judge)
    sentence = str(caught.value)
    assert sentence.startswith(f"openai:a/model@{server.url} ") and "\n" not in sentence and len(sentence) < 500
    assert KEY not in "".join(traceback.format_exception(caught.value))
    return sentence


# ---- answers that are no completion ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (PAGE, "answered with a web page (HTML), which is no chat completion; is the URL right?"),
        ("\ufeff<html></html>", "a web page (HTML)"),
        ("", "answered with an empty body"),
        ("OK", "answered with no JSON ('OK')"),
        (b"\x00\xff\xfe\x1b[31m", "answered with no JSON"),
        ('{"choices": [', "answered with no JSON"),
        ("[" * 100_000, "answered with no JSON"),
        ([], "answered with a JSON list"),
        ("null", "answered with a JSON NoneType"),
        ('"text"', "answered with a JSON str"),
        ({}, "gave no choice in its answer; is it OpenAI-compatible?"),
        ({"choices": None}, "gave no choice"),
        ({"choices": []}, "gave no choice"),
        ({"choices": {"0": 1}}, "gave no choice"),
        ({"choices": ["text"]}, "gave no choice"),
        ({"choices": [{}]}, "gave no choice"),
        ({"choices": [{"message": None}]}, "gave no choice"),
        ({"choices": [{"message": "text"}]}, "gave no choice"),
        ({"error": {"message": f"no credit for {KEY}", "code": 402}}, "answered with an error: no credit for ***"),
        ({"error": "busy"}, "answered with an error: busy"),
    ],
)
def test_what_is_no_completion_is_a_sentence(serving, body, words):
    server = serving(http(body))
    assert words in failing(server) and len(server.heard) == 1


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": [{"type": "text", "text": GOOD[:50]}, {"type": "text", "text": GOOD[50:]}]}, GOOD),
        ({"content": "", "reasoning_content": GOOD}, GOOD),
        ({"content": None, "reasoning": f"```json\n{GOOD}```"}, GOOD),
        ({"content": "\n", "reasoning_content": f"I weigh {{}} and say {GOOD}"}, GOOD),
        ({"content": GOOD, "reasoning_content": '{"scores": {"realism": 1}}'}, GOOD),
        ({"content": GOOD, "tool_calls": 7, "audio": []}, GOOD),
    ],
)
def test_an_answer_is_read_where_it_stands(serving, message, text):
    server = serving(http(completed(**message)))
    assert ask(judge_at(server)).scores["realism"].score == 9 and len(server.heard) == 1


@pytest.mark.parametrize("content", [None, 7, {}, [], [7], [{"text": None}]])
def test_an_answer_without_text_is_unscored(serving, content):
    judgement = ask(judge_at(serving(http(completed(content)))))
    assert judgement.unscored == RUBRIC.keys and "no JSON in the judge's reply" in judgement.scores["realism"].reason


def test_thinking_that_ate_the_tokens_names_the_options(serving):
    draft = f"Let me weigh {GOOD} or"
    server = serving(http(completed("", "length", reasoning_content=draft)))
    judgement = ask(judge_at(server, max_tokens=64))
    assert judgement.unscored == RUBRIC.keys and len(server.heard) == 1
    assert judgement.scores["realism"].reason == (
        "the reply was cut off at 64 tokens and holds only thinking; give the judge more max_tokens, or extra_body="
        '{"chat_template_kwargs": {"enable_thinking": false}} where its server takes that'
    )


def test_a_content_filter_is_a_refusal(serving):
    judgement = ask(judge_at(serving(http(completed("", "content_filter")))))
    assert "the judge declined: the server's content filter" in judgement.scores["identity"].reason


@pytest.mark.parametrize("usage", [7, [], {"prompt_tokens": True, "completion_tokens": 1}, {"prompt_tokens": -5}])
def test_odd_usage_counts_nothing(serving, usage):
    judge = judge_at(serving(http(completed() | {"usage": usage})), price_per_million_tokens=1)
    images = {"person": Image.new("RGB", (64, 80))}
    (answer,) = judge.metered([(Sample(sample_id="a", wish="x", images=images), Image.new("RGB", (64, 80)))])
    assert (answer.spent.tokens, answer.spent.money) == (None, None)


# ---- other statuses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (http(PAGE, "404 Not Found"), "answered 404: a web page (HTML); see that the URL is right (it usually ends in"),
        (http({"detail": "Not Found"}, "404 Not Found"), "answered 404: Not Found; see that"),
        (
            http(PAGE, "302 Found", Location="https://login.org/?next=x"),
            "302: a web page (HTML); it sends elsewhere (login.org): ",
        ),
        (http("", "301 Moved", Location="http://["), "answered 301; it sends elsewhere"),
        (
            http({"error": {"message": f"Incorrect API key provided: {KEY}"}}, "401 Unauthorized"),
            "answered 401: Incorrect API key provided: ***; set OPENAI_API_KEY to a key that it takes",
        ),
        (http("Forbidden", "403 Forbidden"), "answered 403: Forbidden; set OPENAI_API_KEY"),
        (http("", "413 Too Large"), "answered 413; give the judge a smaller max_pixels"),
        (
            http({"error": {"message": "Unsupported parameter: 'max_tokens'"}}, "400 Bad Request"),
            'extra_body can leave that out, such as {"max_tokens": null, "max_completion_tokens": 900}',
        ),
        (http({"message": "response_format is off"}, "400 Bad Request"), 'such as {"response_format": null}'),
        (http({"detail": [{"msg": "seed: no"}]}, "422 No"), "answered 422: seed: no; the judge's option extra_body"),
        (http({"error": {"code": "insufficient_quota"}}, "429 Too Many"), "answered 429"),
        (http("x" * 9000 + "\x1b[31m", "400 Bad Request"), "answered 400: xxx"),
        (http("[" * 100_000, "400 Bad Request"), "answered 400: [[["),
        (http("", "501 Not Implemented"), "answered 501"),
    ],
)
def test_a_refusal_says_what_to_do(serving, answer, words):
    server = serving(answer)
    assert words in failing(server) and len(server.heard) == 1


@pytest.mark.parametrize("status", ["408 Late", "409 Conflict", "425 Early", "429 Busy", "500 No", "502 No", "529 No"])
def test_what_passes_is_waited_for(serving, status):
    outages.use(PATIENT)
    server = serving(http(PAGE, status), http({"error": {"message": "busy", "code": 503}}), http(completed()))
    assert not ask(judge_at(server)).unscored and len(server.heard) == 3


def test_a_server_says_how_long_it_is_busy(serving):
    outages.use(PATIENT)
    server = serving(http("", "429 Busy", Retry_After="0.7"), http(completed()))
    started = time.monotonic()
    assert not ask(judge_at(server)).unscored and 0.7 <= time.monotonic() - started < 3


@pytest.mark.parametrize("retry_after", ["nan", "-1", "inf", "soon", "Wed, 21 Oct 2015 07:28:00 GMT", ""])
def test_an_odd_retry_after_waits_as_usual(serving, retry_after):
    outages.use(PATIENT)
    headers = {"Retry_After": retry_after, "Date": "Wed, 21 Oct 2015 07:28:00 GMT"}
    server = serving(http("", "429 Busy", **headers), http(completed()))
    assert not ask(judge_at(server)).unscored


def test_a_long_outage_says_how_long_it_was_waited(serving):
    assert "answered 503; is the server up? (tried " in failing(serving(http("", "503 Busy")))


# ---- time and size ---------------------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def dripping(*first):
    return [*first, *[part for _ in range(100) for part in (b"x", 0.1)]]


@pytest.mark.parametrize(
    "script",
    [
        dripping(HEAD + b"Content-Length: 5000\r\n\r\n"),
        dripping(HEAD + b"\r\n"),
        dripping(HEAD + b"X-Slow: "),
        dripping(b"HTTP/1.1 503 Busy\r\n\r\n"),
        [9.0],
    ],
)
def test_time_bounds_the_whole_answer(serving, script):
    started = time.monotonic()
    assert "cannot be asked (no whole answer within 0.3 s); is the server up?" in failing(
        serving(script), timeout_s=0.3
    )
    assert time.monotonic() - started < 5


def test_a_library_s_own_time_outs_do_not_count(serving):
    server = serving(http("{}"))
    client = bounded_http.http_client(server.url, 20.0)
    request = client.build_request("GET", server.url, timeout=None)  # for ever, in the library's words
    assert client.send(request).status_code == 200
    assert {name: request.extensions["timeout"][name] for name in ("connect", "read")} == {"connect": 10, "read": 20}


def test_no_watch_is_left_behind(serving):
    judge = judge_at(serving(http(completed()), b"", http(completed("x"))), timeout_s=60.0)
    ask(judge)
    ask(judge)
    watches = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    [watch.join(2) for watch in watches]
    assert not any(watch.is_alive() for watch in watches)


@pytest.mark.parametrize("status", ["200 OK", "500 No"])
def test_a_flood_is_cut_off(serving, monkeypatch, status):
    monkeypatch.setattr(bounded_http, "MOST_BYTES", 1 << 20)
    flood = [f"HTTP/1.1 {status}\r\n\r\n".encode(), *[b'{"a": "' + b"x" * 65536] * 1000]
    server = serving(flood)
    assert "cannot be asked (it sent more than 1 MiB)" in failing(server, timeout_s=20.0) and len(server.heard) == 1


def test_a_compressed_bomb_is_not_opened(serving):
    bomb = gzip.compress(b" " * 10**7)
    assert "compressed answer" in failing(serving(http(bomb, Content_Encoding="gzip")))


def test_a_long_reply_is_not_stored_whole(serving):
    judgement = ask(judge_at(serving(http(completed("x" * 10**6)))))
    assert len(judgement.reply) < 66_000 and "characters left out" in judgement.reply


@pytest.mark.parametrize(
    "cut",
    [
        b"",
        b"HTTP/1.1 200",
        HEAD + b'Content-Length: 900\r\n\r\n{"choices"',
        HEAD + b'Transfer-Encoding: chunked\r\n\r\n20\r\n{"choices"',
        b"SSH-2.0-OpenSSH_9.6\r\n",
    ],
)
def test_a_lost_connection_is_asked_again(serving, cut):
    outages.use(PATIENT)
    server = serving(cut, http(completed()))
    assert not ask(judge_at(server)).unscored and len(server.heard) == 2


# ---- TLS -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """(file of a certificate for localhost that signed itself, a context with it)"""
    pytest.importorskip("cryptography", reason="cryptography is not installed; run make setup")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=localhost")
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return str(folder / "cert.pem"), context


def over_tls(server, timeout_s=2.0):
    url = f"https://localhost:{server.port}/v1"
    return models.load(f"openai:m@{url}", role="judge", rubric=RUBRIC, timeout_s=timeout_s)


def test_an_unknown_certificate_is_not_waited_for(serving, certificate, monkeypatch):
    file, tls = certificate
    server = serving(http(completed()), tls=tls)
    with pytest.raises(ModelFailed, match="certificate verify failed.*SSL_CERT_FILE may name the authority") as caught:
        ask(over_tls(server))
    assert "tried" not in str(caught.value)
    monkeypatch.setenv("SSL_CERT_FILE", file)
    assert not ask(over_tls(server)).unscored


def test_a_port_without_tls_is_not_waited_for(serving):
    with pytest.raises(ModelFailed, match=r"cannot be asked \(\[SSL") as caught:
        ask(over_tls(serving(http(completed()))))
    assert "tried" not in str(caught.value)


def test_time_bounds_a_whole_answer_over_tls(serving, certificate, monkeypatch):
    file, tls = certificate
    monkeypatch.setenv("SSL_CERT_FILE", file)
    started = time.monotonic()
    with pytest.raises(ModelFailed, match="no whole answer within 0.3 s"):
        ask(over_tls(serving(dripping(HEAD + b"X-Slow: "), tls=tls), timeout_s=0.3))
    assert time.monotonic() - started < 5


# ---- secrets ---------------------------------------------------------------------------------------------------------


def test_an_echoed_key_reaches_no_record(serving):
    finding = {"constraint": "realism", "finding": f"key {KEY}", "fix": f"use {KEY}", "box": [0, 0, 9, 9]}
    scores = {**dict.fromkeys(RUBRIC.keys, 9), "realism": 3, "identity": KEY}
    text = json.dumps({"scores": scores, "findings": [finding]})
    judge = judge_at(serving(http(completed(text))))
    assert KEY not in ask(judge).model_dump_json() and judge.writer("x", []).count("***") == 3
    declined = judge_at(serving(http(completed(None, refusal=f"not for {KEY}"))))
    assert "not for ***" in ask(declined).scores["realism"].reason


def test_half_a_character_can_be_recorded(serving):
    judgement = ask(judge_at(serving(http(completed("\ud800 no")))))
    assert judgement.model_dump_json() and judgement.reply.startswith("? no")


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
def test_this_machine_is_asked_past_a_proxy(serving, monkeypatch, variable, host):
    proxy, server = serving(http("", "502 No")), serving(http(completed()))
    monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
    judge = models.load(f"openai:m@http://{host}:{server.port}/v1", role="judge", rubric=RUBRIC)
    if host != "127.0.0.2":  # nothing listens there
        assert not ask(judge).unscored and f"Bearer {KEY}" in server.heard[0]
    else:
        with pytest.raises(ModelFailed):
            ask(judge)
    assert proxy.heard == []


def test_other_hosts_are_asked_through_the_proxy(serving, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    proxy = serving(http(completed()))
    monkeypatch.setenv("HTTP_PROXY", f"127.0.0.1:{proxy.port}")
    judge = models.load("openai:m@http://judge.invalid/v1", role="judge", rubric=RUBRIC)
    assert not ask(judge).unscored and proxy.heard[0].startswith("POST http://judge.invalid/v1/chat/completions ")
    monkeypatch.setenv("NO_PROXY", "judge.invalid")
    with pytest.raises(ModelFailed):
        ask(models.load("openai:m@http://judge.invalid/v1", role="judge", rubric=RUBRIC))
    assert len(proxy.heard) == 1


def test_an_unusable_proxy_is_a_sentence(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "ftp://me:password@proxy.invalid")
    with pytest.raises(TryonError, match="the proxy that the environment names for https://a.invalid/v1 cannot") as e:
        models.load("openai:m@https://a.invalid/v1", role="judge", rubric=RUBRIC)
    assert "password" not in str(e.value)


# ---- asked before anything is drawn ----------------------------------------------------------------------------------


def answering(listed, answer):
    """A server with a list of models and one answer to every question."""
    return lambda request: listed if request.startswith("GET /v1/models ") else answer


LISTED = http({"object": "list", "data": [{"id": "a/model"}, {"id": "other"}]})


def test_a_server_that_answers_passes(serving):
    server = serving(answering(LISTED, http(completed("", "length"))))
    judge = judge_at(server)
    assert judge.check_ready() is None
    (asked,) = server.asked("/chat/completions")
    assert asked["max_tokens"] == 16 and asked["messages"][0]["content"][0]["type"] == "image_url"
    assert len(server.heard) == 2 and len(server.heard[1]) < 2000


def test_a_misnamed_model_suggests_the_nearest(serving):
    server = serving(answering(LISTED, http(completed())))
    judge = models.load(f"openai:a/modle@{server.url}", role="judge", rubric=RUBRIC)
    with pytest.raises(UnknownName, match="no model of http.* is called 'a/modle'. Did you mean 'a/model'. Known:"):
        judge.check_ready()
    assert len(server.heard) == 1


@pytest.mark.parametrize(
    "listed",
    [
        http("", "404 Not Found"),
        http(PAGE),
        http(PAGE, "405 No"),
        http("", "500 No"),
        http("", "403 Forbidden"),
        http([]),
        http({"data": None}),
        http({"data": [7]}),
        http({"data": []}),
        http({"data": [{"id": "a/model:latest"}]}),
    ],
)
def test_a_server_without_a_list_is_asked(serving, listed):
    server = serving(answering(listed, http(completed())))
    judge_at(server).check_ready()
    assert len(server.heard) == 2


@pytest.mark.parametrize(
    ("listed", "answer", "words"),
    [
        (http("", "401 No"), http("", "401 No"), "answered 401; set OPENAI_API_KEY"),
        (LISTED, http({"message": "not a multimodal model"}, "400 No"), "answered 400: not a multimodal model"),
        (LISTED, http({"message": "no such model"}, "404 No"), "has a model 'a/model'"),
        (LISTED, http(PAGE), "answered with a web page"),
        (LISTED, http("", "503 Loading"), "answered 503; is the server up?"),
        (b"", b"", "is the server up?"),
    ],
)
def test_a_judge_that_cannot_answer_is_found_out(serving, listed, answer, words):
    with pytest.raises(ModelFailed) as caught:
        judge_at(serving(answering(listed, answer))).check_ready()
    assert words in str(caught.value) and KEY not in str(caught.value)


@pytest.mark.parametrize("names", [["*"], ["provider/*", "other"], [{"a": 1}, 7]])
def test_a_gateway_that_passes_names_on_is_asked(serving, names):
    listed = http({"object": "list", "data": [{"id": name} for name in names]})
    server = serving(answering(listed, http(completed("", "length"))))
    assert judge_at(server).check_ready() is None
    assert len(server.asked("/chat/completions")) == 1
