"""How bare arms are measured: whatever lies across a shoulder, and wherever the network puts the elbow."""

from dataclasses import replace

import numpy as np
from demo_pictures import demo_picture

from tryon_core.models.embedded.seeing.body import measure_body
from tryon_core.models.embedded.seeing.body_frame import ARMS
from tryon_core.models.embedded.seeing.limbs import find_limbs, is_bare
from tryon_core.models.embedded.seeing.perception import Person, see_person


def bare_armed() -> Person:
    return see_person(demo_picture("truth", "p3_blossoms"))


def test_an_elbow_beside_its_arm_is_moved_to_its_middle():
    person = bare_armed()
    unit = person.frame.shoulder_px
    elbow_2 = measure_body(person).arms[0].joints_P2[2]
    places_K3 = person.landmarks_K3.copy()
    places_K3[ARMS[0][1], :2] -= 0.1 * unit * person.frame.across_2
    moved_2 = measure_body(replace(person, landmarks_K3=places_K3)).arms[0].joints_P2[2]
    assert abs((moved_2 - elbow_2) @ person.frame.across_2) < 0.04 * unit


def test_a_covered_elbow_stays_where_the_network_sees_it():
    person = see_person(demo_picture("persons", "p4"))  # in long sleeves
    for side, arm in enumerate(measure_body(person).arms):
        assert np.allclose(arm.joints_P2[2], person.landmarks_K3[ARMS[side][1], :2])


def test_a_strap_across_a_shoulder_is_no_end_of_the_arm():
    person = bare_armed()
    limb, unit = find_limbs(person)[0], person.frame.shoulder_px
    at_joint = (np.abs(limb.along_HW) < 0.1) & (person.alpha_HW > 0.5)
    away_px = -person.frame.across_px_HW(at_joint.shape) - unit / 2  # outwards from the right joint
    strap = at_joint & (away_px > 0.03 * unit) & (away_px < 0.08 * unit)
    strapped = replace(person, skin=(person.skin | at_joint) & ~strap, upper=(person.upper & ~at_joint) | strap)
    outer = at_joint & person.skin & (away_px > 0.09 * unit) & (away_px < 0.13 * unit)
    assert strap.any() and outer.sum() > 100
    assert (find_limbs(strapped)[0].edge_px_HW[outer] > 0).mean() > 0.9


def test_an_arm_is_bare_where_no_sleeve_begins():
    bare, short, long = bare_armed(), *(see_person(demo_picture("persons", name)) for name in ("p2", "p4"))
    told = [[is_bare(person, limb) for limb in find_limbs(person)] for person in (bare, short, long)]
    assert told == [[True, True], [False, False], [False, False]]
