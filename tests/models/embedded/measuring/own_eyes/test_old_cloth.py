"""Old cloth whose colours the new garment has too, in thinner pieces; and old cloth that the edit encloses."""

import pytest
from planted_errors import planted_error
from planted_geometry import people_case

from tryon_core.models.embedded.measuring import swap
from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.independent.eyes import eyes_of
from tryon_core.models.embedded.measuring.independent.old_cloth import old_beyond
from tryon_core.models.embedded.seeing.perception import see_person

WAISTBAND, SLEEVE = "old waistband left", "old sleeve left"
LEFT = [("p2", "stripes", WAISTBAND), ("p1", "stripes", WAISTBAND), ("p2", "stripes", SLEEVE), ("p4", "dots", SLEEVE)]


@pytest.mark.parametrize("person, garment, kind", LEFT)
def test_old_cloth_of_middle_size_is_found(person, garment, kind):
    true = people_case(person, garment)
    drawn = see_person(planted_error(true, kind, "middle"))
    score = swap.measure(Case(before=true.before, after=drawn, garment=true.garment))
    assert score.score < 8 and "beside the new garment" in score.finding


@pytest.mark.parametrize("person, garment", [("p1", "dots"), ("p3", "checks"), ("p1", "stripes"), ("p2", "stripes")])
def test_a_new_garment_with_colours_of_the_old_one_is_new(person, garment):
    assert old_beyond(eyes_of(people_case(person, garment))).score > 9
