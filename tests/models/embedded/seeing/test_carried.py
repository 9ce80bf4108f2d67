"""What is held before the lower garment is no garment."""

import cv2
import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.pictures.masks import polygon, shrunk


def test_a_clutch_of_the_tops_colour_is_carried():
    picture = demo_picture("persons", "p1_full")
    person = see_person(picture)
    wrist, knuckle = person.landmarks_K3[[16, 20], :2]
    right, unit = person.frame.across_2, person.frame.shoulder_px
    hand = knuckle + 0.3 * (knuckle - wrist)
    corners = [hand + right * 0.05 * unit, hand + right * 1.1 * unit]
    corners += [corner + person.frame.down_2 * 0.4 * unit for corner in corners[::-1]]
    clutch = polygon(person.upper.shape, corners) & ~person.hands
    picture_HW3 = np.array(picture)
    picture_HW3[clutch] = np.median(picture_HW3[person.upper], 0)
    edge = cv2.morphologyEx(clutch.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    picture_HW3[edge & clutch] = (90, 80, 70)
    seen = see_person(Image.fromarray(picture_HW3))
    held = shrunk(clutch & person.lower, 4)
    assert held.sum() > 500 and seen.carried[held].mean() > 0.9
    assert not (seen.carried & (seen.upper | seen.lower | seen.skin | seen.hair)).any()


@pytest.mark.parametrize("name", ["p1", "p2", "p5", "q1", "q2_full", "q3", "q3_full", "q5"])
def test_empty_hands_carry_nothing(name):
    assert not see_person(demo_picture("persons", name)).carried.any()
