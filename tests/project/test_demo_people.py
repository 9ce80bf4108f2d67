"""The demo people: whole, true to their digests, split into two halves that share nobody and no garment."""

import hashlib
from pathlib import Path

import pytest
from PIL import Image

from tryon_core.sources import open_source

MANIFESTS = Path(__file__).parents[2] / "data_manifests"
PATTERNS = {"plain", "stripes", "checks", "dots", "floral", "logo", "text", "blocks"}


def lines(split: str):
    return [line for line in open_source(MANIFESTS / "people.jsonl").listing().lines if line.known["split"] == split]


@pytest.mark.parametrize("split", ["tuning", "reporting"])
def test_each_half_is_six_people_in_eight_tops_of_all_patterns(split):
    tops = [line for line in lines(split) if line.known["garment_type"] == "upper"]
    assert (
        len({line.pictures["person"] for line in tops}) == 6 and len({line.pictures["garment"] for line in tops}) == 8
    )
    assert len(tops) == 48 and {line.known["pattern"] for line in tops} == PATTERNS


@pytest.mark.parametrize("split", ["tuning", "reporting"])
def test_each_half_has_dresses_trousers_and_skirts_on_two_people(split):
    others = [line for line in lines(split) if line.known["garment_type"] != "upper"]
    assert sorted(line.known["garment_type"] for line in others) == sorted(["dress", "trousers", "skirt"] * 2)
    assert len({line.pictures["person"] for line in others}) == 2


def test_the_halves_share_no_picture():
    one, other = (
        {path for line in lines(split) for path in line.pictures.values()} for split in ("tuning", "reporting")
    )
    assert one and other and not one & other


def test_a_full_length_person_is_in_the_same_half_as_the_person():
    for split in ("tuning", "reporting"):
        people = {Path(line.pictures["person"]).stem for line in lines(split)}
        assert {name.removesuffix("_full") for name in people} <= people


@pytest.mark.parametrize("manifest", ["people.jsonl", "demo.jsonl"])
def test_every_picture_is_there_true_to_its_digest_and_of_one_size(manifest):
    for line in open_source(MANIFESTS / manifest).listing().lines:
        for role, name in line.pictures.items():
            path = MANIFESTS / name
            assert hashlib.sha256(path.read_bytes()).hexdigest() == line.sha256[role], name
            with Image.open(path) as picture:
                assert picture.size == (768, 1024)


def test_all_demo_pictures_together_are_under_ten_megabytes():
    files = [path for path in MANIFESTS.rglob("*") if path.suffix in (".webp", ".jpg", ".png")]
    assert sum(path.stat().st_size for path in files) < 10e6


def test_no_picture_lies_about_unused():
    named = {
        name
        for file in ("people.jsonl", "demo.jsonl")
        for line in open_source(MANIFESTS / file).listing().lines
        for name in line.pictures.values()
    }
    there = {path.relative_to(MANIFESTS).as_posix() for path in (MANIFESTS / "people").rglob("*.webp")}
    assert there == {name for name in named if name.startswith("people/")}
