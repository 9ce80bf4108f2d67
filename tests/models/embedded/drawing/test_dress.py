import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image, ImageDraw
from test_lower import differing, request_for

from tryon_core.models.embedded.cloth.bodice import as_worn, with_bodice
from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.models.embedded.seeing.shoes import find_shoes
from tryon_core.pictures.features import colour_difference, to_lab


@pytest.fixture(scope="module")
def on_her(warp) -> Image.Image:
    """On a woman in a sleeveless top and a skirt that is shorter."""
    return warp(request_for("p1_full", "dress_a"))


def hem_row(picture: Image.Image) -> int:
    """The lowest row of dark green cloth on the line between the legs."""
    person = see_person(demo_picture("persons", "p1_full"))
    x = int((person.frame.right_hip + person.frame.left_hip)[0] / 2)
    lab = to_lab(np.array(picture))[:, x - 4 : x + 5].mean(1)
    return int(np.flatnonzero((lab[:, 1] < -5) & (lab[:, 0] < 60))[-1])


def test_the_armpits_of_a_dress_are_above_its_waist():
    garment = with_bodice(see_garment(demo_picture("garments", "dress_a")))
    keys = garment.keypoints
    assert (
        all(keys.sleeves) and keys.shoulder[0][1] < keys.armpit[0][1] < garment.lower.waist_y - 0.2 * garment.width_px
    )


def sleeveless_dress(hem: list[tuple[int, int]]) -> Image.Image:
    """A bodice with straps, narrow at the waist, over a wide skirt; orange on white."""
    left = [(345, 90), (296, 105), (286, 140), (284, 200), (292, 325), (240, 450), (200, 900)]
    right = [(768 - x, y) for x, y in reversed(left)]
    sheet = Image.new("RGB", (768, 1024), "white")
    ImageDraw.Draw(sheet).polygon([*left, *hem, *right, (400, 100), (368, 100)], fill=(240, 120, 30))
    return sheet


def test_scraps_of_a_curved_hem_are_no_bodice():
    straight, curved = (
        with_bodice(see_garment(sleeveless_dress(hem))).keypoints
        for hem in ([], [(200, 940), (260, 940), (384, 905), (508, 940), (568, 940)])
    )
    assert np.allclose(straight.armpit, curved.armpit, atol=6) and np.allclose(straight.hem, curved.hem, atol=6)


@pytest.mark.parametrize("person", ["p1_full", "p2_full"])
def test_a_dress_comes_nearer_to_its_true_picture_than_the_old_clothes(warp, person):
    before, after = demo_picture("persons", person), demo_picture("truth", f"{person}_dress_a")
    lab_before, lab_after, lab_drawn = (
        to_lab(np.array(p)) for p in (before, after, warp(request_for(person, "dress_a")))
    )
    needed = colour_difference(lab_before, lab_after)
    assert colour_difference(lab_drawn, lab_after)[needed > 5].mean() < 0.65 * needed[needed > 5].mean()


def test_the_hem_of_a_dress_lands_near_the_true_one(on_her):
    torso_px = see_person(demo_picture("persons", "p1_full")).frame.torso_px
    assert abs(hem_row(on_her) - hem_row(demo_picture("truth", "p1_full_dress_a"))) < 0.1 * torso_px


def test_old_top_and_old_skirt_are_gone(on_her):
    before = demo_picture("persons", "p1_full")
    person, changed = see_person(before), differing(before, on_her, 3)
    assert changed[person.upper].mean() > 0.97 and changed[person.lower & ~find_shoes(person)].mean() > 0.97


def test_face_shoes_and_background_keep_their_bytes(on_her):
    before = demo_picture("persons", "p1_full")
    person, changed = see_person(before), (np.array(before) != np.array(on_her)).any(-1)
    assert not changed[person.face].any() and changed[find_shoes(person)].mean() < 0.05
    assert not changed[:, :60].any() and not changed[:, -60:].any()


def test_length_and_sleeve_move_the_hem_and_the_cuffs_of_a_dress(warp, on_her):
    changed = warp(request_for("p1_full", "dress_a", length=0.15, sleeve=0.25))
    assert hem_row(changed) > hem_row(on_her) + 20
    person = see_person(demo_picture("persons", "p1_full"))
    bare = [(to_lab(np.array(p))[person.arms & person.skin][:, 1] > 3).mean() for p in (on_her, changed)]
    assert bare[1] < bare[0] - 0.05


def test_more_width_and_a_deeper_neckline_change_a_dress(warp, on_her):
    changed = warp(request_for("p1_full", "dress_a", width=0.2, neckline=0.2))
    person, row = see_person(demo_picture("persons", "p1_full")), int(0.55 * on_her.height)
    green = [to_lab(np.array(picture))[..., 1] < -5 for picture in (on_her, changed)]
    assert np.ptp(np.flatnonzero(green[1][row])) > np.ptp(np.flatnonzero(green[0][row])) + 10
    x = int(person.frame.centre[0])
    assert green[1][:, x].argmax() > green[0][:, x].argmax() + 10


def test_what_compares_lengths_takes_armpits_from_the_bodice_and_the_hem_from_the_dress():
    garment = see_garment(demo_picture("garments", "dress_a"))
    keys = as_worn(garment).keypoints
    assert np.array_equal(keys.hem, garment.keypoints.hem)
    assert (
        np.array_equal(keys.armpit, with_bodice(garment).keypoints.armpit) and keys.armpit[0][1] < garment.lower.waist_y
    )
