"""The JSON Schema and the README describe what the code does."""

import json
import re
from collections import Counter
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import line, parsed

from tryon_core.errors import BadManifest
from tryon_core.sources import open_source, schema
from tryon_core.sources.manifest_line import KEYS

MANIFESTS = Path(__file__).parents[2] / "data_manifests"
VALIDATOR = jsonschema.Draft202012Validator(schema.schema())
BEYOND_A_SCHEMA = (  # what no schema says: how fields fit together, numbers of 64 bits, characters, other URLs
    "no picture of this line is called",
    "keep one",
    "but no picture",
    "of its pictures",
    "beyond 64 bits",
    "finite number",
    "lone surrogate",
    "is no S3 location",
    "only files and s3://",
)

short = st.text(max_size=3) | st.sampled_from(["a", "", "a-2", "a\n", "\x80", "\ud800", "p.png", "0" * 64])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | short
values = st.one_of(
    scalars,
    st.lists(scalars, max_size=2),
    st.dictionaries(short, scalars | st.lists(short, max_size=2), max_size=2),
    st.sampled_from([{"person": "0" * 64}, {"init": ["a", "b"]}, {"age": 3, "indoors": True}]),
)
good = {"sample_id": "a", "pictures": {"init": ["a", "b"]}, "known": {"age": 3}, "wish": "Wear it.\nAll of it."}
lines = st.dictionaries(st.sampled_from([*KEYS, "etags", "persn"]), values, max_size=3)


def test_schema_and_code_refuse_the_same():
    outcomes = Counter()

    @settings(max_examples=400, suppress_health_check=list(HealthCheck))
    @given(lines | lines.map(lambda changes: good | dict(list(changes.items())[:1])))
    def check(given_line):
        valid = VALIDATOR.is_valid(given_line)
        try:
            parsed(json.dumps(given_line))
        except BadManifest as e:
            assert not valid or any(words in str(e) for words in BEYOND_A_SCHEMA), str(e)
            outcomes["refused"] += 1
        else:
            assert valid
            outcomes["listed"] += 1

    check()
    assert min(outcomes["refused"], outcomes["listed"]) > 20


@pytest.mark.parametrize("tail", ["\n", "\x00"])
@pytest.mark.parametrize("place", ["sample_id", "person", "known", "pictures"])
def test_the_schema_sees_trailing_control_characters(place, tail):
    dicts = {"known": {f"age{tail}": 1}, "pictures": {f"init{tail}": "i.png"}}
    assert not VALIDATOR.is_valid(json.loads(line(**({"sample_id": "a"} | {place: dicts.get(place, f"a{tail}")}))))


def test_the_schema_file_is_made_anew():
    assert (MANIFESTS / "manifest.schema.json").read_text() == schema.text()


def test_the_readme_lists_every_key():
    readme = (MANIFESTS / "README.md").read_text()
    assert re.findall(r"^\| `(\w+)` \| (?:required)? ?\|", readme, re.MULTILINE) == list(KEYS)


def test_the_readme_shows_lines_that_parse():
    example = re.search(r"```json\n(.*?)\n```", (MANIFESTS / "README.md").read_text(), re.DOTALL)[1]
    pair, several, words, edit = parsed(example).lines
    assert pair.known["garment_type"] == "upper" and "clothing-2" in several.pictures
    assert words.own_wish and not words.pictures and list(edit.pictures) == ["init", "mask"]
    assert all(VALIDATOR.is_valid(json.loads(text)) for text in example.split("\n"))


@pytest.mark.parametrize("name", ["demo.jsonl", "people.jsonl"])
def test_our_own_manifests_fit_the_schema(name):
    texts = (MANIFESTS / name).read_text().splitlines()
    assert all(VALIDATOR.is_valid(json.loads(text)) for text in texts)
    assert len(open_source(MANIFESTS / name).listing().lines) == len(texts)
