"""What a line of a manifest may say, the sample it becomes, and the sentence for everything else."""

import pytest
from samples import line, parsed

from tryon_core.errors import BadManifest
from tryon_core.records import SampleLine

A, B = "a" * 64, "b" * 64  # digests


def sample(**given) -> SampleLine:
    return parsed(line("it", **given)).lines[0]


def refusal(text: str) -> str:
    with pytest.raises(BadManifest) as caught:
        parsed(f"{line('good')}\n{text}")
    sentence = str(caught.value)
    assert caught.value.line == 2 and sentence.startswith("m.jsonl, line 2: ")
    assert sentence.isprintable() and len(sentence) < 400
    return sentence.removeprefix("m.jsonl, line 2: ")


def test_a_line_keeps_its_own_words():
    words = dict(wish="Wear it.\nAll of it.", source="own", licence="CC0-1.0", consent="written")
    assert sample(**words).model_dump(include=set(words)) == words


def test_a_sample_needs_an_id_alone():
    only = parsed('{"sample_id": "it"}').lines[0]
    assert only == SampleLine(sample_id="it")


def test_pictures_come_before_the_others_named():
    pictures = sample(truth="t.png", pictures={"mask": "m.png", "init": "i.png"}).pictures
    assert list(pictures) == ["person", "garment", "truth", "mask", "init"] and pictures["mask"] == "m.png"


def test_several_pictures_are_numbered_in_order():
    pictures = sample(person=None, garment=None, pictures={"clothing": ["a", "b", "c"]}).pictures
    assert pictures == {"clothing": "a", "clothing-2": "b", "clothing-3": "c"}


def test_a_person_may_stand_under_pictures():
    assert sample(person=None, pictures={"person": ["a", "b"]}).pictures["person-2"] == "b"


def test_digests_follow_their_pictures_numbers():
    pinned = sample(pictures={"clothing": ["a", "b"]}, sha256={"person": A, "clothing": [A, B]})
    assert pinned.sha256 == {"person": A, "clothing": A, "clothing-2": B}


def test_facts_of_both_places_are_known():
    known = sample(split="tuning", gender="female", known={"age": 41, "indoors": True, "share": 0.5}).known
    assert known == {"gender": "female", "split": "tuning", "age": 41, "indoors": True, "share": 0.5}
    assert [type(known[name]) for name in ("age", "indoors", "share")] == [int, bool, float]


def test_an_empty_fact_is_not_known():
    assert sample(pattern="", known={"mood": ""}).known == {}


@pytest.mark.parametrize(
    "given, words",
    [
        ({"mask": "m.png"}, "no key of a manifest line is called 'mask'"),
        ({"mask": "m.png"}, "A picture of another role goes under 'pictures'"),
        ({"clothes": ["s3://b/a", "s3://b/c"]}, "A picture of another role goes under 'pictures'"),
        ({"age": 41}, "Another fact goes under 'known'"),
        ({"indoors": True}, "Another fact goes under 'known'"),
        ({"persn": "x.png"}, "'persn'. Did you mean 'person'?"),
        ({"etags": {}}, "no key of a manifest line is called 'etags'"),
        ({"x" * 5000: 1}, "no key of a manifest line is called 'xxx"),
    ],
)
def test_unknown_keys_are_shown_their_place(given, words):
    assert words in refusal(line(**given))


@pytest.mark.parametrize(
    "given, words",
    [
        ({"person": 3}, "person: Input should be a valid string, got 3 (int)"),
        ({"garment": ""}, "garment: the path is empty; name the picture, or leave the key out"),
        ({"person": "a\nb.png"}, r"person: control character '\n' in 'a\nb.png'; take it out"),
        ({"pictures": {"clothing-2": "a"}}, "pictures: 'clothing-2' is numbered by hand; write a list"),
        ({"pictures": {"Init": "a"}}, "pictures: 'Init' is no role of a picture; write 1-32 of a-z 0-9 _"),
        ({"pictures": {"init\n": "a"}}, r"pictures: 'init\n' is no role of a picture"),
        ({"pictures": {"": "a"}}, "pictures: '' is no role of a picture"),
        ({"pictures": {"init": ""}}, "pictures.init.0: the path is empty"),
        ({"pictures": {"init": ["a", ""]}}, "pictures.init.1: the path is empty"),
        ({"pictures": {"init": []}}, "pictures.init: one text or a list of at least one is needed, got [] (list)"),
        ({"pictures": {"init": None}}, "pictures.init: one text or a list of at least one is needed, got None"),
        ({"pictures": {"init": [["a"]]}}, "pictures.init.0: Input should be a valid string, got ['a'] (list)"),
        ({"pictures": {"a\nb" * 99: 3}}, "pictures.a ba ba b"),
        ({"pictures": "a.png"}, "pictures: Input should be a valid dictionary, got 'a.png' (str)"),
        ({"pictures": {"person": "q"}}, "'person' stands at the top level and under 'pictures'; keep one"),
    ],
)
def test_bad_pictures_are_refused_in_words(given, words):
    assert words in refusal(line(**given))


@pytest.mark.parametrize(
    "given, words",
    [
        ({"known": {"": 1}}, "known: '' is no name of a fact; write 1-80 characters"),
        ({"known": {" \n": 1}}, r"known: ' \n' is no name of a fact"),
        ({"known": {"a\x07": 1}}, r"known: control character '\x07' in 'a\x07'; take it out"),
        ({"known": {"n" * 81: 1}}, "is no name of a fact"),
        ({"known": {"mood": None}}, "known.mood: text, a number, true or false is needed, got None (NoneType); leave"),
        ({"known": {"mood": ["a"]}}, "known.mood: text, a number, true or false is needed, got ['a'] (list); leave"),
        ({"known": {"mood": "a\tb"}}, r"known.mood: control character '\t' in 'a\tb'; take it out"),
        ({"known": {"size": 2**63}}, "known.size: a whole number beyond 64 bits, got 9223372036854775808 (int)"),
        ({"known": []}, "known: Input should be a valid dictionary, got [] (list)"),
        ({"gender": None}, "gender: text, a number, true or false is needed, got None"),
        ({"split": "", "known": {"split": "x"}}, "'split' stands at the top level and under 'known'; keep one"),
    ],
)
def test_bad_facts_are_refused_in_words(given, words):
    assert words in refusal(line(**given))


@pytest.mark.parametrize(
    "given, words",
    [
        ({"sha256": "0"}, "sha256: Input should be a valid dictionary, got '0' (str)"),
        ({"sha256": {"person": "0"}}, "sha256.person.0: a SHA-256 digest is 64 of 0-9 a-f, got '0' (str)"),
        ({"sha256": {"person": f"{A}\n"}}, "a SHA-256 digest is 64 of 0-9 a-f"),
        ({"sha256": {"face": A}}, "no picture of this line is called 'face'. Known: garment, person"),
        ({"sha256": {"person-2": A}}, "sha256: 'person-2' is numbered by hand"),
        ({"sha256": {"person": [A, B]}}, "sha256 of 'person' has 2 for 1 of its pictures; write one for each"),
        ({"pictures": {"init": ["a", "b"]}, "sha256": {"init": A}}, "sha256 of 'init' has 1 for 2 of its pictures"),
        ({"person": None, "garment": None, "sha256": {"person": A}}, "sha256 is given, but no picture"),
    ],
)
def test_bad_digests_are_refused_in_words(given, words):
    assert words in refusal(line(**given))


@pytest.mark.parametrize("name", ["../x", ".hidden", "", "x" * 129, "a\n", "é"])
def test_unusable_ids_are_refused_in_words(name):
    assert "cannot be used; write 1-128 of A-Z a-z 0-9 . _ -, not beginning with a dot" in refusal(line(name))


def test_a_missing_id_is_asked_for():
    assert refusal('{"person": "p"}') == "sample_id: Field required"


@pytest.mark.parametrize("field", ["wish", "source", "licence", "consent"])
def test_prose_holds_no_control_characters(field):
    assert rf"{field}: control character '\x1b' in 'a\x1bb'; take it out" in refusal(line(**{field: "a\x1bb"}))


@pytest.mark.parametrize(
    "name, words",
    [
        ("https://h/p.png?X-Amz-Signature=topsecret", "init-2 'https://h/p.png': only files and s3:// URLs are read"),
        ("s3://b/p.png", "init-2: 's3://b/p.png' is no S3 location"),
    ],
)
def test_other_places_are_refused_without_secrets(name, words):
    sentence = refusal(line(pictures={"init": ["a.png", name]}))
    assert words in sentence and "topsecret" not in sentence
