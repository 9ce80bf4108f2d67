"""The photograph's hands, whole: what stays in front of any garment."""

import numpy as np
import pytest
from demo_pictures import demo_picture

from tryon_core.models.embedded.seeing.perception import see_person


@pytest.mark.parametrize("name", ["p2", "p5", "q1"])  # q1 and p5 hold a hand on the hip
def test_hands_are_whole_and_only_hands(name):
    person = see_person(demo_picture("persons", name))
    y, x = np.mgrid[: person.skin.shape[0], : person.skin.shape[1]]
    for elbow, wrist in ((14, 16), (13, 15)):
        elbow_2, wrist_2 = person.landmarks_K3[[elbow, wrist], :2]
        along_2 = (wrist_2 - elbow_2) / np.hypot(*(wrist_2 - elbow_2))
        beyond_HW = ((x - wrist_2[0]) * along_2[0] + (y - wrist_2[1]) * along_2[1]) / person.frame.shoulder_px
        near = person.skin & (np.hypot(x - wrist_2[0], y - wrist_2[1]) < 0.6 * person.frame.shoulder_px)
        assert person.hands[near & (beyond_HW > 0)].mean() > 0.98
        assert not person.hands[near & (beyond_HW < -0.1)].any()
    assert (person.skin | ~person.hands).all() and not (person.hands & person.face).any()
