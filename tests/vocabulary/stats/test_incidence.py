import pytest

from tryon_core.errors import BadInput
from tryon_core.stats import clustered, wilson
from tryon_core.stats.incidence import cumulative_incidence

# Remission times (weeks) of 21 patients under 6-mercaptopurine: E. J. Freireich et al., Blood 21 (1963) 699-716.
RELAPSED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
STILL_WELL = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def freireich():
    times, ends = [*RELAPSED, *STILL_WELL], ["done"] * len(RELAPSED) + ["followed"] * len(STILL_WELL)
    return {one.step: one for one in cumulative_incidence(times, ends, range(len(times)))}


@pytest.mark.parametrize(("week", "at_risk", "left"), [(6, 21, 0.8571), (7, 17, 0.8067), (23, 6, 0.4482)])
def test_without_a_competing_end_it_is_the_published_remission_curve(week, at_risk, left):
    found = freireich()[week]
    assert found.at_risk == at_risk and round(1 - found.share, 4) == left and found.low < found.share < found.high


def test_a_step_at_which_nothing_is_done_leaves_the_share_as_it_was():
    curve = freireich()
    assert curve[8].share == curve[7].share and curve[8].done == 0 and curve[8].at_risk == 16
    assert (curve[1].share, curve[1].low) == (0.0, 0.0) and curve[9].censored == 1


def test_where_all_have_ended_it_is_the_share_of_all_and_its_interval():
    ends = ["done"] * 5 + ["ended"] * 4 + ["done"] * 2
    last = cumulative_incidence([1] * 5 + [1, 1, 2, 3] + [3, 3], ends, range(11))[-1]
    assert (last.share, last.low, last.high) == pytest.approx((7 / 11, wilson(7, 11).low, wilson(7, 11).high))


def test_a_competing_end_is_no_loss_from_sight():
    """One of four done after two were given up: a quarter, where Kaplan and Meier would say a half."""
    *_, last = cumulative_incidence([1, 1, 2, 2], ["ended", "ended", "done", "ended"], range(4))
    assert last.share == 0.25


def test_over_clusters_the_interval_is_that_of_the_share_over_clusters():
    people = [number // 3 for number in range(24)]
    ends = ["done" if (number * 7) % 5 < 3 else "ended" for number in range(24)]
    last = cumulative_incidence([1 + number % 2 for number in range(24)], ends, people)[-1]
    share = clustered([end == "done" for end in ends], people)
    assert (last.share, last.low, last.high) == pytest.approx((share.share, share.low, share.high))


def test_over_few_clusters_there_is_no_interval():
    (only,) = cumulative_incidence([1] * 8, ["done"] * 8, [0, 1] * 4)
    assert (only.share, only.low, only.high) == (1.0, None, None)


def test_nobody_to_follow_is_refused():
    with pytest.raises(BadInput, match="at least one"):
        cumulative_incidence([], [], [])
