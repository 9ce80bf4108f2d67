"""Another garment fails garment_swap, whatever its light; the given one in other light does not."""

from dataclasses import replace

import pytest
from harmless import HARMLESS
from PIL import Image
from planted import case
from planted_errors import planted_error
from planted_geometry import people_case

from tryon_core.models.embedded.measuring import swap
from tryon_core.models.embedded.seeing.perception import see_person


@pytest.mark.parametrize(
    "worn, asked", [("lab", "cropped"), ("stripes", "blocks"), ("checks", "dots"), ("lab", "checks")]
)
def test_the_true_picture_of_another_garment_fails_the_swap(worn, asked):
    """Stripes and blocks, and checks and dots, have 83 to 87 % of their colours in common."""
    other = replace(people_case("p1", worn), garment=people_case("p1", asked).garment)
    score = swap.measure(other)
    assert score.score < 8 and "given garment" in score.fixes[0].text
    assert swap.measure(people_case("p1", worn)).score >= 8


@pytest.mark.parametrize("garment", ["lab", "stripes", "loop"])
def test_a_garment_in_another_colour_fails_the_swap(garment):
    changed = replace(case(garment), after=see_person(planted_error(case(garment), "another garment", "middle")))
    score = swap.measure(changed)
    assert score.score < 8 and score.evidence["other_colours"].value > score.evidence["other_colours"].bar


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_makes_no_other_garment(name):
    picture = Image.fromarray(case("stripes").after.image_HW3)
    evidence = swap.measure(replace(case("stripes"), after=see_person(HARMLESS[name](picture)))).evidence
    assert evidence["other_colours"].value < 0.1 and evidence["other_pattern"].value < 0.25
