"""Gemini as judge and writer through Google's own library, against a server on loopback that speaks its REST."""

import json
import threading
import time

import jsonschema
import pytest
from fake_gemini import MODEL, FakeGemini, said
from PIL import Image

pytest.importorskip("google.genai", reason="google-genai is not installed; run make setup")
from tryon_core import models
from tryon_core.errors import Refused
from tryon_core.records import Region, Sample, canonical
from tryon_core.rubrics.shipped import RUBRICS

RUBRIC = RUBRICS["default"]
GOOD = json.dumps({"scores": dict.fromkeys(RUBRIC.keys, 9), "findings": []})
PRICE = {"read": 1.5, "written": 7.5}


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    with FakeGemini(GOOD) as server:
        yield server


def judge_at(server, **options):
    return models.load("gemini", role="judge", rubric=RUBRIC, **{"base_url": server.url, **options})


def a_call():
    images = {"person": Image.new("RGB", (64, 80)), "garment": Image.new("RGB", (64, 64))}
    return Sample(sample_id="a", wish="Wear it.", images=images), Image.new("RGB", (64, 80))


def judged(server, *script, **options):
    server.script = list(script) or server.script
    return judge_at(server, **options)(*a_call())


def spent(server, *script, calls=1, **options):
    server.script = list(script)
    return [answer.spent for answer in judge_at(server, **options).metered([a_call()] * calls)]


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_a_reply_becomes_a_judgement(server, version):
    judgement = judged(server, api_version=version)
    assert {score.score for score in judgement.scores.values()} == {9}
    assert [(asked.version, asked.model) for asked in server.asked] == [(version, MODEL)]


def test_a_question_holds_words_pictures_and_schema(server):
    judged(server)
    (asked,) = server.asked
    assert ["text" in part for part in asked.parts] == [True, *[False] * 7, True] and len(asked.pictures) == 7
    config = asked.body["generationConfig"]
    assert config["temperature"] == 0 and config["maxOutputTokens"] == 8192
    assert config["responseMimeType"] == "application/json"
    jsonschema.validate(json.loads(GOOD), config["responseJsonSchema"])


@pytest.mark.parametrize(
    ("options", "sent", "varies"),
    [
        ({}, {"temperature": 0, "seed": 0}, False),
        ({"temperature": 0.5}, {"temperature": 0.5}, True),
        ({"temperature": 0.5, "extra_config": {"seed": 7}}, {"temperature": 0.5, "seed": 7}, False),
        ({"extra_config": {"temperature": None, "seed": None}}, {}, True),
    ],
)
def test_repeats_differ_where_no_seed_is_sent(server, options, sent, varies):
    judge = judge_at(server, **options)
    judge(*a_call())
    config = server.asked[0].body["generationConfig"]
    assert {name: config[name] for name in ("temperature", "seed") if name in config} == sent
    assert judge.varies is varies and judge.card.settings["temperature"] == options.get("temperature", 0)


def test_the_key_holds_the_words_sent(server):
    judge, (sample, image) = judge_at(server), a_call()
    judge(sample, image)
    (asked,) = server.asked
    schema = asked.body["generationConfig"]["responseJsonSchema"]
    assert judge.asked(sample) == "\n".join([*asked.words, canonical(schema)])
    assert "[top, left, bottom, right] in 0-1000" in judge.asked(sample)


def test_one_constraint_is_sent_as_a_choice_of_one(server):
    from typing import Literal

    from pydantic import create_model

    schema = judge_at(server).server.schema(create_model("One", key=(Literal["identity"], ...)))
    assert schema["properties"]["key"] == {"enum": ["identity"], "title": "Key", "type": "string"}


def test_a_box_is_turned_from_gemini_s_order(server):
    finding = {"constraint": "realism", "finding": "a seam", "fix": "blend it", "box": [100, 200, 300, 900]}
    judgement = judged(server, json.dumps({"scores": dict.fromkeys(RUBRIC.keys, 4), "findings": [finding]}))
    assert judgement.scores["realism"].region == Region(left=0.2, top=0.1, right=0.9, bottom=0.3)
    assert judgement.scores["identity"].region is None


def test_a_large_photograph_is_sent_smaller(server):
    judge = judge_at(server, max_pixels=120_000)
    images = {"person": Image.new("RGB", (3000, 4000)), "garment": Image.new("RGB", (64, 64))}
    judge(Sample(sample_id="a", wish="Wear it.", images=images), Image.new("RGB", (64, 80)))
    person, head, garment, *_ = server.asked[0].pictures
    assert (person.size, head.size, garment.size) == ((300, 400), (212, 212), (64, 64))


def test_thoughts_are_no_part_of_the_reply(server):
    wrong = json.dumps({"scores": dict.fromkeys(RUBRIC.keys, 1), "findings": []})
    judgement = judged(server, said(GOOD[:30], GOOD[30:], thoughts=[wrong]))
    assert {score.score for score in judgement.scores.values()} == {9} and len(server.asked) == 1


def test_an_unreadable_reply_is_asked_again(server):
    judgement = judged(server, "Sure! It looks great.", GOOD)
    first, second = server.asked
    assert not judgement.unscored and second.body["contents"][0] == first.body["contents"][0]
    assert [content["role"] for content in second.body["contents"]] == ["user", "model", "user"]
    assert "no JSON in the judge's reply" in second.body["contents"][2]["parts"][0]["text"]


def test_two_unreadable_replies_are_kept_unscored(server):
    judgement = judged(server, "Sure!", "It looks great.")
    assert judgement.unscored == RUBRIC.keys and judgement.reply == "Sure!\n---\nIt looks great."


def test_a_clumsy_reply_is_asked_again(server):
    judgement = judged(server, said(finish="MALFORMED_RESPONSE"), GOOD)
    assert not judgement.unscored and len(server.asked) == 2


def test_a_half_reply_counts_as_far_as_it_goes(server):
    judgement = judged(server, said('{"scores": {"garment_swap": 7, "identity": 8, "body', finish="MAX_TOKENS"))
    assert {key: score.score for key, score in judgement.scores.items() if score.score} == {
        "garment_swap": 7,
        "identity": 8,
    }
    assert judgement.scores["realism"].reason == "the reply was cut off at 8192 tokens" and len(server.asked) == 1


def test_thinking_alone_up_to_the_limit_is_unscored(server):
    judgement = judged(server, said(finish="MAX_TOKENS", thoughts=["Let me see"]), max_tokens=50)
    assert judgement.unscored == RUBRIC.keys
    why = judgement.scores["identity"].reason
    assert why.startswith("the reply was cut off at 50 tokens, before its first word; give the judge more max_tokens")


BLOCKED = {
    "prompt": (
        {"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": MODEL, "usageMetadata": {"promptTokenCount": 9}},
        "the question was blocked (promptFeedback.blockReason SAFETY)",
    ),
    "safety": (said(finish="SAFETY"), "the reply was withheld (finishReason SAFETY)"),
    "recitation": (
        said("{", finish="RECITATION", finishMessage="too near to a text"),
        "the reply was withheld (finishReason RECITATION): too near to a text",
    ),
    "other": (said(finish="OTHER"), "the reply was withheld (finishReason OTHER)"),
}


@pytest.mark.parametrize("kind", BLOCKED)
def test_a_blocked_judge_has_not_judged(server, kind):
    answer, why = BLOCKED[kind]
    judgement = judged(server, answer)
    assert judgement.unscored == RUBRIC.keys and len(server.asked) == 1
    assert judgement.scores["identity"].reason == f"the judge declined: {why}"


@pytest.mark.parametrize("kind", BLOCKED)
def test_a_blocked_writer_refuses(server, kind):
    server.script, why = [BLOCKED[kind][0]], BLOCKED[kind][1]
    with pytest.raises(Refused) as caught:
        judge_at(server).writer("Say it better.", [])
    assert (caught.value.reason, str(caught.value)) == ("declined", why)


def test_the_judge_s_model_also_writes(server):
    server.script = [said('{"prompt": "Wear it well."}', usage=(300, 20, 80))]
    writer = judge_at(server, max_pixels=120_000, price_per_million_tokens=PRICE).writer
    (answer,) = writer.metered([("Say it better.", [Image.new("RGB", (3000, 4000))])])
    (asked,) = server.asked
    assert answer.value == '{"prompt": "Wear it well."}' and asked.words == ["Say it better."]
    assert [shown.size for shown in asked.pictures] == [(300, 400)]
    assert asked.body["generationConfig"]["responseJsonSchema"]["required"] == ["prompt"]
    assert writer.card.name == f"writer:gemini:{MODEL}"
    assert answer.spent.money == pytest.approx((300 * 1.5 + 100 * 7.5) / 1e6)


# ---- what it costs, and how many at once -----------------------------------------------------------------------------


def test_thoughts_are_paid_as_written(server):
    (judging,) = spent(server, said(GOOD, usage=(900, 100, 50)), price_per_million_tokens=PRICE)
    assert (judging.calls, judging.tokens) == (1, 1050)
    assert judging.money == pytest.approx((900 * 1.5 + 150 * 7.5) / 1e6)


def test_one_price_counts_for_both(server):
    assert spent(server, said(GOOD, usage=(900, 100, 0)), price_per_million_tokens=2.5)[0].money == pytest.approx(
        0.0025
    )


def test_a_repaired_reply_costs_both_questions(server):
    first, second = said("Sure!", usage=(900, 10, 0)), said(GOOD, usage=(950, 100, 0))
    (judging,) = spent(server, first, second, price_per_million_tokens=PRICE)
    assert judging.tokens == 1960 and judging.money == pytest.approx((1850 * 1.5 + 110 * 7.5) / 1e6)


@pytest.mark.parametrize("usage", [None, {}, {"candidatesTokenCount": 9}, {"promptTokenCount": "9"}, [9]])
def test_without_a_count_nothing_is_counted(server, usage):
    (judging,) = spent(server, {**said(GOOD), "usageMetadata": usage}, price_per_million_tokens=PRICE)
    assert (judging.tokens, judging.money) == (None, None)


def test_a_blocked_question_costs_what_was_read(server):
    assert spent(server, BLOCKED["prompt"][0])[0].tokens == 9


@pytest.mark.parametrize("at_once", [1, 3])
def test_no_more_are_open_than_was_said(server, at_once):
    server.together = Dwelling(at_once)
    spent(server, GOOD, calls=6, concurrency=at_once)
    assert server.most == at_once and len(server.asked) == 6


class Dwelling(threading.Barrier):
    """Breaks unless so many are open at once; then stays long enough for one more to be seen."""

    def wait(self, timeout=None):
        super().wait(timeout)
        time.sleep(0.1)


def test_settings_of_the_library_can_be_given(server):
    extra = {"thinking_config": {"thinking_level": "low"}, "temperature": None, "topP": 0.5}
    judge = judge_at(server, extra_config=extra)
    judge(*a_call())
    config = server.asked[0].body["generationConfig"]
    assert config["thinkingConfig"] == {"thinking_level": "LOW"} and config["topP"] == 0.5  # as the library writes it
    assert "temperature" not in config and config["seed"] == 0
    assert judge.card.settings["extra_config"] == extra


def test_the_card_names_model_and_place(server):
    judge = models.load("gemini:gemini-4-argon", rubric=RUBRIC, base_url=server.url)
    assert (judge.card.name, judge.card.revision, judge.card.source) == (
        "gemini:gemini-4-argon",
        "gemini-4-argon",
        server.url,
    )
    assert judge_at(server, price_per_million_tokens=9, concurrency=9).card == judge_at(server).card
