"""A data set of edits is a manifest too."""

import json

import pytest
from PIL import Image

from tryon_core.errors import BadManifest
from tryon_core.sources import open_source
from tryon_core.storage import s3


def manifest(tmp_path, *lines):
    Image.new("RGB", (64, 80), "brown").save(tmp_path / "bear.png")
    (tmp_path / "edits.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return tmp_path / "edits.jsonl"


@pytest.mark.parametrize("key", ["image", "image_path"])
def test_a_line_with_an_id_names_the_picture_to_edit(tmp_path, key):
    path = manifest(tmp_path, {"id": 7, key: "bear.png", "prompt": "give it a hat"})
    source = open_source(path, needs=())
    (line,) = source.listing().lines
    assert (line.sample_id, line.wish, line.pictures) == ("7", "give it a hat", {"init": "bear.png"})
    assert source.load(line).images["init"].size == (64, 80)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"id": "a", "prompt": "x"}, "names one picture to edit"),
        ({"id": "a", "image": "bear.png", "image_path": "bear.png", "prompt": "x"}, "names one picture to edit"),
        ({"id": "a", "image": "bear.png"}, "the wish as 'prompt'"),
        ({"id": "a", "image": "bear.png", "prompt": "x", "colour": "red"}, "goes under 'known'"),
        ({"id": "../a", "image": "bear.png", "prompt": "x"}, "cannot be used"),
        ({"id": "a", "image": "../../x.png", "prompt": "x"}, "init"),
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path, bad, words):
    path = manifest(tmp_path, {"id": "good", "image": "bear.png", "prompt": "x"}, bad)
    with pytest.raises(BadManifest, match=r"line 2") as raised:
        open_source(path, needs=()).listing()
    assert words in str(raised.value)


@pytest.mark.parametrize("where", ["edits.jsonl", "", "bucket"])
def test_a_bad_line_may_be_skipped_with_its_reason(tmp_path, request, where):
    good, bad = ({"id": name, "image": "bear.png", "prompt": "x"} for name in ("good", "../a"))
    path = manifest(tmp_path, bad, good, {**good, "prompt": "again"})
    path.rename(path := tmp_path / (where or "manifest.jsonl")) if where != "bucket" else None
    place = tmp_path / where
    if where == "bucket":
        bucket = request.getfixturevalue("bucket")
        s3.put(bucket, "edits.jsonl", path.read_bytes())
        place = f"s3://{bucket}/edits.jsonl"
    listing = open_source(place, needs=(), skip_bad=True).listing()
    assert [line.sample_id for line in listing.lines] == ["good"] and listing.found == 1
    assert [skipped.key for skipped in listing.skipped] == ["line 1", "line 3"]
    assert "cannot be used" in listing.skipped[0].reason and "already line 2's" in listing.skipped[1].reason


def test_where_every_line_is_bad_the_first_is_raised(tmp_path):
    path = manifest(tmp_path, {"id": "a"}, {"id": "b"})
    with pytest.raises(BadManifest, match="line 1: a line with 'id'"):
        open_source(path, needs=(), skip_bad=True).listing()
