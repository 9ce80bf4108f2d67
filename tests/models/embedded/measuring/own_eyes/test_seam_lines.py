"""Lines along a sleeve's seam that the garment's photograph does not have."""

import pytest
from planted_errors import planted_error
from planted_geometry import people_case

from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.realness import realism
from tryon_core.models.embedded.measuring.realness.seam_lines import seam_line
from tryon_core.models.embedded.seeing.perception import see_person

TOPS = [("p2", "lab"), ("p4", "cropped"), ("p3", "blocks"), ("p1", "stripes"), ("p3", "checks"), ("p4", "dots")]


@pytest.mark.parametrize("person, garment", [*TOPS, ("p5", "checks"), ("p1", "dots")])
def test_no_line_along_a_true_seam(person, garment):
    assert all(reading.score > 9 for reading in seam_line(people_case(person, garment)))


@pytest.mark.parametrize("person, garment", TOPS)
def test_realism_sees_a_dark_line_along_a_seam(person, garment):
    true = people_case(person, garment)
    drawn = planted_error(true, "seam line", "middle")
    score = realism.measure(Case(before=true.before, after=see_person(drawn), garment=true.garment))
    assert score.score < 8 and "runs along the" in score.finding


@pytest.mark.parametrize("person, garment", [("p1", "blossoms"), ("p1_full", "skirt_a")])
def test_no_seam_is_looked_for_without_sleeves(person, garment):
    assert seam_line(people_case(person, garment)) == []
