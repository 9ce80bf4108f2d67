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


# ---- what is read of a reply that is not in the schema ---------------------------------------------------------------


def scores_of(text, cut_off=""):
    return {key: one.score for key, one in reply.read_reply(text, RUBRIC, cut_off).scores.items()}


def realism(value=4, **fields):
    """The record of one constraint whose finding has these fields."""
    findings = [finding(**fields)] if fields else []
    return reply.read_reply(written(findings, realism=value), RUBRIC).scores["realism"]


@pytest.mark.parametrize(
    ("box", "note"),
    [
        ([0, 0, 1001, 10], "its box is not within 0-1000: [0, 0, 1001, 10]"),
        ([-5, 0, 20, 10], "its box is not within 0-1000"),
        (None, "its box is no four numbers: None"),
        ([1, 2, 3], "its box is no four numbers"),
        ([1, 2, 3, "4"], "its box is no four numbers"),
        ([1, 2, 3, True], "its box is no four numbers"),
        ([1, 2, 3, float("nan")], "its box is no four numbers"),
        ({"left": 1}, "its box is no four numbers"),
        ("x" * 9000, "its box is no four numbers: 'xxx"),
        ([0.1, 0.2, 0.3, 0.4], "its box may be in fractions"),
        ([900, 0, 100, 10], "its box has no area"),
    ],
)
def test_a_bad_box_costs_the_region_alone(box, note):
    score = realism(box=box)
    assert (score.score, score.finding, score.fixes[0].text, score.region) == (4, "a seam", "blend the seam", None)
    assert score.reason.startswith(note) and len(score.reason) < 200


def test_a_box_in_tenths_is_a_region():
    assert realism(box=[0.5, 1, 1.5, 2]).region.bottom == 0.002
    assert realism(box=[100.5, 0.0, 1000.0, 10]).region.left == 0.1005 and realism(box=[0, 0, 1, 1]).region


@pytest.mark.parametrize(("key", "most"), [("finding", 120), ("fix", 100)])
def test_a_long_text_is_kept_shortened(key, most):
    score = realism(**{key: "word " * 50 + "end"})
    text = {"finding": score.finding, "fix": score.fixes[0].text}[key]
    assert most - 10 < len(text) <= most and text.endswith("word...") and f"its {key} was shortened" in score.reason
    assert realism(**{key: "x" * most}).reason == ""


@pytest.mark.parametrize("value", [None, 7, ["a"], {}])
def test_unreadable_words_cost_no_score(value):
    score = realism(finding=value, fix=value)
    assert (score.score, score.finding, score.fixes) == (4, "", ()) and score.region
    assert "its finding cannot be read" in score.reason and "its fix cannot be read" in score.reason


@pytest.mark.parametrize(
    ("value", "score"),
    [("8", 8), (8.0, 8), (7.5, 7.5), ("8/10", 8), (" 7.5 out of 10", 7.5), ({"score": 6}, 6), ("10", 10), (0, 0)],
)
def test_a_number_is_taken_in_any_dress(value, score):
    assert realism(value).score == score


def test_not_applicable_may_be_spelled_out():
    assert realism("N/A").status == "not_applicable"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (True, "the judge's score cannot be read: True"),
        (float("nan"), "cannot be read: nan"),
        (float("inf"), "cannot be read: inf"),
        (-1, "score -1 is not between 0 and 10"),
        (11, "score 11 is not between 0 and 10"),
        (10.5, "score 10.5 is not"),
        ("80", "score 80 is not"),
        ("8/100", "cannot be read: '8/100'"),
        ("9; DROP TABLE", "cannot be read"),
        ([8], "cannot be read"),
        ({}, "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_what_is_no_score_costs_one_constraint(value, reason):
    judgement = reply.read_reply(written(realism=value), RUBRIC)
    assert judgement.unscored == ("realism",) and reason in judgement.scores["realism"].reason
    assert judgement.scores["identity"].score == 9 and judgement.reply == written(realism=value)


def test_a_missing_score_is_one_unscored():
    only = json.dumps({"scores": {"realism": 9, "beauty": 3}})
    judgement = reply.read_reply(only, RUBRIC)
    assert judgement.scores["realism"].score == 9 and set(judgement.unscored) == set(RUBRIC.keys) - {"realism"}
    assert judgement.scores["identity"].reason == "the judge gave no score"


def test_two_different_scores_are_none():
    twice = written().replace('"realism": 9', '"realism": 9, "realism": 3')
    assert reply.read_reply(twice, RUBRIC).scores["realism"].reason.endswith("given twice, differently")
    assert scores_of(twice.replace("3}", "9}"))["realism"] == 9


def test_a_stray_finding_is_noted_where_one_is_missing():
    judgement = reply.read_reply(written([finding("beauty"), "a seam"], realism=4), RUBRIC)
    assert (
        "a finding is about no constraint of the rubric: {'constraint': 'beauty'" in judgement.scores["realism"].reason
    )
    assert judgement.scores["identity"].reason == "" and "beauty" in judgement.reply


def test_more_findings_than_allowed_are_read():
    judgement = reply.read_reply(written([finding("identity")] * 50 + [finding()], realism=4, identity=2), RUBRIC)
    assert judgement.scores["realism"].finding == "a seam"
    assert "a second finding was left out" in judgement.scores["identity"].reason < "a" * 300


@pytest.mark.parametrize("findings", [None, "none", {"realism": finding()}, finding()])
def test_findings_in_another_form_cost_no_score(findings):
    text = json.dumps({"scores": dict.fromkeys(RUBRIC.keys, 4), "findings": findings})
    judgement = reply.read_reply(text, RUBRIC)
    assert not judgement.unscored and judgement.scores["realism"].finding == ("a seam" if "{" in str(findings) else "")


@pytest.mark.parametrize(
    "scores",
    [
        dict.fromkeys(RUBRIC.keys, 6),
        {"answer": {"scores": dict.fromkeys(RUBRIC.keys, 6), "findings": []}},
        {"scores": {f"{n}. {key.replace('_', ' ').title()}": 6 for n, key in enumerate(RUBRIC.keys)}},
        [{"scores": dict.fromkeys(RUBRIC.keys, 6)}],
    ],
)
def test_scores_in_another_place_are_read(scores):
    assert set(scores_of(json.dumps(scores)).values()) == {6}


# ---- thinking --------------------------------------------------------------------------------------------------------

CUT_OFF = "the reply was cut off at 900 tokens"
DRAFT, FINAL = written(realism=1), written(realism=8)


@pytest.mark.parametrize(
    "text",
    [
        f"<think>{{}}</think>{FINAL}",
        f"<think>{DRAFT}</think>{FINAL}",
        f"<think>I weigh {{a: {DRAFT}</think>\n```json\n{FINAL}\n```",
        f"<thinking>{DRAFT}<think>{DRAFT}</think></thinking>{FINAL}",
        f"{DRAFT} hmm </think>{FINAL}",
        f"<think>{DRAFT} so {FINAL}",
        f"[THINK]{DRAFT}[/THINK]{FINAL}",
        f"<think>{DRAFT}</think>{FINAL}{{}}",
        f"<think>so {FINAL}</think>",
        f"It is {FINAL} <think>or {DRAFT} <think>or {DRAFT}",
    ],
)
def test_the_last_whole_answer_counts(text):
    assert scores_of(text)["realism"] == 8


def test_a_tag_in_a_finding_is_no_thinking():
    text = written([finding(finding="it reads </think> and {")], realism=4)
    assert reply.read_reply(text, RUBRIC).scores["realism"].finding == "it reads </think> and {"
    assert reply.read_reply(text[:-1], RUBRIC, CUT_OFF).scores["realism"].finding == "it reads </think> and {"


@pytest.mark.parametrize("text", [f"<think>{DRAFT} hm", f"<thinking>{DRAFT}</thinking>", "<think>"])
def test_thinking_that_was_cut_off_is_no_answer(text):
    with pytest.raises(
        BadReply, match=f"{CUT_OFF} and holds only thinking; give the judge more max_tokens, or extra_b"
    ):
        reply.read_reply(text, RUBRIC, CUT_OFF)


def test_a_draft_never_stands_for_a_cut_answer():
    with pytest.raises(BadReply, match=CUT_OFF):
        reply.read_reply(f"<think>{DRAFT}</think>Here is", RUBRIC, CUT_OFF)
    cut = reply.read_reply(f"<think>{DRAFT}</think>{FINAL[:30]}", RUBRIC, CUT_OFF)
    assert cut.scores["realism"].reason == CUT_OFF and cut.scores["garment_swap"].score == 9


# ---- replies that were cut off ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("cut_off", ["", CUT_OFF])
def test_what_was_whole_before_the_cut_counts(indent, cut_off):
    values = {key: 10 - number for number, key in enumerate(RUBRIC.keys)}
    whole = {"scores": values, "findings": [finding(key, finding=key) for key in reversed(RUBRIC.keys)]}
    text = json.dumps(whole, indent=indent)
    scored = 0
    for end in range(text.index("1"), len(text) - 1):
        try:
            judgement = reply.read_reply(text[:end], RUBRIC, cut_off)
        except BadReply as problem:
            assert scored == 0 and str(problem)
            continue
        scores = {key: one.score for key, one in judgement.scores.items() if one.score is not None}
        assert scores == {key: values[key] for key in scores} and len(scores) >= scored
        assert {one.reason for one in judgement.scores.values() if one.status == "unscored"} <= {
            cut_off or "the reply ends in the middle"
        }
        assert all(one.finding in ("", key) for key, one in judgement.scores.items())
        scored = len(scores)
    assert scored == 7 and judgement.scores["garment_structure"].finding == "garment_structure"


def test_a_missing_finding_says_why():
    text = written([finding("identity")], identity=3, realism=4)
    judgement = reply.read_reply(text[: text.index('"blend')], RUBRIC, CUT_OFF)
    reasons = {key: one.reason for key, one in judgement.scores.items() if one.reason}
    assert reasons == {"identity": CUT_OFF, "realism": CUT_OFF} and judgement.reply


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no JSON in the judge's reply"),
        ("I cannot judge people.", "no JSON"),
        ("[" * 5000, "no JSON"),
        ("9", "no JSON"),
        ("{" * 5000, "no scores in the judge's reply"),
        ("{'scores': {'realism': 9}}", "no scores"),
        ('{"scores": 3} \x1b[31m', "no scores in the judge's reply .19 characters: '.\"scores\": 3. .31m'"),
    ],
)
def test_what_cannot_be_read_says_why(text, sentence):
    with pytest.raises(BadReply, match=sentence):
        reply.read_reply(text, RUBRIC)


def test_a_very_long_reply_is_kept_short():
    long = reply.unread(RUBRIC, "a" * 10**6 + "end", "no JSON").reply
    assert len(long) < 66_000 and long.endswith("end") and "[934467 characters left out]" in long


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


def test_thoughts_before_an_empty_answer_are_no_scores():
    thought = json.dumps({"scores": dict.fromkeys(RUBRIC.keys, 3), "findings": []})
    judgement = reply.judgement_in(f"<think>maybe {thought}</think>{{}}", RUBRIC)
    assert set(judgement.unscored) == set(RUBRIC.keys)
