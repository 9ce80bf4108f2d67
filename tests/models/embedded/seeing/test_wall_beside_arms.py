"""A coarse silhouette is opened where the wall is seen between an arm and the trunk, and nowhere else."""

import numpy as np
import pytest
from demo_pictures import demo_picture

from tryon_core.models.embedded.seeing.naming.wall_beside_arms import without_wall
from tryon_core.models.embedded.seeing.perception import Person, see_person
from tryon_core.pictures.masks import closed, shrunk, soft


def opened(person: Person, alpha_HW: np.ndarray) -> np.ndarray:
    return without_wall(person.image_HW3, person.lab_HW3, alpha_HW, person.landmarks_K3, person.frame)


def filled(person: Person) -> tuple[np.ndarray, np.ndarray]:
    """(a silhouette that has lost the gaps at the arms, what it holds of the wall: bool (H, W))."""
    body = person.alpha_HW > 0.5
    down_HW = person.frame.down_share_HW(body.shape)
    coarse = body | (closed(body, 0.12 * person.frame.shoulder_px) & (down_HW > 0.3) & (down_HW < 1.0))
    return soft(coarse, 1.0), shrunk(coarse, 3) & (person.alpha_HW < 0.02)


def test_the_wall_between_arm_and_trunk_is_no_person():
    person = see_person(demo_picture("persons", "p4"))
    coarse_HW, wall = filled(person)
    assert wall.sum() > 1000 and coarse_HW[wall].min() > 0.9
    assert (opened(person, coarse_HW)[wall] < 0.5).mean() > 0.9


@pytest.mark.parametrize("name", ["p1", "p4", "p6", "q1", "q2", "q6"])
def test_no_person_loses_a_limb_to_the_wall(name):
    person = see_person(demo_picture("persons", name))
    lost = (person.alpha_HW > 0.5) & (opened(person, person.alpha_HW) < 0.5)
    assert lost.sum() < 0.004 * person.frame.shoulder_px**2


@pytest.mark.parametrize("name", ["q2", "p1"])  # before bricks, and in a white top before a light wall
def test_where_the_wall_is_not_told_from_the_person_nothing_is_opened(name):
    person = see_person(demo_picture("persons", name))
    coarse_HW, _ = filled(person)
    assert np.array_equal(opened(person, coarse_HW), coarse_HW)
