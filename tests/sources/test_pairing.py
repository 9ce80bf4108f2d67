"""Which files make a sample, under which id, and what is said of the others."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import LAYOUT, SKIPPED

from tryon_core.records import SAMPLE_ID
from tryon_core.sources.pairing import Entry, pair, pairing_id, sample_id

stems = st.text(st.characters(blacklist_characters="/\x00", blacklist_categories=("Cs",)), min_size=1, max_size=150)


def tree(keys):
    """`children` of a tree that is only a list of keys."""

    def children(folder):
        head = f"{folder}/" if folder else ""
        below = [key.removeprefix(head) for key in keys if key.startswith(head)]
        folders = {key.split("/")[0] for key in below if "/" in key}
        return sorted(folders), [Entry(head + key, 1) for key in below if "/" not in key]

    return children


def paired(*keys):
    return pair(tree(keys), lambda key: key)


@pytest.mark.parametrize(
    "file, expected",
    [
        ("12345_partition_0_0.jpg", "12345_partition_0_0"),
        ("12345partition0_0.webp", "12345_partition_0_0"),
        ("shirt-12345_partition0_17_flat.png", "12345_partition_0_17"),
        ("a_9_12345partition_1_2_3.jpeg", "12345_partition_1_2"),
        ("partition_0_0.png", "partition_0_0"),
        ("12345_partition_0.png", "12345_partition_0"),
        ("tom.v2.png", "tom.v2"),
        ("٣_partition_0_0.png", "٣_partition_0_0"),
    ],
)
def test_files_pair_by_partition_or_stem(file, expected):
    assert pairing_id(file) == expected


@given(
    st.integers(0, 10**9),
    st.integers(0, 99),
    st.integers(0, 99),
    st.sampled_from(["_", ""]),
    st.sampled_from(["_", ""]),
)
def test_every_spelling_of_partitions_pairs_alike(number, first, second, before, after):
    assert pairing_id(f"{number}{before}partition{after}{first}_{second}.png") == f"{number}_partition_{first}_{second}"


@given(st.lists(stems, unique=True, max_size=8))
def test_different_files_get_different_usable_ids(names):
    ids = [sample_id("medium", "female", name) for name in names]
    assert all(SAMPLE_ID.fullmatch(one) for one in ids) and len(set(ids)) == len(names)


def test_an_ordinary_id_stays_unchanged():
    assert sample_id("easy", "male", "12345_partition_0_0") == "easy-male-12345_partition_0_0"
    assert re.fullmatch("easy-male-caf--[0-9a-f]{8}", sample_id("easy", "male", "café"))


def test_a_layout_is_paired_leftovers_listed():
    listing = paired(*LAYOUT)
    first, second = listing.lines
    assert first.sample_id == "easy-female-12_partition_0_1" and list(first.pictures) == ["person", "garment", "truth"]
    assert second.known == {"difficulty": "hard", "gender": "male"}
    assert second.pictures["person"] == "hard/male/initial_image/tom.png"
    assert {skipped.key: SKIPPED[skipped.key] in skipped.reason for skipped in listing.skipped} == dict.fromkeys(
        SKIPPED, True
    )
    assert listing.found == 2 and listing.skipped_count == len(SKIPPED)


def test_leftovers_of_one_folder_are_counted():
    listing = paired(*(f"easy/male/cloth_image/{n}.json" for n in range(500)))
    assert [(skipped.key, skipped.count) for skipped in listing.skipped] == [("easy/male/cloth_image/0.json", 500)]


def test_macos_shadow_files_displace_no_picture():
    listing = paired(
        "easy/male/initial_image/1_partition_0_0.jpg",
        "easy/male/cloth_image/._1_partition_0_0.jpg",
        "easy/male/cloth_image/1_partition_0_0.jpg",
    )
    assert listing.lines[0].pictures["garment"] == "easy/male/cloth_image/1_partition_0_0.jpg"
    assert [skipped.reason for skipped in listing.skipped] == ["a hidden file"]


def test_nothing_pairs_across_difficulties_or_genders():
    listing = paired("easy/male/initial_image/x.png", "easy/female/cloth_image/x.png", "hard/male/cloth_image/x.png")
    assert not listing.lines and listing.skipped_count == 3
    assert "no garment with pairing id 'x' in easy/male" in [skipped.reason for skipped in listing.skipped]


def test_samples_come_in_their_persons_order():
    keys = [
        f"{d}/male/{role}/{n}.png"
        for n in (10, 9, 1)
        for d in ("hard", "easy")
        for role in ("initial_image", "cloth_image")
    ]
    assert paired(*keys) == paired(*reversed(keys))
    persons = [line.pictures["person"] for line in paired(*keys).lines]
    assert persons == sorted(persons) and len(persons) == 6


names = st.sampled_from(["easy", "male", "initial_image", "cloth_image", "try_on_image", "x", ".x"])
files = st.sampled_from(
    ["a.png", "b.JPG", "1_partition_0_0.webp", "1partition0_0.png", "a.txt", "\n.png", "\udcff.png", "a.\udcff"]
)


@given(
    st.sets(st.tuples(names, names, names, files).map("/".join) | st.tuples(names, files).map("/".join), max_size=12)
)
def test_every_file_is_paired_or_skipped(keys):
    listing = paired(*keys)
    used = [where for line in listing.lines for where in line.pictures.values()]
    assert len(used) == len(set(used)) and set(used) <= keys
    entered = [key for key in keys - set(used) if re.match("easy/male/(initial|cloth|try_on)_image/", key)]
    others = {
        where.key for where in listing.skipped if not re.match("easy/male/(initial|cloth|try_on)_image/[^/]", where.key)
    }
    assert sum(s.count for s in listing.skipped if s.key not in others) == len(entered)
    listing.model_dump_json()


CLOTHS = ("a shirt.png", "notes.txt", "shirt.jpg", "shirt.png", ".hidden.png", "old/shirt.png")


def test_cloths_alone_may_lie_side_by_side():
    listing = pair(tree(CLOTHS), lambda key: key, ["garment"])
    assert [line.pictures for line in listing.lines] == [{"garment": "a shirt.png"}, {"garment": "shirt.jpg"}]
    assert listing.lines[1].sample_id == "shirt" and not listing.lines[1].known
    reasons = {skipped.key: skipped.reason for skipped in listing.skipped}
    assert reasons.keys() == {"notes.txt", ".hidden.png", "shirt.png", "old/"}
    assert "pairs by the same id as shirt.jpg" in reasons["shirt.png"]


def test_a_flow_of_two_pictures_takes_none_of_them():
    assert not paired(*CLOTHS).lines and paired(*CLOTHS).skipped[-1].reason.startswith("another folder")


def test_a_layout_without_persons_holds_cloths():
    keys = [key for key in LAYOUT if "initial_image" not in key]
    listing = pair(tree(keys), lambda key: key, ["garment"])
    assert [line.sample_id for line in listing.lines] == [
        "easy-female-12_partition_0_1",
        "hard-male-tom",
        "hard-male-unworn",
    ]
    assert listing.lines[0].known == {"difficulty": "easy", "gender": "female"}
    assert "read.me" in {skipped.key for skipped in listing.skipped}


def test_persons_are_used_where_they_are_and_left_where_not_wanted():
    listing = pair(tree(LAYOUT), lambda key: key, ["garment"])
    assert [list(line.pictures) for line in listing.lines] == [
        ["person", "garment", "truth"],
        ["person", "garment"],
        ["garment"],
    ]
    alone = pair(tree(["easy/male/initial_image/tom.png"]), lambda key: key, ["garment"])
    assert [skipped.reason for skipped in alone.skipped] == ["no garment with pairing id 'tom' in easy/male"]


def test_roles_a_layout_does_not_know_leave_its_pairs():
    assert pair(tree(LAYOUT), lambda key: key, ["result"]) == paired(*LAYOUT)
