"""What the measuring judge says of dresses, trousers and skirts."""

from dataclasses import replace

import pytest
from planted_geometry import people_case
from planted_lower import judged_lower
from proofs import rest_by_proof

from tryon_core.models.embedded.aspects import ASPECTS
from tryon_core.models.embedded.measuring import scene, swap
from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.place import place_of
from tryon_core.models.embedded.measuring.shape import structure
from tryon_core.models.embedded.measuring.shape.lower_fit import expected_lower_fit, worn_lower_fit

TRUE = [(person, garment) for person in ("p1_full", "p2_full") for garment in ("trousers_a", "skirt_a", "dress_a")]
PLANTED = [  # what falls, and a weak and a strong defect
    ("garment_structure", "p2_full", "trousers_a", "hem too high", 0.2, 0.5),
    ("garment_structure", "p2_full", "skirt_a", "hem too high", 0.2, 0.4),
    ("garment_structure", "p1_full", "dress_a", "hem too high", 0.2, 0.4),
    ("garment_structure", "p2_full", "skirt_a", "hem too low", 0.2, 0.4),
    ("garment_structure", "p2_full", "dress_a", "hem too low", 0.2, 0.4),
    ("garment_structure", "p1_full", "trousers_a", "one leg too short", 0.2, 0.5),
    ("garment_structure", "p1_full", "skirt_a", "too wide", 0.15, 0.3),
    ("garment_swap", "p2_full", "skirt_a", "old garment left", 0.15, 0.5),
    ("garment_swap", "p2_full", "dress_a", "old garment left", 0.15, 0.5),
    ("scene_kept", "p2_full", "trousers_a", "another top", 0.2, 0.8),
    ("scene_kept", "p1_full", "skirt_a", "another top", 0.2, 0.8),
    ("scene_kept", "p2_full", "dress_a", "other shoes", 0.4, 0.9),
]


@pytest.mark.parametrize("person, garment", TRUE)
def test_a_true_picture_meets_every_constraint(person, garment):
    scores = judged_lower(person, garment).scores
    assert len(scores) == 7 and all(score.score is not None and score.score >= 8 for score in scores.values()), scores


@pytest.mark.parametrize("person, garment", TRUE)
def test_the_input_returned_unchanged_fails_the_swap(person, garment):
    case = people_case(person, garment)
    assert swap.measure(replace(case, after=case.before)).score < 4


@pytest.mark.parametrize(
    "constraint, person, garment, defect, by",
    rest_by_proof(  # the weak ones
        [(*where, by) for *where, weak, strong in PLANTED for by in (weak, strong)],
        lambda *case: case in [(*where, strong) for *where, _, strong in PLANTED],
    ),
)
def test_a_planted_defect_lowers_its_constraint_most(constraint, person, garment, defect, by):
    before, after = (judged_lower(person, garment, *what).scores for what in ((), (defect, by)))
    lost = {
        key: before[key].score - after[key].score for key in before if None not in (before[key].score, after[key].score)
    }
    compared = [lost[key] for key in lost if not (key == "realism" and defect == "too wide")]  # it stands off as a flap
    assert lost[constraint] > 0 and lost[constraint] == max(compared), (lost, after[constraint])


@pytest.mark.parametrize("constraint, person, garment, defect, by", [(*where, strong) for *where, _, strong in PLANTED])
def test_a_strong_defect_fails_its_constraint(constraint, person, garment, defect, by):
    score = judged_lower(person, garment, defect, by).scores[constraint]
    assert score.score < 8 and score.fixes and "%" in score.finding
    assert all(fix.aspect in ("", *ASPECTS) for fix in score.fixes)


def test_a_short_leg_is_said_of_that_leg_and_is_to_be_longer():
    score = judged_lower("p1_full", "trousers_a", "one leg too short", 0.5).scores["garment_structure"]
    assert score.finding.startswith("the right leg ends") and score.finding.count("leg ends") == 1
    assert [(fix.aspect, fix.amount > 0.3) for fix in score.fixes] == [("length", True)]


def test_a_waistband_under_the_top_is_left_out():
    case = people_case("p2_full", "trousers_a")
    assert worn_lower_fit(case.worn_HW, case.before, two_legs=True).waist is None
    assert "waist" not in structure.measure(case).evidence


def test_where_each_kind_is_worn():
    person = people_case("p2_full", "trousers_a").before
    upper, dress, trousers = (place_of(kind, person) for kind in ("upper", "dress", "trousers"))
    assert not (upper.old_HW & trousers.old_HW).any()
    assert (dress.old_HW == (upper.old_HW | trousers.old_HW)).all()
    assert not (trousers.zone_HW & person.face).any() and trousers.feet_HW.any() and not upper.feet_HW.any()
    assert not (trousers.old_HW & trousers.feet_HW).any()


def test_the_top_belongs_to_the_scene_of_trousers_but_not_of_a_dress():
    trousers, dress = people_case("p2_full", "trousers_a"), people_case("p2_full", "dress_a")
    chest_HW = place_of("upper", trousers.before).core_HW
    assert scene.scene_area(trousers)[chest_HW].mean() > 0.9
    assert not scene.scene_area(dress)[chest_HW].any()


def test_legs_that_leave_the_picture_are_only_asked_to_reach_its_end():
    """Three quarters of the picture: the true trousers are cut off, and still pass."""
    case = people_case("p1", "cropped")
    trousers = people_case("p2_full", "trousers_a").garment
    asked = expected_lower_fit(trousers, case.before)
    cut = Case(before=case.before, after=case.before, garment=trousers)
    evidence = structure.measure(cut).evidence
    assert min(asked.legs) > 1.8 and evidence["right_leg"].value < 0.1 and evidence["left_leg"].value < 0.1
