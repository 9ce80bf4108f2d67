from collections import Counter
from dataclasses import replace

import pytest
from doubles import scores
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tryon_core.errors import BadInput, UnknownName
from tryon_core.records import Decision, Judgement, Region, Score
from tryon_core.rubrics.rules import Rubric, Rule, best_attempt, decide, failures, rank
from tryon_core.rubrics.shipped import RUBRICS, rubric
from tryon_core.steps import Step

DEFAULT = RUBRICS["default"]
SEVEN, OFTEN = {"min_size": 7, "max_size": 7}, settings(max_examples=500)
GOOD, FAIR = st.floats(8, 10), st.sampled_from([4, 5.3, 7.99, 8, 9])
ANY = st.floats(0, 10) | st.integers(0, 10) | st.none() | st.sampled_from([0, 3.99, 4, 7.99, 8])
NEARLY = st.builds(
    lambda good, k, odd: [*good[:k], odd, *good[k + 1 :]], st.lists(GOOD, **SEVEN), st.integers(0, 6), ANY
)
VALUES = st.one_of(st.lists(GOOD, **SEVEN), NEARLY, st.lists(FAIR, **SEVEN), st.lists(ANY, **SEVEN))
SCORED = VALUES.map(lambda values: [5 if value is None else value for value in values])


def judgement(values):
    return scores(DEFAULT, **dict(zip(DEFAULT.keys, values, strict=True)))


def test_a_kind_is_kept_only_where_it_is_named():
    """So a run from before kinds is the same run still."""
    for shipped in RUBRICS.values():
        assert not any("kind" in constraint for constraint in shipped.as_json()["constraints"])
    first, *others = DEFAULT.constraints
    mine = replace(DEFAULT, constraints=(replace(first, kind="local"), *others))
    assert [constraint.get("kind") for constraint in mine.as_json()["constraints"]] == ["local", *[None] * 6]
    assert TypeAdapter(Rubric).validate_python(mine.as_json()) == mine


def test_every_rubric_asks_seven_things_in_gate_order():
    tiers = ["critical", "garment", "finish"]
    for one in RUBRICS.values():
        assert len(set(one.keys)) == 7
    order = [tiers.index(constraint.tier) for constraint in DEFAULT.constraints]
    assert order == sorted(order)


def test_the_classic_rubric_has_the_reference_s_critical_set():
    assert set(RUBRICS["classic"].critical) == {"body_integrity", "identity_preservation", "pose_alignment"}


def test_each_decision_follows_from_the_scores():
    counts = Counter()

    @OFTEN
    @given(VALUES)
    def check(values):
        decision = decide(judgement(values), DEFAULT)
        counts[decision, None in values] += 1
        critical = [value for key, value in zip(DEFAULT.keys, values, strict=True) if key in DEFAULT.critical]
        if None in values or min(critical) < 4:
            assert decision is Decision.RESTART
        else:
            assert decision is (Decision.ACCEPT if min(values) >= 8 else Decision.RETRY)

    check()
    expected = {(Decision.ACCEPT, False), (Decision.RETRY, False), (Decision.RESTART, False), (Decision.RESTART, True)}
    assert set(counts) == expected and min(counts.values()) >= 10, counts


def test_an_unscored_picture_ranks_last():
    unscored = judgement([10] * 6 + [None])
    assert rank(unscored, DEFAULT) == (False,) < rank(judgement([0] * 7), DEFAULT)


@given(SCORED)
def test_raising_scores_never_lowers_the_rank(values):
    better = [min(10, value + 1) for value in values]
    assert rank(judgement(better), DEFAULT) >= rank(judgement(values), DEFAULT)


def test_rank_asks_in_this_order():
    """Of two pictures the better one is told by the first of these that tells them apart."""
    told_by = Counter()

    def criteria(values):
        critical = [value for key, value in zip(DEFAULT.keys, values, strict=True) if key in DEFAULT.critical]
        return {
            "accepted": min(values) >= 8,
            "without a 0": min(values) > 0,
            "critical met": min(critical) >= 8,
            "lowest": min(values),
            "met": sum(value >= 8 for value in values),
            "mean": sum(values) / 7,
        }

    @OFTEN
    @given(SCORED, SCORED)
    def check(one, other):
        first, second = criteria(one), criteria(other)
        name = next((name for name in first if first[name] != second[name]), "alike")
        told_by[name] += 1
        better = rank(judgement(one), DEFAULT) > rank(judgement(other), DEFAULT)
        assert better == (name != "alike" and first[name] > second[name])

    check()
    assert told_by["accepted"] and told_by["without a 0"] and told_by["critical met"] and told_by["lowest"], told_by


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ((8, 8, 8, 8, 8, 8, 8), (10, 10, 10, 10, 10, 10, 7.9)),  # accepted
        ((5, 5, 5, 5, 5, 5, 5.3), (10, 10, 10, 10, 10, 10, 0)),  # without a 0
        ((8, 8, 8, 1, 1, 1, 1), (7.9, 10, 10, 10, 10, 10, 10)),  # critical met
        ((9, 9, 9, 6, 6, 6, 6), (9, 9, 9, 9, 9, 9, 5.9)),  # lowest
        ((9, 9, 9, 6, 8, 8, 6), (9, 9, 9, 6, 7.9, 10, 7.9)),  # count met
        ((9, 9, 9, 6, 8, 8, 7.1), (9, 9, 9, 6, 8, 8, 7)),  # mean
    ],
)
def test_each_criterion_decides_where_earlier_ones_tie(better, worse):
    steps = [Step(judgement=judgement(values)) for values in (worse, better, better)]
    assert best_attempt(steps, DEFAULT) is steps[1]


def test_not_applicable_does_not_block():
    cropped = Score(status="not_applicable", reason="the head is cropped")
    told = Judgement(scores={**scores().scores, "identity": cropped})
    assert decide(told, DEFAULT) is Decision.ACCEPT


def test_nothing_applicable_is_not_accepted():
    nothing = Score(status="not_applicable", reason="an empty picture")
    assert decide(Judgement(scores=dict.fromkeys(DEFAULT.keys, nothing)), DEFAULT) is Decision.RETRY


def test_the_primary_failure_is_the_first_in_gate_order_not_the_lowest():
    assert failures(scores(realism=1, garment_structure=7), DEFAULT) == ("garment_structure", "realism")


def test_a_score_at_the_bar_fails_nothing():
    assert failures(scores(realism=8), DEFAULT) == () and failures(scores(realism=7.99), DEFAULT) == ("realism",)


def test_a_score_is_a_number_or_a_reason():
    with pytest.raises(ValueError, match="with a reason"):
        Score(status="unscored")
    with pytest.raises(ValueError, match="with a reason"):
        Score(score=5, status="not_applicable", reason="why")


def test_a_region_has_an_area():
    with pytest.raises(ValueError, match="left < right"):
        Region(left=0.5, top=0, right=0.5, bottom=1)


def test_a_name_that_stands_twice_is_said_once():
    assert str(UnknownName("model", "x", ["cutout", "sam3", "cutout"])).endswith("Known: cutout, sam3")


def test_where_no_name_is_known_it_says_none():
    assert str(UnknownName("option of face_swap", "wide", [])).endswith("Known: none")


def test_an_unknown_rubric_suggests_the_nearest():
    with pytest.raises(UnknownName, match="no rubric is called 'clasic'. Did you mean 'classic'"):
        rubric("clasic")


@pytest.mark.parametrize("bad", [{"accept_at": 11}, {"critical_below": 9}, {"accept_at": 8, "critical_below": -1}])
def test_a_rule_out_of_range_fails_where_it_is_written(bad):
    with pytest.raises(BadInput, match="a rule needs"):
        Rule(**bad)


@pytest.mark.parametrize("bad", ["accept", Decision.ACCEPT, "retry", "restrat", None])
def test_critical_scores_cannot_be_accepted(bad):
    with pytest.raises(BadInput, match="on_critical of a rule is 'restart' or 'stop', got"):
        Rule(on_critical=bad)


@pytest.mark.parametrize("bad", [{"accept_at": "8"}, {"critical_below": True}, {"accept_at": None}])
def test_a_bar_that_is_no_number_is_refused(bad):
    (name,) = bad
    with pytest.raises(BadInput, match=f"{name} of a rule is a number from 0 to 10, got {bad[name]!r}"):
        Rule(**bad)


def test_a_rule_takes_its_decision_as_a_word():
    assert Rule(on_critical="stop") == Rule(on_critical=Decision.STOP)
