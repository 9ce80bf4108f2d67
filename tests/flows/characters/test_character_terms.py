"""What selects a picture of a character: terms of 0-10 from whatever metrics there are, by hand-computed numbers."""

import pytest

from tryon_core.flows.characters.character_terms import READINGS, CharacterRanking
from tryon_core.records import Measurement

EVEN = {"consistency": 1.0, "quality": 1.0, "identity": 2.0}


def scores(**given):
    return {
        name: value if isinstance(value, str) else Measurement(value=value, unit="m") for name, value in given.items()
    }


def settled(*scored, **weights):
    ranking = CharacterRanking(EVEN | weights)
    ranking.settle(scored)
    return ranking


def test_the_potential_is_the_weighted_mean_of_the_terms():
    given = scores(face_identity=0.4, identity_vl=8, quality_vl=5, consistency_vl=9)
    ranking = settled(given)
    assert ranking.data(given)["terms"] == {"consistency": 9, "quality": 5, "identity": pytest.approx((6 + 8) / 2)}
    assert ranking.value(given) == pytest.approx((9 + 5 + 2 * 7) / 4) and ranking.note() == ""


@pytest.mark.parametrize(("metric", "measured", "of_10"), [
    ("face_identity", 0.0, 10), ("face_identity", 0.6, 4), ("face_identity", 1.4, 0),
    ("arcface_identity", 0.55, 5.5), ("arcface_identity", -0.2, 0),
    ("quality_moondream", 7, 7), ("blend_quality", 3, 3),
])  # fmt: skip
def test_a_metric_is_read_on_a_scale_of_ten(metric, measured, of_10):
    assert READINGS[metric].value(measured) == pytest.approx(of_10)


def test_what_nobody_scores_is_left_out_and_said():
    given = scores(face_identity="no face is seen", blend_quality=6, blend_consistency=8)
    ranking = settled(given)
    data = ranking.data(given)
    assert data["terms"] == {"consistency": 8, "quality": 6, "identity": "face_identity: no face is seen"}
    assert data["shares"] == {"consistency": 0.5, "quality": 0.5} and ranking.value(given) == 7
    assert ranking.note() == "identity unscored: the other weights count alone"


def test_all_candidates_are_ranked_by_the_same_metrics():
    whole, cut = scores(face_identity=0.4, identity_vl=9), scores(face_identity=0.1, identity_vl="cut off")
    ranking = settled(whole, cut)
    assert ranking.value(whole) == pytest.approx(7.5) and ranking.value(cut) == "identity_vl: cut off"
    assert ranking.data(cut)["terms"]["identity"] == "identity_vl: cut off"


def test_a_metric_that_no_first_candidate_has_counts_for_none_later():
    ranking = settled(scores(face_identity=0.4, identity_vl="busy"))
    assert ranking.value(scores(face_identity=0.4, identity_vl=10)) == pytest.approx(6)


def test_a_term_left_out_for_all_is_not_said_to_lack_its_number():
    ranking = settled(scores(face_identity="no face is seen", blend_quality=6))
    later = ranking.data(scores(face_identity=0.3, blend_quality=6))["terms"]["identity"]
    assert later == "face_identity: it counts for none, since no candidate of the first stage has it"


def test_a_weight_of_0_leaves_its_metrics_out():
    given = scores(quality_vl="unread", face_identity=0.5)
    assert settled(given, quality=0.0).value(given) == pytest.approx(5)


def test_where_nothing_is_scored_the_reason_stands():
    given = scores(face_identity="no face is seen")
    later = scores(face_identity="a face is cut")
    assert settled(given, later).value(given) == "no face is seen"
    assert settled({}).value({}) == "no scorer says anything of a character"
