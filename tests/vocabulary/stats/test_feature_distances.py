"""FID and KID against closed forms, SciPy's matrix root and sums by hand."""

import numpy as np
import pytest
from scipy import linalg

from tryon_core.errors import BadInput
from tryon_core.stats.feature_distances import frechet_distance, kernel_distance


def normal(count, width=6, seed=0, scale=1.0, shift=0.0):
    random = np.random.default_rng(seed)
    mixed = random.normal(size=(width, width))
    return shift + scale * random.normal(size=(count, width)) @ mixed


def by_matrix_root(a_ND, b_MD):
    """The formula as it is published, of covariances that are not singular."""
    means = [each.mean(0) for each in (a_ND, b_MD)]
    covariances = [np.cov(each, rowvar=False) for each in (a_ND, b_MD)]
    root = linalg.sqrtm(covariances[0] @ covariances[1]).real
    return ((means[0] - means[1]) ** 2).sum() + np.trace(covariances[0] + covariances[1] - 2 * root)


def test_the_frechet_distance_is_the_published_formula():
    for seed in range(5):
        a_ND, b_MD = normal(40, seed=seed), normal(55, seed=seed + 50, scale=1.5, shift=0.4)
        assert frechet_distance(a_ND, b_MD) == pytest.approx(by_matrix_root(a_ND, b_MD), rel=1e-9)


def test_of_one_feature_it_is_means_and_deviations():
    a_N1, b_M1 = np.array([[1.0], [3.0]]), np.array([[2.0], [6.0], [10.0]])  # means 2 and 6, variances 2 and 16
    assert frechet_distance(a_N1, b_M1) == pytest.approx((6 - 2) ** 2 + (np.sqrt(2) - 4) ** 2)


def test_fewer_pictures_than_features_need_no_offset():
    """Two lines at right angles: nothing is shared, so the root has no trace."""
    a_ND, b_MD = np.zeros((3, 2048)), np.zeros((3, 2048))
    a_ND[:, 0], b_MD[:, 1] = [-1, 0, 1], [-2, 0, 2]
    assert frechet_distance(a_ND, b_MD) == pytest.approx(1 + 4)
    b_MD[:, 0], b_MD[:, 1] = b_MD[:, 1], 0
    assert frechet_distance(a_ND, b_MD) == pytest.approx(1 + 4 - 2 * 2)


def test_a_set_is_no_distance_from_itself():
    a_ND = normal(30, width=100)
    assert 0 <= frechet_distance(a_ND, a_ND[::-1]) < 1e-9 * a_ND.var(0).sum()
    assert frechet_distance(a_ND, a_ND + 2) == pytest.approx(4 * 100)


def test_the_kernel_distance_is_summed_by_hand():
    """One feature, two pictures each: kernels (x y + 1)^3."""
    a_N1, b_M1 = np.array([[0.0], [1.0]]), np.array([[2.0], [-1.0]])
    within = 1**3 + (-2 + 1) ** 3  # the pair of each set, both ways round
    across = (1**3 + 1**3 + 3**3 + 0**3) / 4
    assert kernel_distance(a_N1, b_M1) == pytest.approx(within - 2 * across)


def test_the_kernel_distance_is_unbiased():
    """Sets of one distribution: about 0 in the mean, below it as often as above."""
    random = np.random.default_rng(1)
    pairs = [(random.normal(size=(10, 4)), random.normal(size=(14, 4))) for _ in range(400)]
    found = np.array([kernel_distance(*pair, subsets=5) for pair in pairs])
    assert abs(found.mean()) < 3 * found.std() / 20 and 0.35 < (found < 0).mean() < 0.75


def test_subsets_are_drawn_from_the_seed():
    a_ND, b_MD = normal(30), normal(30, seed=9)
    some = [kernel_distance(a_ND, b_MD, subsets=3, subset_size=8, seed=seed) for seed in (0, 0, 1)]
    assert some[0] == some[1] != some[2]


def test_all_of_both_sets_are_one_subset():
    a_ND, b_MD = normal(30), normal(30, seed=9)
    assert kernel_distance(a_ND, b_MD) == kernel_distance(a_ND, b_MD, subsets=1)  # to the bit: nothing is averaged


@pytest.mark.parametrize("distance", [frechet_distance, kernel_distance])
@pytest.mark.parametrize(
    ("sets", "sentence"),
    [
        ((np.zeros((1, 3)), np.zeros((4, 3))), r"at least 2 pictures in each set, got \(1, 3\) and \(4, 3\)"),
        ((np.zeros((4, 3)), np.zeros((4, 2))), r"features \(N, D\) and \(M, D\), got shapes \(4, 3\) and \(4, 2\)"),
        ((np.zeros(4), np.zeros(4)), r"got shapes \(4,\) and \(4,\)"),
        ((np.full((4, 3), np.nan), np.zeros((4, 3))), "not finite"),
    ],
)
def test_what_says_nothing_is_refused(distance, sets, sentence):
    with pytest.raises(BadInput, match=sentence):
        distance(*sets)


@pytest.mark.parametrize("asked", [{"subsets": 0}, {"subset_size": 1}])
def test_a_subset_holds_at_least_two(asked):
    with pytest.raises(BadInput, match="KID needs subsets >= 1 and subset_size >= 2"):
        kernel_distance(normal(4), normal(4), **asked)
