import pytest
from hypothesis import given
from hypothesis import strategies as some

from tryon_core.errors import BadInput
from tryon_core.stats import done_by, wilson


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


def test_done_by_counts_up_and_leaves_out_what_was_never_done():
    assert done_by([1, 3, None, 1], 4) == [2, 2, 3, 3]
    assert done_by([], 2) == [0, 0]
