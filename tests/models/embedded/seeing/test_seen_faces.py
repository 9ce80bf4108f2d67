"""Every face of a picture is seen, at the picture's own size, and folds of cloth are none."""

import numpy as np
import pytest
from face_pictures import mask_over, person
from PIL import Image

from tryon_core.models.embedded.seeing import seen_faces
from tryon_core.models.embedded.seeing.landmarks import mesh_in
from tryon_core.models.embedded.seeing.seen_faces import face_at, see_faces


@pytest.fixture(scope="module")
def large_and_small() -> Image.Image:
    both = Image.new("RGB", (1344, 1024), "grey")
    both.paste(person("q2").resize((576, 768)), (0, 100))
    both.paste(person("q1"), (576, 0))
    return both


def test_the_largest_face_comes_first(large_and_small):
    large, small = see_faces(large_and_small)
    assert large.centre_2[0] > 576 > small.centre_2[0] and large.width_px > 1.2 * small.width_px


def test_a_mask_chooses_the_nearest_face(large_and_small):
    large, small = see_faces(large_and_small)
    mask = Image.new("L", large_and_small.size)
    mask.paste(255, (200, 150, 400, 400))
    assert face_at((large, small), mask) is small and face_at((large, small), None) is large
    assert face_at((), mask) is None


def test_the_mesh_follows_the_pictures_size():
    twice = person("q1").resize((1536, 2048), Image.Resampling.LANCZOS)
    mesh, larger = (see_faces(image)[0].mesh_K3 for image in (person("q1"), twice))
    assert np.abs(2 * mesh - larger)[:, :2].max() < 6 and np.ptp(larger[:, 2]) > 1.7 * np.ptp(mesh[:, 2])


def test_folds_of_a_suit_are_believed_no_face():
    """Where dlib's finder took the astronaut's suit for a face, below the real one."""
    image = np.array(person("astronaut"))
    (_, face), (_, suit) = (mesh_in(image, box) for box in ((179, 83, 267, 171), (123, 330, 228, 435)))
    assert face > 20 > seen_faces._LEAST_BELIEF > suit


def test_without_dlib_the_bodys_face_is_seen(monkeypatch):
    monkeypatch.setattr(seen_faces, "find_spec", lambda name: None)
    face, with_dlib = seen_faces._faces_of(person("q1"))[0], see_faces(person("q1"))[0]
    assert seen_faces.boxes_in(np.array(person("q1"))) == []
    assert np.hypot(*(face.centre_2 - with_dlib.centre_2)) < 0.05 * face.width_px


def test_a_face_from_the_front_has_no_yaw():
    assert abs(see_faces(person("q1"))[0].yaw_deg) < 6


def test_no_face_is_seen_beside_the_mask():
    mask = Image.new("L", person("q1").size)
    mask.paste(255, (0, 900, 100, 1000))
    faces = see_faces(person("q1"))
    assert face_at(faces, mask) is None and face_at(faces, mask_over("q1")) is faces[0]
