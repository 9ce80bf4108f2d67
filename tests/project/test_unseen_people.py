"""Which people a seed gives, and what their camera adds: plain code, without the renderer's libraries."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

DEMO_PEOPLE = Path(__file__).parents[2] / "data_manifests/demo_people"
ASKED = {  # what photographs have and the committed set lacks
    "waist: high",
    "neck: boat",
    "sleeves: puffed",
    "sleeve_pair: uneven",
    "photograph: hanging",
    "photograph: mannequin",
    "photograph: flat_lay",
    "legs: wide",
    "new_legs: wide",
    "garment_type: trousers",
    "hem: cropped",
    "pose: hand_on_hip",
    "pose: hand_in_pocket",
    "bag: crossbody",
    "hair: long",
    "paper: shadow",
    "paper: box",
}


@pytest.fixture
def plan(monkeypatch):
    monkeypatch.syspath_prepend(str(DEMO_PEOPLE))
    from unseen import plan

    return plan


def test_a_seed_always_gives_the_same_people(plan):
    assert plan.plan_album(7, 24) == plan.plan_album(7, 24)
    assert plan.plan_album(7, 24).people != plan.plan_album(8, 24).people


@pytest.mark.parametrize("seed", range(20))
def test_each_feature_of_photographs_occurs_in_twenty_four_samples(plan, seed):
    counts = plan.plan_album(seed, 24).counts()
    assert ASKED <= counts.keys() and counts["waist: high"] >= 8


@pytest.mark.parametrize("count", [1, 7, 24, 25, 34, 48, 100])
def test_no_pair_of_person_and_garment_occurs_twice(plan, count):
    album = plan.plan_album(3, count)
    names = {(person.name, garment.name) for person, garment in album.pairs}
    assert len(names) == len(album.pairs) == count and len(album.people) >= 8


def test_every_plan_of_every_seed_has_its_own_numbers(plan):
    albums = [plan.plan_album(seed, 24) for seed in (7, 8)]
    seeds = [one.seed for album in albums for one in (*album.people, *album.garments)]
    assert len(set(seeds)) == len(seeds)


def test_nobody_has_a_pocket_in_a_skirt(plan):
    people = [person for seed in range(20) for person in plan.plan_album(seed, 24).people]
    pocketed = [person for person in people if person.facts["pose"] == "hand_in_pocket"]
    assert len(pocketed) > 20 and not any(person.facts["legs"] == "skirt" for person in pocketed)


@pytest.mark.parametrize("text", ["x", "", "-3", "1.5", "0"])
def test_a_count_that_is_no_whole_number_is_refused(plan, text):
    with pytest.raises(ValueError, match="COUNT is a whole number from 1 on, such as COUNT=7; got"):
        plan.whole_number(text, least=1, name="COUNT")


@pytest.fixture
def lens(monkeypatch):
    monkeypatch.syspath_prepend(str(DEMO_PEOPLE))
    from unseen import lens

    return lens


def test_a_camera_adds_its_noise_and_darkens_corners(lens):
    grey = np.full((400, 300, 3), 128, np.uint8)
    picture = lens.taken(grey, lens.Lens(blur_px=0.5, dark=0.2, noise=3.0, quality=90), np.random.default_rng(0))
    middle, corner = picture[180:220, 130:170].astype(float), picture[:20, :20].astype(float)
    assert 2.5 < middle.mean(-1).std() < 4 and abs(middle.mean() - 128) < 1
    assert 128 * 0.78 < corner.mean() < 128 * 0.85


def test_two_shots_differ_and_one_repeats(lens):
    grey, camera = np.full((64, 64, 3), 128, np.uint8), lens.some_lens(np.random.default_rng(1))
    first, again, other = (lens.taken(grey, camera, np.random.default_rng(shot)) for shot in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


def test_a_photograph_is_stored_as_jpeg_of_its_quality(lens, tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    for quality in (85, 95):
        lens.save_photograph(picture, tmp_path / f"deep/{quality}.jpg", quality)
    with Image.open(tmp_path / "deep/85.jpg") as stored:
        assert stored.format == "JPEG" and stored.size == (64, 64)
    assert (tmp_path / "deep/95.jpg").stat().st_size > 1.3 * (tmp_path / "deep/85.jpg").stat().st_size


def test_trousers_are_asked_for_where_legs_are_seen(plan):
    pairs = [pair for seed in range(20) for pair in plan.plan_album(seed, 24).pairs]
    framings = {person.facts["framing"] for person, garment in pairs if garment.facts["garment_type"] == "trousers"}
    assert framings == {"knee", "full"} and "hip" in {person.facts["framing"] for person, _ in pairs}


def test_no_top_hangs_over_a_skirt(plan):
    people = [person for seed in range(20) for person in plan.plan_album(seed, 24).people]
    skirts = [person for person in people if person.facts["legs"] == "skirt"]
    assert len(skirts) > 10 and not any(person.facts["old_top"] == "over" for person in skirts)
