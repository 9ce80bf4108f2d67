"""What lies beyond a wrist is not always a hand, and what parts between two legs is no lost body."""

import numpy as np
import pytest
from PIL import Image
from planted_geometry import axes, mixed, people_case

from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.independent.eyes import eyes_of
from tryon_core.models.embedded.measuring.independent.hands_kept import hand_lost
from tryon_core.models.embedded.measuring.independent.wearer import wearer_of
from tryon_core.models.embedded.seeing.perception import see_person


def _seen(image_HW3: np.ndarray):
    return see_person(Image.fromarray(np.uint8(np.clip(np.round(image_HW3), 0, 255))))


@pytest.fixture(scope="module")
def pocketed() -> Case:
    """True new trousers under a head cut off by the picture, both hands hidden in the trousers before and after."""
    true = people_case("p2_full", "trousers_a")
    landmarks, shoulder_px = true.before.landmarks_K3, true.before.frame.shoulder_px
    x, y = np.meshgrid(*(np.arange(side) for side in true.worn_HW.shape[::-1]))
    hidden_HW = np.zeros(true.worn_HW.shape, bool)
    for index in (19, 20):  # both index fingers, MediaPipe
        hidden_HW |= np.hypot(x - landmarks[index, 0], y - landmarks[index, 1]) < 0.2 * shoulder_px
    pictures = []
    for image_HW3, cloth_HW in ((true.before.image_HW3, true.before.lower), (true.after.image_HW3, true.worn_HW)):
        colour_3 = np.median(image_HW3[cloth_HW], axis=0)
        pictures.append(mixed(image_HW3, colour_3, hidden_HW)[int(landmarks[0, 1]) :])  # from the nose down
    return Case(before=_seen(pictures[0]), after=_seen(pictures[1]), garment=true.garment)


def test_a_pocket_is_no_hand(pocketed):
    reading = hand_lost(eyes_of(pocketed))
    assert reading is None or reading.score >= 8


def test_between_legs_lies_between_two_legs():
    case = people_case("p2_full", "trousers_a")
    wearer, (across_HW, down_HW) = wearer_of(case.before), axes(case)
    between_hw, across_hw, down_hw = wearer.between_legs(), across_HW[::2, ::2], down_HW[::2, ::2]
    middle_hw = (np.abs(across_hw) < 0.05) & (down_hw > 1.3) & (down_hw < 1.8)
    assert between_hw[middle_hw].mean() > 0.9 and not between_hw[np.abs(across_hw) > 0.6].any()
