"""Which face is meant, of boxes, scores and points."""

import math

import numpy as np
import pytest
from PIL import Image

from tryon_core.errors import BadInput, Refused
from tryon_core.models.faces.face_choice import character_face, face_to_change, turned_degrees, white_of

# eyes, nose and mouth of MediaPipe's canonical face in cm: x to the viewer's right, y down, z towards the viewer
CANONICAL_53 = np.array([(-3.15, -2.6, 3.5), (3.15, -2.6, 3.5), (0, 1.1, 7.5), (-2.5, 4.3, 4.3), (2.5, 4.3, 4.3)])
SMALL, LARGE = (10, 10, 60, 70), (100, 20, 220, 180)


def boxes(*each):
    return np.array(each, dtype=float).reshape(-1, 4)


def turned(degrees, tilt=0.0):
    """(5, 2) of the canonical face, turned to the side and then tilted, seen from afar."""
    yaw, roll = math.radians(degrees), math.radians(tilt)
    x, y, z = CANONICAL_53.T
    x = x * math.cos(yaw) + z * math.sin(yaw)
    return np.stack([x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll)], 1)


def white_box(left, top, right, bottom, size=(320, 240)):
    mask = Image.new("L", size)
    mask.paste(255, (left, top, right, bottom))
    return mask


def refused(call, *given, **named):
    with pytest.raises(Refused) as caught:
        call(*given, **named)
    return caught.value


def test_the_characters_face_is_large_and_sure():
    assert character_face(boxes(SMALL, LARGE), np.array([0.9, 0.6])) == 1
    assert character_face(boxes((0, 0, 100, 100), (200, 0, 310, 110)), np.array([0.95, 0.3])) == 0


def test_two_faces_alike_are_refused():
    second = refused(character_face, boxes(LARGE, (240, 20, 340, 180)), np.array([0.8, 0.8]))
    assert second.reason == "several_faces" and "2 faces" in str(second) and "83%" in str(second)


def test_no_face_has_a_reason_per_picture():
    assert refused(character_face, boxes(), np.array([])).reason == "no_face_of_character"
    assert refused(face_to_change, boxes()).reason == "no_face"


def test_the_mask_says_which_face():
    both = boxes(SMALL, LARGE)
    assert face_to_change(both) == 1
    assert face_to_change(both, mask=white_box(0, 0, 80, 80)) == 0
    assert face_to_change(both, mask=white_box(0, 0, 320, 240)) == 1


def test_a_mask_s_middle_is_across_and_down():
    right, low = (220, 10, 280, 80), (10, 170, 60, 230)
    assert face_to_change(boxes(right, low), mask=white_box(200, 0, 300, 90)) == 0


def test_only_white_counts_of_a_mask():
    mask = white_box(0, 0, 80, 80)
    mask.paste(128, (90, 0, 320, 240))
    assert face_to_change(boxes(SMALL, LARGE), mask=mask) == 0


def test_a_mask_beside_all_faces_is_refused():
    beside = refused(face_to_change, boxes(SMALL), mask=white_box(200, 200, 230, 230))
    assert beside.reason == "no_face" and "where the mask is white" in str(beside)


def test_a_mask_without_white_is_refused():
    with pytest.raises(BadInput, match="black all over"):
        face_to_change(boxes(), mask=Image.new("L", (8, 8), 128))
    with pytest.raises(BadInput, match="mode RGBA"):
        white_of(Image.new("RGBA", (8, 8)))


@pytest.mark.parametrize("side, tiny", [(31, True), (32, False)])
def test_a_tiny_face_is_refused(side, tiny):
    box = boxes((5, 5, 5 + side, 90))
    if tiny:
        assert refused(face_to_change, box).reason == "tiny_face"
        assert refused(character_face, box, np.ones(1)).reason == "tiny_face"
    else:
        assert face_to_change(box) == character_face(box, np.ones(1)) == 0


@pytest.mark.parametrize("tilt", [0, 30, -100])
@pytest.mark.parametrize("degrees", [0, 20, -45, 60, 90])
def test_a_turn_is_read_off_five_points(degrees, tilt):
    assert turned_degrees(turned(degrees, tilt) * 20 + 100) == pytest.approx(abs(degrees), abs=7)


@pytest.mark.parametrize("degrees", [75, -75])
def test_a_profile_is_refused(degrees):
    box, points = boxes(LARGE), turned(degrees)[None]
    assert refused(face_to_change, box, points).reason == "profile_face"
    assert refused(character_face, box, np.ones(1), points).reason == "profile_face"
    assert face_to_change(box, turned(degrees / 2)[None]) == 0
