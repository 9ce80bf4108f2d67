"""From a value to a score, a finding and a fix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tryon_core.errors import BadInput
from tryon_core.models.embedded.measuring.scale import Bar, Reading, conclude, fix, score_from, significant

BAR = Bar(unit="px", good=1.0, bar=2.0, bad=6.0)
steps = st.floats(0.01, 100)
values = st.floats(-1e3, 1e3)


def reading(value: float) -> Reading:
    return Reading(name=str(value), value=value, bar=BAR, says=f"{value} off", fixes=(fix("mend it"),))


@given(start=st.floats(-100, 100), first=steps, second=steps, sign=st.sampled_from([1, -1]))
def test_good_gives_ten_the_bar_eight_and_bad_nothing(start, first, second, sign):
    good, bar, bad = start, start + sign * first, start + sign * (first + second)
    assert [score_from(value, good, bar, bad) for value in (good, bar, bad)] == [10, 8, 0]


@given(one=values, other=values)
def test_a_worse_value_never_scores_higher(one, other):
    low, high = sorted((one, other))
    assert score_from(low, 1, 2, 6) >= score_from(high, 1, 2, 6)
    assert score_from(low, 6, 2, 1) <= score_from(high, 6, 2, 1)  # higher is better


@given(over=st.floats(1e-9, 1e-3))
def test_beyond_the_bar_is_never_rounded_up_to_eight(over):
    assert score_from(2 + over, 1, 2, 6) < 8 <= score_from(2, 1, 2, 6)


def test_halfway_from_bar_to_bad_is_where_a_critical_constraint_restarts():
    assert score_from(4, 1, 2, 6) == 4


def test_bars_out_of_order_are_refused():
    with pytest.raises(BadInput, match="must rise or fall"):
        score_from(1, 2, 1, 3)


def test_the_lowest_reading_decides_and_is_said_first():
    score = conclude([reading(1.5), reading(3), reading(5)])
    assert (score.score, score.finding, len(score.fixes)) == (2, "5 off; 3 off", 2)
    assert score.evidence["1.5"].value == 1.5 and score.evidence["1.5"].better == "lower"


def test_where_all_is_well_the_weakest_point_is_said_and_nothing_asked():
    score = conclude([reading(1.1), reading(1.9)])
    assert score.finding == "1.9 off" and score.fixes == ()


def test_a_fix_knows_its_unit_and_refuses_an_aspect_nobody_has():
    assert fix("longer", "length", 0.12345).unit == "share of torso length"
    with pytest.raises(BadInput, match="no aspect is called 'lenght'"):
        fix("longer", "lenght", 0.1)


def test_numbers_in_records_have_four_digits():
    assert [significant(value) for value in (0.123456, 12345.6, 1e-12)] == [0.1235, 12350.0, 0.0]
