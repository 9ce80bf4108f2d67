"""A vision-language judge's reply as a judgement: read, or unscored with the reason; never a default number."""

import json

import jsonschema
import pytest

from tryon_core.errors import BadReply
from tryon_core.models.vlm import reply
from tryon_core.rubrics.shipped import RUBRICS

RUBRIC = RUBRICS["default"]


def written(findings=(), **scores):
    return json.dumps({"scores": {**dict.fromkeys(RUBRIC.keys, 9), **scores}, "findings": list(findings)})


def finding(key="realism", **fields):
    return {"constraint": key, "finding": "a seam", "fix": "blend the seam", "box": [100, 200, 300, 400], **fields}


def test_a_whole_reply_becomes_a_judgement():
    judgement = reply.read_reply(written([finding()], realism=4), RUBRIC)
    score = judgement.scores["realism"]
    assert (score.score, score.finding, score.fixes[0].text) == (4, "a seam", "blend the seam")
    assert (score.region.left, score.region.bottom) == (0.1, 0.4)
    RUBRIC.check(judgement)


def test_control_characters_reach_no_prompt():
    judgement = reply.read_reply(written([finding(finding="a\x18b\n c", fix="\u202e mend\tit ")], realism=4), RUBRIC)
    assert judgement.scores["realism"].finding == "a b c" and judgement.scores["realism"].fixes[0].text == "mend it"
    raw = written([finding()], realism=4).replace("a seam", "a\x18seam")
    assert reply.read_reply(raw, RUBRIC).scores["realism"].finding == "a seam"


def test_null_takes_its_finding_as_reason():
    judgement = reply.read_reply(written([finding("identity", finding="no face is shown")], identity=None), RUBRIC)
    assert judgement.scores["identity"].status == "not_applicable"
    assert judgement.scores["identity"].reason == "no face is shown" and not judgement.unscored


@pytest.mark.parametrize("around", ["```json\n{}\n```", "Here it is: {} I hope this helps.", "<think>no</think>{}"])
def test_json_inside_other_words_is_read(around):
    assert reply.read_reply(around.replace("{}", written(realism=3)), RUBRIC).scores["realism"].score == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no JSON in the judge's reply"),
        ("I cannot judge people.", "no JSON"),
        (written()[:-20], "no JSON"),
        (written(realism=11), "scores.realism: Input should be less than or equal to 10"),
        (written(realism=True), "scores.realism: Input should be a valid integer, got True .bool."),
        (written(realism="9; DROP TABLE"), "scores.realism: Input should be a valid integer"),
        (written(beauty=9), "scores.beauty: Extra inputs are not permitted"),
        (json.dumps({"scores": {"realism": 9}, "findings": []}), "scores.garment_swap: Field required"),
        (written([finding("beauty")]), "findings.0.constraint"),
        (written([finding(box=[1, 2])]), "findings.0.box"),
        (written([finding(box=[-5, 0, 2000, 10])]), "findings.0.box.0: Input should be greater than or equal to 0"),
        (written([finding()] * 50), "findings: List should have at most 7 items"),
        (written([finding(fix="x" * 5000)]), "findings.0.fix: String should have at most 100 characters"),
        ("[" * 5000, "no JSON"),
        ("9", "valid dictionary"),
    ],
)
def test_what_cannot_be_read_says_why(text, sentence):
    with pytest.raises(BadReply, match=sentence):
        reply.read_reply(text, RUBRIC)


def test_an_unread_reply_is_kept_unscored():
    judgement = reply.unread(RUBRIC, "I cannot.", "no JSON")
    assert judgement.unscored == RUBRIC.keys and judgement.reply == "I cannot."


def test_the_first_finding_per_constraint_counts():
    judgement = reply.read_reply(written([finding(fix="first"), finding(fix="second")], realism=4), RUBRIC)
    assert [fix.text for fix in judgement.scores["realism"].fixes] == ["first"]


@pytest.mark.parametrize("box", [[5, 5, 5, 9], [900, 0, 100, 10], [0, 0, 0, 0]])
def test_a_box_without_area_is_dropped(box):
    assert reply.region_of(box) is None


def test_the_schema_takes_what_is_read():
    schema = reply.reply_model(RUBRIC).model_json_schema()
    jsonschema.validate(json.loads(written([finding()], identity=None)), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(written(realism=12)), schema)
