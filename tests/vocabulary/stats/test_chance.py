import numpy as np
import pytest
from scipy.stats import binomtest, fisher_exact

from tryon_core.stats.chance import largest_gap, leader_p, most_together


def alone(*columns):
    return np.array(columns, dtype=float).T


def test_the_leader_s_p_is_the_exact_sign_test_s_where_clusters_are_single():
    first, second = [1] * 9 + [0] * 1, [0] * 9 + [1] * 1
    found = leader_p(alone(first, second), np.ones((10, 2)), 0)
    assert found == pytest.approx(binomtest(9, 10).pvalue)


def test_the_leader_must_be_ahead_of_every_rival():
    first, close, far = [1] * 8 + [0, 0], [1] * 7 + [0, 0, 0], [0] * 10
    assert leader_p(alone(first, far), np.ones((10, 2)), 0) < 0.05
    assert leader_p(alone(first, close, far), np.ones((10, 3)), 0) > 0.5


def test_a_tie_has_no_leader():
    assert leader_p(alone([1, 0], [0, 1]), np.ones((2, 2)), 0) == 1


def test_what_is_rarely_counted_does_not_lead():
    """1 of 1 beside 9 of 10."""
    counts, n = alone([1] + [0] * 9, [1] * 9 + [0]), alone([1] + [0] * 9, [1] * 10)
    assert leader_p(counts, n, 0) == 1


def test_a_person_s_many_samples_are_one_witness():
    counts = np.array([[30.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    assert leader_p(counts, np.full((3, 2), 30.0), 0) >= 0.25


def test_two_groups_are_as_far_apart_as_fisher_says():
    yes, group = [True] * 9 + [False] * 3 + [True] * 3 + [False] * 9, ["a"] * 12 + ["b"] * 12
    found = largest_gap(yes, group, range(24))
    assert (found.low, found.high) == ("b", "a")
    assert found.p == pytest.approx(fisher_exact([[9, 3], [3, 9]]).pvalue, abs=0.02)


def test_groups_that_are_persons_cannot_be_told_from_persons():
    yes, person = [True] * 20 + [False] * 20, [number // 10 for number in range(40)]
    found = largest_gap(yes, ["tall" if one < 2 else "short" for one in person], person)
    assert found.p > 0.3  # four persons: a third of all ways to deal the words are as far apart


def test_within_persons_their_own_rates_are_no_gap():
    """Each person has both kinds; the kinds differ within each of them, not the persons."""
    yes = [kind == 0 for _ in range(8) for kind in (0, 1)]
    assert largest_gap(yes, [kind for _ in range(8) for kind in "ab"], [one // 2 for one in range(16)]).p < 0.02


def test_one_group_or_one_answer_has_no_gap():
    assert largest_gap([True, False], ["a", "a"], [1, 2]) is None and largest_gap([True] * 2, "ab", [1, 2]) is None


def test_what_goes_together_is_found_and_its_expectation_is_that_of_independence():
    random = np.random.default_rng(0)
    one = random.random(80) < 0.4
    other = np.where(one, random.random(80) < 0.9, random.random(80) < 0.1)
    third = random.random(80) < 0.6
    found = most_together(np.stack([third, one, other], 1).astype(float), range(80))
    assert (found.one, found.other) == (1, 2) and found.p < 0.01
    assert found.expected == pytest.approx(one.mean() * other.mean() * 80)


def test_frequent_answers_are_together_by_their_rates_alone():
    random = np.random.default_rng(1)
    answers = (random.random((60, 4)) < (0.9, 0.9, 0.1, 0.1)).astype(float)
    assert most_together(answers, range(60)).p > 0.05


def test_what_was_not_answered_is_not_together():
    assert most_together(np.array([[1, np.nan], [np.nan, 1.0], [0, 1]]), range(3)) is None
