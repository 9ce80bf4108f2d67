"""Pattern, period and angle of generated cloth come back; plain cloth is plain."""

import cloths
import numpy as np
import pytest

from tryon_core.pictures.describing.cloth_palette import inside, palette_of
from tryon_core.pictures.describing.cloth_pattern import pattern_of
from tryon_core.pictures.describing.self_likeness import core_of, self_likeness
from tryon_core.pictures.features import to_lab

PERIOD, ANGLE = 0.03, 2.0  # share of the period, degrees: within which both come back


def pattern(image_HW3, mask_HW):
    lab_HW3, cloth_HW = to_lab(image_HW3), inside(mask_HW)
    colours = len(palette_of(lab_HW3, cloth_HW))
    return pattern_of(self_likeness(lab_HW3, cloth_HW), float(mask_HW.any(0).sum()), colours)


def worn(cloth_HW3, seed):
    return cloths.jpeg(cloths.grainy(cloths.lit(cloth_HW3, 0.3, seed), 5, seed), 75)


def apart(one_deg, other_deg, turn_deg):
    return abs((one_deg - other_deg + turn_deg / 2) % turn_deg - turn_deg / 2)


@pytest.mark.parametrize("seed", range(18))
def test_period_and_angle_of_stripes_come_back(seed):
    rng = np.random.default_rng(seed)
    period, angle = float(np.geomspace(6, 60, 18)[seed * 7 % 18]), 10.0 * seed + 5 * (seed % 2)
    cloth = cloths.stripes(period, angle, share=rng.uniform(0.3, 0.7), start=rng.random())
    found = pattern(*cloths.laid(worn(cloth, seed) if seed % 2 else cloth))
    assert found.kind == "stripes"
    assert found.period_px == pytest.approx(period, rel=PERIOD) and apart(found.angle_deg, angle, 180) <= ANGLE
    assert found.period_share == pytest.approx(found.period_px / cloths.top_mask().any(0).sum(), abs=1e-4)


@pytest.mark.parametrize("kind", ["checks", "dots"])
@pytest.mark.parametrize("seed", range(9))
def test_period_and_angle_of_checks_and_dots_come_back(kind, seed):
    period, angle = float(np.geomspace(10, 60, 9)[seed * 4 % 9]), seed * 10.0
    cloth = getattr(cloths, kind)(period, angle, start=np.random.default_rng(seed).random())
    found = pattern(*cloths.laid(worn(cloth, seed) if seed % 2 else cloth))
    assert found.kind == kind
    assert found.period_px == pytest.approx(period, rel=PERIOD) and apart(found.angle_deg, angle, 90) <= ANGLE


@pytest.mark.parametrize(("period", "angle"), [(9.1, 45), (10.4, 140)])
def test_the_angle_of_small_dots_comes_from_many_repeats(period, angle):
    assert apart(pattern(*cloths.laid(cloths.dots(period, angle))).angle_deg, angle, 90) <= ANGLE


@pytest.mark.parametrize("seed", range(4))
def test_strewn_flowers_are_floral_and_do_not_repeat(seed):
    found = pattern(*cloths.laid(worn(cloths.flowers([64, 100, 196, 324][seed], seed=seed), seed)))
    assert found.kind == "floral" and found.period_px is None and found.strength == 0


@pytest.mark.parametrize("background", cloths.backgrounds())
@pytest.mark.parametrize("colour", [cloths.BLACK, cloths.RED])
def test_plain_cloth_on_any_background_is_solid(background, colour):
    for seed, cloth in enumerate((cloths.plain(colour), worn(cloths.plain(colour), 1))):
        found = pattern(*cloths.laid(cloth, cloths.backgrounds()[background]))
        assert found.kind == "solid" and found.period_px is None and found.angle_deg is None, seed


def test_a_patterned_cloth_does_not_change_with_its_background():
    picture, mask = cloths.laid(cloths.dots(40, 15))
    for background in cloths.backgrounds().values():
        assert pattern(*cloths.laid(picture, background, mask)) == pattern(picture, mask)


def test_one_print_on_plain_cloth_is_no_pattern():
    cloth = cloths.plain(cloths.RED)
    cloth[150:230, 150:250] = cloths.stripes(12, 0)[150:230, 150:250]
    found = pattern(*cloths.laid(cloth))
    assert found.kind == "solid" and found.coverage < 0.9


def test_blocks_of_colour_are_no_stripes():
    cloth = cloths.plain(cloths.NAVY)
    cloth[:170], cloth[170:230] = cloths.WHITE, cloths.RED
    assert pattern(*cloths.laid(cloth)).kind == "solid"


def test_sleeves_do_not_take_part():
    mask = cloths.top_mask()
    core = core_of(mask)
    assert mask[:, :45].any() and not core[:, :45].any() and core.sum() > 0.85 * mask.sum()
    cloth = cloths.stripes(30, 0)
    sleeves = np.r_[0:90, 310:400]
    cloth[:, sleeves] = cloths.stripes(30, 60)[:, sleeves]
    assert pattern(*cloths.laid(cloth)).kind == "stripes"


def test_a_large_picture_gives_its_own_pixels():
    large = [np.repeat(np.repeat(one, 4, 0), 4, 1) for one in cloths.laid(cloths.stripes(16, 90))]
    found = pattern(*large)
    assert found.kind == "stripes" and found.period_px == pytest.approx(64, rel=PERIOD)
