"""A judge behind an OpenAI-compatible server: a small one on loopback that speaks vLLM's shape, and its bad days."""

import base64
import json
import threading
import time

import jsonschema
import pytest
from fake_openai import FakeOpenAI
from PIL import Image

from tryon_core import models, outages
from tryon_core.errors import BadInput, ModelFailed, Refused, UnknownName
from tryon_core.images import from_png
from tryon_core.outages import Limits
from tryon_core.records import Sample, canonical
from tryon_core.rubrics.shipped import RUBRICS

pytest.importorskip("openai", reason="openai is not installed; run make setup")
RUBRIC = RUBRICS["default"]
TIMEOUT_S = 0.4
BRIEF = Limits(first_s=0.5, later_s=0.5)
PATIENT = Limits(first_s=20.0, later_s=20.0)  # for servers that will answer
GOOD = json.dumps({"scores": dict.fromkeys(RUBRIC.keys, 9), "findings": []})


@pytest.fixture(autouse=True)
def short_outages():
    """A server is waited for briefly here."""
    before = outages.limits()
    outages.use(BRIEF)
    yield
    outages.use(before)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with FakeOpenAI(GOOD, late_s=3 * TIMEOUT_S) as server:
        yield server


def judge_at(server, **options):
    return models.load(f"openai:a/model@{server.url}", role="judge", rubric=RUBRIC, **options)


def a_call(**images):
    """A sample with person and garment, or with the given pictures alone; and its candidate."""
    images = images or {"person": Image.new("RGB", (64, 80)), "garment": Image.new("RGB", (64, 64))}
    return Sample(sample_id="a", wish="Wear it.", images=images), Image.new("RGB", (64, 80))


def ask(judge):
    return judge(*a_call())


def counted(text, read, written):
    """A reply with the server's own count of its tokens."""
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    return {"content": text, "usage": usage}


def spent(server, *script, calls=1, **options):
    server.script = list(script)
    return [answer.spent for answer in judge_at(server, **options).metered([a_call()] * calls)]


def shown_in(asked):
    """The pictures of a question as they came over the wire."""
    content = asked["messages"][0]["content"]
    urls = [part["image_url"]["url"] for part in content if part["type"] == "image_url"]
    return [from_png(base64.b64decode(url.partition(",")[2])) for url in urls]


def judged(server, *script, **options):
    server.script = list(script) or server.script
    return ask(judge_at(server, **options))


def test_a_server_s_reply_becomes_a_judgement(server):
    judgement = judged(server)
    assert {score.score for score in judgement.scores.values()} == {9} and len(server.asked) == 1


def test_a_question_holds_words_pictures_and_schema(server):
    judged(server)
    (asked,) = server.asked
    content = asked["messages"][0]["content"]
    assert [part["type"] for part in content] == ["text", *["image_url"] * 7, "text"]
    assert all(part["image_url"]["url"].startswith("data:image/png;base64,") for part in content[1:-1])
    assert asked["response_format"]["json_schema"]["strict"] and asked["temperature"] == 0
    jsonschema.validate(json.loads(GOOD), asked["response_format"]["json_schema"]["schema"])


def test_a_large_photograph_is_sent_smaller(server):
    images = {"person": Image.new("RGB", (3000, 4000)), "garment": Image.new("RGB", (64, 64))}
    judge = judge_at(server, max_pixels=120_000)
    judge(Sample(sample_id="a", wish="Wear it.", images=images), Image.new("RGB", (64, 80)))
    person, head, garment, *_ = shown_in(server.asked[0])
    assert (person.size, head.size, garment.size) == ((300, 400), (212, 212), (64, 64))
    assert judge.card.settings["max_pixels"] == 120_000


def test_the_judge_s_server_also_writes(server):
    server.script = ['{"prompt": "Wear it well."}']
    writer = judge_at(server, max_pixels=120_000).writer
    assert writer("Say it better.", [Image.new("RGB", (3000, 4000))]) == '{"prompt": "Wear it well."}'
    (asked,) = server.asked
    assert [shown.size for shown in shown_in(asked)] == [(300, 400)]
    assert asked["messages"][0]["content"][-1] == {"type": "text", "text": "Say it better."}
    assert asked["response_format"]["json_schema"]["schema"]["properties"]["prompt"]["maxLength"] == 1200
    assert writer.card.name == f"writer:openai:a/model@{server.url}"


def test_a_writer_may_decline_or_break_off(server):
    server.script = [{"content": None, "refusal": "I do not write."}, {"content": '{"prom', "finish": "length"}]
    writer = judge_at(server).writer
    with pytest.raises(Refused, match="I do not write") as caught:
        writer("Say it better.", [])
    assert caught.value.reason == "declined" and writer("Say it better.", []) == '{"prom'


def test_an_unreadable_reply_is_asked_again(server):
    judgement = judged(server, "Sure! It looks great.", GOOD)
    assert not judgement.unscored and len(server.asked) == 2
    assert "no JSON in the judge's reply" in server.asked[1]["messages"][-1]["content"]


def test_two_unreadable_replies_are_kept_unscored(server):
    judgement = judged(server, "Sure!", "It looks great.")
    assert judgement.unscored == RUBRIC.keys and judgement.reply == "Sure!\n---\nIt looks great."
    assert len(server.asked) == 2


def test_an_unfinished_reply_is_unscored_with_its_reason(server):
    declined = judged(server, {"content": None, "refusal": "I do not judge people."})
    assert declined.scores["identity"].reason == "the judge declined: I do not judge people."
    cut = judged(server, {"content": GOOD[:40], "finish": "length"})
    assert cut.scores["identity"].reason == "the reply was cut off at 900 tokens" and cut.reply == GOOD[:40]


def test_only_what_is_unscored_is_taken_from_the_repair(server):
    first = json.dumps({"scores": {**dict.fromkeys(RUBRIC.keys, 9), "realism": 11, "identity": None}, "findings": []})
    second = json.dumps({"scores": dict.fromkeys(RUBRIC.keys, 4), "findings": []})
    judgement = judged(server, first, second)
    assert {key: score.score for key, score in judgement.scores.items() if score.score != 9} == {
        "identity": None,
        "realism": 4,
    }
    assert "realism: the judge's score 11 is not between 0 and 10" in server.asked[1]["messages"][-1]["content"]
    assert judgement.reply == "" and judgement.scores["identity"].status == "not_applicable"


def test_scores_stay_where_the_repair_fails(server):
    first = json.dumps({"scores": {**dict.fromkeys(RUBRIC.keys, 9), "realism": 11}, "findings": []})
    judgement = judged(server, first, "Sorry.")
    assert judgement.unscored == ("realism",) and judgement.reply == f"{first}\n---\nSorry."
    assert judgement.scores["realism"].reason.endswith(
        "asked again: no JSON in the judge's reply (6 characters: 'Sorry.')"
    )


def test_scores_stay_where_no_repair_is_taken(server):
    first = json.dumps({"scores": {**dict.fromkeys(RUBRIC.keys, 9), "realism": 11}, "findings": []})
    judgement = judged(server, first, 400)
    assert judgement.unscored == ("realism",) and judgement.scores["identity"].score == 9
    assert "asked again: openai:a/model@" in judgement.scores["realism"].reason and judgement.reply == first
    with pytest.raises(ModelFailed, match="answered 503"):  # an outage: to be judged whole another time
        judged(server, first, 503)


def test_an_empty_reply_is_not_sent_back(server):
    judged(server, "", GOOD)
    assert server.asked[1]["messages"][1] == {"role": "assistant", "content": "(nothing)"}


def test_a_bad_box_costs_no_second_question(server):
    finding = {"constraint": "realism", "finding": "a seam", "fix": "blend it", "box": [0, 0, 1200, 9]}
    judgement = judged(server, json.dumps({"scores": dict.fromkeys(RUBRIC.keys, 4), "findings": [finding]}))
    assert len(server.asked) == 1 and not judgement.unscored
    assert (judgement.scores["realism"].finding, judgement.scores["realism"].region) == ("a seam", None)


def test_all_scores_before_the_cut_count(server):
    judgement = judged(server, {"content": GOOD.replace("[]", '[{"constraint": "real'), "finish": "length"})
    assert not judgement.unscored and len(server.asked) == 1


@pytest.mark.parametrize("trouble", [429, 500, 503, "cut"])
def test_a_busy_server_is_asked_again(server, trouble):
    outages.use(PATIENT)
    assert not judged(server, trouble, trouble, GOOD).unscored


def test_a_broken_server_fails_in_its_words(server):
    with pytest.raises(ModelFailed, match="answered 500: .*no luck 500"):
        judged(server, 500)
    with pytest.raises(ModelFailed, match="answered 401"):
        judged(server, 401)


def test_a_late_server_is_given_up(server):
    outages.use(PATIENT)
    assert not judged(server, "late", GOOD, timeout_s=TIMEOUT_S).unscored and len(server.asked) == 2
    outages.use(BRIEF)
    with pytest.raises(ModelFailed, match=r"cannot be asked \(no whole answer within 0.4 s\); is the server up\?"):
        judged(server, "late", timeout_s=TIMEOUT_S)


def test_a_missing_server_is_a_sentence():
    judge = models.load("openai:m@http://127.0.0.1:9/v1", role="judge", rubric=RUBRIC)
    with pytest.raises(ModelFailed, match="is the server up"):
        ask(judge)


def test_an_answer_without_choice_is_refused(server):
    with pytest.raises(ModelFailed, match="gave no choice"):
        judged(server, {"empty": True})


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("openai:model", "is called openai:MODEL@http://HOST:PORT/v1"),
        ("openai:m@file:///etc/passwd", "not of that form"),
        ("openai:m@http://me:secret@127.0.0.1/v1", "may hold no user, password or query"),
    ],
)
def test_a_refused_name_repeats_no_secret(name, sentence):
    with pytest.raises(BadInput, match=sentence) as caught:
        models.load(name, role="judge", rubric=RUBRIC)
    assert "secret" not in str(caught.value)


def test_a_key_never_travels_unencrypted(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    with pytest.raises(BadInput, match="would cross the network unencrypted to example.org"):
        models.load("openai:m@http://example.org/v1", role="judge", rubric=RUBRIC)
    judge = models.load("openai:m@https://example.org/v1", role="judge", rubric=RUBRIC)
    assert "sk-mine" not in judge.card.model_dump_json()


# ---- what a judgement costs ------------------------------------------------------------------------------------------


def test_the_server_s_usage_is_metered(server):
    (judging,) = spent(server, counted(GOOD, 900, 100), price_per_million_tokens=2.5)
    assert (judging.calls, judging.tokens, judging.money) == (1, 1000, pytest.approx(0.0025))
    assert judging.seconds > 0


def test_without_a_price_money_is_unknown(server):
    assert spent(server, counted(GOOD, 900, 100))[0].money is None
    assert spent(server, counted(GOOD, 900, 100), price_per_million_tokens=0)[0].money == 0


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": 9}, {"prompt_tokens": "9", "completion_tokens": 1}])
def test_a_server_without_usage_counts_nothing(server, usage):
    (judging,) = spent(server, {"content": GOOD, "usage": usage}, price_per_million_tokens=2.5)
    assert (judging.tokens, judging.money) == (None, None)


def test_a_repaired_reply_costs_both_questions(server):
    assert spent(server, counted("Sure!", 900, 10), counted(GOOD, 950, 100))[0].tokens == 1960
    assert spent(server, counted("Sure!", 900, 10), GOOD)[0].tokens is None


def test_unread_replies_cost_tokens_too(server):
    declined = counted(None, 900, 10) | {"refusal": "I do not judge people."}
    cut_off = counted(GOOD[:40], 900, 600) | {"finish": "length"}
    assert [spent(server, reply)[0].tokens for reply in (declined, cut_off)] == [910, 1500]


def test_calls_are_asked_at_the_same_time(server):
    server.together = threading.Barrier(3)  # which breaks unless three questions are open at once
    answers = spent(server, counted(GOOD, 900, 100), calls=3, timeout_s=5.0)
    assert [each.tokens for each in answers] == [1000] * 3


def test_seconds_together_are_shared(server):
    start = time.perf_counter()
    answers = spent(server, counted(GOOD, 900, 100), calls=4)
    assert 0 < sum(each.seconds for each in answers) <= time.perf_counter() - start


def test_a_writer_meters_its_words(server):
    server.script = [counted('{"prompt": "Wear it."}', 300, 20)]
    (answer,) = judge_at(server, price_per_million_tokens=10).writer.metered([("Say it better.", [])])
    assert answer.value == '{"prompt": "Wear it."}'
    assert (answer.spent.tokens, answer.spent.money) == (320, pytest.approx(0.0032))


BAD_OPTIONS = {
    "timeout_s": (-1, 0, "120", True, float("nan"), float("inf"), None, 10**400),
    "max_tokens": (-1, 0, 15, "900", 900.0, True, None, float("nan")),
    "max_pixels": (-1, 0, "1000000", True, float("nan"), None),
    "temperature": (-0.1, 2.1, "1", True, float("nan"), None),
    "price_per_million_tokens": (-1, "2", True, float("nan"), float("inf"), [1]),
    "revision": (1, None, ["a"]),
    "extra_body": (
        None,
        "{}",
        [],
        {"a": float("nan")},
        {"a": object()},
        {"a": "\ud800"},
        {1: 2},
        {"model": "other"},
        {"stream": True},
        {"api_key": "x"},
        {"a": [{"Authorization": "x"}]},
        {"headers": {"note": "Bearer abcdefghijklmnopqrst"}},
    ),
}


@pytest.mark.parametrize(
    ("option", "value"),
    [(option, value) for option in BAD_OPTIONS for value in BAD_OPTIONS[option]],
    ids=lambda one: repr(one)[:20],
)
def test_a_bad_option_stops_before_any_work(server, option, value):
    with pytest.raises(BadInput, match=rf"{option}\S* of (judge )?openai:a/model") as caught:
        judge_at(server, **{option: value})
    assert not server.asked and len(str(caught.value)) < 300 and "abcdefghijklm" not in str(caught.value)


def test_retries_are_no_option_any_more(server):
    with pytest.raises(UnknownName, match="no option of judge .* is called 'retries'. .*timeout_s"):
        judge_at(server, retries=3)


def test_more_of_a_question_can_be_said(server):
    extra = {"chat_template_kwargs": {"enable_thinking": False}, "max_tokens": None, "max_completion_tokens": 2000}
    judge = judge_at(server, extra_body=extra, max_tokens=1200)
    ask(judge)
    (asked,) = server.asked
    assert asked["chat_template_kwargs"] == {"enable_thinking": False} and asked["max_completion_tokens"] == 2000
    assert "max_tokens" not in asked and asked["temperature"] == 0
    assert judge.card.settings["extra_body"] == extra and judge.card.settings["max_tokens"] == 1200
    assert judge.writer.card.settings["extra_body"] == extra and judge.server.max_tokens == 2000


@pytest.mark.parametrize(
    ("options", "sent", "varies"),
    [
        ({}, {"temperature": 0, "seed": 0}, False),
        ({"temperature": 0.7}, {"temperature": 0.7}, True),
        ({"temperature": 0.7, "extra_body": {"seed": 7}}, {"temperature": 0.7, "seed": 7}, False),
        ({"extra_body": {"temperature": 0.7}}, {"temperature": 0.7, "seed": 0}, False),
        ({"extra_body": {"temperature": None, "seed": None}}, {}, True),
        ({"extra_body": {"seed": None}}, {"temperature": 0}, False),
    ],
)
def test_repeats_differ_at_a_temperature_unseeded(server, options, sent, varies):
    judge = judge_at(server, **options)
    ask(judge)
    (asked,) = server.asked
    assert {name: asked[name] for name in ("temperature", "seed") if name in asked} == sent
    assert judge.varies is varies and judge.card.settings["temperature"] == options.get("temperature", 0)


def test_by_default_900_tokens_are_allowed(server):
    judge = judge_at(server)
    ask(judge)
    assert server.asked[0]["max_tokens"] == 900 == judge.card.settings["max_tokens"]
    assert "extra_body" not in judge.card.settings


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("sk-mine-mine\n", "ends in a line break"),
        ("sk-mine-mine\r\n", "ends in a line break"),
        (" sk-mine-mine", "begins or ends with a space"),
        ("sk-mine mine", "holds a space or a line break"),
        ("sk-mine\nX-Evil: mine", "holds a space or a line break"),
        ("sk-m\u00efne-mine", "holds a character that no key has"),
        ("sk-mine\x07mine", "holds a character that no key has"),
    ],
)
def test_a_key_that_cannot_be_sent_stops_early(server, monkeypatch, key, sentence):
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(BadInput, match=f"OPENAI_API_KEY {sentence}.*; set it to the key alone") as caught:
        judge_at(server)
    assert "mine" not in str(caught.value)


@pytest.mark.parametrize(
    "place", ["http://[::1", "http://h:99999/v1", "http://h:x/v1", "http://h/v 1", "http://h\n/v1", "http://:80/v1"]
)
def test_an_impossible_url_is_refused(place):
    with pytest.raises(BadInput, match="is called openai:MODEL@http://HOST:PORT/v1"):
        models.load(f"openai:m@{place}", role="judge", rubric=RUBRIC)


def test_a_price_is_in_no_card(server):
    assert judge_at(server, price_per_million_tokens=9).card == judge_at(server).card


# ---- what is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("images", "count"), [({}, 1), ({"init": Image.new("RGB", (64, 64))}, 2)])
def test_a_sample_without_garment_is_asked(server, images, count):
    judge = models.load(f"openai:a/model@{server.url}", role="judge", rubric=RUBRICS["general"])
    server.script = [json.dumps({"scores": dict.fromkeys(judge.rubric.keys, 9), "findings": []})]
    sample = Sample(sample_id="a", wish="A cat.", images=images)
    assert not judge(sample, Image.new("RGB", (64, 80))).unscored
    assert len(shown_in(server.asked[0])) == count


def test_the_key_holds_the_words_sent(server):
    judge, (sample, image) = judge_at(server), a_call()
    judge(sample, image)
    parts = server.asked[0]["messages"][0]["content"]
    schema = server.asked[0]["response_format"]["json_schema"]["schema"]
    words = [part["text"] for part in parts if part["type"] == "text"]
    assert judge.asked(sample) == "\n".join([*words, canonical(schema)])
