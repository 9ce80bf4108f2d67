"""The outline of what was drawn, seen before the background: jagged steps and flaps."""

import pytest
from planted_errors import planted_error
from planted_geometry import people_case

from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.independent.cloth_outline import outline_readings_by_eye
from tryon_core.models.embedded.measuring.independent.eyes import eyes_of
from tryon_core.models.embedded.measuring.realness import realism
from tryon_core.models.embedded.seeing.perception import see_person

TOPS = [("p2", "lab"), ("p4", "cropped"), ("p1", "stripes")]


def _with(case: Case, kind: str, size: str) -> Case:
    return Case(before=case.before, after=see_person(planted_error(case, kind, size)), garment=case.garment)


@pytest.mark.parametrize("person, garment", [*TOPS, ("p2_full", "skirt_a"), ("p2_full", "dress_a")])
def test_a_true_outline_is_even(person, garment):
    case = people_case(person, garment)
    readings = outline_readings_by_eye(case, eyes_of(case))
    assert len(readings) == 3 and all(reading.score >= 9 for reading in readings)


@pytest.mark.parametrize("person, garment", TOPS)
@pytest.mark.parametrize("kind, says", [("jagged edge", "is jagged"), ("flap", "a flap of cloth")])
def test_realism_sees_an_uneven_outline_of_middle_size(person, garment, kind, says):
    score = realism.measure(_with(people_case(person, garment), kind, "middle"))
    assert score.score < 8 and says in score.finding


@pytest.mark.parametrize("person, garment", [("p2", "logo"), ("p2", "stripes"), ("p4", "dots"), ("p2_full", "dress_a")])
def test_realism_sees_a_bite_of_middle_size(person, garment):
    score = realism.measure(_with(people_case(person, garment), "bite", "middle"))
    assert score.score < 8 and "is bitten off" in score.finding


def test_a_flap_that_reaches_the_arm_is_a_flap():
    score = realism.measure(_with(people_case("p2", "logo"), "flap", "large"))
    assert score.score < 8 and "a flap of cloth" in score.finding


@pytest.mark.parametrize("garment", ["trousers_a", "skirt_a"])
def test_legs_and_hems_are_no_bites(garment):
    case = people_case("p1_full", garment)
    assert outline_readings_by_eye(case, eyes_of(case))[0].score == 10


def test_a_garment_in_the_background_s_colour_has_no_even_outline():
    case = people_case("p4", "dots")
    assert [reading.name for reading in outline_readings_by_eye(case, eyes_of(case))] == ["bite"]
