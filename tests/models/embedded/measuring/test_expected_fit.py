"""Between which places the judge expects the parts of a garment, and what it asks for beyond them."""

from dataclasses import replace

import numpy as np
import pytest
from demo_pictures import demo_picture

from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.measuring.shape import expected
from tryon_core.models.embedded.measuring.shape.expected import beyond, drawn_down, expected_fit
from tryon_core.models.embedded.measuring.shape.fit import ARMS, BEHIND_TRUNK
from tryon_core.models.embedded.measuring.shape.parts import sleeve_part
from tryon_core.models.embedded.seeing.perception import Person, see_person


def person(name: str = "p4") -> Person:
    return see_person(demo_picture("persons", name))


def lowered(who: Person, torsos: float) -> Person:
    """The same person in trousers that begin lower down, or higher up."""
    return replace(who, border=replace(who.border, down_px_A=who.border.down_px_A + torsos * who.frame.torso_px))


@pytest.mark.parametrize(("is_at", "off"), [(0.5, -0.1), (0.6, 0.0), (0.7, 0.0), (0.9, 0.1)])
def test_inside_a_range_there_is_no_error(is_at, off):
    assert beyond(is_at, 0.6, 0.8) == pytest.approx(off)


def test_a_top_may_always_reach_the_worn_waistband():
    tee, who = see_garment(demo_picture("garments", "lab")), person()
    plain, low = (expected_fit(tee, each) for each in (who, lowered(who, 0.3)))
    assert low.most.hem == pytest.approx(plain.most.hem + 0.3, abs=0.03) and low.least.hem == plain.least.hem
    assert expected_fit(tee, replace(who, border=None)).most.hem <= plain.most.hem


def test_only_long_sleeves_grow_with_a_top_that_is_drawn_down():
    who = lowered(person(), 0.3)
    for garment, grows in (("cropped", False), ("dots", True)):
        cloth = see_garment(demo_picture("garments", garment))
        ends = [expected_fit(cloth, each).most.sleeves[0] for each in (person(), who)]
        assert drawn_down(cloth, who) > 1.1 and (ends[1] > ends[0] + 0.05) is grows


def test_longer_arms_make_a_range_of_a_sleeve():
    tee, who = see_garment(demo_picture("garments", "lab")), person()
    joints = who.landmarks_K3.copy()
    joints[:, :2] = who.frame.centre + 1.3 * (joints[:, :2] - who.frame.centre)
    usual, longer = (expected_fit(tee, each) for each in (who, replace(who, landmarks_K3=np.float32(joints))))
    widths = [fit.most.sleeves[0] - fit.least.sleeves[0] for fit in (usual, longer)]
    assert widths[0] < 0.06 and widths[1] > widths[0] + 0.04


def test_a_garment_that_is_short_for_its_chest_may_be_cut_wide():
    slim, short = (see_garment(demo_picture("garments", name)) for name in ("lab", "cropped"))
    assert expected.cut_wide(slim) == 1 and 1.1 < expected.cut_wide(short) < expected.WIDEST_CUT


def test_a_correction_of_one_sleeve_takes_back_what_suits_both():
    reading = sleeve_part("left").reading("left_sleeve", 0.2, None, mended=0.1)
    assert reading.value == 0.2 and reading.fixes[0].amount == -0.1


def test_what_lies_over_a_bare_arm_may_stay_as_long_as_it_is():
    """The bone of an arm that begins behind a turned trunk runs under cloth that is no sleeve; a sleeve is one."""
    top, bare = see_garment(demo_picture("garments", "blossoms")), see_person(demo_picture("truth", "p3_blossoms"))
    places_K3 = bare.landmarks_K3.copy()
    places_K3[list(ARMS[0][:2]), :2] += 0.1 * bare.frame.shoulder_px * bare.frame.across_2
    turned = replace(bare, landmarks_K3=places_K3)
    most = [expected_fit(top, who).most.sleeves[0] for who in (bare, turned, person("p2"))]
    assert most[0] == 0 < most[1] <= BEHIND_TRUNK and most[2] == 0
