"""Which of a source's samples are wanted: by limit, by what is known, or by id."""

import pytest
from samples import line, parsed

from tryon_core.errors import BadInput, UnknownName
from tryon_core.sources import Listing, open_source

FACTS = [("a", "easy", "female"), ("b", "easy", "male"), ("c", "easy", "male"), ("d", "", "")]


@pytest.fixture
def place(tmp_path):
    lines = [line(name, difficulty=difficulty, gender=gender) for name, difficulty, gender in FACTS]
    (tmp_path / "m.jsonl").write_text("\n".join(lines))
    return tmp_path / "m.jsonl"


def ids(listing):
    return [sample.sample_id for sample in listing.lines]


def test_an_empty_selection_says_what_is_there(place):
    with pytest.raises(BadInput) as caught:
        open_source(place, difficulty="hard", gender="male").listing()
    assert "no sample has difficulty 'hard' and gender 'male'; there are " in str(caught.value)
    assert "no difficulty/no gender 1, easy/female 1, easy/male 2" in str(caught.value)


def test_the_limit_counts_what_was_selected(place):
    listing = open_source(place, limit=1, gender="male").listing()
    assert ids(listing) == ["b"] and listing.found == 4


def test_a_limit_below_one_is_refused(place):
    with pytest.raises(BadInput, match="limit is 0; it must be at least 1"):
        open_source(place, limit=0)


def test_facts_of_any_type_are_selected():
    listing = parsed(f"{line('a', known={'difficulty': 2})}\n{line('b', known={'difficulty': True})}")
    assert ids(listing.select(difficulty="2")) == ["a"] and ids(listing.select(difficulty="true")) == ["b"]
    assert listing.counts() == {("2", ""): 1, ("true", ""): 1}


def test_one_sample_is_named_by_id(place):
    assert ids(open_source(place, sample="c", limit=1).listing()) == ["c"]


def test_several_samples_come_as_named(place):
    assert ids(open_source(place, samples=["d", "a"]).listing()) == ["d", "a"]


def test_an_unknown_id_suggests_the_nearest():
    listing = parsed(f"{line('lake-01')}\n{line('lake-02')}")
    with pytest.raises(UnknownName, match="no sample is called 'lake-3'. Did you mean 'lake-0[12]'"):
        listing.select(samples=["lake-01", "lake-3"])


@pytest.mark.parametrize(
    "asked, words",
    [
        ({"samples": ["a", "b", "a"]}, "samples names 'a' 2 times; name each once"),
        ({"samples": "abc"}, "samples must be a list of ids as text, got 'abc' .str."),
        ({"samples": [1]}, "samples must be a list of ids as text, got .1. .list."),
        ({"samples": ["a"], "sample": "b"}, "sample 'b' and samples are both given"),
    ],
)
def test_muddled_ids_are_refused_at_opening(place, asked, words):
    with pytest.raises(BadInput, match=words):
        open_source(place, **asked)


def test_a_listing_survives_as_json():
    listing = parsed(f"{line('a', known={'age': 41, 'indoors': True, 'share': 1.0})}\n{line('b', wish='é')}")
    kept = Listing.model_validate_json(listing.model_dump_json())
    assert kept == listing and type(kept.lines[0].known["share"]) is float


def test_a_digest_tells_samples_and_order():
    listing = parsed(f"{line('a')}\n{line('b', wish='é')}")
    assert listing.digest == parsed(f"{line('a')}\n\n{line('b', wish='é')}").digest
    assert listing.digest != parsed(f"{line('b', wish='é')}\n{line('a')}").digest != listing.select(limit=1).digest
