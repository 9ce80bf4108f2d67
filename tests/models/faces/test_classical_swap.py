"""`classical-swap` gives a head the character's face, in its own light, and says why where it cannot."""

from functools import cache

import numpy as np
import pytest
from face_pictures import mask_over, person
from PIL import Image

from tryon_core.errors import BadInput, Refused
from tryon_core.models import load
from tryon_core.models.embedded.measuring.faces.face_network import can_compare
from tryon_core.models.embedded.seeing.seen_faces import SeenFace, see_faces
from tryon_core.models.faces import classical_swap
from tryon_core.models.faces.mesh_parts import EYES, part_of
from tryon_core.records import Sample

needs_network = pytest.mark.skipif(not can_compare(), reason="dlib or its models are not installed")
# character -> whose face is changed; the reporting half of the people, and the astronaut
PAIRS = [("q1", "q2"), ("q2", "q3"), ("q3", "q4"), ("q4", "q5"), ("q5", "q6"), ("q6", "q1"), ("astronaut", "q1")]


@cache
def swapped(character: str, target: str) -> Image.Image:
    return load("classical-swap")(person(target), person(character), mask_over(target))


def distance(character: str, target: str, image: Image.Image) -> float:
    images = {"init": person(target), "mask": mask_over(target), "character": person(character)}
    return load("face-identity")(Sample(sample_id="one", wish="", images=images), image)["face_identity"].value


@needs_network
@pytest.mark.parametrize(("character", "target"), PAIRS)
def test_a_swap_nears_the_character(character, target):
    """By a network that the swap never asks."""
    before, after = distance(character, target, person(target)), distance(character, target, swapped(character, target))
    assert after < before - 0.01


def test_bytes_outside_the_mask_stand():
    image, outside = person("q3"), np.asarray(mask_over("q3")) == 0
    changed = (np.asarray(swapped("q2", "q3")) != np.asarray(image)).any(-1)
    assert changed[~outside].mean() > 0.3 and not changed[outside].any()


def test_half_a_mask_changes_half_a_face():
    mask = np.array(mask_over("q3"))
    mask[:, : round(see_faces(person("q3"))[0].centre_2[0])] = 0
    drawn = load("classical-swap")(person("q3"), person("q2"), Image.fromarray(mask))
    changed = (np.asarray(drawn) != np.asarray(person("q3"))).any(-1)
    assert changed[mask > 0].mean() > 0.3 and not changed[mask == 0].any()


def test_the_skin_keeps_the_colour_of_its_head():
    """A dark skin laid on a light head becomes light: the cheeks stay within 12 grey levels."""
    cheeks = see_faces(person("q2"))[0].mesh_K2[[50, 280]].astype(int)
    before, after = (np.asarray(image, float) for image in (person("q2"), swapped("q1", "q2")))
    for x, y in cheeks:
        patch = np.s_[y - 4 : y + 5, x - 4 : x + 5]
        assert np.abs(before[patch].mean((0, 1)) - after[patch].mean((0, 1))).max() < 12


@cache
def two_people() -> Image.Image:
    both = Image.new("RGB", (1536, 1024))
    both.paste(person("q1"), (0, 0))
    both.paste(person("q2"), (768, 0))
    return both


def test_of_two_faces_the_masks_is_changed():
    mask = Image.new("L", (1536, 1024))
    mask.paste(mask_over("q2"), (768, 0))
    drawn = load("classical-swap")(two_people(), person("q4"), mask)
    changed = (np.asarray(drawn) != np.asarray(two_people())).any(-1)
    assert not changed[:, :768].any() and changed[:, 768:].any()


def plain(shade="grey", size=(768, 1024)) -> Image.Image:
    return Image.new("RGB", size, shade)


def small(name: str, width: int) -> Image.Image:
    picture = plain()
    picture.paste(person(name).resize((width, width * 4 // 3)), (100, 100))
    return picture


REFUSED = {  # reason -> (picture, character)
    "no_face": lambda: (plain(), person("q1")),
    "no_face_of_character": lambda: (person("q1"), plain()),
    "several_faces": lambda: (person("q3"), two_people()),
    "tiny_face": lambda: (small("q1", 256), person("q2")),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_cannot_be_swapped_is_refused(reason):
    image, character = REFUSED[reason]()
    with pytest.raises(Refused) as refusal:
        load("classical-swap")(image, character, None)
    assert refusal.value.reason == reason


def turned_by(degrees: float) -> SeenFace:
    """The astronaut's face, turned in space; no picture of a profile is at hand."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.float32([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    return SeenFace(mesh_K3=see_faces(person("astronaut"))[0].mesh_K3 @ turn)


def test_faces_turned_apart_are_refused():
    classical_swap._check_pose(turned_by(15), turned_by(-15))
    with pytest.raises(Refused, match=r"turned 5\d degrees apart"):
        classical_swap._check_pose(turned_by(25), turned_by(-25))


def test_eyes_stay_dark_on_a_lighter_skin():
    """A dark face on a light head: its eyes gain less light than its cheek."""
    was = np.asarray(person("q1").convert("L"), float)
    lighter = np.asarray(swapped("q1", "q2").convert("L"), float)
    mesh = see_faces(swapped("q1", "q2"))[0].mesh_K2
    gains = []
    for points in (EYES[0], (50, 101, 118, 117)):
        before, after = (
            np.median(values[part_of(values.shape, mesh_K2, points)])
            for values, mesh_K2 in ((was, see_faces(person("q1"))[0].mesh_K2), (lighter, mesh))
        )
        gains.append(after - before)
    assert gains[0] < 0.6 * gains[1]


def test_a_face_turned_aside_is_refused():
    turned = turned_by(46)
    with pytest.raises(Refused, match=r"turned aside by 4[4-8] degrees") as refusal:
        classical_swap._check_pose(turned, see_faces(person("q1"))[0])
    assert refusal.value.reason == "profile_face"


def test_a_mask_beside_the_face_finds_none():
    mask = Image.new("L", (768, 1024))
    mask.paste(255, (0, 900, 200, 1024))
    with pytest.raises(Refused, match="no face is seen under the mask; 1 elsewhere"):
        load("classical-swap")(person("q1"), person("q2"), mask)


@pytest.mark.parametrize(
    "mask", [Image.new("L", (768, 1024)), Image.new("L", (64, 64), 255), Image.new("RGB", (768, 1024), "white")]
)
def test_a_mask_that_masks_nothing_is_bad_input(mask):
    with pytest.raises(BadInput, match="mask"):
        load("classical-swap")(person("q1"), person("q2"), mask)
