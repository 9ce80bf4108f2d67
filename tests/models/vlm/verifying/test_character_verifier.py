"""The aspect `character`: identity, quality and consistency in one question, each read by itself."""

import json

import pytest
from doubles import card
from fake_gemini import FakeGemini, said
from PIL import Image

from tryon_core import models
from tryon_core.errors import BadReply
from tryon_core.models.scorers.by_metric import NO_ORIGINAL
from tryon_core.models.vlm.serving.server_replies import ServerReply
from tryon_core.models.vlm.verifying.character_rating import NO_CHARACTER, TERMS, CharacterRating
from tryon_core.models.vlm.verifying.verifier import Verifier
from tryon_core.records import Measurement, Sample
from tryon_core.roles import Answer, answers
from tryon_core.steps import Spent

NAMES = ("identity_vl", "quality_vl", "consistency_vl")
COLOURS = {"init": "red", "person": "orange", "character": "blue", "garment": "pink", "mask": "black"}
RESULT = Image.new("RGB", (200, 300), "green")


def reply(**scores):
    given = {"identity": 7, "quality": 8, "consistency": 9} | scores
    return json.dumps({term: {"explanation": f"{term}!", "score": score} for term, score in given.items()})


def mask(box, size=(200, 300)):
    painted = Image.new("RGB", size, (3, 3, 3))  # black as JPEG keeps it
    painted.paste("white", box)
    return painted


def a_sample(*roles, **images):
    images = {role: Image.new("RGB", (200, 300), COLOURS[role]) for role in roles or ("init", "character")} | images
    return Sample(sample_id="a", wish="The girl waves.", images=images)


class Says:
    """Answers every question with the same text; keeps what it was asked."""

    max_pixels, varies = 1024 * 1024, False

    def __init__(self, text):
        self.text, self.asked = text, []

    def metered(self, asked, question):
        self.asked += [(parts, question) for parts in asked]
        return [Answer(question.read(ServerReply(self.text), ""), Spent(calls=1)) for _ in asked]

    @property
    def last(self):
        """(words in front, sizes and colours of the pictures, words behind)"""
        parts, _ = self.asked[-1]
        pictures = [part for part in parts if not isinstance(part, str)]
        words = [part for part in parts if isinstance(part, str)]
        return words[0], [(each.size, each.getpixel((9, 9))) for each in pictures], words[1:]


def verifier(text=""):
    return Verifier(Says(text or reply()), card("eye"), "character")


def test_one_question_gives_three_scores():
    eye = verifier()
    scores = eye(a_sample(), RESULT)
    assert {name: score.value for name, score in scores.items()} == dict(zip(NAMES, (7, 8, 9), strict=True))
    assert scores["identity_vl"] == Measurement(value=7, unit="of 10", better="higher", note="identity!")
    assert tuple(metric.name for metric in eye.metrics) == NAMES and len(eye.asker.asked) == 1


def test_it_sees_character_original_and_result():
    eye = verifier()
    eye(a_sample("init", "person", "character", "garment"), RESULT)
    words, pictures, behind = eye.asker.last
    assert "are, in order: the character; the original, before the character was drawn into it; the result." in words
    assert [colour for _, colour in pictures] == [(0, 0, 255), (255, 0, 0), (0, 128, 0)]
    assert behind == ['What was wished for: "The girl waves."']


def test_a_person_is_the_original_too():
    eye = verifier()
    assert eye(a_sample("person", "character"), RESULT)["consistency_vl"].value == 9
    assert eye.asker.last[1][1][1] == (255, 165, 0)


def test_a_small_part_is_shown_close_up():
    eye = verifier()
    eye(a_sample(mask=mask((40, 60, 80, 120)), init=RESULT, character=RESULT), RESULT)
    words, pictures, behind = eye.asker.last
    assert words.count("close up") == 1 and pictures[-1][0] == (140, 180)  # 15 px round it, twice as large
    assert behind[0] == "What was to change lies from 12% to 48% of the width and from 15% to 45% of the height."


def test_a_mask_of_another_size_is_stretched():
    eye = verifier()
    eye(a_sample(mask=mask((20, 30, 40, 60), (100, 150))), RESULT)
    assert eye.asker.last[1][-1][0] == (140, 180)


@pytest.mark.parametrize(("box", "said_where"), [((0, 0, 200, 300), True), ((0, 0, 0, 0), False)])
def test_a_whole_or_empty_mask_adds_no_picture(box, said_where):
    eye = verifier()
    eye(a_sample("init", "character", mask=mask(box)), RESULT)
    words, pictures, behind = eye.asker.last
    assert len(pictures) == 3 and "close up" not in words and (len(behind) == 2) is said_where


def test_what_cannot_be_compared_is_not_asked():
    eye = verifier()
    without = {name: eye(a_sample(*roles), RESULT) for name, roles in {"i": ["init"], "c": ["character"]}.items()}
    assert without["i"]["identity_vl"] == NO_CHARACTER and without["i"]["consistency_vl"].value == 9
    assert without["c"]["consistency_vl"] == NO_ORIGINAL and without["c"]["identity_vl"].value == 7
    for (parts, question), term in zip(eye.asker.asked, ("identity", "consistency"), strict=True):
        assert TERMS[term] not in parts[0] and term not in question.answer.model_json_schema()["properties"]


def test_mixed_samples_are_asked_by_their_question():
    eye = verifier()
    calls = [(a_sample(*roles), RESULT) for roles in (["init"], ["init", "character"], ["init"])]
    batch = answers(eye, calls)
    assert [answer.value for answer in batch] == [eye(*call) for call in calls]
    assert [isinstance(answer.value["identity_vl"], str) for answer in batch] == [True, False, True]
    assert [answer.spent.calls for answer in batch] == [1, 1, 1]


@pytest.mark.parametrize(
    ("score", "reason"),
    [
        (11, "score 11 is not between 0 and 10"),
        (-1, "score -1 is not between"),
        ("good", "score cannot be read: 'good'"),
        (True, "score cannot be read: True"),
        (None, "the model gave no score"),
        ([7], "score cannot be read: [7]"),
    ],
)
def test_a_bad_score_leaves_the_others(score, reason):
    scores = verifier(reply(quality=score))(a_sample(), RESULT)
    assert scores["quality_vl"].startswith("quality: ") and reason in scores["quality_vl"]
    assert (scores["identity_vl"].value, scores["consistency_vl"].value) == (7, 9)


def test_a_missing_score_leaves_the_others():
    values = json.loads(reply())
    del values["quality"], values["consistency"]["score"]
    scores = verifier(json.dumps(values))(a_sample(), RESULT)
    assert scores["quality_vl"] == "quality: the model gave no score"
    assert scores["consistency_vl"] == "consistency: the model gave no score" and scores["identity_vl"].value == 7


def test_of_a_cut_off_reply_the_whole_scores_stand():
    text = reply()[: reply().index("consistency!")]
    read = CharacterRating().read(ServerReply(text, cut_off=True), "the reply was cut off at 90 tokens")
    assert (read["identity_vl"].value, read["quality_vl"].value) == (7, 8)
    assert read["consistency_vl"] == "consistency: the reply was cut off at 90 tokens"


@pytest.mark.parametrize("text", ["Sure!", "{}", reply(identity=11, quality=None, consistency="x")])
def test_a_reply_without_any_score_is_asked_again(text):
    with pytest.raises(BadReply):
        CharacterRating().read(ServerReply(text), "")


def test_the_words_are_part_of_the_card(monkeypatch):
    before = verifier().card.settings
    monkeypatch.setitem(TERMS, "quality", "is it nice?")
    assert before["aspect"] == "character" and verifier().card.settings["words"] != before["words"]


# ---- through Gemini's own library, on loopback -----------------------------------------------------------------------


def test_gemini_is_asked_once_and_paid_once():
    pytest.importorskip("google.genai", reason="google-genai is not installed; run make setup")
    with FakeGemini(said(reply(), usage=(900, 100, 0))) as server:
        options = {"aspect": "character", "base_url": server.url, "price_per_million_tokens": 10}
        eye = models.load("gemini", role="scorer", **options)
        (answer,) = answers(eye, [(a_sample(), RESULT)])
    (asked,) = server.asked
    assert [each.getpixel((9, 9)) for each in asked.pictures] == [(0, 0, 255), (255, 0, 0), (0, 128, 0)]
    assert asked.body["generationConfig"]["responseJsonSchema"]["required"] == ["identity", "quality", "consistency"]
    assert {name: score.value for name, score in answer.value.items()} == dict(zip(NAMES, (7, 8, 9), strict=True))
    assert (answer.spent.calls, answer.spent.tokens, answer.spent.money) == (1, 1000, pytest.approx(0.01))
