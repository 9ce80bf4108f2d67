"""Every way a manifest can be wrong, with the line and what to do; and the schema and README that describe it."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import encoded, line

from tryon_core.errors import BadInput, BadManifest, StorageError
from tryon_core.sources import Listing, manifest, open_source, schema

MANIFESTS = Path(__file__).parents[2] / "data_manifests"


def parsed(text: str | bytes) -> Listing:
    data = text if isinstance(text, bytes) else text.encode()
    return manifest.parse(data, "m.jsonl", lambda name: name)


def test_a_whole_line_keeps_all_it_says():
    told = dict(truth="t.png", wish="Wear it.", garment_type="tshirt", difficulty="easy", gender="female")
    told |= dict(sha256={"person": "0" * 64}, source="own", licence="CC0-1.0", consent="written")
    [sample] = parsed(line("lake-01", **told)).lines
    assert {name: getattr(sample, name) for name in told} == told and sample.etags == {}


def test_order_blank_lines_and_a_byte_order_mark_are_kept_and_ignored():
    text = f"\ufeff{line('b')}\r\n\r\n  \n{line('a')}\n".encode()
    assert [sample.sample_id for sample in parsed(text).lines] == ["b", "a"]


def test_a_line_separator_inside_text_ends_no_line():
    assert (
        parsed(f'{{"sample_id": "a", "person": "p", "garment": "g", "wish": "one\u2028two"}}\n{line("b")}').found == 2
    )


@pytest.mark.parametrize(
    "bad, words",
    [
        ('{"sample_id": "a"', "broken JSON at column"),
        ("[1, 2]", "[1, 2] where an object must be"),
        ("null", "null where an object must be; write one {...} a line"),
        ('{"sample_id": "a", "sample_id": "b"}', "'sample_id' stands there twice"),
        ('{"sample_id": "a", "person": "p"}', "'garment' is missing"),
        ('{"sample_id": "a", "garment": "g"}', "'person' is missing"),
        (line(persn="x"), "'persn'. Did you mean 'person'?"),
        (line(etags={}), "no key of a manifest line is called 'etags'"),
        (line(person=3), "person is 3; it must be text in quotes"),
        (line(person=""), "person is empty; name the picture"),
        (line(garment=None), "garment is null; it must be text in quotes"),
        (line(person="a\nb.png"), "control characters"),
        (line(sample_id="../x"), "sample_id '../x' cannot be used; write 1-128 of"),
        (line(sample_id=".hidden"), "sample_id '.hidden' cannot be used"),
        (line(sample_id=""), "sample_id '' cannot be used"),
        (line(sample_id="x" * 129), "cannot be used; write 1-128 of"),
        (line(sample_id="a\n"), "cannot be used; write 1-128 of"),
        (line(sha256="0"), 'sha256 is "0"; it must be an object'),
        (line(sha256={"person": "0"}), "sha256 of person is '0'; it must be 64 of 0-9 a-f"),
        (line(sha256={"face": "0" * 64}), "no picture of this line is called 'face'"),
        (
            line(person="https://h/p.png?X-Amz-Signature=topsecret"),
            "person 'https://h/p.png': only files and s3:// URLs",
        ),
        (line(truth="s3://b/p.png"), "truth: 's3://b/p.png' is no S3 location"),
        ('{"sample_id": ' + "9" * 5000 + "}", "JSON that cannot be read"),
        ("[" * 100_000, "JSON that cannot be read"),
        (b'{"sample_id": "\xff"}', "byte 16 is not UTF-8"),
        ("{'sample_id': 'a'}", "broken JSON at column 2"),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_told_what_is_wrong(bad, words, tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_bytes(f"{line('good')}\n\n".encode() + (bad if isinstance(bad, bytes) else bad.encode()))
    with pytest.raises(BadManifest) as caught:
        manifest.read(path)
    sentence = str(caught.value).removeprefix(f"{path}, ")
    assert caught.value.line == 3 and sentence.startswith("line 3: ") and words in sentence
    assert "\n" not in sentence and len(sentence) < 300 and "topsecret" not in sentence


def test_a_repeated_id_names_both_lines():
    with pytest.raises(BadManifest, match="m.jsonl, line 4: sample_id 'a' is already line 1's; rename one"):
        parsed(f"{line('a')}\n{line('b')}\n\n{line('a', person='other.png')}")


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "  \r\n"])
def test_an_empty_manifest_is_no_source_of_samples(text):
    with pytest.raises(BadManifest, match="m.jsonl, line 1: the file holds no sample; write one JSON object a line"):
        parsed(text)


@given(st.binary(max_size=200))
def test_no_bytes_whatever_make_anything_but_a_listing_or_a_bad_manifest(data):
    try:
        assert parsed(data).found > 0
    except BadManifest as e:
        assert e.line >= 1


json_values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
)
some_lines = st.dictionaries(
    st.sampled_from([*manifest.KEYS, "etags", "persn"]),
    st.sampled_from(["a", "", "../x", None, {"person": "0" * 64}, {"person": "0"}]) | json_values,
)


@given(some_lines | some_lines.map(lambda told: {"sample_id": "a", "person": "p", "garment": "g"} | told))
def test_the_schema_refuses_what_the_code_refuses_and_nothing_else(told):
    valid = jsonschema.Draft202012Validator(schema.schema()).is_valid(told)
    try:
        parsed(json.dumps(told))
    except BadManifest as e:
        assert not valid or "no picture of this line is called" in str(e)  # what a schema cannot say
    else:
        assert valid


def test_the_schema_file_and_the_readme_say_what_the_code_does():
    assert (MANIFESTS / "manifest.schema.json").read_text() == schema.text()
    readme = (MANIFESTS / "README.md").read_text()
    assert re.findall(r"^\| `(\w+)` \| (?:required)? ?\|", readme, re.MULTILINE) == list(manifest.KEYS)
    example = re.search(r"```json\n(.*)\n```", readme)[1]
    assert parsed(example).lines[0].sample_id == "lake-01"
    jsonschema.validate(json.loads(example), json.loads((MANIFESTS / "manifest.schema.json").read_text()))


@pytest.mark.parametrize("name", ["../p.png", "a/../../p.png", "a/../p.png", "outside.png", "out/p.png"])
def test_a_relative_picture_cannot_leave_the_manifest_s_folder(tmp_path, name):
    (tmp_path / "p.png").write_bytes(encoded())
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "outside.png").symlink_to(tmp_path / "p.png")
    (folder / "out").symlink_to(tmp_path)
    (folder / "m.jsonl").write_text(line(person=name))
    with pytest.raises(BadManifest, match="line 1: person: .* leads out of its folder, by '..' or a link"):
        open_source(folder / "m.jsonl").listing()


def test_pictures_are_found_beside_the_manifest_and_by_absolute_path(tmp_path):
    (tmp_path / "elsewhere.png").write_bytes(encoded("red"))
    folder = tmp_path / "m"
    (folder / "garments").mkdir(parents=True)
    (folder / "garments/é.png").write_bytes(encoded("blue"))
    (folder / "m.jsonl").write_text(
        line(person=str(tmp_path / "elsewhere.png"), garment="garments/é.png", gender="female")
    )
    source = open_source(str(folder / "m.jsonl"))
    sample = source.load(source.listing().lines[0])
    assert [sample.images[role].getpixel((9, 9)) for role in ("person", "garment")] == [(255, 0, 0), (0, 0, 255)]
    assert sample.known == {"garment_type": "", "difficulty": "", "gender": "female", "pattern": "", "split": ""}


def test_a_selection_that_leaves_nothing_says_what_there_is(tmp_path):
    told = [("a", "easy", "female"), ("b", "easy", "male"), ("c", "easy", "male"), ("d", "", "")]
    lines = [line(name, difficulty=difficulty, gender=gender) for name, difficulty, gender in told]
    (tmp_path / "m.jsonl").write_text("\n".join(lines))
    with pytest.raises(BadInput) as caught:
        open_source(tmp_path / "m.jsonl", difficulty="hard", gender="male").listing()
    assert "no sample has difficulty 'hard' and gender 'male'; there are " in str(caught.value)
    assert "no difficulty/no gender 1, easy/female 1, easy/male 2" in str(caught.value)


def test_the_limit_counts_what_was_selected_and_found_counts_all(tmp_path):
    (tmp_path / "m.jsonl").write_text("\n".join(line(f"s{n}", gender="fm"[n % 2]) for n in range(9)))
    listing = open_source(tmp_path / "m.jsonl", limit=2, gender="m").listing()
    assert [sample.sample_id for sample in listing.lines] == ["s1", "s3"] and listing.found == 9
    with pytest.raises(BadInput, match="limit is 0; it must be at least 1"):
        open_source(tmp_path / "m.jsonl", limit=0)


def test_a_listing_survives_json_and_its_digest_tells_the_samples(tmp_path):
    listing = parsed(f"{line('a')}\n{line('b', wish='é')}")
    assert Listing.model_validate_json(listing.model_dump_json()) == listing
    assert listing.digest == parsed(f"{line('a')}\n\n{line('b', wish='é')}").digest
    assert listing.digest != parsed(f"{line('b', wish='é')}\n{line('a')}").digest != listing.select(limit=1).digest


def test_a_manifest_that_cannot_be_read_is_a_storage_error(tmp_path):
    (tmp_path / "m.jsonl").write_text(line())
    source = open_source(tmp_path / "m.jsonl")
    (tmp_path / "m.jsonl").unlink()
    with pytest.raises(StorageError, match="m.jsonl: cannot be read .No such file or directory."):
        source.listing()
