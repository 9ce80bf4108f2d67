"""A person is turned away only where a second look and other signs do not say otherwise."""

from dataclasses import replace

import numpy as np
import pytest
from demo_pictures import demo_picture

from tryon_core.models.embedded.seeing.landmarks import Pose, find_pose
from tryon_core.models.embedded.seeing.perception import working_size
from tryon_core.models.embedded.seeing.posture.facing import frontal, seen_from_front, signs_of_front

PAIRS = [*((k, k + 1) for k in range(11, 33, 2)), (2, 5), (7, 8), (9, 10)]


def swapped(pose: Pose) -> Pose:
    """The pose with left and right exchanged, as the network takes some who face it to be seen from behind."""
    landmarks_K3 = pose.landmarks_K3.copy()
    for one, other in PAIRS:
        landmarks_K3[[one, other]] = landmarks_K3[[other, one]]
    return replace(pose, landmarks_K3=landmarks_K3)


@pytest.mark.parametrize("name", ["p2", "q3_full"])
def test_swapped_landmarks_are_seen_again_from_the_front(name):
    image_HW3 = working_size(demo_picture("persons", name))
    pose = find_pose(image_HW3)
    again = seen_from_front(image_HW3, swapped(pose))
    away_px = np.hypot(*(again.landmarks_K3[[11, 12, 23, 24], :2] - pose.landmarks_K3[[11, 12, 23, 24], :2]).T)
    assert frontal(again) and not frontal(swapped(pose)) and away_px.max() < 25  # of 1024: the network is so sure


def test_feet_and_faces_tell_front_from_back():
    pose = find_pose(working_size(demo_picture("persons", "q3_full")))
    assert signs_of_front(pose) == 1.0 and signs_of_front(swapped(pose)) < 0.3


def test_a_frontal_pose_is_not_looked_at_twice(monkeypatch):
    image_HW3 = working_size(demo_picture("persons", "p2"))
    pose = find_pose(image_HW3)
    monkeypatch.setattr("tryon_core.models.embedded.seeing.posture.facing.find_pose", None)
    assert seen_from_front(image_HW3, pose) is pose
