"""Paired differences over clusters: against scipy, by hand, and by what simulated intervals and tests keep."""

import numpy as np
import pytest
from scipy.stats import binomtest, permutation_test, sem, t

from tryon_core.errors import BadInput
from tryon_core.stats.best_of import expected_best
from tryon_core.stats.differences import DRAWS, differences, highest_mean_p, mean_over_clusters, sign_flip_p


def simulated(random, persons, samples=9, mean=0.0, between=1.0):
    """Differences of so many samples of each person, who differ from one another."""
    person = np.repeat(np.arange(persons), samples)
    return mean + between * random.normal(size=persons)[person] + random.normal(size=len(person)), person


def test_wins_losses_and_ties_are_counted_apart():
    found = differences([1.0, 0.5, -0.1, 0.0, 0.0], range(5))
    assert (found.wins, found.losses, found.ties, found.n) == (2, 1, 2, 5)
    assert found.win_rate == pytest.approx(2 / 3) and found.sign_p == binomtest(2, 3).pvalue == 1


def test_only_ties_have_no_win_rate_and_no_p():
    found = differences([0.0] * 7, range(7))
    assert (found.win_rate, found.sign_p, found.flip_p) == (None, None, 1.0)
    assert found.mean.low is None and found.mean.mean == 0


def test_the_sign_test_is_over_persons():
    """Eight of nine samples, of three persons: two against one."""
    found = differences([1, 1, 1, 1, 1, 1, 1, 1, -9], [0, 0, 0, 1, 1, 1, 2, 2, 2])
    assert (found.wins, found.losses) == (8, 1) and (found.clusters_won, found.clusters_lost) == (2, 1)
    assert found.sign_p == binomtest(2, 3).pvalue


@pytest.mark.parametrize("persons", [1, 2, 7, 12])
def test_every_way_to_flip_signs_is_counted(persons):
    values = np.random.default_rng(persons).normal(0.7, 1, persons)
    exact = [values @ [1 - 2 * (way >> place & 1) for place in range(persons)] for way in range(2**persons)]
    share = np.mean(np.abs(exact) >= abs(values.sum()) - 1e-9)
    assert sign_flip_p(values) == (pytest.approx(share), None)


def test_sign_flips_are_those_of_scipy():
    values = np.random.default_rng(3).normal(0.5, 1, 13)
    expected = permutation_test((values,), np.mean, permutation_type="samples", n_resamples=2**13)
    assert sign_flip_p(values)[0] == pytest.approx(expected.pvalue)


def test_many_persons_are_drawn_at_random():
    values = np.random.default_rng(4).normal(0.4, 1, 30)
    p, draws = sign_flip_p(values)
    exact_p, none = sign_flip_p(values[:20])
    assert draws == DRAWS and none is None and exact_p != p
    expected = permutation_test((values,), np.mean, permutation_type="samples", n_resamples=50_000, rng=1)
    assert p == pytest.approx(expected.pvalue, abs=0.014) and sign_flip_p(values) == (p, draws)


def test_flips_that_reach_as_far_count_in_spite_of_rounding():
    """All persons agree, so two ways of all are as far from 0, in whatever order the numbers are summed."""
    random = np.random.default_rng(0)
    assert {sign_flip_p(random.random(12) * scale)[0] for scale in (1e-12, 1.0, 1e9) * 20} == {2 / 2**12}


def test_the_highest_of_several_means_allows_for_the_choice():
    """Of three means that turn around with their persons; by hand over all eight ways."""
    values = np.array([[0.5, -0.1, 0.3], [0.4, 0.2, -0.6], [0.3, 0.3, 0.1]])
    ways = [np.array([1 - 2 * (way >> place & 1) for place in range(3)]) @ values for way in range(8)]
    assert highest_mean_p(values) == (np.mean([way.max() >= 1.2 - 1e-9 for way in ways]), None)
    many = np.random.default_rng(1).normal(0.1, 1, (40, 3))
    p, draws = highest_mean_p(many)
    assert draws == DRAWS and highest_mean_p(many[:, :1])[0] < p < 3 * highest_mean_p(many[:, :1])[0] + 1e-9


def test_the_interval_is_the_t_interval_over_persons():
    values, person = simulated(np.random.default_rng(0), 8)
    means = values.reshape(8, 9).mean(1)
    found = mean_over_clusters(values, person, level=0.9)
    assert (found.low, found.high) == pytest.approx(t.interval(0.9, 7, loc=means.mean(), scale=sem(means)))
    assert (found.clusters, found.n) == (8, 72)


def test_each_person_counts_once():
    found = mean_over_clusters([0, 0, 0, 0, 6.0], ["a", "a", "a", "a", "b"])
    assert found.mean == 3 and (found.low, found.high, found.clusters) == (None, None, 2)


def test_persons_are_six_or_there_is_no_interval():
    few, enough = (mean_over_clusters(range(count), range(count)) for count in (5, 6))
    assert few.low is None and few.clusters == 5 and enough.low < 2.5 < enough.high


def test_persons_who_are_all_equal_have_no_interval():
    """Up to rounding: 0.1 + 0.2 is not 0.3."""
    assert mean_over_clusters([0.3] * 4 + [0.1 + 0.2] * 5, range(9)).low is None


@pytest.mark.parametrize("persons", [6, 12])
def test_the_interval_covers_what_it_promises(persons):
    random = np.random.default_rng(persons)
    found = [mean_over_clusters(*simulated(random, persons, 4, mean=0.3)) for _ in range(1500)]
    assert 0.93 < np.mean([each.low <= 0.3 <= each.high for each in found]) < 0.97


@pytest.mark.parametrize("persons", [6, 12])
def test_where_nothing_differs_both_tests_say_so(persons):
    """They claim a difference in at most 5 %, and the flips, which can reach it, not in much less."""
    random = np.random.default_rng(persons)
    found = [differences(*simulated(random, persons, 3)) for _ in range(1500)]
    flips, signs = np.mean([each.flip_p < 0.05 for each in found]), np.mean([each.sign_p < 0.05 for each in found])
    assert 0.02 < flips < 0.065 and signs < 0.05 + 0.012


@pytest.mark.prove
def test_coverage_and_false_claims_over_many_runs():
    """12,000 simulated comparisons each, with persons of unequal numbers of samples; prints what they keep."""
    for persons in (6, 12, 30):
        random, kept, claimed = np.random.default_rng(persons), [], []
        for _ in range(12_000):
            person = random.integers(0, persons, 9 * persons)
            if len(set(person)) < persons:
                continue
            values = random.normal(size=persons)[person] + random.normal(size=len(person))
            found = differences(values, person) if persons < 13 else None
            mean = found.mean if found else mean_over_clusters(values, person)
            kept.append(mean.low <= 0 <= mean.high)
            claimed += [found.flip_p < 0.05] if found else []
        covered, claims = np.mean(kept), np.mean(claimed) if claimed else None
        print(f"{persons} persons: the interval covers {covered:.3f}, sign flips claim a difference in {claims}")
        assert 0.94 < covered < 0.96 and (claims is None or claims < 0.056)


@pytest.mark.parametrize(
    ("values", "clusters", "words"),
    [([], [], "got 0 and 0 clusters"), ([1.0], [], "got 1 and 0"), ([float("nan")], ["a"], "not a finite number")],
)
def test_what_is_no_difference_is_refused(values, clusters, words):
    with pytest.raises(BadInput, match=words):
        differences(values, clusters)


@pytest.mark.parametrize(("draws", "best"), [(1, 0.0), (2, 0.5642), (4, 1.03), (8, 1.42), (12, 1.63), (16, 1.77)])
def test_the_best_of_normal_draws_is_known(draws, best):
    """Of two it is 1 / sqrt(pi); the others as measured for the reference's budgets."""
    assert expected_best(draws) == pytest.approx(best, abs=5e-3 if draws > 2 else 1e-4)


def test_the_best_of_draws_is_what_drawing_gives():
    drawn = np.random.default_rng(0).normal(size=(60_000, 8)).max(1)
    assert expected_best(8) == pytest.approx(drawn.mean(), abs=4 * drawn.std() / 60_000**0.5)


def test_the_best_of_none_is_refused():
    with pytest.raises(BadInput, match="best of 0 draws"):
        expected_best(0)
