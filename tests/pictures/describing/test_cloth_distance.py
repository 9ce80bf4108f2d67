"""Distances between cloths, against numbers worked out by hand."""

import numpy as np
import pytest

from tryon_core.pictures.describing.cloth_distance import equal_shares, palette_distance, texture_distance
from tryon_core.pictures.describing.cloth_texture import texture_of
from tryon_core.pictures.features import colour_difference

RED, BLUE = np.array([50.0, 60.0, 40.0]), np.array([40.0, 10.0, -50.0])


def cloth(*parts: tuple[np.ndarray, int]) -> np.ndarray:
    """Lab pixels (N, 3): so many of each colour."""
    return np.concatenate([np.tile(colour, (count, 1)) for colour, count in parts])


def test_a_cloth_is_at_no_distance_from_itself_in_any_order():
    pixels = np.random.default_rng(1).normal(50, 10, (1000, 3))
    assert palette_distance(pixels, pixels[::-1]) < 0.1


def test_two_plain_cloths_are_as_far_apart_as_their_colours():
    expected = float(colour_difference(RED, BLUE))
    assert palette_distance(cloth((RED, 500)), cloth((BLUE, 800))) == pytest.approx(expected)


def test_a_quarter_of_another_colour_costs_a_quarter():
    one, other = cloth((RED, 640)), cloth((RED, 480), (BLUE, 160))
    assert palette_distance(one, other) == pytest.approx(float(colour_difference(RED, BLUE)) / 4)


def test_each_colour_is_matched_with_its_nearest():
    """Blue sorts before red and yellow after it, so that only the best match leaves the reds alone."""
    yellow = np.array([90.0, 60.0, 130.0])
    one, other = cloth((RED, 480), (BLUE, 160)), cloth((RED, 480), (yellow, 160))
    assert palette_distance(one, other) == pytest.approx(float(colour_difference(BLUE, yellow)) / 4)


def test_where_a_colour_is_does_not_count():
    stripes = np.tile(cloth((RED, 1), (BLUE, 1)), (400, 1))
    assert palette_distance(stripes, cloth((RED, 400), (BLUE, 400))) == pytest.approx(0)


def test_groups_have_equally_many_colours():
    lightness = np.random.default_rng(2).permutation(640).astype(float)
    means = equal_shares(np.stack([lightness, 0 * lightness, 0 * lightness], 1), 64)
    assert sorted(means[:, 0]) == pytest.approx([10 * k + 4.5 for k in range(64)])


def striped(period_px: int, turned: bool = False, contrast: float = 20.0):
    light = 50 + contrast * np.sin(2 * np.pi * np.arange(300) / period_px)
    picture = np.tile(light.astype(np.float32), (300, 1))
    return texture_of(np.ascontiguousarray(picture.T) if turned else picture, np.ones((300, 300), bool))


def test_the_same_texture_is_at_no_distance():
    assert texture_distance(striped(8), striped(8)) == pytest.approx(0)


def test_a_turned_pattern_and_another_size_are_far():
    assert 0.3 < texture_distance(striped(8), striped(8, turned=True)) <= 1
    near, far = (texture_distance(striped(8), striped(period)) for period in (9, 24))
    assert near < far / 3


def test_grain_of_plain_cloth_is_no_texture():
    plain, grainy = striped(8, contrast=0.1), striped(4, contrast=0.2)
    assert texture_distance(plain, grainy) < 0.05 < texture_distance(plain, striped(4))
