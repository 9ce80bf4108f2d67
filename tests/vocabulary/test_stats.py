import pytest
from hypothesis import given
from hypothesis import strategies as some

from tryon_core.errors import BadInput
from tryon_core.stats import done_by, kaplan_meier, paired, wilson


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


# Remission times (weeks) of 21 patients under 6-mercaptopurine: E. J. Freireich et al., Blood 21 (1963) 699-716.
RELAPSED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
STILL_WELL = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def freireich():
    times, done = [*RELAPSED, *STILL_WELL], [True] * len(RELAPSED) + [False] * len(STILL_WELL)
    return {one.step: one for one in kaplan_meier(times, done)}


@pytest.mark.parametrize(
    ("week", "at_risk", "share", "low", "high"),
    [(6, 21, 0.8571, 0.6197, 0.9516), (7, 17, 0.8067, 0.5631, 0.9228), (23, 6, 0.4482, 0.1881, 0.6801)],
)
def test_kaplan_meier_gives_the_published_remission_curve(week, at_risk, share, low, high):
    found = freireich()[week]
    assert found.at_risk == at_risk
    assert [round(value, 4) for value in (found.share, found.low, found.high)] == [share, low, high]


def test_a_step_at_which_nothing_is_done_leaves_the_share_as_it_was():
    curve = freireich()
    assert curve[8].share == curve[7].share and curve[8].done == 0 and curve[8].at_risk == 16
    assert (curve[1].share, curve[1].low, curve[1].high) == (1.0, None, None)


def test_where_all_are_done_nothing_remains_and_there_is_no_interval():
    first, second = kaplan_meier([1, 2], [True, True])
    assert (first.share, second.share, second.low, second.high) == (0.5, 0.0, None, None)
    assert 0 < first.low < 0.5 < first.high < 1


def test_nobody_to_follow_is_refused():
    with pytest.raises(BadInput, match="at least one"):
        kaplan_meier([], [])


def pairs(both, only_a, only_b, neither):
    cells = [(1, 1)] * both + [(1, 0)] * only_a + [(0, 1)] * only_b + [(0, 0)] * neither
    return paired([a for a, _ in cells], [b for _, b in cells])


def test_paired_gives_the_published_interval():
    """Airway hyper-responsiveness before and after transplantation, as analysed by M. W. Fagerland, S. Lydersen and
    P. Laake, Statist. Med. 33 (2014) 2850-2875, Bonett and Price's interval."""
    found = pairs(1, 1, 7, 12)
    assert (round(found.low, 3), round(found.high, 3)) == (-0.508, -0.013)
    assert found.difference == pytest.approx(-6 / 21) and found.p == pytest.approx(18 / 256)


def test_paired_gives_the_interval_of_the_authors_own_package():
    """The example of ci.prop.ps in D. G. Bonett's R package statpsych."""
    found = pairs(6, 26, 4, 12)
    assert (found.low, found.high) == pytest.approx((0.2548067, 0.6251933), abs=1e-7)


def test_two_that_never_differ_have_no_p_but_an_interval_around_none():
    found = pairs(3, 0, 0, 4)
    assert found.p is None and found.difference == 0 and found.low == -found.high < 0 and found.n == 7


def test_swapping_the_two_turns_the_difference_around():
    one, other = pairs(2, 5, 1, 3), pairs(2, 1, 5, 3)
    assert (one.difference, one.low, one.high) == pytest.approx((-other.difference, -other.high, -other.low))
    assert one.p == other.p


def test_no_pairs_are_refused():
    with pytest.raises(BadInput, match="got 0 and 0"):
        paired([], [])
