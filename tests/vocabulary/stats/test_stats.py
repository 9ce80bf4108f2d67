import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.stats import sem, t

from tryon_core.errors import BadInput
from tryon_core.stats import clustered, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(successes, n, low, high):
    """The four examples of R. G. Newcombe, Statist. Med. 17 (1998) 857-872, table I, method 3."""
    found = wilson(successes, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(some.integers(1, 500).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n))))
def test_the_interval_holds_the_share_and_stays_between_none_and_all(drawn):
    found = wilson(*drawn)
    assert 0 <= found.low <= found.share <= found.high <= 1 and found.low < found.high


def test_more_confidence_and_fewer_trials_widen_the_interval():
    def width(found):
        return found.high - found.low

    assert width(wilson(5, 10)) < width(wilson(5, 10, level=0.99))
    assert width(wilson(50, 100)) < width(wilson(5, 10))


@pytest.mark.parametrize("given", [(0, 0), (3, 2), (-1, 4)])
def test_a_share_of_nothing_is_refused(given):
    with pytest.raises(BadInput, match=f"got n={given[1]}, successes={given[0]}"):
        wilson(*given)


def test_a_share_reads_as_a_sentence():
    assert str(wilson(6, 7)) == "86% (95% interval 49% to 97%)"


def test_a_share_over_too_few_clusters_has_no_interval():
    found = clustered([True, True, False] * 5, [number // 3 for number in range(15)])
    assert (found.low, found.high) == (None, None) and str(found) == "67% (no interval over 5 clusters)"


def test_trials_that_stand_alone_have_wilson_s_interval():
    assert clustered([True] * 6 + [False], range(7)) == wilson(6, 7)


def test_clusters_that_are_all_alike_have_wilson_s_interval_over_clusters():
    found, alone = clustered([True] * 16, [number // 2 for number in range(16)]), wilson(8, 8)
    assert (found.low, found.high, found.clusters) == (alone.low, alone.high, 8)


def test_clusters_of_one_size_have_the_t_interval_over_their_means():
    means = [0.0, 0.25, 0.5, 0.5, 1.0, 1.0]
    trials = [place < mean * 4 for mean in means for place in range(4)]
    found = clustered(trials, [number // 4 for number in range(24)])
    low, high = t.interval(0.95, 5, loc=np.mean(means), scale=sem(means))
    assert (found.low, found.high) == pytest.approx((low, min(1.0, high)))


def test_one_cluster_for_each_trial_is_needed():
    with pytest.raises(BadInput, match="got 1 for 2"):
        clustered([True, False], ["one"])
