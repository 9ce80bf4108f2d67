"""A Gemini judge on bad days: quotas, broken answers, wrong keys and names; each ends in one sentence without a key."""

import json
import logging
import threading
import traceback
import urllib.request

import pytest
from fake_gemini import MODEL, FakeGemini, Refusal, said
from PIL import Image

pytest.importorskip("google.genai", reason="google-genai is not installed; run make setup")
from tryon_core import models, outages
from tryon_core.errors import BadInput, ModelFailed, UnknownName
from tryon_core.models.vlm.gemini import gemini_api
from tryon_core.outages import Limits
from tryon_core.records import Sample
from tryon_core.rubrics.shipped import RUBRICS

RUBRIC = RUBRICS["default"]
KEY = "AIza-private-0123456789"
GOOD = json.dumps({"scores": dict.fromkeys(RUBRIC.keys, 9), "findings": []})
PATIENT = Limits(first_s=20.0, later_s=20.0)  # for servers that will answer


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Outages are short here, and there is a key."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    before = outages.limits()
    outages.use(Limits(first_s=0.3, later_s=0.3))
    yield
    outages.use(before)


@pytest.fixture
def server():
    with FakeGemini(GOOD) as server:
        yield server


def judge_at(server, **options):
    return models.load("gemini", role="judge", rubric=RUBRIC, **{"base_url": server.url, "timeout_s": 2.0, **options})


def ask(judge):
    images = {"person": Image.new("RGB", (64, 80)), "garment": Image.new("RGB", (64, 64))}
    return judge(Sample(sample_id="a", wish="Wear it.", images=images), Image.new("RGB", (64, 80)))


def judged(server, *script, **options):
    server.script = list(script)
    return ask(judge_at(server, **options))


@pytest.mark.parametrize("trouble", [429, 500, 503, "cut"])
def test_a_busy_server_is_asked_again(server, trouble):
    outages.use(PATIENT)
    assert not judged(server, trouble, trouble, GOOD).unscored and len(server.asked) == 3


@pytest.mark.parametrize("refusal", [Refusal, lambda *arguments: dict(Refusal(*arguments))])
def test_the_delay_that_google_asks_for_is_waited(server, refusal):
    with pytest.raises(ModelFailed, match=": no luck"):
        judged(server, refusal(503, {"retryDelay": "9s"}))  # more than may be waited: it is not asked in vain
    assert len(server.asked) == 1


def test_a_quota_of_the_day_is_not_waited_for(server):
    outages.use(PATIENT)
    quota = {"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}
    with pytest.raises(ModelFailed, match="answered 429: no luck"):
        judged(server, Refusal(429, quota), GOOD)
    assert len(server.asked) == 1


def test_a_broken_server_fails_in_its_words(server):
    with pytest.raises(ModelFailed, match=f"gemini:{MODEL} answered 500: no luck 500; is the server up?"):
        judged(server, 500)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "answered with an empty body"),
        (b"<html>Sign in</html>", r"answered with a web page \(HTML\), which is no answer of Gemini's generateContent"),
        (b"\xff\xfe{", "answered with no JSON"),
        (b'{"candidates": [{"content": {"par', "answered with no JSON"),
        (b"[1]", "answered with a JSON list"),
        (b"{}", "gave no candidate in its answer; is it the Gemini API?"),
        (b'{"candidates": [3]}', "gave no candidate"),
        (b'{"promptFeedback": {}, "candidates": []}', "gave no candidate"),
        (b'{"error": {"code": 400, "message": "no such field"}}', "answered with an error: no such field"),
    ],
)
def test_what_is_no_answer_is_one_sentence(server, body, sentence):
    with pytest.raises(ModelFailed, match=sentence):
        judged(server, body)
    assert len(server.asked) == 1


@pytest.mark.parametrize("content", [None, [], {"parts": 3}, {"parts": [3, {"text": 4}, {"inlineData": {}}]}])
def test_strange_parts_hold_no_text(server, content):
    judgement = judged(server, {"candidates": [{"content": content, "finishReason": "STOP"}]})
    assert judgement.unscored == RUBRIC.keys and "no JSON in the judge's reply" in judgement.scores["realism"].reason


def test_another_model_s_answer_is_not_this_one_s(server):
    with pytest.raises(ModelFailed, match=f"gemini:{MODEL} was not asked: gemini-3.5-flash-lite answered in its place"):
        judged(server, said(GOOD, version="gemini-3.5-flash-lite"))
    assert not judged(server, said(GOOD, version=f"models/{MODEL}-002")).unscored
    server.models = ("gemini-flash-latest",)
    assert not judged(server, said(GOOD), model="gemini-flash-latest").unscored


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("Unsupported value: temperature", "extra_config={'temperature': None} leaves that out"),
        ('Unknown name "responseJsonSchema": Cannot find field', "api_version='v1beta' has that field"),
        ("Request payload size exceeds the limit", "give the judge a smaller max_pixels"),
        ("API key not valid", "set GEMINI_API_KEY to a key that it takes"),
    ],
)
def test_a_refused_question_says_what_to_do(server, message, advice):
    with pytest.raises(ModelFailed) as caught:
        judged(server, Refusal(400, message=message))
    assert advice in str(caught.value) and len(server.asked) == 1


def test_a_late_server_is_given_up(server):
    server.together = Late(1.0)
    with pytest.raises(ModelFailed, match=r"cannot be asked \(no whole answer within 0.2 s\); is the server up\?"):
        judged(server, GOOD, timeout_s=0.2)


def test_a_missing_server_is_a_sentence():
    judge = models.load("gemini", role="judge", rubric=RUBRIC, base_url="http://127.0.0.1:9")
    with pytest.raises(ModelFailed, match="cannot be asked .*is the server up"):
        ask(judge)


# ---- before a run ----------------------------------------------------------------------------------------------------


def test_a_ready_judge_was_asked_one_small_question(server):
    judge_at(server).check_ready()
    (asked,) = server.asked
    assert asked.body["generationConfig"]["maxOutputTokens"] == 16 and asked.pictures[0].size == (64, 64)


def test_a_misnamed_model_suggests_the_nearest(server):
    with pytest.raises(UnknownName, match=f"is called 'gemini-3.8-flsh'. Did you mean '{MODEL}'"):
        judge_at(server, model="gemini-3.8-flsh").check_ready()
    assert not server.asked


def test_a_retired_model_is_found_before_a_run(server):
    server.script = [said(finish="MAX_TOKENS", version="gemini-4-argon")]
    with pytest.raises(ModelFailed, match="give model='gemini-4-argon'"):
        judge_at(server).check_ready()


def test_without_a_key_google_is_not_asked(monkeypatch):
    monkeypatch.delenv("GEMINI_API_KEY")
    judge = models.load("gemini", rubric=RUBRIC)
    with pytest.raises(ModelFailed, match="has no key: set GEMINI_API_KEY .or GOOGLE_API_KEY. in the environment"):
        judge.check_ready()


# ---- the key ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        ({"GEMINI_API_KEY": "mine-of-gemini", "GOOGLE_API_KEY": "mine-of-google"}, "mine-of-gemini"),
        ({"GEMINI_API_KEY": "", "GOOGLE_API_KEY": "mine-of-google"}, "mine-of-google"),
        ({"GEMINI_API_KEY": "mine-of-gemini"}, "mine-of-gemini"),
    ],
)
def test_gemini_s_own_variable_wins(server, monkeypatch, caplog, keys, sent):
    for name, key in keys.items():
        monkeypatch.setenv(name, key)
    server.key = sent
    with caplog.at_level(logging.WARNING):
        judged(server, GOOD)
    assert [(asked.key, asked.key_in) for asked in server.asked] == [(sent, "header")]
    assert "Using GOOGLE_API_KEY" not in caplog.text


def test_the_server_takes_either_spelling(server):
    server.key = KEY
    body = json.dumps({"contents": [{"parts": [{"text": "Judge."}]}]}).encode()
    for version, query, headers in (("v1", f"?key={KEY}", {}), ("v1beta", "", {"x-goog-api-key": KEY})):
        url = f"{server.url}/{version}/models/{MODEL}:generateContent{query}"
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
            assert "candidates" in json.load(answer)
    assert [(asked.version, asked.key_in) for asked in server.asked] == [("v1", "query"), ("v1beta", "header")]


def test_a_key_of_the_file_is_sent(server, monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("GOOGLE_API_KEY=mine-of-the-file\n")
    monkeypatch.setenv("TRYON_ENV_FILE", str(tmp_path / ".env"))
    monkeypatch.delenv("GEMINI_API_KEY")
    judged(server, GOOD)
    assert server.asked[0].key == "mine-of-the-file"


def test_a_wrong_key_that_is_echoed_stays_secret(server):
    server.key = "another"
    judge = judge_at(server)
    with pytest.raises(ModelFailed, match=r"answered 400: API key not valid.*set GEMINI_API_KEY") as caught:
        ask(judge)
    shown = "".join(traceback.format_exception(caught.value))
    shown += repr(judge) + repr(judge.server) + repr(vars(judge)) + judge.card.model_dump_json()
    assert KEY not in shown and "***" in str(caught.value)


def test_a_key_that_the_model_repeats_is_taken_out(server):
    judgement = judged(server, f"The key is {KEY}.")
    assert KEY not in judgement.model_dump_json() and "***" in judgement.reply


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("base_url", "http://example.org", "would send pictures and key unencrypted to example.org; use https"),
        ("base_url", "https://me:mine@example.org", "may hold no user, password or query; set GEMINI_API_KEY instead"),
        ("base_url", "https://example.org?key=mine", "may hold no user, password or query"),
        ("base_url", "file:///mine", "this one is not of that form"),
        ("base_url", "https://[::1", "this one is not of that form"),
        ("base_url", None, "this one is not of that form"),
        ("api_version", "v2", "no api_version of gemini:.* is called 'v2'. Did you mean 'v1'"),
        ("model", "../etc", "model of gemini is a name"),
        ("model", 3, "model of gemini is a name"),
        ("max_pixels", 0, "max_pixels of gemini:.* must be a whole number"),
        ("max_tokens", 0.5, "max_tokens of gemini:.* must be a whole number"),
        ("concurrency", 0, "concurrency of gemini:.* must be a whole number from 1"),
        ("timeout_s", -1, "timeout_s of gemini:"),
        ("price_per_million_tokens", {"read": 1}, "price_per_million_tokens of gemini:"),
        ("price_per_million_tokens", {"read": 1, "written": -1}, "price_per_million_tokens of gemini:"),
        ("extra_config", {"temperatur": 1}, "does not fit google-genai's GenerateContentConfig: temperatur"),
        ("extra_config", {"response_schema": {}}, "cannot hold response_schema"),
        ("extra_config", {"http_options": {"headers": {"x-goog-api-key": "mine"}}}, "holds a secret"),
        ("extra_config", "{}", "is a JSON object"),
        (
            "extra_config",
            {"max_output_tokens": -5},
            "max_output_tokens in extra_config .* whole number from 1",
        ),
        (
            "api_key",
            "mine-and-only-mine",
            "option api_key of judge gemini holds a secret, which no option may; set GEMINI_API_KEY in",
        ),
    ],
)
def test_a_bad_option_stops_before_any_work(server, option, value, sentence):
    with pytest.raises(BadInput, match=sentence) as caught:
        judge_at(server, **{option: value})
    assert not server.asked and "mine" not in str(caught.value)


def test_two_names_of_a_model_are_refused():
    with pytest.raises(BadInput, match="name two models; keep one"):
        models.load("gemini:gemini-4-argon", rubric=RUBRIC, model=MODEL)
    assert gemini_api.MODEL == MODEL


# ---- helpers ---------------------------------------------------------------------------------------------------------


class Late:
    """In place of a barrier: who comes waits."""

    def __init__(self, seconds):
        self.never, self.seconds = threading.Event(), seconds

    def wait(self, timeout):
        self.never.wait(self.seconds)
