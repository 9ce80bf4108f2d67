"""Control maps without a network download: edges, and a body as ControlNet was trained on it."""

import cv2
import numpy as np
import pytest
from demo_pictures import PEOPLE, demo_picture
from PIL import Image, ImageDraw

from tryon_core import models
from tryon_core.errors import BadInput, Refused, UnknownName
from tryon_core.models.embedded.mapping import pose_map
from tryon_core.models.embedded.seeing.landmarks import find_pose
from tryon_core.roles import card_of

PERSONS = ("p1", "p2_full", "p3", "q1", "q2_full", "q5")


def colour_at(image, point, radius_px=6):
    """The brightest pixel near a point: a joint, whose limbs are drawn over it at 60 %."""
    x, y = (round(side) for side in point)
    near = np.asarray(image, int)[max(0, y - radius_px) : y + radius_px + 1, max(0, x - radius_px) : x + radius_px + 1]
    return near.reshape(-1, 3)[near.sum(-1).argmax()]


@pytest.mark.parametrize("name", ["canny", "pose"])
def test_a_map_is_rgb_of_the_picture_s_size(man, name):
    mapper = models.load(name, "control_mapper")
    drawn = mapper(man)
    assert (drawn.mode, drawn.size) == ("RGB", man.size) and drawn.tobytes() == mapper(man).tobytes()
    assert card_of(mapper).name == name and card_of(mapper).revision


FITTED = {"low": None, "high": None}  # thresholds from the picture itself


def test_canny_s_thresholds_are_those_of_flux1(man):
    """As FLUX.1 Canny's own encoder calls OpenCV: 50 and 200, on the colours."""
    card = models.load("canny").card
    assert (card.settings["low"], card.settings["high"], card.settings["side_px"]) == (50, 200, 1024)
    assert max(man.size) <= 1024
    assert (np.asarray(models.load("canny")(man))[..., 0] == cv2.Canny(np.asarray(man), 50, 200)).all()


@pytest.mark.parametrize("options", [{}, FITTED])
@pytest.mark.parametrize("name", PERSONS)
def test_the_outline_of_a_person_is_among_the_edges(name, options):
    """Of white clothes on a bright wall, too: fitted to the median itself half of the first outline is lost."""
    person = demo_picture("persons", name)
    silhouette_HW = (find_pose(np.asarray(person)).alpha_HW > 0.5).astype(np.uint8)
    outline_HW = cv2.morphologyEx(silhouette_HW, cv2.MORPH_GRADIENT, np.ones((3, 3)))[5:-5, 5:-5] > 0
    edges_HW = np.asarray(models.load("canny", **options)(person))[..., 0]
    near_HW = cv2.dilate(edges_HW, np.ones((13, 13)))[5:-5, 5:-5] > 0
    assert near_HW[outline_HW].mean() > 0.85 and (edges_HW > 0).mean() < 0.05


def test_fitted_to_a_white_page_plain_cloth_has_its_outline():
    page_HW3 = np.full((400, 300, 3), 255, np.uint8)
    cloth_HW3 = np.random.default_rng(0).normal(225, 2.5, (200, 150, 1))  # a grain
    page_HW3[100:300, 70:220] = cloth_HW3.clip(0, 255).astype(np.uint8)
    assert not np.asarray(models.load("canny")(Image.fromarray(page_HW3))).any()  # a step of 30 has a gradient of 120
    edges_HW = np.asarray(models.load("canny", **FITTED)(Image.fromarray(page_HW3)))[..., 0]
    assert edges_HW[98:103, 80:210].max(0).all() and not edges_HW[110:290, 80:210].any()


def test_thresholds_can_be_given():
    page = Image.new("L", (100, 100), 100)
    ImageDraw.Draw(page).rectangle((30, 30, 70, 70), fill=120)
    page = page.convert("RGB")
    edges = [np.asarray(models.load("canny", low=low, high=2 * low)(page)).any() for low in (20, 90)]
    assert edges == [True, False]


@pytest.mark.parametrize(
    "options",
    [{"low": None}, {"low": 9, "high": 3}, {"spread": 1.5}, {"side_px": 0}, {"low": -1, "high": 3}, {"spread": "wide"}],
)
def test_thresholds_that_cannot_be_are_refused(options):
    with pytest.raises(BadInput, match="canny"):
        models.load("canny", **options)


def test_an_unknown_map_names_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean 'canny'"):
        models.load("cany", "control_mapper")


def test_joints_have_the_colours_and_the_sides_of_openpose(man):
    """The person's right shoulder is orange and on the picture's left; the left one is yellow-green."""
    drawn, (joints_J2, seen_J) = models.load("pose")(man), pose_map.joints(man)
    assert seen_J[[0, 1, 2, 3, 4, 5, 6, 7, 8, 11]].all() and joints_J2[2, 0] < joints_J2[5, 0]
    assert np.allclose(joints_J2[1], (joints_J2[2] + joints_J2[5]) / 2)
    for joint in (4, 7, 16, 17):  # ends of limbs: wrists and ears
        assert np.abs(colour_at(drawn, joints_J2[joint]) - pose_map.COLOURS[joint]).max() < 120
    assert len(pose_map.COLOURS) == 18 and len(pose_map.LIMBS) == 17


def test_a_limb_has_three_fifths_of_its_colour():
    joints_J2, seen_J = np.full((18, 2), 10.0), np.zeros(18, bool)
    joints_J2[[2, 3]], seen_J[[2, 3]] = [(100, 50), (100, 250)], True
    drawn_HW3 = pose_map.drawn(joints_J2, seen_J, (512, 512))
    assert drawn_HW3[150, 100].tolist() == [153, 102, 0] and not drawn_HW3[:, :90].any()
    assert np.flatnonzero(drawn_HW3[150, :, 0]).size in (8, 9)  # 4 px to either side, in a picture of 512


def test_what_is_not_seen_is_not_drawn():
    man = demo_picture("persons", "p2_full")
    cropped = man.crop((0, 0, man.width, round(0.62 * man.height)))  # above the knees
    _, seen_J = pose_map.joints(cropped)
    assert pose_map.joints(man)[1][[9, 10, 12, 13]].all() and not seen_J[[10, 13]].any() and seen_J[[2, 5]].all()


def test_joints_scale_with_the_picture(man):
    small_J2, _ = pose_map.joints(man.resize((man.width // 2, man.height // 2), Image.Resampling.LANCZOS))
    assert np.abs(2 * small_J2 - pose_map.joints(man)[0])[:8].max() < 0.02 * max(man.size)


def taken_for_bodies(role):
    """(pictures of a role in which a body is seen, all of them)"""
    names = [path.stem for path in sorted((PEOPLE / role).glob("*.webp"))]
    seen = []
    for name in names:
        try:
            pose_map.joints(demo_picture(role, name))
            seen.append(name)
        except Refused as refusal:
            assert refusal.reason == "no_person"
    return seen, names


def test_every_person_has_a_body_and_hardly_a_garment_alone():
    """At the belief that is enough elsewhere, 0.6, ten of the 24 garments would be drawn as bodies."""
    people, all_people = taken_for_bodies("persons")
    garments, all_garments = taken_for_bodies("garments")
    assert people == all_people and len(all_people) == 16
    assert len(garments) <= 2 and len(all_garments) == 24, garments


def test_a_picture_without_a_body_is_refused():
    with pytest.raises(Refused, match="no standing body was found") as refusal:
        models.load("pose")(Image.new("RGB", (300, 400), "white"))
    assert refusal.value.reason == "no_person"
