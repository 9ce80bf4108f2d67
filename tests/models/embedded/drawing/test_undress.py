"""What comes to light where a new garment covers less than the old one, on rendered people of the tuning half."""

from dataclasses import replace

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.drawing.bared.skin import seen_skin
from tryon_core.models.embedded.drawing.drawing_parameters import WarpParameters
from tryon_core.models.embedded.drawing.undress import bare_body, made_up
from tryon_core.models.embedded.drawing.upper import draw_upper
from tryon_core.models.embedded.seeing.limbs import find_limbs
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.pictures.features import band_energies, blur_within, colour_difference, to_lab
from tryon_core.pictures.masks import capsule, grown, opened, shrunk
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


def test_bared_arms_are_lit_across_as_the_true_ones():
    """Darker on the inner side, as the bare forearm is: a flat arm looks painted."""
    before, after = see_person(demo_picture("persons", "p6")), see_person(demo_picture("truth", "p6_blossoms"))
    made_HW3 = to_lab(made_up(before))
    for limb in find_limbs(before):
        hidden = (limb.along_HW > 0.5) & before.upper & after.skin & (limb.edge_px_HW > 3)
        inner, outer = hidden & (limb.across_HW < -0.6), hidden & (limb.across_HW > -0.2)
        made, true = (np.median(lab[outer], 0)[0] - np.median(lab[inner], 0)[0] for lab in (made_HW3, after.lab_HW3))
        assert inner.sum() > 200 and true > 8 and made > 0.4 * true


def test_a_bared_arm_has_no_step_at_the_old_cuff():
    """Its outline on either side of the cuff is one line."""
    before, after = see_person(demo_picture("persons", "p6")), see_person(demo_picture("truth", "p6_blossoms"))
    cuffs = np.any([(limb.along_HW > 0.55) & (limb.along_HW < 0.95) for limb in find_limbs(before)], axis=0)
    arms = np.any([limb.edge_px_HW > -8 for limb in find_limbs(before)], axis=0)
    wrong = (bare_body(before) > 0.5) != (after.alpha_HW > 0.5)
    assert opened(wrong & cuffs & arms & ~after.upper, 2).sum() < 20


def test_arms_that_nobody_saw_have_the_colour_of_cheeks_and_hands():
    before, after = see_person(demo_picture("persons", "p4")), see_person(demo_picture("truth", "p4_blossoms"))
    arms = shrunk(before.upper & before.arms & after.skin, 4)
    away_3 = np.median(to_lab(made_up(before))[arms], 0) - np.median(after.lab_HW3[arms], 0)
    assert arms.sum() > 15000 and np.abs(away_3).max() < 4


def test_an_arm_that_nobody_saw_goes_on_from_its_hand():
    """Hands in another light than the face: at the old cuff the arm has their colour, not the cheeks'."""
    person = see_person(demo_picture("persons", "p4"))
    image, unit_px = Image.fromarray(person.image_HW3), person.frame.shoulder_px
    hands = grown(person.hands, 0.04 * unit_px)[..., None]
    darker = see_person(Image.fromarray(np.where(hands, np.array(image) * 0.6, image).astype(np.uint8)))
    arms = darker.upper & darker.arms & ~grown(darker.skin, 0.02 * unit_px)
    wrists, hands = arms & grown(darker.hands, 0.08 * unit_px), darker.hands & grown(darker.upper, 0.08 * unit_px)
    off = colour_difference(np.median(to_lab(made_up(darker))[wrists], 0), np.median(darker.lab_HW3[hands], 0))
    assert wrists.sum() > 200 and hands.sum() > 200 and off < 3.5


def test_grey_cloth_that_is_read_as_skin_teaches_no_skin():
    person = see_person(demo_picture("persons", "p3"))
    grey = person.lower & (np.abs(person.lab_HW3[..., 1:]).max(-1) < 5)
    assert grey.sum() > 1000 and not (seen_skin(replace(person, skin=person.skin | grey)) & grey).any()


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


# ---- beside the neck -------------------------------------------------------------------------------------------------


def test_what_is_read_as_cloth_beside_the_neck_becomes_no_skin():
    """A shadow between hair and shoulder: behind it is the wall."""
    person = see_person(demo_picture("persons", "p3"))
    unit = person.frame.shoulder_px
    middle = person.frame.point(0.3 * unit, -0.42 * unit)
    patch = capsule(person.skin.shape, middle, middle, 0.06 * unit) & ~person.hair
    seen = replace(person, upper=person.upper | patch, alpha_HW=np.maximum(person.alpha_HW, patch))
    assert patch.sum() > 500 and bare_body(seen)[shrunk(patch, 2)].max() < 0.1


# ---- the old print ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("old", ["p1_checks", "p1_stripes"])
def test_no_ghost_of_an_old_print_shows_through_a_plain_garment(red_tee, old):
    """In the light on it; its own weave may resemble the print by chance."""
    before = demo_picture("truth", old)  # a true picture is a person in a print
    person, tee = see_person(before), see_garment(red_tee)
    lit, unlit = (
        to_lab(np.array(draw_upper(person, tee, WarpParameters(shading=by)).over(before, red_tee)))
        for by in (0.0, -1.0)
    )
    torso = shrunk((lit[..., 1] > 35) & person.upper & ~person.arms, 10)
    was, light = (fine(values, torso) for values in (person.lab_HW3[..., 0], lit[..., 0] - unlit[..., 0]))
    assert torso.sum() > 20000 and abs(np.corrcoef(was, light)[0, 1]) < 0.12


def test_the_folds_of_a_plain_old_garment_stay(warp, man, red_tee):
    after = to_lab(np.array(drawn(warp, man, red_tee)))
    torso = shrunk((after[..., 1] > 35) & see_person(man).upper & ~see_person(man).arms, 10)
    assert np.corrcoef(fine(to_lab(np.array(man))[..., 0], torso), fine(after[..., 0], torso))[0, 1] > 0.4
