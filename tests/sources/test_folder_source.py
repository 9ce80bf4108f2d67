"""A folder as a source: found, listed, and refused in one sentence where it holds no samples."""

import os

import pytest
from samples import LAYOUT, SKIPPED, encoded, line

from tryon_core.errors import BadInput, StorageError
from tryon_core.sources import Listing, open_source


@pytest.fixture
def folder(tmp_path):
    for key, data in LAYOUT.items():
        (tmp_path / "set" / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / key).write_bytes(data)
    return tmp_path / "set"


def test_a_folder_is_listed_by_layout(folder):
    listing = open_source(folder).listing()
    assert [line.sample_id for line in listing.lines] == ["easy-female-12_partition_0_1", "hard-male-tom"]
    assert {skipped.key for skipped in listing.skipped} == set(SKIPPED)
    assert open_source(folder, gender="male").listing().lines == listing.lines[1:]


def test_a_kept_listing_loads_its_samples(folder):
    kept = Listing.model_validate_json(open_source(folder).listing().model_dump_json())
    sample = open_source(folder).load(kept.lines[0])
    assert {role: image.size for role, image in sample.images.items()} == dict.fromkeys(
        ("person", "garment", "truth"), (80, 100)
    )
    assert sample.images["person"].getpixel((5, 5)) == (255, 0, 0)
    assert sample.known == {"difficulty": "easy", "gender": "female"}


def test_a_manifest_goes_before_the_layout(folder):
    (folder / "manifest.jsonl").write_text(line("mine", person="p.png"))
    assert [line.sample_id for line in open_source(folder).listing().lines] == ["mine"]


def test_links_lead_only_inside_the_folder(folder, tmp_path):
    (tmp_path / "secret.png").write_bytes(encoded())
    (folder / "hard/male/initial_image/out.png").symlink_to(tmp_path / "secret.png")
    (folder / "hard/male/initial_image/lost.png").symlink_to(folder / "nothing.png")
    (folder / "hard/male/initial_image/unworn.png").symlink_to(folder / "hard/male/initial_image/tom.png")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/x.png").write_bytes(encoded())
    (folder / "easy/male").mkdir()
    (folder / "easy/male/cloth_image").symlink_to(tmp_path / "elsewhere")
    listing = open_source(folder).listing()
    assert "hard-male-unworn" in [line.sample_id for line in listing.lines]
    reasons = {skipped.key: skipped.reason for skipped in listing.skipped}
    for key in ("hard/male/initial_image/out.png", "easy/male/cloth_image/x.png"):
        assert reasons[key] == "a link that leads out of the folder; put the file itself there"
    assert reasons["hard/male/initial_image/lost.png"] == "a link to nothing"


def test_odd_files_are_skipped_with_a_reason(folder):
    (folder / "hard/male/initial_image/empty.png").write_bytes(b"")
    (folder / "hard/male/initial_image" / os.fsdecode(b"\xff.png")).write_bytes(encoded())
    listing = open_source(folder).listing()
    reasons = {skipped.reason for skipped in Listing.model_validate_json(listing.model_dump_json()).skipped}
    assert {"an empty file", "a file name with control or undecodable characters"} <= reasons


def test_an_empty_folder_shows_the_layout(tmp_path):
    with pytest.raises(BadInput) as caught:
        open_source(tmp_path).listing()
    assert str(caught.value).startswith(
        f"{tmp_path}: empty; put a manifest.jsonl there, or {{easy|medium|hard}}/{{male|female}}/"
    )


def test_other_folders_show_their_first_leftover(tmp_path):
    for name in ("persons", "garments"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.png").write_bytes(encoded())
    with pytest.raises(BadInput) as caught:
        open_source(tmp_path).listing()
    assert "2 files and folders, but no sample (garments/: another folder where easy or medium or hard" in str(
        caught.value
    )


@pytest.mark.parametrize(
    "where, words",
    [
        ("no/such/place", "there is no 'no/such/place'"),
        ("~nobody/x", "there is no '~nobody/x'"),
        ("samples.csv", "'samples.csv' is neither a folder nor a file ending in .jsonl or .json"),
        ("https://me:topsecret@host/m.jsonl?sig=topsecret", "'https://host/m.jsonl' is no place samples are read from"),
        ("S3://bucket", "'S3://bucket' is no place"),
        ("a\x00b", "there is no usable"),
        ("a\x1b[31mb", "there is no usable"),
        ("a\udcffb", "there is no usable"),
        ("x" * 6000, "it cannot even be looked up"),
    ],
)
def test_other_places_are_refused_with_examples(where, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "samples.csv").write_text("a,b")
    with pytest.raises(BadInput) as caught:
        open_source(where)
    assert words in str(caught.value) and "topsecret" not in str(caught.value)
    assert str(caught.value).endswith("a folder, s3://bucket/prefix, viton-hd:PATH or dresscode:PATH")


def test_a_vanished_folder_is_a_storageerror(folder):
    source = open_source(folder)
    folder.rename(folder.with_name("moved"))
    with pytest.raises(StorageError, match="cannot be listed .No such file or directory."):
        source.listing()


def test_a_folder_may_hold_cloths_alone(tmp_path):
    (tmp_path / "tee.png").write_bytes(encoded())
    (line,) = open_source(tmp_path, needs=["garment"]).listing().lines
    assert (line.sample_id, line.pictures) == ("tee", {"garment": "tee.png"})
