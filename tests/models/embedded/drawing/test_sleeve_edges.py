"""A sleeve lies on its shoulder, and a wide one hangs beside the trunk."""

# Shapes: E edge points; 2 is (x, y).
from dataclasses import replace

import cv2
import numpy as np
import pytest
from demo_pictures import demo_picture

from tryon_core.models.embedded.cloth.flat_garment import Garment, see_garment
from tryon_core.models.embedded.drawing.drawing_parameters import WarpParameters
from tryon_core.models.embedded.drawing.placement import place
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.models.embedded.seeing.posture.stance import settled


def with_wide_sleeves(garment: Garment, times: float) -> Garment:
    """Its sleeves' inner edges moved down and inwards, as those of a wide tee laid flat are."""
    wide = [
        replace(sleeve, inner_E2=sleeve.outer_E2 + times * (sleeve.inner_E2 - sleeve.outer_E2))
        for sleeve in garment.keypoints.sleeves
    ]
    return replace(garment, keypoints=replace(garment.keypoints, sleeves=tuple(wide)))


@pytest.mark.parametrize("person", ["p1", "p2", "p3", "p4"])
def test_a_sleeve_lies_on_the_shoulder(person):
    who = see_person(demo_picture("persons", person))
    away_HW = cv2.distanceTransform((who.alpha_HW < 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    placed = place(who, see_garment(demo_picture("garments", "lab")), WarpParameters())
    for _, (outer_E2, _) in placed.sleeves:
        x, y = np.round(outer_E2[1:4]).astype(int).T
        assert away_HW[y, x].max() < 0.022 * who.frame.shoulder_px


@pytest.mark.parametrize("person", ["p1", "p2", "q1"])
def test_a_wide_sleeve_lies_beside_the_trunk(person):
    who = see_person(demo_picture("persons", person))
    frame = settled(who).frame
    garment = with_wide_sleeves(see_garment(demo_picture("garments", "lab")), 1.8)
    for _, (_, inner_E2) in place(who, garment, WarpParameters()).sleeves:
        across_E = np.abs(frame.coordinates(inner_E2)[:, 0]) / frame.shoulder_px
        assert across_E[0] - across_E.min() < 0.15
