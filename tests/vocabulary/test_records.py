"""Samples, requests and judgements to the letter: what they hold, refuse, and leave at a default."""

import dataclasses
import inspect

import pytest
from doubles import a_sample, picture
from pydantic import ValidationError

from tryon_core import records, roles, steps
from tryon_core.flows import closed_loop
from tryon_core.images import digest
from tryon_core.records import (
    EditRequest,
    Fix,
    Judgement,
    Measurement,
    ModelCard,
    Noise,
    Polish,
    Region,
    Sample,
    SampleLine,
    Score,
    Settings,
    canonical,
)
from tryon_core.rubrics import rules
from tryon_core.runs import batching
from tryon_core.text import Piece

SPINE = (records, steps, roles, rules, closed_loop, batching)
DATACLASSES = [
    one
    for module in SPINE
    for one in vars(module).values()
    if dataclasses.is_dataclass(one) and one.__module__ == module.__name__
]
CARD = {"name": "m", "revision": "1", "licence": "none"}


def test_equal_values_are_equal_text():
    assert canonical({"b": "é", "a": [1, {"d": None, "c": 2}]}) == '{"a":[1,{"c":2,"d":null}],"b":"é"}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))


def test_what_is_written_never_changes():
    with pytest.raises(ValidationError, match="frozen"):
        Noise().seed = 1
    with pytest.raises(ValidationError, match="Extra inputs"):
        Noise(sed=1)


@pytest.mark.parametrize("kind", DATACLASSES, ids=lambda kind: kind.__name__)
def test_what_carries_pixels_never_changes(kind):
    arguments = inspect.signature(kind).parameters.values()
    assert kind.__dataclass_params__.frozen
    assert kind in (roles.Answer, batching._Waiting) or {one.kind for one in arguments} == {
        inspect.Parameter.KEYWORD_ONLY
    }


@pytest.mark.parametrize(
    ("kind", "given", "left_out"),
    [
        (
            SampleLine,
            {"sample_id": "a"},
            {
                "wish": "The person wears the given garment; everything else stays as it is.",
                **dict.fromkeys(("pictures", "known", "sha256", "etags"), {}),
                **dict.fromkeys(("source", "licence", "consent"), ""),
            },
        ),
        (Noise, {}, {"seed": 0, "steps": ()}),
        (
            Fix,
            {"constraint": "c", "text": "t"},
            {"aspect": "", "part": "", "amount": 0.0, "unit": "", "strength": 1.0},
        ),
        (Settings, {}, {**dict.fromkeys(("steps", "guidance", "strength", "size")), "negative_prompt": ""}),
        (Polish, {"words": ()}, {"unused": ""}),
        (ModelCard, CARD, {"kind": "real", "settings": {}, "source": ""}),
        (Measurement, {"value": 1.0, "unit": "px"}, {"bar": None, "better": "lower"}),
        (
            Score,
            {"score": 1.0},
            {"status": "scored", "reason": "", "finding": "", "region": None, "fixes": (), "evidence": {}},
        ),
        (Judgement, {"scores": {}}, {"reply": ""}),
    ],
    ids=lambda one: one.__name__ if isinstance(one, type) else "",
)
def test_what_is_left_out_has_its_default(kind, given, left_out):
    assert kind(**given).model_dump() == {**given, **left_out}


def test_a_measurement_s_note_is_kept_where_there_is_one():
    noted = Measurement(value=7, unit="of 10", note="The hat sits well.")
    assert Measurement.model_validate_json(noted.model_dump_json()) == noted
    assert "note" not in Measurement(value=7, unit="of 10").model_dump()


# ---- samples ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "good"),
    [("a" * 128, True), ("a" * 129, False), ("7.b-c_", True), (".a", False), ("a b", False), ("", False)],
)
def test_an_id_is_a_file_s_name(name, good):
    assert (records.SAMPLE_ID.fullmatch(name) is not None) == good
    if not good:
        with pytest.raises(ValidationError, match="sample_id"):
            SampleLine(sample_id=name)


@pytest.mark.parametrize(
    ("name", "good"),
    [("person", True), ("clothing-12", True), ("a" * 32, True), ("a" * 33, False), ("Person", False), ("a-b", False)],
)
def test_a_role_is_a_plain_word(name, good):
    assert (records.ROLE.fullmatch(name) is not None) == good


def test_consent_goes_with_the_sample_and_to_no_model():
    line = SampleLine(sample_id="a", consent="signed, 2026-05-04")
    seen = Sample.of(line, {"person": picture()}).blind()
    assert seen.consent == "signed, 2026-05-04" and "signed" not in canonical(seen.record())


def test_a_blind_sample_lacks_truth_and_facts():
    seen = dataclasses.replace(a_sample(**{"truth": picture(), "truth-2": picture()}), known={"age": 3}).blind()
    assert list(seen.images) == ["person", "garment"] and seen.known == {} and seen.wish == "Wear it."


def test_several_pictures_of_a_role_keep_order():
    first, second = picture("tan"), picture("navy")
    sample = a_sample(**{"clothing": first, "clothing-2": second})
    assert sample.several("clothing") == (first, second) and sample.several("shoes") == ()
    assert list(sample.without("clothing").images) == ["person", "garment"]


def test_a_sample_is_told_by_digests():
    sample = Sample(sample_id="a", wish="Wear it.", images={"person": picture("red")})
    assert sample.record() == {"wish": "Wear it.", "images": {"person": digest(picture("red"))}}
    assert sample.known == {}


# ---- requests --------------------------------------------------------------------------------------------------------


def test_fresh_noise_is_the_same_everywhere():
    assert Noise(seed=7, steps=((1, 0.5),)).fresh(3) != Noise(seed=7).fresh(3) == Noise(seed=7).fresh(3)
    assert (Noise().fresh(1).seed, Noise(seed=7).fresh(3).seed) == (3067397285, 2348826366)


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_fits_into_63_bits(seed):
    with pytest.raises(ValidationError, match="seed"):
        Noise(seed=seed)
    assert [Noise(seed=good).seed for good in (0, 2**63 - 1)] == [0, 2**63 - 1]


@pytest.mark.parametrize(
    ("text", "sentence"), [("mend it. . ", "Mend it."), ("x", "X."), (" . ", ""), ("size X", "Size X.")]
)
def test_a_fix_is_one_sentence(text, sentence):
    assert Fix(constraint="c", text=text).sentence == sentence


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [("steps", 0, 1), ("guidance", -0.1, 0), ("strength", -0.1, 0), ("strength", 1.1, 1)],
)
def test_settings_have_their_limits(name, bad, good):
    assert getattr(Settings(**{name: good}), name) == good
    with pytest.raises(ValidationError, match=name):
        Settings(**{name: bad})


def test_composed_words_lack_what_was_inserted():
    pieces = [("kept", "Wear"), ("deleted", "it"), ("inserted", "that"), ("kept", "now.")]
    words = tuple(Piece(kind=kind, text=text) for kind, text in pieces)
    assert Polish(words=words).composed == "Wear it now."


def test_a_request_s_record_names_all_of_it():
    mask, control, fix = picture("white").convert("L"), picture("green"), Fix(constraint="c", text="t")
    bare = {"settings": Settings().model_dump(), "noise": {"seed": 0, "steps": []}}
    asked = EditRequest(prompt="p", images=(picture("red"),))
    assert asked.record(str) == {
        "prompt": "p",
        "images": [str(asked.images[0])],
        "mask": None,
        "control": None,
        "fixes": [],
        **bare,
    }
    full = EditRequest(prompt="p", images=(), mask=mask, control=control, fixes=(fix,)).record()
    assert (full["mask"], full["control"]) == (digest(mask), digest(control))
    assert full["fixes"] == [fix.model_dump()] and asked.polish is None
    sized = EditRequest(prompt="p", images=(), mask=mask, control=control, settings=Settings(size=(64, 80)))
    named = sized.record(lambda _: "n")
    assert (named["mask"], named["control"], named["settings"]["size"]) == ("n", "n", [64, 80])


# ---- judgements ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("box", [(0.5, 0, 0.5, 1), (0, 0.5, 1, 0.5), (0.6, 0, 0.5, 1), (0, 0.6, 1, 0.5)])
def test_a_region_has_an_area(box):
    with pytest.raises(ValidationError, match="left < right and top < bottom"):
        Region(**dict(zip(("left", "top", "right", "bottom"), box, strict=True)))


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
@pytest.mark.parametrize("beyond", [-0.1, 1.1])
def test_a_region_lies_in_the_picture(side, beyond):
    whole = {"left": 0, "top": 0, "right": 1, "bottom": 1}
    assert Score.model_validate({"score": 1, "region": whole}).region == Region(**whole)
    with pytest.raises(ValidationError, match="than or equal to"):
        Region(**{**whole, side: beyond})


@pytest.mark.parametrize(
    "given",
    [
        {"score": None},
        {"score": 5, "status": "unscored", "reason": "r"},
        {"score": 5, "status": "not_applicable", "reason": "r"},
        {"score": None, "status": "unscored"},
        {"score": None, "reason": "r"},
        {},
    ],
)
def test_a_score_is_a_number_or_a_reason(given):
    with pytest.raises(ValidationError, match="a score is a number, or"):
        Score(**given)


def test_a_score_goes_from_nought_to_ten():
    assert [Score(score=value).score for value in (0, 10)] == [0, 10]
    for beyond in (-0.1, 10.1):
        with pytest.raises(ValidationError, match="score"):
            Score(score=beyond)


def test_unscored_is_not_what_is_inapplicable():
    told = {
        "a": Score(score=1),
        "b": Score(status="unscored", reason="r"),
        "c": Score(status="not_applicable", reason="r"),
    }
    assert Judgement(scores=told).unscored == ("b",)


def test_decisions_are_their_words():
    assert [*records.Decision] == ["accept", "retry", "restart", "stop"]
