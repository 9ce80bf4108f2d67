"""Two pictures from one's own disk become a sample, and a file that is no picture becomes a sentence."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import ipywidgets
import pytest
from doubles import picture
from PIL import Image

from tryon_core import open_source
from tryon_core.errors import Refused
from tryon_core.images import digest, from_png, to_jpeg, to_png
from tryon_core.view.widgets.upload import FOLDER, Upload


def file(name, content):
    given = {"name": name, "type": "", "size": len(content), "last_modified": datetime.now(UTC)}
    return {**given, "content": memoryview(content)}


def choose(upload, role, name, content):
    upload._choosers[role].value = (file(name, content),)


@pytest.fixture
def upload(tmp_path):
    return Upload(lambda source: ipywidgets.HTML(f"steps of {source}"), str(tmp_path / "uploads"))


def test_two_files_are_a_sample_without_a_manifest_of_one_s_own(upload):
    person = picture("red", (300, 400))
    choose(upload, "person", "me.png", to_png(person))
    assert upload._press.disabled
    choose(upload, "garment", "shirt.jpg", to_jpeg(picture("blue"), 90))
    assert not upload._press.disabled and not upload.error
    upload._press.click()
    (source,) = upload.sources
    listed = open_source(source)
    (line,) = listed.listing().lines
    sample = listed.load(line)
    assert digest(sample.images["person"]) == digest(person) and set(sample.images) == {"person", "garment"}
    assert upload.children[-1].value == f"steps of {source}"


def test_the_same_two_are_the_same_sample_and_others_another(upload):
    for name, colour in (("shirt.png", "blue"), ("shirt.png", "green"), ("other name.png", "blue")):
        choose(upload, "person", "me.png", to_png(picture("red")))
        choose(upload, "garment", name, to_png(picture(colour)))
        upload.try_on()
    first, second, third = upload.sources
    assert first == third != second


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("notes.txt", b"hello", "no JPEG, PNG or WebP picture"),
        ("<b>.png", b"\x89PNG\r\n\x1a\n", "cut off"),
        ("empty.jpg", b"", "empty.jpg: "),
        ("tiny.png", to_png(Image.new("RGB", (3, 3))), "tiny.png: "),
    ],
    ids=["text", "cut off", "empty", "tiny"],
)
def test_a_bad_file_is_one_sentence(upload, name, content, sentence):
    choose(upload, "garment", "shirt.png", to_png(picture("blue")))
    choose(upload, "person", "me.png", to_png(picture("red")))
    choose(upload, "person", name, content)
    assert upload.error.startswith("person: ") and sentence in upload.error and "\n" not in upload.error
    assert "<b>" not in upload._said.value and upload._press.disabled and not upload.sources
    choose(upload, "person", "me.png", to_png(picture("red")))
    assert not upload.error and not upload._press.disabled


def test_what_cannot_begin_is_said(tmp_path):
    def refuse(_):
        raise Refused("side_view", "seen from the side")

    upload = Upload(refuse, str(tmp_path))
    for role in ("person", "garment"):
        choose(upload, role, "a.png", to_png(picture("red")))
    upload.try_on()
    assert upload.error == "seen from the side" and not upload._press.disabled


def test_it_leaves_a_picture_and_nothing_that_git_sees(upload):
    empty = from_png(upload.still())
    choose(upload, "person", "me.png", to_png(picture("red")))
    assert from_png(upload.still()).height > empty.height
    root = Path(__file__).parents[3]
    ignored = subprocess.run(["git", "check-ignore", "-q", f"{FOLDER}/a/person.png"], cwd=root, check=False)
    assert ignored.returncode == 0
