"""A mask is cleaned of what the segmenter got wrong, and of nothing else."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mask_shapes import box, circle, iou

from tryon_core.errors import BadInput
from tryon_core.pictures.masking.mask_checks import measured
from tryon_core.pictures.masking.mask_cleaning import cleaned
from tryon_core.pictures.masking.mask_refinement import MaskRefinement, sliders
from tryon_core.pictures.masks import filled, islands

STILL = MaskRefinement(smoothing=0, reach=0)
RED, BLUE, GREY = (190, 40, 50), (40, 60, 170), (225, 225, 222)


def painted(*layers, background=GREY):
    """uint8 (400, 400, 3): colours laid over one another, with a photograph's noise."""
    picture = np.full((400, 400, 3), background, np.float32)
    for mask, colour in layers:
        picture[mask] = colour
    noise = np.random.default_rng(5).normal(0, 2, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


SHIRT = box(80, 100, 330, 300)
ARMHOLE, MARK, PINHOLES = box(120, 120, 200, 135), box(150, 180, 190, 220), np.zeros((400, 400), bool)
PINHOLES[110:320:14, 240:290:11] = True


def test_specks_go_and_pieces_stay():
    two = box(100, 50, 300, 180) | box(100, 220, 300, 350)
    specks = np.zeros_like(two)
    specks[20:60:10, 20:60:10] = True
    done = cleaned(two | specks, painted((two, RED)), STILL)
    assert np.array_equal(done.mask_HW, two)
    assert done.changes[0].things == 16 and done.changes[0].removed_px == 16


def test_an_opening_stays_and_pinholes_are_filled():
    shirt = SHIRT & ~ARMHOLE
    done = cleaned(shirt & ~PINHOLES, painted((shirt, RED)), STILL)
    assert np.array_equal(done.mask_HW, shirt)
    assert "1 kept as openings" in done.changes[1].sentence


def test_a_print_that_was_missed_is_filled():
    done = cleaned(SHIRT & ~MARK, painted((SHIRT, RED), (MARK, BLUE)), STILL)
    assert np.array_equal(done.mask_HW, SHIRT)


def test_many_dots_of_the_background_are_a_print():
    dots = np.zeros_like(SHIRT)
    for row in range(100, 320, 40):
        for column in range(120, 290, 40):
            dots |= circle(5, centre=(row, column))
    done = cleaned(SHIRT & ~dots, painted((SHIRT & ~dots, RED)), STILL)
    assert np.array_equal(done.mask_HW, SHIRT)


def test_a_large_hole_is_closed_only_over_the_garments_colours():
    hole = box(120, 130, 220, 230)
    assert np.array_equal(cleaned(SHIRT & ~hole, painted((SHIRT, RED)), STILL).mask_HW, SHIRT)
    bag = painted((SHIRT, RED), (hole, (20, 90, 30)))
    assert np.array_equal(cleaned(SHIRT & ~hole, bag, STILL).mask_HW, SHIRT & ~hole)


def test_the_outline_moves_to_the_edge():
    rough = SHIRT.copy()
    stairs = np.random.default_rng(3).integers(-4, 5, 400).repeat(5)[:400]
    for row in range(80, 330):
        rough[row, 300 + min(stairs[row], 0) : 300 + max(stairs[row], 0)] = stairs[row] > 0
    done = cleaned(rough, painted((SHIRT, RED)))
    assert iou(done.mask_HW, SHIRT) > max(0.995, iou(rough, SHIRT))


def test_an_outline_over_a_pattern_stays_in_one_piece():
    y, x = np.mgrid[:400, :400]
    checks = SHIRT & ((x // 9 + y // 9) % 2 == 0)
    picture = painted((SHIRT, RED), (checks, GREY))
    done = cleaned(SHIRT, picture, MaskRefinement(reach=0.032))
    found = measured(done.mask_HW)
    assert (found["parts"].value, found["holes"].value) == (1, 0)


def test_a_shadowed_gap_beside_the_body_is_open_and_a_light_print_is_not():
    shade = tuple(value - 30 for value in GREY)
    beside, chest = box(180, 115, 260, 130), box(180, 185, 200, 215)
    picture = painted((SHIRT, RED), (beside, shade), (chest, shade))
    done = cleaned(SHIRT & ~beside & ~chest, picture, STILL)
    assert np.array_equal(done.mask_HW, SHIRT & ~beside)


def test_a_keyhole_that_shows_the_backdrop_is_open():
    keyhole = circle(9, centre=(110, 200))
    done = cleaned(SHIRT & ~keyhole, painted((SHIRT & ~keyhole, RED)), STILL)
    assert np.array_equal(done.mask_HW, SHIRT & ~keyhole)


def test_a_thin_strap_and_its_loop_survive():
    strap = circle(30, centre=(90, 200)) & ~circle(24, centre=(90, 200))
    top = box(118, 100, 330, 300) | strap
    done = cleaned(top, painted((top, BLUE)))
    assert (done.mask_HW & strap).sum() > 0.9 * strap.sum()
    assert not done.mask_HW[90, 200]


def test_a_half_that_lacks_a_piece_is_mirrored_about_its_own_axis():
    shirt = np.roll(SHIRT, 60, axis=1)
    lacking = shirt & ~box(250, 335, 330, 360)
    picture = painted((shirt, RED))
    assert np.array_equal(cleaned(lacking, picture, STILL).mask_HW, lacking)
    done = cleaned(lacking, picture, MaskRefinement(smoothing=0, reach=0, mirror=True))
    assert iou(done.mask_HW, shirt) > 0.99


def test_a_one_sided_thing_is_not_doubled():
    one_sided = box(100, 100, 300, 150) | box(250, 100, 300, 300)
    done = cleaned(one_sided, painted((one_sided, RED)), MaskRefinement(smoothing=0, reach=0, mirror=True))
    assert np.array_equal(done.mask_HW, one_sided) and "left as it is" in done.changes[-1].sentence
    shirt = SHIRT & ~box(80, 100, 130, 120)  # cut out on one side, where the picture shows the background
    done = cleaned(shirt, painted((shirt, RED)), MaskRefinement(smoothing=0, reach=0, mirror=True))
    assert np.array_equal(done.mask_HW, shirt)


def test_an_empty_mask_stays_empty():
    done = cleaned(SHIRT & False, painted())
    assert not done.mask_HW.any() and len(done.changes) == 4
    assert {change["sentence"] for change in done.record()} == {"nothing there"}


def test_a_full_mask_stays_full():
    assert cleaned(SHIRT | True, painted((SHIRT | True, RED))).mask_HW.all()


def test_a_mask_of_another_size_is_refused():
    with pytest.raises(BadInput, match="of its picture's size"):
        cleaned(SHIRT[:-1], painted())


@pytest.mark.parametrize("name", sliders())
def test_a_setting_beyond_its_slider_is_refused(name):
    slider = sliders()[name]
    with pytest.raises(BadInput, match=f"{name} .*lies from"):
        MaskRefinement(**{name: slider.high + slider.step})
    assert slider.low <= getattr(MaskRefinement(), name) <= slider.high and slider.label


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), grain_px=st.sampled_from([3, 8, 20]), level=st.sampled_from([-0.5, 0, 0.5]))
def test_any_mask_is_cleaned_within_its_outline_and_as_its_mirror_is(seed, grain_px, level):
    noise = cv2.GaussianBlur(np.random.default_rng(seed).standard_normal((400, 400)), (0, 0), grain_px)
    mask = (noise / noise.std() > level) & circle(150)
    picture = painted((mask, RED))
    done = cleaned(mask, picture, STILL).mask_HW
    assert not (done & ~filled(mask)).any() and (done & mask).any()
    assert islands(done)[1][1:].min() >= STILL.least_part * islands(mask)[1][1:].max()
    turned = cleaned(mask[:, ::-1], np.ascontiguousarray(picture[:, ::-1]), STILL).mask_HW
    assert np.array_equal(turned[:, ::-1], done)
