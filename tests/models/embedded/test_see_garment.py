from contextlib import nullcontext

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image, ImageDraw

from tryon_core.errors import Refused
from tryon_core.models.embedded.cloth.cutting.clear_cutout import check_unworn
from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.cloth.keypoints import find_keypoints
from tryon_core.models.embedded.seeing.landmarks import Pose

BACKGROUND = (240, 240, 240)


def refusal(picture: Image.Image) -> str:
    with pytest.raises(Refused) as caught:
        see_garment(picture)
    return caught.value.reason


def drawn(*polygons, colour=(40, 70, 140), size=(600, 800)) -> Image.Image:
    picture = Image.new("RGB", size, BACKGROUND)
    for polygon in polygons:
        ImageDraw.Draw(picture).polygon(polygon, fill=colour)
    return picture


@pytest.mark.parametrize("visible, refused", [(0.99, True), (0.1, False)])
def test_a_dark_collar_without_eyes_is_no_face(visible, refused):
    """A brown garment with a darker inside of its collar where the pose network believes a head."""
    lab_HW3 = np.full((800, 600, 3), (42, 7, 26), np.float32)
    lab_HW3[90:250, 200:400] = (21, 3, 11)
    landmarks_K3 = np.zeros((33, 3), np.float32)
    landmarks_K3[:11] = (300, 180, visible)
    landmarks_K3[[11, 12, 23, 24]] = [(420, 300, 1), (180, 300, 1), (380, 600, 1), (220, 600, 1)]
    landmarks_K3[13:23] = (300, 450, 1)
    pose = Pose(landmarks_K3=landmarks_K3, depth_px_K=np.zeros(33), alpha_HW=lab_HW3[..., 0], presence=0.95)
    with pytest.raises(Refused, match="somebody wears") if refused else nullcontext():
        check_unworn(pose, lab_HW3)


def test_a_tee_has_two_sleeves_and_its_points_in_order(red_tee):
    garment = see_garment(red_tee)
    keys = garment.keypoints
    assert all(keys.sleeves) and garment.width_px > 100
    assert keys.collar[0][1] < keys.shoulder[0][1] < keys.armpit[0][1] < keys.hem[0][1]
    assert keys.armpit[0][0] < keys.collar[0][0] < keys.collar[1][0] < keys.armpit[1][0]


@pytest.mark.parametrize("name", ["cropped", "stripes", "dress_b", "skirt_a", "trousers_a"])
def test_a_garment_on_its_side_is_refused(name):
    picture = demo_picture("garments", name)
    assert see_garment(picture).kind
    for way in (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270):
        with pytest.raises(Refused, match="turn the picture") as caught:
            see_garment(picture.transpose(way))
        assert caught.value.reason == "garment_not_upright"


def test_one_folded_sleeve_is_no_garment_on_its_side():
    body = [(200, 100), (400, 100), (400, 700), (200, 700)]
    picture = drawn(body, [(400, 100), (560, 420), (500, 450), (400, 260)])
    assert see_garment(picture).width_px > 100


def test_long_sleeves_are_longer_than_short_ones(red_tee):
    def sleeve_share(picture):
        garment = see_garment(picture)
        return garment.keypoints.sleeves[0].length_px / garment.width_px

    assert sleeve_share(demo_picture("garments", "loop")) > 1.5 * sleeve_share(red_tee)


def test_a_sleeveless_top_has_no_sleeves(tank_top):
    assert see_garment(tank_top).keypoints.sleeves == (None, None)


def test_a_sleeves_edges_run_from_the_seam_to_the_cuff(red_tee):
    keys = see_garment(red_tee).keypoints
    left = keys.sleeves[0]
    assert np.hypot(*(left.outer_E2[0] - keys.shoulder[0])) < 5 and np.hypot(*(left.inner_E2[0] - keys.armpit[0])) < 5
    assert left.outer_E2[-1][0] < left.inner_E2[-1][0] < keys.armpit[0][0]


def test_the_inside_of_the_back_collar_is_found_above_the_neckline(tank_top):
    garment = see_garment(tank_top)
    inside = garment.opening_HW & (garment.alpha_HW > 0.9)
    front = (garment.alpha_HW > 0.9) & ~garment.opening_HW
    lightness = garment.image_HW3.mean(-1)
    assert inside.any() and garment.neck_depth_px > 0.1 * garment.width_px
    assert np.median(lightness[inside]) < np.median(lightness[front])


def test_the_cutout_is_the_garment_and_not_the_background(red_tee):
    garment = see_garment(red_tee)
    red = garment.image_HW3[..., 0].astype(int) - garment.image_HW3[..., 1] > 60
    cut = garment.alpha_HW > 0.5
    assert (cut & red).sum() / (cut | red).sum() > 0.93


def test_a_picture_of_a_person_is_refused_as_garment(man):
    assert refusal(man) == "garment_on_model"


def test_white_on_white_is_refused():
    assert refusal(demo_picture("garments", "white")) == "white_on_white"


def test_an_empty_picture_is_refused():
    assert refusal(Image.new("RGB", (600, 800), BACKGROUND)) == "no_garment"


def test_a_busy_background_is_refused():
    noise = np.random.default_rng(0).integers(0, 255, (800, 600, 3), dtype=np.uint8)
    assert refusal(Image.fromarray(noise)) == "no_garment"


def test_trousers_are_told_from_tops():
    legs = drawn([(200, 100), (400, 100), (430, 750), (330, 750), (300, 350), (270, 750), (170, 750)])
    assert see_garment(legs).kind == "trousers"


def test_a_skirt_is_told_from_tops():
    assert see_garment(drawn([(220, 150), (380, 150), (470, 700), (130, 700)])).kind == "skirt"


def test_a_dress_is_told_from_tops():
    dress = drawn(
        [
            (250, 60),
            (270, 75),
            (330, 75),
            (350, 60),
            (380, 80),
            (440, 160),
            (400, 190),
            (370, 150),
            (370, 300),
            (430, 760),
            (170, 760),
            (230, 300),
            (230, 150),
            (200, 190),
            (160, 160),
            (220, 80),
        ]
    )
    assert see_garment(dress).kind == "dress"


def test_a_top_on_thin_straps_is_refused():
    straps = drawn(
        [
            (190, 100),
            (200, 100),
            (250, 350),
            (350, 350),
            (400, 100),
            (410, 100),
            (430, 330),
            (440, 700),
            (160, 700),
            (170, 330),
        ]
    )
    assert refusal(straps) == "thin_straps"


SLEEVED = [(240, 60), (270, 75), (330, 75), (360, 60), (400, 80), (470, 200), (430, 230), (395, 180)]


def sleeved(*below: tuple[int, int]) -> Image.Image:
    """A short-sleeved garment; its right side from the armpit down to the middle, which the left one mirrors."""
    half = SLEEVED[3:] + list(below)
    return drawn([(600 - x, y) for x, y in half][::-1] + [(270, 75), (330, 75)] + half)


def test_a_bodysuit_is_refused_by_name():
    assert refusal(sleeved((390, 350), (395, 400), (345, 460), (318, 490))) == "bodysuit"


@pytest.mark.parametrize("hem", [((390, 350), (395, 490)), ((390, 350), (390, 440), (340, 490))])
def test_straight_and_rounded_hems_are_no_bodysuits(hem):
    assert see_garment(sleeved(*hem)).kind == "upper"


def test_a_sleeve_that_touches_the_hem_still_has_an_armpit():
    touching = drawn(
        [
            (200, 100),
            (260, 80),
            (340, 80),
            (400, 100),
            (520, 600),
            (420, 640),
            (380, 600),
            (220, 600),
            (180, 640),
            (80, 600),
        ]
    )
    gap = Image.new("L", touching.size, 0)
    for polygon in ([(195, 280), (205, 280), (205, 560), (150, 580)], [(395, 280), (405, 280), (450, 580), (395, 560)]):
        ImageDraw.Draw(gap).polygon(polygon, fill=255)
    mask = (np.array(touching.convert("L")) < 200) & (np.array(gap) == 0)
    keys = find_keypoints(mask)
    assert 180 < keys.armpit[0][1] < 320 and all(keys.sleeves)


def test_a_sleeveless_dress_with_a_waist_is_no_skirt():
    neck, hem = [(250, 60), (270, 66), (330, 66), (350, 60)], [(430, 760), (170, 760)]
    dress = drawn([*neck, (390, 64), (388, 150), (372, 300), *hem, (228, 300), (212, 150), (210, 64)])
    assert see_garment(dress).kind == "dress"
