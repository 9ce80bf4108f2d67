"""`moondream` over a raw server on loopback: what it is shown and asked, what its answers become, its bad days."""

import base64
import io
import json
import time

import numpy as np
import pytest
from PIL import Image
from raw_server import RawServer, http

from tryon_core import models, outages
from tryon_core.errors import BadInput, ModelFailed
from tryon_core.models.scorers.by_metric import NO_ORIGINAL
from tryon_core.models.vlm.moondream.moondream_questions import number_in, side_by_side
from tryon_core.models.vlm.verifying.character_rating import NO_CHARACTER
from tryon_core.outages import Limits
from tryon_core.records import Measurement, Sample
from tryon_core.roles import answers

NAMES = ("identity_moondream", "quality_moondream", "consistency_moondream")
COLOURS = {"init": (200, 30, 30), "character": (30, 30, 200)}
RESULT = Image.new("RGB", (120, 180), (30, 160, 30))


def said(text):
    return http({"answer": text, "request_id": "1"})


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.delenv("MOONDREAM_API_KEY", raising=False)
    with outages.within(Limits(first_s=0, later_s=0)):
        yield


@pytest.fixture
def server():
    server = RawServer(said("7"))
    yield server
    server.close()


def scorer(server, **options):
    return models.load("moondream", endpoint=server.url, **options)


def a_sample(*roles, **images):
    images = {role: Image.new("RGB", (120, 180), COLOURS[role]) for role in roles or ("init", "character")} | images
    return Sample(sample_id="a", wish="The girl waves.", images=images)


def shown(asked):
    """The picture of a question."""
    head, _, data = asked["image_url"].partition(",")
    assert head == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


def is_near(picture, place, colour):
    return np.abs(np.subtract(picture.getpixel(place), colour)).max() < 12


def failed(server, *script, **options):
    server.script = list(script)
    with pytest.raises(ModelFailed, match="^moondream ") as caught:
        scorer(server, **options)(a_sample(), RESULT)
    assert str(caught.value).isprintable() and "topsecret" not in str(caught.value)
    return str(caught.value)


# ---- what is asked ---------------------------------------------------------------------------------------------------


def test_three_questions_give_three_numbers(server):
    server.script = [said("7"), said(" 8.\n"), said("9/10")]
    eye = scorer(server)
    scores = eye(a_sample(), RESULT)
    assert scores == {
        name: Measurement(value=value, unit="of 10", better="higher")
        for name, value in zip(NAMES, (7, 8, 9), strict=True)
    }
    assert tuple(metric.name for metric in eye.metrics) == NAMES and len(server.asked("/query")) == 3


def test_what_is_compared_stands_side_by_side(server):
    scorer(server)(a_sample(), RESULT)
    identity, quality, consistency = server.asked("/query")
    assert "Left: a character" in identity["question"] and "Left: the original" in consistency["question"]
    for asked, role in ((identity, "character"), (consistency, "init")):
        both = shown(asked)
        assert both.size == (244, 180) and is_near(both, (60, 90), COLOURS[role])
        assert is_near(both, (121, 90), (255, 255, 255)) and is_near(both, (190, 90), (30, 160, 30))
    assert shown(quality).size == RESULT.size and 'What was wished for: "The girl waves."' in consistency["question"]


def test_a_small_part_is_compared_from_near(server):
    mask = Image.new("RGB", (120, 180))
    mask.paste("white", (40, 40, 60, 70))
    result = RESULT.copy()
    result.paste((220, 220, 40), (30, 30, 70, 80))
    scorer(server)(a_sample("character", mask=mask), result)
    both = shown(server.asked("/query")[0])
    assert both.height == 180 and is_near(both, (both.width - 20, 90), (220, 220, 40))


def test_what_cannot_be_compared_is_not_asked(server):
    assert scorer(server)(a_sample("init"), RESULT)["identity_moondream"] == NO_CHARACTER
    assert scorer(server)(a_sample("character"), RESULT)["consistency_moondream"] == NO_ORIGINAL
    assert len(server.asked("/query")) == 4


def test_both_are_as_high_as_the_higher():
    both = side_by_side(Image.new("RGB", (50, 100)), Image.new("RGB", (100, 400)), 10**6)
    assert both.size == (200 + 8 + 100, 400)
    assert np.prod(side_by_side(Image.new("RGB", (900, 1200)), RESULT, 40_000).size) <= 40_000


def test_the_options_are_sent_and_recorded(server):
    eye = scorer(server, model="moondream3-preview", temperature=0.5, max_pixels=10_000)
    eye(a_sample(), RESULT)
    asked = server.asked("/query")[0]
    assert (asked["model"], asked["settings"], asked["stream"]) == ("moondream3-preview", {"temperature": 0.5}, False)
    assert np.prod(shown(asked).size) <= 10_000 and eye.varies and not scorer(server).varies
    assert eye.card.name == "moondream:moondream3-preview" and eye.card.settings["max_pixels"] == 10_000
    assert eye.card.source == server.url


def test_its_own_model_is_not_named(server):
    scorer(server)(a_sample(), RESULT)
    assert "model" not in server.asked("/query")[0]


def test_the_key_is_in_no_record(server, monkeypatch):
    monkeypatch.setenv("MOONDREAM_API_KEY", "topsecret-key")
    eye = scorer(server)
    assert eye.server.key == "topsecret-key" and "topsecret" not in repr(eye.server) + eye.card.model_dump_json()


def test_only_so_many_questions_are_open(server):
    open_now, most = [], []

    def answer(request):
        open_now.append(request)
        most.append(len(open_now))
        time.sleep(0.02)
        open_now.pop()
        return said("7")

    server.script = [answer]
    answers(scorer(server, concurrency=2), [(a_sample("init"), RESULT)] * 4)
    assert max(most) == 2 and len(most) == 8


def test_neither_tokens_nor_money_are_known(server):
    batch = answers(scorer(server), [(a_sample(), RESULT)] * 2)
    assert [(each.spent.calls, each.spent.tokens, each.spent.money) for each in batch] == [(1, None, None)] * 2


def test_a_small_question_checks_it(server):
    scorer(server).check_ready()
    (asked,) = server.asked("/query")
    assert shown(asked).size == (64, 64) and "Is a picture shown?" in asked["question"]


# ---- what its answers become -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("10", 10), ("7.5", 7.5), ("8 out of 10", 8), (" 3.", 3)])
def test_a_number_is_read(text, value):
    assert number_in(text) == (value, "")


@pytest.mark.parametrize(
    "text", ["", "11", "-1", "10.5", "seven", "It is 7", "7 or 8", "7%", "7/5", "NaN", "1e1", "٧", "n/a", "7\n8"]
)
def test_what_is_no_number_is_a_reason(text):
    number, reason = number_in(text)
    assert number is None and reason.startswith("moondream's answer is no number from 0 to 10: ")


def test_one_unreadable_answer_leaves_the_others(server):
    server.script = [said("She looks alike."), said("8"), said("9")]
    scores = scorer(server)(a_sample(), RESULT)
    assert "She looks alike." in scores["identity_moondream"]
    assert [scores[name].value for name in NAMES[1:]] == [8, 9]


@pytest.mark.parametrize("answer", [7, None, ["7"], {"text": "7"}, True])
def test_an_answer_of_another_type_is_none(server, answer):
    assert "gave no words as its answer, which is no answer of Moondream's" in failed(server, said(answer))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<!DOCTYPE html><html>Log in</html>", "answered with a web page (HTML), which is no answer of Moondream's"),
        ("", "answered with an empty body"),
        ("[1]", "answered with a JSON list"),
        ('{"answer": "7"', "answered with no JSON"),
        ({"error": {"message": "no model is loaded"}}, "answered with an error: no model is loaded"),
    ],
)
def test_what_is_no_reply_says_what_it_is(server, body, sentence):
    assert sentence in failed(server, http(body)) and len(server.heard) == 1


# ---- its bad days ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("401 Unauthorized", "answered 401: no *** here; set MOONDREAM_API_KEY to a key that it takes"),
        ("403 Forbidden", "set MOONDREAM_API_KEY to a key that it takes"),
        ("404 Not Found", "answered 404: no *** here; see that endpoint is right"),
        ("413 Payload Too Large", "give a smaller max_pixels"),
        ("429 Too Many Requests", "answered 429"),
        ("500 Internal Server Error", "answered 500: no *** here; is the server up?"),
    ],
)
def test_a_refusal_says_what_to_do(server, monkeypatch, status, sentence):
    monkeypatch.setenv("MOONDREAM_API_KEY", "topsecret-key")
    assert sentence in failed(server, http({"error": {"message": "no topsecret-key here"}}, status))
    assert len(server.heard) == 1 and "\r\nX-Moondream-Auth: topsecret-key\r\n" in server.heard[0]


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_busy_server_is_waited_for_as_it_asks(server, status):
    server.script = [http("busy", status, Retry_After="0"), b"", said("7")]
    with outages.within(Limits(first_s=5, later_s=5)):
        assert scorer(server)(a_sample("init"), RESULT)["quality_moondream"].value == 7
    assert len(server.heard) == 4  # a refusal, a lost connection, then both answers


def test_nobody_waits_longer_than_allowed(server):
    started = time.monotonic()
    with outages.within(Limits(first_s=1, later_s=1)):
        assert "answered 429" in failed(server, http("busy", "429 Too Many Requests", Retry_After="600"))
    assert time.monotonic() - started < 1 and len(server.heard) == 1


def test_a_cut_answer_is_an_outage(server):
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"
    assert "cannot be asked: " in failed(server, cut) and "the server does not answer" in failed(server, b"")


def test_a_huge_answer_is_not_read_to_its_end(server):
    assert "more than 1048576 bytes" in failed(server, b"HTTP/1.1 200 OK\r\n\r\n" + b"7" * 1_200_000)


def test_a_redirect_is_not_followed(server):
    sentence = failed(server, http("", "307 Temporary Redirect", Location="http://169.254.169.254/latest"))
    assert "it sends elsewhere (169.254.169.254)" in sentence and len(server.heard) == 1


def test_a_slow_server_is_given_up_in_time(server):
    started = time.monotonic()
    assert "not there within 0.2 s" in failed(server, [1.0, said("7")], timeout_s=0.2)
    assert time.monotonic() - started < 0.9


# ---- where it is asked -----------------------------------------------------------------------------------------------


def test_without_endpoint_and_key_it_says_so():
    eye = models.load("moondream")
    for ask in (eye.check_ready, lambda: eye(a_sample(), RESULT)):
        with pytest.raises(ModelFailed, match="moondream has no key: set MOONDREAM_API_KEY in .* or name your own"):
            ask()


def test_a_local_server_needs_no_key(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    scorer(server)(a_sample(), RESULT)
    assert "moondream-auth" not in server.heard[0].lower()


@pytest.mark.parametrize("host", ["10.0.0.7", "192.168.1.5", "169.254.169.254", "[fd00::1]"])
def test_a_private_network_is_not_asked(host):
    with pytest.raises(BadInput, match="which is not on the public internet"):
        models.load("moondream", endpoint=f"https://{host}/v1").check_ready()


@pytest.mark.parametrize(
    ("endpoint", "sentence"),
    [
        ("localhost:2020", "is an address such as https://HOST"),
        ("http://example.com/v1", "would send pictures and key unencrypted to example.com; use https"),
        ("https://u:topsecret@example.com/v1", "may hold no user, password or query; set MOONDREAM_API_KEY instead"),
        (7, "endpoint of moondream is text, got 7"),
    ],
)
def test_an_endpoint_that_cannot_be_used_is_refused(endpoint, sentence):
    with pytest.raises(BadInput, match=sentence) as caught:
        models.load("moondream", endpoint=endpoint)
    assert "topsecret" not in str(caught.value)


def test_a_key_is_no_option():
    with pytest.raises(BadInput, match="holds a secret, which no option may; set MOONDREAM_API_KEY in the environment"):
        models.load("moondream", api_key="topsecret")


@pytest.mark.parametrize("option", [{"max_pixels": 1}, {"timeout_s": 0}, {"temperature": -1}, {"concurrency": 0}])
def test_a_bad_option_is_a_sentence(option):
    with pytest.raises(BadInput, match=f"{next(iter(option))} of moondream"):
        models.load("moondream", **option)


def test_its_words_are_part_of_its_card(server, monkeypatch):
    before = scorer(server).card
    monkeypatch.setitem(models.vlm.moondream.moondream_questions.TASKS, "quality", "Is it nice?")
    assert scorer(server).card.settings["words"] != before.settings["words"]
    assert json.loads(before.model_dump_json())["licence"]
