"""Holes and torn shoulders are found in plain and in patterned cloth, and no print is taken for one."""

import numpy as np
import pytest
from PIL import Image
from planted_errors import planted_error
from planted_geometry import DEFECTS, people_case

from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.independent.eyes import eyes_of
from tryon_core.models.embedded.measuring.independent.laid import laid_cloth
from tryon_core.models.embedded.measuring.independent.openings import opening
from tryon_core.models.embedded.measuring.independent.prints import prints_of
from tryon_core.models.embedded.measuring.realness import realism
from tryon_core.models.embedded.seeing.perception import see_person

TOPS = [("p1", "stripes"), ("p2", "lab")]
PATTERNED = [
    ("p1", "checks"),
    ("p2", "dots"),
    ("p3", "blossoms"),
    ("p5", "logo"),
]  # they mix to skin's colour


def _with(case: Case, kind: str, size: str) -> Case:
    return Case(before=case.before, after=see_person(planted_error(case, kind, size)), garment=case.garment)


@pytest.mark.parametrize(
    "person, garment", [*TOPS, *PATTERNED, ("p3", "blocks"), ("p6", "stripes"), ("q3_full", "dress_b")]
)
def test_a_true_top_has_no_opening(person, garment):
    case = people_case(person, garment)
    assert opening(case, eyes_of(case)).score > 9


@pytest.mark.parametrize("person, garment", [*TOPS, *PATTERNED])
@pytest.mark.parametrize("kind", ["hole", "torn shoulder"])
def test_realism_sees_an_opening_of_middle_size(person, garment, kind):
    score = realism.measure(_with(people_case(person, garment), kind, "middle"))
    assert score.score < 8 and "opening in the garment" in score.finding


@pytest.mark.parametrize("defect, by", [("hem too high", 0.3), ("neckline too deep", 0.3), ("too far right", 0.12)])
def test_cloth_that_ends_elsewhere_has_no_opening(defect, by):
    case = people_case("p2", "lab")
    drawn = Image.fromarray(np.uint8(np.clip(DEFECTS[defect](case, by), 0, 255)))
    moved = Case(before=case.before, after=see_person(drawn), garment=case.garment)
    assert opening(moved, eyes_of(moved)).score > 9


@pytest.mark.parametrize("person, garment", TOPS)
def test_cloth_of_another_colour_has_no_opening(person, garment):
    case = _with(people_case(person, garment), "another garment", "large")
    assert opening(case, eyes_of(case)).score > 9


def test_a_print_explains_a_piece_no_larger_than_itself():
    """Dark red dots on cream: a hole in that red is a dot unless it is much larger; skin is no print."""
    prints = prints_of(people_case("p2", "dots"))
    red_3 = prints.lab_yx3[prints.fabric_yx][prints.lab_yx3[prints.fabric_yx][:, 1].argmax()]
    assert prints.has_piece(red_3, 8) and not prints.has_piece(red_3, 400)
    assert not prints.has_piece(np.array([60.0, 25.0, 25.0], np.float32), 20)


def test_a_laid_garment_covers_the_chest():
    case = people_case("p2", "lab")
    chest_hw = eyes_of(case).wearer.trunk(0.25, 0.3, 0.7)
    assert laid_cloth(case.garment, case.before)[chest_hw].mean() > 0.95
