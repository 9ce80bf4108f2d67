"""Which samples a limit takes: sizes, evenness, determinism and order, over drawn listings."""

import json
from collections import Counter

import doubles
import pytest
from hypothesis import given, target
from hypothesis import strategies as st
from samples import line, parsed

from tryon_core.errors import BadInput, RunConflict, UnknownName
from tryon_core.records import SampleLine
from tryon_core.sources import Listing, open_source
from tryon_core.sources.listing import fact

PEOPLE = "data_manifests/people.jsonl"


def sample(number, **known):
    person = known.pop("who", f"p{number}")
    return SampleLine(sample_id=f"s{number}", pictures={"person": f"{person}.png", "garment": "g.png"}, known=known)


FACTS = st.fixed_dictionaries(
    {"who": st.sampled_from("abc")},
    optional={"difficulty": st.sampled_from(["easy", "hard"]), "gender": st.sampled_from(["male", "female"])},
)
LISTINGS = st.lists(FACTS, min_size=1, max_size=40).map(
    lambda found: Listing(lines=tuple(sample(n, **known) for n, known in enumerate(found)), found=len(found))
)


def ids(listing):
    return [found.sample_id for found in listing.lines]


@given(LISTINGS, st.integers(1, 45), st.sampled_from(["first", "random", "stratified"]), st.integers(0, 5))
def test_a_choice_is_as_large_as_asked_in_order_and_repeatable(listing, limit, pick, seed):
    chosen = listing.select(limit, pick=pick, pick_seed=seed)
    assert len(chosen.lines) == min(limit, len(listing.lines)) and chosen.found == listing.found
    places = [ids(listing).index(sample_id) for sample_id in ids(chosen)]
    assert places == sorted(set(places)) and chosen == listing.select(limit, pick=pick, pick_seed=seed)


@given(LISTINGS, st.integers(1, 40), st.integers(0, 5))
def test_a_stratified_choice_is_even_within_one(listing, limit, seed):
    def group(found):
        return fact(found, "difficulty"), fact(found, "gender")

    there = Counter(map(group, listing.lines))
    taken = Counter(map(group, listing.select(limit, pick="stratified", pick_seed=seed).lines))
    target(float(len(there)))
    most = max(taken.values())
    assert all(taken[name] >= min(count, most - 1) for name, count in there.items())


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30), st.integers(1, 30), st.integers(0, 5))
def test_in_a_group_the_persons_take_turns(persons, limit, seed):
    listing = Listing(lines=tuple(sample(n, who=who) for n, who in enumerate(persons)), found=len(persons))
    there = Counter(persons)
    chosen = listing.select(limit, pick="stratified", pick_seed=seed)
    taken = Counter(found.pictures["person"].removesuffix(".png") for found in chosen.lines)
    assert all(taken[who] >= min(count, max(taken.values()) - 1) for who, count in there.items())


def test_the_first_24_are_three_people_and_a_stratified_24_are_all():
    def people(**how):
        return {found.pictures["person"] for found in open_source(PEOPLE, limit=24, **how).listing().lines}

    assert len(people()) == 3 and len(people(pick="stratified")) >= 12


def test_seeds_draw_different_samples():
    drawn = {tuple(ids(open_source(PEOPLE, limit=10, pick="random", pick_seed=seed).listing())) for seed in range(5)}
    assert len(drawn) == 5


def test_any_fact_can_be_even():
    listing = parsed("\n".join(line(f"s{n}", known={"site": "a" if n < 9 else "b"}) for n in range(10)))
    assert "s9" in ids(listing.select(2, pick="stratified", stratify=["site"]))
    with pytest.raises(BadInput, match="stratify names 'age', which is known of no sample; known are: site"):
        listing.select(2, pick="stratified", stratify=["age"])


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"pick": "frist"}, "no way to pick samples is called 'frist'. Did you mean 'first'"),
        ({"pick": "stratified", "stratify": "gender"}, "stratify must be a list of names"),
        ({"pick": "random", "stratify": ["gender"]}, "stratify is for pick 'stratified', and pick is 'random'"),
    ],
)
def test_a_muddled_choice_is_refused_at_opening(how, words):
    with pytest.raises(BadInput, match=words):
        open_source(PEOPLE, **how)


def test_named_samples_are_taken_whatever_is_picked():
    assert ids(open_source(PEOPLE, samples=["p2_dots"], limit=1, pick="random").listing()) == ["p2_dots"]


def test_a_listing_says_what_it_leaves_out():
    listing = parsed(f"{line('a')}\n{line('b')}")
    assert str(listing) == "2 samples" and str(listing.select(1)) == "1 of 2 samples"


@pytest.mark.parametrize("given", ["123", "0123"])
def test_lost_zeros_name_the_raw_parameter(given):
    with pytest.raises(UnknownName, match="papermill makes a number of -p sample 00123: write -r sample 00123"):
        parsed(line("00123")).select(sample=given)


def test_another_number_says_nothing_of_zeros():
    with pytest.raises(UnknownName) as refused:
        parsed(line("00123")).select(sample="124")
    assert "papermill" not in str(refused.value)


def test_a_run_records_what_was_picked_and_takes_no_others(manifest, tmp_path):
    """A run from before anything could be picked stays the same run: 'first' is not recorded."""
    doubles.run(manifest, tmp_path / "first", limit=2)
    assert not {"pick", "stratify", "requester_pays"} & set(parameters_of(tmp_path / "first"))
    doubles.run(manifest, tmp_path / "random", limit=2, pick="random", pick_seed=3)
    recorded = parameters_of(tmp_path / "random")
    assert (recorded["pick"], recorded["pick_seed"]) == ("random", 3)
    with pytest.raises(RunConflict, match="pick_seed: 3 -> 4"):
        doubles.run(manifest, tmp_path / "random", limit=2, pick="random", pick_seed=4)


def parameters_of(folder):
    return json.loads((folder / "run.json").read_text())["parameters"]
