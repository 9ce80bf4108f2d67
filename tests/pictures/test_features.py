"""Colour, texture and pattern as numbers: known answers."""

import cv2
import numpy as np
import pytest

from tryon_core.pictures.features import (
    ColourModel,
    band_energies,
    blur_within,
    colour_difference,
    find_again,
    find_marks,
    sliced_wasserstein,
    to_lab,
)

RNG = np.random.default_rng(5)
ALL = np.ones((160, 160), bool)


def stripes(period_px: float, size: int = 160) -> np.ndarray:
    return np.tile(50 + 20 * np.sin(2 * np.pi * np.arange(size) / period_px), (size, 1)).T.astype(np.float32)


def test_lab_of_white_grey_and_red_is_what_the_standard_says():
    lab = to_lab(np.uint8([[[255, 255, 255], [119, 119, 119], [255, 0, 0]]]))[0]
    assert lab == pytest.approx(np.array([[100, 0, 0], [50, 0, 0], [53.2, 80.1, 67.2]]), abs=0.2)


def test_ciede2000_gives_a_published_value():
    pair = np.array([50.0, 2.6772, -79.7751]), np.array([50.0, 0.0, -82.7485])  # Sharma et al. 2005, pair 1
    assert colour_difference(*pair) == pytest.approx(2.0425, abs=1e-4)


def test_one_colour_is_compared_with_each_of_a_list():
    one, others_N3 = np.array([50.0, 2.6772, -79.7751]), np.array([[50.0, 0.0, -82.7485], [50.0, 2.6772, -79.7751]])
    assert colour_difference(one, others_N3) == pytest.approx([2.0425, 0], abs=1e-4)
    assert colour_difference(others_N3, one) == pytest.approx([2.0425, 0], abs=1e-4)


@pytest.mark.parametrize("axes", [2, 3])
def test_moving_a_cloud_of_colours_costs_the_distance_moved(axes):
    cloud = RNG.normal(0, 8, (4000, axes))
    step = np.full(axes, 6 / np.sqrt(axes))
    assert sliced_wasserstein(cloud, cloud + step) == pytest.approx(6, rel=0.05)
    assert sliced_wasserstein(cloud, cloud[::-1]) == 0


@pytest.mark.parametrize("count", [1, 2, 7, 900])
def test_clouds_of_unlike_size_are_compared_by_quantiles(count):
    one, other = RNG.normal(0, 8, (count, 3)), RNG.normal(3, 5, (400, 3))
    levels, along = (np.arange(256) + 0.5) / 256, np.array([0, 0, 1])
    by_definition = np.abs(np.quantile(one @ along, levels) - np.quantile(other @ along, levels)).mean()
    flat = [np.column_stack([cloud @ along, np.zeros(len(cloud))]) for cloud in (one, other)]
    assert sliced_wasserstein(*flat, directions=400) == pytest.approx(by_definition, rel=1e-4)


def test_a_colour_model_prefers_its_own_colours_and_knows_them_in_shadow():
    red, deep_shadow = ColourModel(np.tile([45.0, 60, 40], (500, 1))), np.array([27.0, 36, 24])
    own, duller, green = red.log_likelihood(np.array([[45.0, 60, 40], [38, 55, 36], [45, -40, 40]]))
    assert own > duller > green
    in_shadow = red.in_lights([0.6, 1.0])[ColourModel.cells(deep_shadow)]
    assert own > in_shadow > red.log_likelihood(deep_shadow) + 5


def test_models_of_unlike_colours_do_not_overlap():
    red, blue = (ColourModel(np.array([colour])) for colour in ([45.0, 60, 40], [30.0, 10, -50]))
    assert red.overlap(red) == pytest.approx(1) and red.overlap(blue) < 0.05


def test_band_energies_find_the_octave_of_a_pattern():
    fine, coarse = (band_energies(stripes(period), ALL, 4) for period in (4, 24))
    assert fine.argmax() == 0 and coarse.argmax() >= 2


def test_what_lies_outside_the_mask_does_not_leak_in():
    values, mask = np.full((60, 60), 10.0, np.float32), np.zeros((60, 60), bool)
    values[:, 30:], mask[:, :30] = 90, True
    assert blur_within(values, mask, 5)[:, :30] == pytest.approx(10, abs=1e-3)
    assert band_energies(values, mask, 2) == pytest.approx(0, abs=1e-3)


def test_marks_of_a_print_are_found_again_smaller_and_turned_but_not_on_another_print():
    print_HW3, other_HW3 = _print(1), _print(2)
    there, whole = cv2.getRotationMatrix2D((160, 160), 12, 0.85), np.ones((320, 320), bool)
    turned = cv2.warpAffine(print_HW3, there, (320, 320), borderValue=(200, 200, 200))
    wanted = find_marks(print_HW3, whole)
    assert find_again(wanted, find_marks(turned, whole), 8).mean() > 0.4
    assert find_again(wanted, find_marks(other_HW3, whole), 8).mean() < 0.1


def test_a_plain_cloth_has_no_marks_and_finds_none():
    plain = find_marks(np.full((100, 100, 3), 120, np.uint8), np.ones((100, 100), bool))
    assert len(plain) == 0 and find_again(plain, plain, 5).shape == (0,)


def _print(seed: int) -> np.ndarray:
    rng, picture = np.random.default_rng(seed), np.full((320, 320, 3), 200, np.uint8)
    for _ in range(40):
        corner, size, colour = rng.integers(60, 240, 2), rng.integers(6, 40, 2), rng.integers(0, 255, 3)
        cv2.rectangle(picture, corner.tolist(), (corner + size).tolist(), colour.tolist(), -1)
    return picture


@pytest.mark.parametrize("sigma_px", [0.8, 2.1, 4.3])
@pytest.mark.parametrize("box", [np.s_[40:60, 100:130], np.s_[:4, :], np.s_[150:, 140:]])
def test_blur_within_a_small_mask_is_that_of_the_whole_picture(box, sigma_px):
    values, mask = RNG.normal(50, 20, (160, 160)).astype(np.float32), np.zeros((160, 160), bool)
    mask[box] = RNG.random(mask[box].shape) > 0.3
    weight = mask.astype(np.float32)
    sums, shares = (cv2.GaussianBlur(whole, (0, 0), sigma_px) for whole in (values * weight, weight))
    assert blur_within(values, mask, sigma_px) == pytest.approx(sums / np.maximum(shares, 1e-4), rel=1e-4, abs=1e-3)
