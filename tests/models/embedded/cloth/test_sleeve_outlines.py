"""Sleeves as photographs show them: uneven, puffed, hanging beside the body, touching it, standing off a wide tee."""

import numpy as np
import pytest
from demo_pictures import demo_picture

from tryon_core.errors import Refused
from tryon_core.models.embedded.cloth.cuffs import inside_of_cuff
from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.cloth.hanging_sleeves import check_sleeves
from tryon_core.models.embedded.cloth.keypoints import Keypoints, find_keypoints
from tryon_core.models.embedded.cloth.pieces import cut_apart
from tryon_core.pictures.features import to_lab
from tryon_core.pictures.masks import capsule, polygon

SHAPE, MIDDLE = (1024, 768), 384
NECK = [(60, 100), (130, 125)]  # right half of a top: (to the right of the middle, down), from the neck outwards


def outline(*right_half: tuple[float, float]) -> np.ndarray:
    """bool: a garment from the points of its right half, from the neck outwards and down to the hem."""
    right = [(MIDDLE + x, y) for x, y in right_half]
    return polygon(SHAPE, right + [(2 * MIDDLE - x, y) for x, y in reversed(right)])


def lengths(keys: Keypoints) -> tuple[float, float]:
    return keys.sleeves[0].length_px, keys.sleeves[1].length_px


@pytest.mark.parametrize(("name", "share"), [("lab", 0.8), ("blocks", 0.8), ("cropped", 0.6)])
def test_a_cuff_that_is_half_lost_is_as_long_as_the_other(name, share):
    """Cut away as a fold does that shows no cloth, around the cuff's outer corner."""
    garment = see_garment(demo_picture("garments", name))
    cuff, inner = garment.keypoints.sleeves[1].outer_E2[-1], garment.keypoints.sleeves[1].inner_E2[-1]
    cut = garment.alpha_HW > 0.5
    lost = cut & ~capsule(cut.shape, cuff, cuff, share * np.hypot(*(cuff - inner)))
    left_px, right_px = lengths(find_keypoints(lost))
    assert abs(left_px - right_px) < 0.13 * max(left_px, right_px)
    assert left_px == pytest.approx(garment.keypoints.sleeves[0].length_px, rel=0.1)


def test_cuffs_that_hang_free_only_near_the_hem_are_sleeves():
    """They begin at the shoulders and not where a body that widens all the way down is widest."""
    blouse = outline(*NECK, (170, 150), (345, 560), (285, 590), (225, 522), (230, 600))
    keys = find_keypoints(blouse)
    assert min(lengths(keys)) > 400 and keys.armpit[1][0] < MIDDLE + 195


def test_a_boat_neck_is_no_standing_collar():
    boat = outline((150, 100), (178, 142), (235, 165), (330, 420), (250, 450), (190, 300), (190, 800))
    assert not find_keypoints(boat).collar_stands


def test_the_bulge_of_a_sheath_dress_is_no_sleeve():
    bulging = [(150, 190), (148, 250), (125, 380), (118, 420)]
    sheath = outline((60, 60), (70, 66), (145, 75), *bulging, (160, 560), (150, 980))
    assert find_keypoints(sheath).sleeves == (None, None)


def test_the_cuff_of_a_flat_tee_hides_its_armpit():
    tee = outline(*NECK, (180, 150), (300, 350), (180, 420), (180, 860))
    keys = find_keypoints(tee)
    assert all(keys.sleeves)
    assert keys.armpit[1][1] < 370 and keys.sleeves[1].inner_px > 0.3 * keys.sleeves[1].length_px


def test_a_low_armpit_of_sleeves_that_stand_off_is_where_it_is_seen():
    wide = outline((60, 100), (220, 150), (455, 430), (400, 490), (200, 400), (200, 860))
    keys = find_keypoints(wide)
    assert all(keys.sleeves) and keys.armpit[1][1] == pytest.approx(400, abs=8)


@pytest.mark.parametrize("cuff_y", [470, 900])
def test_cuffs_that_step_inwards_without_a_sleeve_found_are_refused(cuff_y):
    body = [(50, 60), (120, 100), (122, 250), (120, 980)]
    sleeveless = find_keypoints(outline(*body))
    check_sleeves(outline(*body), sleeveless)
    with pytest.raises(Refused, match="step inwards") as caught:
        check_sleeves(outline(*body[:2], (160, 250), (165, cuff_y), (110, cuff_y + 2), body[-1]), sleeveless)
    assert sleeveless.sleeves == (None, None) and caught.value.reason == "sleeves_not_found"


def test_torso_and_sleeve_overlap_below_a_hidden_armpit():
    """Cut from one cloth down to the cuff, they would part along the cut."""
    tee = outline(*NECK, (180, 150), (300, 350), (180, 420), (180, 860))
    keys = find_keypoints(tee)
    width_px = keys.armpit[1][0] - keys.armpit[0][0]
    pieces = cut_apart(np.zeros((*SHAPE, 3), np.uint8), tee.astype(np.float32), keys, None, width_px)
    x, y = np.round(keys.sleeves[0].inner_E2[3]).astype(int)
    assert y > keys.armpit[0][1] + 10
    assert np.minimum(pieces.torso_HW, pieces.sleeves[0])[y, x - 4 : x + 5].max() > 0.9


def test_a_dotted_cuff_ends_in_a_smooth_arc():
    """Dots across the front edge of its opening are cut as they are in the picture, not gone round."""
    garment = see_garment(demo_picture("garments", "dots"))
    sleeve = garment.keypoints.sleeves[0]
    inside = inside_of_cuff(to_lab(garment.image_HW3)[..., 0], garment.alpha_HW > 0.5, sleeve)
    columns = np.flatnonzero(inside.any(0))
    columns = columns[len(columns) // 5 : -len(columns) // 5]
    front = inside.argmax(0)[columns]
    arc = np.polyval(np.polyfit(columns, front, 2), columns)
    assert len(columns) > 40 and np.abs(front - arc).max() < 1.5
