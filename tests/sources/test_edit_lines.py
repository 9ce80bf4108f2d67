"""A data set of edits is a manifest too."""

import json

import pytest
from PIL import Image

from tryon_core.errors import BadManifest
from tryon_core.sources import open_source


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
