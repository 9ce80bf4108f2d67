"""Verifiers and comparers behind servers on loopback: Gemini's REST and OpenAI's chat completions."""

import json
from types import SimpleNamespace

import jsonschema
import pytest
from fake_gemini import FakeGemini
from fake_gemini import said as gemini_said
from fake_openai import FakeOpenAI
from PIL import Image

pytest.importorskip("openai", reason="openai is not installed; run make setup")
pytest.importorskip("google.genai", reason="google-genai is not installed; run make setup")
from tryon_core import models, outages
from tryon_core.errors import ModelFailed, Refused, UnknownName
from tryon_core.models.vlm.asking import wish_of
from tryon_core.models.vlm.verifying.rating import ASPECTS
from tryon_core.outages import Limits
from tryon_core.records import Measurement, Sample
from tryon_core.roles import Comparison, answers

RATED = json.dumps({"explanation": "The hat sits well.", "score": 7})
PREFERRED = json.dumps({"reason": "Its hem is right.", "preferred": "second"})


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    before = outages.limits()
    outages.use(Limits(first_s=0.5, later_s=0.5))
    yield
    outages.use(before)


def openai_model(server, role, **options):
    return models.load(f"openai:a/model@{server.url}", role=role, **options)


def gemini_model(server, role, **options):
    return models.load("gemini", role=role, base_url=server.url, **options)


def openai_question(asked):
    """(words in order, sizes of the pictures, the schema)"""
    content = asked["messages"][0]["content"]
    words = [part["text"] for part in content if part["type"] == "text"]
    schema = asked["response_format"]["json_schema"]["schema"]
    return words, sum(part["type"] == "image_url" for part in content), schema


def gemini_question(asked):
    return asked.words, len(asked.pictures), asked.body["generationConfig"]["responseJsonSchema"]


def openai_reply(text, tokens=None, **fields):
    usage = tokens and {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    return {"content": text, "usage": usage, **fields}


def gemini_reply(text, tokens=None, refusal=None, finish="STOP", content=None):
    if refusal:
        return {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": tokens[0]}}
    return gemini_said(text, finish={"length": "MAX_TOKENS"}.get(finish, finish), usage=tokens and (*tokens, 0))


SPOKEN = {
    "openai": SimpleNamespace(fake=FakeOpenAI, load=openai_model, question=openai_question, reply=openai_reply),
    "gemini": SimpleNamespace(fake=FakeGemini, load=gemini_model, question=gemini_question, reply=gemini_reply),
}


@pytest.fixture(params=SPOKEN)
def spoken(request):
    """How a server is spoken to, and one that is up."""
    how = SPOKEN[request.param]
    with how.fake(RATED) as server:
        how.server = server
        yield how


def a_sample(*roles):
    images = {role: Image.new("RGB", (64, 80)) for role in roles or ("person", "garment")}
    return Sample(sample_id="a", wish="Give the bear a hat.", images=images)


CANDIDATE, OTHER = Image.new("RGB", (64, 80), "red"), Image.new("RGB", (64, 80), "blue")


def rated(spoken, *script, **options):
    spoken.server.script = list(script) or spoken.server.script
    verifier = spoken.load(spoken.server, "scorer", **options)
    return verifier(a_sample(), CANDIDATE)[options.get("aspect", "overall_score")]


def test_a_reply_becomes_a_measurement(spoken):
    score = Measurement(value=7, unit="of 10", better="higher", note="The hat sits well.")
    assert rated(spoken) == score and len(spoken.server.asked) == 1


@pytest.mark.parametrize("aspect", ASPECTS)
def test_one_aspect_is_asked_by_its_name(spoken, aspect):
    verifier = spoken.load(spoken.server, "scorer", aspect=aspect)
    assert list(verifier(a_sample(), CANDIDATE)) == [aspect] == [metric.name for metric in verifier.metrics]
    words, _, schema = spoken.question(spoken.server.asked[0])
    assert f"Rate {aspect} and nothing else" in words[0] and ASPECTS[aspect] in words[0]
    jsonschema.validate(json.loads(RATED), schema)
    assert list(schema["properties"]) == ["explanation", "score"]


def test_the_metric_says_what_its_number_means(spoken):
    verifier = spoken.load(spoken.server, "scorer")
    (metric,) = verifier.metrics
    assert (metric.low, metric.high, metric.better, metric.unit) == (0, 10, "higher", "of 10")
    assert metric.model == verifier.card.name and metric.licence == verifier.card.licence


def test_aspects_differ_in_their_cards(spoken):
    cards = {spoken.load(spoken.server, "scorer", aspect=aspect).card.model_dump_json() for aspect in ASPECTS}
    assert len(cards) == len(ASPECTS)


def test_an_unknown_aspect_names_the_nearest(spoken):
    with pytest.raises(UnknownName, match="no aspect of a verifier is called 'overall'. Did you mean 'overall_score'"):
        spoken.load(spoken.server, "scorer", aspect="overall")


def test_the_original_is_shown_once(spoken):
    """`init` in place of `person`; and the wish behind the pictures, marked as what it is."""
    verifier = spoken.load(spoken.server, "scorer")
    verifier(a_sample("person", "init", "garment"), CANDIDATE)
    verifier(a_sample("person"), CANDIDATE)
    (both, count, _), (alone, fewer, _) = map(spoken.question, spoken.server.asked)
    assert (count, fewer) == (3, 2)
    assert "the picture it was made from; the garment; the candidate" in both[0]
    assert "the person as photographed; the candidate" in alone[0]
    assert both[1] == wish_of(a_sample())


@pytest.mark.parametrize("score", ["11", "-1", '"good"', "true", "NaN", "null", "[7]"])
def test_what_is_no_score_is_a_reason(spoken, score):
    reply = '{"explanation": "x", "score": ' + score + "}"
    reason = rated(spoken, reply)
    assert isinstance(reason, str) and "asked again" in reason and len(spoken.server.asked) == 2


def test_an_unreadable_reply_is_repaired_once(spoken):
    assert rated(spoken, "Sure!", RATED).value == 7 and len(spoken.server.asked) == 2
    assert rated(spoken, "Sure!", "It is great, 9/10.").startswith("no JSON in the judge's reply")


def test_a_refused_question_is_a_reason(spoken):
    reason = rated(spoken, spoken.reply(None, tokens=(90, 0), refusal="I rate no bears."))
    assert reason.startswith("the model declined: ") and len(spoken.server.asked) == 1


def test_a_cut_off_reply_is_a_reason(spoken):
    reason = rated(spoken, spoken.reply('{"explanation": "The hat', finish="length"))
    assert "was cut off at" in reason and len(spoken.server.asked) == 1


def test_tokens_and_money_are_metered(spoken):
    spoken.server.script = [spoken.reply("Sure!", tokens=(900, 10)), spoken.reply(RATED, tokens=(950, 100))]
    verifier = spoken.load(spoken.server, "scorer", price_per_million_tokens=10)
    (answer,) = answers(verifier, [(a_sample(), CANDIDATE)])
    assert (answer.spent.calls, answer.spent.tokens, answer.spent.money) == (1, 1960, pytest.approx(0.0196))


def test_a_refused_comparison_costs_its_tokens(spoken):
    spoken.server.script = [spoken.reply(None, tokens=(90, 0), refusal="No.")]
    comparer = spoken.load(spoken.server, "comparer")
    (answer,) = answers(comparer, [(a_sample(), CANDIDATE, OTHER)])
    assert isinstance(answer.value, Refused) and answer.value.reason == "not_compared"
    assert answer.spent.tokens == 90


def test_a_comparison_shows_both_in_order(spoken):
    spoken.server.script = [PREFERRED]
    comparer = spoken.load(spoken.server, "comparer")
    assert comparer(a_sample(), CANDIDATE, OTHER) == Comparison(preferred="second", reason="Its hem is right.")
    words, count, schema = spoken.question(spoken.server.asked[0])
    assert count == 4 and "the garment; the first candidate; the second candidate" in words[0]
    assert schema["properties"]["preferred"]["enum"] == ["first", "second", "tie"]


def test_the_first_picture_stands_first():
    with FakeGemini(PREFERRED) as server:
        gemini_model(server, "comparer")(a_sample(), CANDIDATE, OTHER)
        shown = [picture.getpixel((9, 9)) for picture in server.asked[0].pictures]
    assert shown[-2:] == [(255, 0, 0), (0, 0, 255)]


@pytest.mark.parametrize("preferred", ['"both"', "1", "null", '"the first one"'])
def test_what_is_no_preference_is_refused(spoken, preferred):
    spoken.server.script = ['{"reason": "x", "preferred": ' + preferred + "}"]
    with pytest.raises(Refused, match="the preference cannot be read") as caught:
        spoken.load(spoken.server, "comparer")(a_sample(), CANDIDATE, OTHER)
    assert caught.value.reason == "not_compared"


@pytest.mark.parametrize("role", ["scorer", "comparer"])
def test_they_vary_as_judges_do(spoken, role):
    assert not spoken.load(spoken.server, role).varies
    assert spoken.load(spoken.server, role, temperature=0.7).varies


@pytest.mark.parametrize("role", ["scorer", "comparer"])
def test_a_broken_server_fails_in_its_words(spoken, role):
    spoken.server.script = [500]
    images = (CANDIDATE,) if role == "scorer" else (CANDIDATE, OTHER)
    with pytest.raises(ModelFailed, match="answered 500"):
        spoken.load(spoken.server, role)(a_sample(), *images)


def test_the_role_decides_what_a_name_is(spoken):
    name = "gemini:gemini-3.8-flash" if spoken.load is gemini_model else "openai:m@http://127.0.0.1:9/v1"
    assert [models.role_of(name, role) for role in ("judge", "scorer", "comparer")] == ["judge", "scorer", "comparer"]
    assert models.role_of(name) == "judge"
    assert "aspect" in models.options_of(name, "scorer") and "aspect" not in models.options_of(name, "comparer")
    with pytest.raises(UnknownName, match="no generator is called"):
        models.options_of(name, "generator")
