"""A manifest as a file: its lines, their numbers, and that nothing in it makes anything but a sentence."""

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import encoded, line, parsed

from tryon_core.errors import BadManifest, StorageError
from tryon_core.sources import Listing, manifest, open_source
from tryon_core.sources.manifest_line import KEYS


def test_samples_keep_their_lines_order():
    assert [sample.sample_id for sample in parsed(f"{line('b')}\n{line('a')}\n").lines] == ["b", "a"]


def test_blank_lines_and_carriage_returns_vanish():
    assert parsed(f"{line('b')}\r\n\r\n  \n{line('a')}\n").found == 2


def test_a_byte_order_mark_is_ignored():
    assert parsed(f"\ufeff{line('b')}").found == 1


def test_a_separator_inside_text_ends_nothing():
    assert parsed(f'{{"sample_id": "a", "wish": "one\u2028two"}}\n{line("b")}').found == 2


@pytest.mark.parametrize(
    "bad, words",
    [
        ('{"sample_id": "a"', "broken JSON at column"),
        ("{'sample_id': 'a'}", "broken JSON at column 2"),
        ("[1, 2]", "[1, 2] where an object must be"),
        ("null", "null where an object must be; write one {...} a line"),
        ('{"sample_id": "a", "sample_id": "b"}', "'sample_id' stands there twice"),
        ('{"sample_id": "a", "known": {"age": 1, "age": 2}}', "'age' stands there twice"),
        ('{"sample_id": "a", "known": {"age": NaN}}', "NaN where a finite number must be"),
        ('{"sample_id": "a", "known": {"age": -Infinity}}', "-Infinity where a finite number must be"),
        ('{"sample_id": "a", "known": {"age": 1e999}}', "1e999 where a finite number must be"),
        (r'{"sample_id": "a", "wish": "Wear \ud800"}', r"half a character (a lone surrogate) at the end of"),
        (r'{"sample_id": "a", "known": {"\udc00": 1}}', r"""{"\udc00'; write the whole character"""),
        ('{"sample_id": ' + "9" * 5000 + "}", "JSON that cannot be read"),
        ("[" * 100_000, "JSON that cannot be read"),
        ('{"sample_id": ' + "[" * 900 + "]" * 900 + "}", "sample_id: Input should be a valid string, got [[["),
        (b'{"sample_id": "\xff"}', "byte 16 is not UTF-8"),
    ],
)
def test_broken_json_is_named_by_line(bad, words):
    with pytest.raises(BadManifest) as caught:
        parsed(f"{line('good')}\n\n".encode() + (bad if isinstance(bad, bytes) else bad.encode()))
    sentence = str(caught.value)
    assert caught.value.line == 3 and sentence.startswith("m.jsonl, line 3: ") and words in sentence
    assert sentence.isprintable() and len(sentence) < 300


@pytest.mark.parametrize("opened, closed", [("[", "]"), ('{"a": ', "}")])
def test_no_depth_is_a_traceback(opened, closed):
    for depth in range(900, 1000):  # about here Python gives up, now in reading, now in saying what was read
        with pytest.raises(BadManifest, match="m.jsonl, line 1: "):
            parsed(f'{{"sample_id": {opened * depth}1{closed * depth}}}')


def test_a_repeated_id_names_both_lines():
    with pytest.raises(BadManifest, match="m.jsonl, line 4: sample_id 'a' is already line 1's; rename one"):
        parsed(f"{line('a')}\n{line('b')}\n\n{line('a', person='other.png')}")


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "  \r\n"])
def test_an_empty_manifest_is_refused(text):
    with pytest.raises(BadManifest, match="m.jsonl, line 1: the file holds no sample; write one JSON object a line"):
        parsed(text)


@given(st.binary(max_size=200))
def test_any_bytes_give_listing_or_badmanifest(data):
    try:
        assert parsed(data).found > 0
    except BadManifest as e:
        assert e.line >= 1


odd_texts = st.text(max_size=8) | st.sampled_from(
    ["", "a\nb", "\x07", "\ud800", "../x", "s3://b/p", "http://h/x", "p" * 300]
)
texts = st.sampled_from(["a", "p.png", "folder/é.webp", "s3://bucket/key.png"])
numbers = st.integers() | st.floats() | st.booleans()
junk = st.recursive(
    st.none() | numbers | odd_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_texts, inner, max_size=3),
    max_leaves=5,
)
roles = st.sampled_from(["init", "mask", "clothing", "person"])
by_role = st.dictionaries(roles, texts | st.lists(texts, min_size=1, max_size=3), max_size=3)
by_name = st.dictionaries(st.sampled_from(["age", "indoors", "split", "Größe"]), numbers | texts, max_size=3)


def numbered(pictures):
    return pictures | {"clothing-2": "p.png"}


likely = {key: texts for key in KEYS} | {"sample_id": st.just("it"), "pictures": by_role, "known": by_name}
unlikely = {key: value | junk for key, value in likely.items()} | {"pictures": by_role | junk | by_role.map(numbered)}
random_lines = st.one_of(
    st.fixed_dictionaries({}, optional=options).map(lambda given_line: {"sample_id": "it"} | given_line)
    for options in (likely | {"sha256": st.just({})}, unlikely)
)


def test_random_lines_parse_or_say_where(tmp_path):
    outcomes = Counter()

    @settings(max_examples=400, suppress_health_check=list(HealthCheck))
    @given(random_lines, st.integers(0, 3))
    def check(given_line, before):
        others = [line(f"before-{number}") for number in range(before)]
        (tmp_path / "m.jsonl").write_text("\n".join([*others, "", json.dumps(given_line), line("after")]))
        try:
            listing = manifest.read(tmp_path / "m.jsonl")
        except BadManifest as e:
            assert e.line == before + 2 and str(e).isprintable()
            outcomes["refused"] += 1
        else:
            assert listing.found == before + 2
            assert Listing.model_validate_json(listing.model_dump_json()) == listing
            outcomes["listed"] += 1

    check()
    assert min(outcomes["refused"], outcomes["listed"]) > 20


@pytest.mark.parametrize("name", ["../p.png", "a/../../p.png", "a/../p.png", "outside.png", "out/p.png"])
def test_relative_names_cannot_leave_the_folder(tmp_path, name):
    (tmp_path / "p.png").write_bytes(encoded())
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "outside.png").symlink_to(tmp_path / "p.png")
    (folder / "out").symlink_to(tmp_path)
    (folder / "m.jsonl").write_text(line(pictures={"clothing": ["in.png", name]}))
    with pytest.raises(BadManifest, match="line 1: clothing-2: .* leads out of its folder, by '..' or a link"):
        open_source(folder / "m.jsonl").listing()


def test_pictures_lie_beside_or_anywhere_absolute(tmp_path):
    (tmp_path / "elsewhere.png").write_bytes(encoded("red"))
    folder = tmp_path / "m"
    (folder / "garments").mkdir(parents=True)
    (folder / "garments/é.png").write_bytes(encoded("blue"))
    (folder / "m.jsonl").write_text(line(person=str(tmp_path / "elsewhere.png"), garment="garments/é.png"))
    source = open_source(str(folder / "m.jsonl"))
    images = source.load(source.listing().lines[0]).images
    assert [images[role].getpixel((9, 9)) for role in ("person", "garment")] == [(255, 0, 0), (0, 0, 255)]


def test_an_unreadable_manifest_is_a_storageerror(tmp_path):
    (tmp_path / "m.jsonl").write_text(line())
    source = open_source(tmp_path / "m.jsonl")
    (tmp_path / "m.jsonl").unlink()
    with pytest.raises(StorageError, match="m.jsonl: cannot be read .No such file or directory."):
        source.listing()


HALF = r"\ud800"
BROKEN = {
    "half a character in a wish": line(wish="HALF").replace("HALF", HALF),
    "in a fact": line(known={"site": "HALF"}).replace("HALF", HALF),
    "in the name of a fact": line(known={"HALF": 1}).replace("HALF", HALF),
    "in a key": line().replace('"person"', f'"{HALF}": 1, "person"'),
    "in a path": line(person="HALF.png").replace("HALF", HALF),
    "in an id": line("HALF").replace("HALF", HALF),
    "no object": f'["{HALF}"]',
    "no number": line(known={"x": "N"}).replace('"N"', "NaN"),
    "no finite number": line(known={"x": "N"}).replace('"N"', "-1e999"),
    "a number without end": line(known={"x": "N"}).replace('"N"', "9" * 5000),
    "a well": "[" * 100_000,
    "a well of objects": line(known={"x": "N"}).replace('"N"', '{"x":' * 50_000 + "1" + "}" * 50_000),
    "a byte order mark within": f"\ufeff{line()}",
    "an escape in a key": line().replace('"person"', r'"\u001b[31m": 1, "person"'),
    "a key without end": line().replace('"person"', f'"{"k" * 6000}": 1, "person"'),
    "a key without end twice": line().replace('"person"', f'"{"k" * 6000}": 1, "{"k" * 6000}": 1, "person"'),
    "a path without end": line(person="p" * 6000 + "/../../x.png"),
    "a URL without end": line(person=f"s3://{'p' * 6000}/x.png"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_what_no_run_can_hold_is_one_short_line(tmp_path, broken):
    (tmp_path / "m.jsonl").write_text(f"{line('before')}\n{broken}\n", encoding="utf-8")
    with pytest.raises(BadManifest) as refused:
        manifest.read(tmp_path / "m.jsonl")
    sentence = str(refused.value).replace(str(tmp_path), "")
    assert refused.value.line == 2 and sentence.isprintable() and len(sentence.encode()) < 600


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_another_encoding_is_named_by_its_line(tmp_path, encoding):
    (tmp_path / "m.jsonl").write_bytes(line(wish="WISH").replace("WISH", "é").encode(encoding))
    with pytest.raises(BadManifest, match="line 1: (byte [0-9]+ is not UTF-8|broken JSON)"):
        manifest.read(tmp_path / "m.jsonl")
