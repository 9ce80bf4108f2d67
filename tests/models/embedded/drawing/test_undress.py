"""What comes to light where a new garment covers less than the old one, on rendered people of the tuning half."""

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.models.embedded.seeing.limbs import find_limbs
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.pictures.features import band_energies, blur_within, colour_difference, to_lab
from tryon_core.pictures.masks import shrunk
from tryon_core.records import EditRequest


def drawn(warp, person: Image.Image, garment: Image.Image) -> Image.Image:
    return warp(EditRequest(prompt="", images=(person, garment)))


def fine(lightness_HW: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Lightness without its slow changes, inside an area."""
    return (lightness_HW - blur_within(lightness_HW, area, 12.0))[area]


# ---- arms that an old sleeve hid -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bared(warp, tank_top):
    """(lab of the draft, lab of the truth, where the truth shows arms that a sleeve hid)."""
    before, after = demo_picture("persons", "p3"), demo_picture("truth", "p3_blossoms")
    draft = drawn(warp, before, tank_top)
    arms = shrunk(see_person(before).upper & see_person(before).arms & see_person(after).skin, 2)
    return to_lab(np.array(draft)), to_lab(np.array(after)), arms


def test_bared_arms_have_the_colour_of_the_true_ones(bared):
    draft, truth, arms = bared
    assert arms.sum() > 15000 and colour_difference(draft[arms], truth[arms]).mean() < 12


def test_bared_arms_are_as_rough_as_the_true_ones(bared):
    draft, truth, arms = bared
    inner = shrunk(arms, 8) & (draft[..., 2] > 5)  # skin, not the garment's edge
    rough, true = (band_energies(lab[..., 0], inner)[0] for lab in (draft, truth))
    assert 0.6 < rough / true < 1.6


def test_a_long_sleeve_comes_off_the_whole_forearm(warp, red_tee):
    before = demo_picture("persons", "p4")
    person = see_person(before)
    after = see_person(drawn(warp, before, red_tee))
    for limb in find_limbs(person):
        forearm = (limb.along_HW > 1.2) & (limb.along_HW < 1.8) & (limb.edge_px_HW > 6) & person.upper
        assert forearm.sum() > 1000 and after.skin[forearm].mean() > 0.9


def test_a_limb_is_no_wider_than_its_sleeve_and_no_thinner_than_an_arm():
    person = see_person(demo_picture("persons", "p4"))
    for limb in find_limbs(person):
        cut = (np.abs(limb.along_HW - 1.5) < 0.02) & (limb.edge_px_HW > 0)
        sleeve = (np.abs(limb.along_HW - 1.5) < 0.02) & person.upper & person.forearms
        assert 0.6 * sleeve.sum() < cut.sum() <= sleeve.sum()


# ---- hands before the garment ----------------------------------------------------------------------------------------


def test_a_hand_on_the_hip_keeps_its_bytes(warp, red_tee):
    before = demo_picture("persons", "p5")
    person, after = see_person(before), drawn(warp, before, red_tee)
    right_arm, shape = find_limbs(person)[0], person.skin.shape
    hand = shrunk(person.skin & person.forearms & (right_arm.along_HW > 2.1), 4)
    hand &= (person.frame.across_px_HW(shape) < 0) & (person.frame.down_share_HW(shape) > 0.5)
    kept = (np.array(before) == np.array(after)).all(-1)
    assert hand.sum() > 1000 and kept[hand].mean() > 0.95


def test_an_arm_akimbo_shows_its_bared_forearm_before_the_wall(warp, red_tee):
    before = demo_picture("persons", "p5")
    person, after = see_person(before), drawn(warp, before, red_tee)
    right_arm = find_limbs(person)[0]
    forearm = (right_arm.along_HW > 1.2) & (right_arm.along_HW < 1.8) & (right_arm.edge_px_HW > 6) & person.upper
    lab = to_lab(np.array(after))[forearm]
    assert len(lab) > 1500 and colour_difference(lab, np.median(person.lab_HW3[person.face], 0)[None]).mean() < 15


# ---- the old print ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("old", ["p1_checks", "p1_stripes"])
def test_no_ghost_of_an_old_print_shows_through_a_plain_garment(warp, red_tee, old):
    before = demo_picture("truth", old)  # a true picture is a person in a print
    after = drawn(warp, before, red_tee)
    lab = to_lab(np.array(after))
    torso = shrunk((lab[..., 1] > 35) & see_person(before).upper & ~see_person(before).arms, 10)
    was, now = (fine(values, torso) for values in (to_lab(np.array(before))[..., 0], lab[..., 0]))
    assert torso.sum() > 20000 and abs(np.corrcoef(was, now)[0, 1]) < 0.12


def test_the_folds_of_a_plain_old_garment_stay(warp, man, red_tee):
    after = to_lab(np.array(drawn(warp, man, red_tee)))
    torso = shrunk((after[..., 1] > 35) & see_person(man).upper & ~see_person(man).arms, 10)
    assert np.corrcoef(fine(to_lab(np.array(man))[..., 0], torso), fine(after[..., 0], torso))[0, 1] > 0.4
