"""A step in an arm's colour where the old sleeve ended."""

import pytest
from planted_errors import planted_error
from planted_geometry import people_case

from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.realness import realism
from tryon_core.models.embedded.measuring.realness.old_cuff import old_cuff
from tryon_core.models.embedded.seeing.perception import see_person

BARED = [("p3", "blossoms"), ("p6", "blossoms")]


@pytest.mark.parametrize("person, garment", BARED)
def test_an_arm_of_one_colour_has_no_jump(person, garment):
    (reading,) = old_cuff(people_case(person, garment))
    assert reading.score >= 8


@pytest.mark.parametrize("person, garment", BARED)
def test_realism_sees_a_jump_at_the_old_cuff(person, garment):
    true = people_case(person, garment)
    drawn = planted_error(true, "skin's jump", "large")
    score = realism.measure(Case(before=true.before, after=see_person(drawn), garment=true.garment))
    assert score.score < 8 and "where the old sleeve ended" in score.finding


@pytest.mark.parametrize("person, garment", [("p1", "lab"), ("p2", "logo")])
def test_no_cuff_is_looked_for_on_covered_or_always_bare_arms(person, garment):
    assert old_cuff(people_case(person, garment)) == []
