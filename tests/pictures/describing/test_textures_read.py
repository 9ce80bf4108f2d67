"""Texture inside the mask, and the vector that garments are compared by."""

import itertools

import cloths
import numpy as np
import pytest

from tryon_core.pictures.describing.cloth_texture import ANGLES_DEG, FREQUENCIES, texture_of
from tryon_core.pictures.describing.described import describe
from tryon_core.pictures.describing.feature_vector import LAYOUT, LENGTH, alike
from tryon_core.pictures.features import to_lab


def texture(image_HW3, mask_HW):
    return texture_of(to_lab(image_HW3)[..., 0], mask_HW)


def test_plain_cloth_is_smooth():
    found = texture(*cloths.laid(cloths.plain(cloths.RED)))
    assert found.contrast == 0 and found.homogeneity == found.energy == 1
    assert np.max(found.gabor) < 1e-3 and found.lbp[-2] == 1  # no neighbour is darker


def test_the_background_takes_no_part():
    cloth, mask = cloths.laid(cloths.grainy(cloths.stripes(8, 30), 4))
    one, *others = [texture(*cloths.laid(cloth, back, mask)) for back in cloths.backgrounds().values()]
    assert all(other == one for other in others)


def test_cooccurrence_counts_pairs_of_cloth_only():
    """By hand: a cloth of two rows of eight pixels, left half at L* 40, right half at 60; outside at 0."""
    lightness, mask = np.zeros((40, 40), np.float32), np.zeros((40, 40), bool)
    mask[10:30, 10:30] = True
    lightness[10:30, 10:20], lightness[10:30, 20:30] = 47, 53
    found = texture_of(lightness, mask)
    pairs = [20 * 19, 19 * 19, 20 * 19, 19 * 19]  # right, up right, up, up left
    unlike = np.array([20, 19, 0, 19]) / pairs  # those that cross the middle
    assert 0.5 * 3**2 * unlike.mean() < found.contrast < 1.5 * 3**2 * unlike.mean()  # three levels of 2 L*, blurred


@pytest.mark.parametrize("frequency", range(1, 4))
@pytest.mark.parametrize("angle", range(4))
def test_gabor_finds_the_octave_and_angle_of_lines(frequency, angle):
    found = texture(*cloths.laid(cloths.stripes(1 / FREQUENCIES[frequency], ANGLES_DEG[angle])))
    assert np.unravel_index(np.argmax(found.gabor), (4, 4)) == (frequency, angle)


def test_light_hardly_changes_the_texture():
    cloth = cloths.grainy(cloths.dots(24, 0), 3)
    plain, lit = (texture(*cloths.laid(one)) for one in (cloth, cloths.lit(cloth, 0.3)))
    assert np.allclose(lit.lbp, plain.lbp, atol=0.03) and lit.contrast == pytest.approx(plain.contrast, rel=0.25)


CLOTHS = {
    "red": cloths.plain(cloths.RED),
    "navy": cloths.plain(cloths.NAVY),
    "red_stripes": cloths.stripes(16, 0, (cloths.RED, cloths.CREAM)),
    "upright_stripes": cloths.stripes(16, 90, (cloths.RED, cloths.CREAM)),
    "broad_stripes": cloths.stripes(40, 0, (cloths.RED, cloths.CREAM)),
    "dots": cloths.dots(24, 0, (cloths.RED, cloths.CREAM)),
    "flowers": cloths.flowers(144, (cloths.NAVY, cloths.YELLOW, cloths.GREEN)),
}


@pytest.fixture(scope="module")
def vectors():
    """Name -> the vectors of the cloth in two lights."""
    lights = {name: [cloth, cloths.lit(cloth, 0.35, 1)] for name, cloth in CLOTHS.items()}
    return {name: [describe(*cloths.laid(cloth)).vector for cloth in cloths_] for name, cloths_ in lights.items()}


def test_the_same_cloth_lit_otherwise_is_nearer_than_any_other(vectors):
    for name, lights in vectors.items():
        same = min(alike(one, other) for one, other in itertools.combinations(lights, 2))
        others = [v for other, found in vectors.items() if other != name for v in found]
        assert same > max(alike(one, other) for one in lights for other in others), name


def test_vectors_have_unit_norm_and_one_length(vectors):
    assert sum(share for _, share in LAYOUT.values()) == pytest.approx(1)
    for vector in itertools.chain(*vectors.values()):
        assert len(vector) == LENGTH and min(vector) >= 0 and np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)
