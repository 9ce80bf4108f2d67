import pytest
from scipy.stats import ttest_1samp

from tryon_core.errors import BadInput
from tryon_core.stats.comparing import holm, least_rate_told, paired, power_table, sign_test_power


def pairs(both, only_a, only_b, neither):
    cells = [(1, 1)] * both + [(1, 0)] * only_a + [(0, 1)] * only_b + [(0, 0)] * neither
    return paired([a for a, _ in cells], [b for _, b in cells])


def test_paired_gives_the_interval_of_the_authors_own_package():
    """The example of ci.prop.ps in D. G. Bonett's R package statpsych."""
    found = pairs(6, 26, 4, 12)
    assert (found.low, found.high) == pytest.approx((0.2548067, 0.6251933), abs=1e-7)


def test_where_the_test_tells_nothing_the_interval_holds_nothing_out():
    """M. W. Fagerland, S. Lydersen and P. Laake, Statist. Med. 33 (2014) 2850-2875: p = 0.07, Bonett and Price's
    interval -0.508 to -0.013."""
    found = pairs(1, 1, 7, 12)
    assert found.p == pytest.approx(18 / 256) and not found.told
    assert round(found.low, 3) == -0.508 and found.high == 0


def test_the_interval_leaves_0_out_exactly_where_a_difference_is_told():
    told = 0
    for only_a in range(30):
        for only_b in range(30):
            found = pairs(5, only_a, only_b, 20)
            assert found.told == (found.low > 0 or found.high < 0)
            told += found.told
    assert 300 < told < 600


def test_two_that_never_differ_have_no_p_but_an_interval_around_none():
    found = pairs(3, 0, 0, 4)
    assert found.p is None and found.difference == 0 and found.low == -found.high < 0 and found.n == 7


def test_swapping_the_two_turns_the_difference_around():
    one, other = pairs(2, 5, 1, 3), pairs(2, 1, 5, 3)
    assert (one.difference, one.low, one.high) == pytest.approx((-other.difference, -other.high, -other.low))
    assert one.p == other.p


def test_pairs_of_one_person_are_one_witness():
    """30 samples of 6 persons, who differ: what thirty persons would tell, six do not."""
    a, b = [True] * 30, [True, True, True, False, False] * 3 + [True] * 10 + [False] * 5
    alone, over = paired(a, b), paired(a, b, [number // 5 for number in range(30)])
    means = [0.4, 0.4, 0.4, 0, 0, 1]
    assert alone.told and not over.told and over.p == pytest.approx(ttest_1samp(means, 0).pvalue)
    assert over.low < 0 < over.high and over.difference == alone.difference


def test_few_persons_tell_nothing():
    found = paired([True] * 30, [False] * 30, [number // 6 for number in range(30)])
    assert (found.p, found.low, found.high, found.told) == (None, None, None, False)


def test_persons_who_all_say_the_same_are_counted():
    found = paired([True] * 12, [False] * 12, [number // 2 for number in range(12)])
    assert found.p == pytest.approx(2 / 2**6) and 0 < found.low < found.high <= 1


@pytest.mark.parametrize(("differing", "rate"), [(12, 0.87), (24, 0.80), (54, 0.69), (108, 0.64), (5, None)])
def test_the_power_of_the_sign_test_is_known_beforehand(differing, rate):
    found = least_rate_told(differing)
    assert found == rate if rate is None else round(found, 2) == rate


def test_where_nothing_differs_the_sign_test_tells_it_seldom():
    assert all(sign_test_power(differing, 0.5) < 0.05 for differing in range(60))


def test_no_pairs_are_refused():
    with pytest.raises(BadInput, match="got 0 and 0"):
        paired([], [])


def test_the_power_table_is_what_was_measured():
    """Rounded up: at the printed rate the test has the power that it promises, a percent below it has not."""
    table = power_table((5, 12, 24, 54, 108))
    assert table == {5: None, 12: 0.87, 24: 0.80, 54: 0.70, 108: 0.64}
    for differing, rate in list(table.items())[1:]:
        assert sign_test_power(differing, rate) >= 0.8 > sign_test_power(differing, rate - 0.01)


def test_tests_of_one_family_allow_for_each_other():
    assert holm({"a": 0.04, "b": 0.01}) == {"a": 0.04, "b": 0.02}
    assert holm({"a": 0.03, "b": 0.02, "c": None}) == {"a": 0.04, "b": 0.04, "c": None}
    assert holm({("a", None): 0.03, (1, 2): 0.03, "c": 0.5}) == {("a", None): 0.09, (1, 2): 0.09, "c": 0.5}
