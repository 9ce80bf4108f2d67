import pytest
from doubles import scores
from hypothesis import given
from hypothesis import strategies as st

from tryon_core.errors import BadInput, UnknownName
from tryon_core.records import Decision, Judgement, Region, Score
from tryon_core.rubrics.rules import Rule, decide, failures, rank
from tryon_core.rubrics.shipped import RUBRICS, rubric

DEFAULT = RUBRICS["default"]
VALUES = st.lists(st.one_of(st.integers(0, 10), st.none()), min_size=7, max_size=7)


def judgement(values):
    return scores(DEFAULT, **dict(zip(DEFAULT.keys, values, strict=True)))


def test_every_rubric_asks_seven_things_in_gate_order():
    tiers = ["critical", "garment", "finish"]
    for one in RUBRICS.values():
        assert len(set(one.keys)) == 7
    order = [tiers.index(constraint.tier) for constraint in DEFAULT.constraints]
    assert order == sorted(order)


def test_the_classic_rubric_has_the_reference_s_critical_set():
    assert set(RUBRICS["classic"].critical) == {"body_integrity", "identity_preservation", "pose_alignment"}


@given(VALUES)
def test_accepted_means_everything_scored_and_nothing_below_eight(values):
    accepted = decide(judgement(values), DEFAULT) is Decision.ACCEPT
    assert accepted == all(value is not None and value >= 8 for value in values)


@given(VALUES)
def test_unscored_decides_nothing_but_a_new_start(values):
    if None in values:
        assert decide(judgement(values), DEFAULT) is Decision.RESTART and rank(judgement(values), DEFAULT) == (False,)


@given(VALUES)
def test_raising_a_score_never_lowers_the_rank(values):
    if None not in values:
        better = [min(10, value + 1) for value in values]
        assert rank(judgement(better), DEFAULT) >= rank(judgement(values), DEFAULT)


def test_not_applicable_does_not_block():
    cropped = Score(status="not_applicable", reason="the head is cropped")
    told = Judgement(scores={**scores().scores, "identity": cropped})
    assert decide(told, DEFAULT) is Decision.ACCEPT


def test_nothing_applicable_is_not_accepted():
    nothing = Score(status="not_applicable", reason="an empty picture")
    assert decide(Judgement(scores=dict.fromkeys(DEFAULT.keys, nothing)), DEFAULT) is Decision.RETRY


def test_the_primary_failure_is_the_first_in_gate_order_not_the_lowest():
    assert failures(scores(realism=1, garment_structure=7), DEFAULT) == ("garment_structure", "realism")


def test_a_score_is_a_number_or_a_reason():
    with pytest.raises(ValueError, match="with a reason"):
        Score(status="unscored")
    with pytest.raises(ValueError, match="with a reason"):
        Score(score=5, status="not_applicable", reason="why")


def test_a_region_has_an_area():
    with pytest.raises(ValueError, match="left < right"):
        Region(left=0.5, top=0, right=0.5, bottom=1)


def test_an_unknown_rubric_suggests_the_nearest():
    with pytest.raises(UnknownName, match="no rubric is called 'clasic'. Did you mean 'classic'"):
        rubric("clasic")


@pytest.mark.parametrize("bad", [{"accept_at": 11}, {"critical_below": 9}, {"accept_at": 8, "critical_below": -1}])
def test_a_rule_out_of_range_fails_where_it_is_written(bad):
    with pytest.raises(BadInput, match="a rule needs"):
        Rule(**bad)
