import threading

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image, ImageOps

from tryon_core.errors import Refused
from tryon_core.models.embedded.seeing.body_frame import NOSE
from tryon_core.models.embedded.seeing.landmarks import find_pose
from tryon_core.models.embedded.seeing.perception import WORKING_SIDE_PX, see_person, working_size
from tryon_core.models.embedded.seeing.posture.standing import check_upright
from tryon_core.pictures.features import to_lab


def cut_out(picture: Image.Image, share: float = 1.0) -> Image.Image:
    """RGBA: the person alone, at a share of the size."""
    alpha = Image.fromarray(np.uint8(255 * see_person(picture).alpha_HW))
    person = picture.copy()
    person.putalpha(alpha)
    person = person.crop(alpha.getbbox())
    return person.resize((round(share * person.width), round(share * person.height)))


def before(backdrop: Image.Image, picture: Image.Image) -> Image.Image:
    """The person of a picture in front of another backdrop."""
    alpha = Image.fromarray(np.uint8(255 * see_person(picture).alpha_HW))
    return Image.composite(picture, backdrop.resize(picture.size).convert("RGB"), alpha)


def refusal(picture: Image.Image) -> str:
    with pytest.raises(Refused) as caught:
        see_person(picture)
    assert str(caught.value).count("\n") == 0
    return caught.value.reason


def test_a_person_is_seen_at_working_size_with_every_part(woman):
    person = see_person(woman)
    assert max(person.alpha_HW.shape) == WORKING_SIDE_PX and person.face_mesh_K2.shape == (468, 2)
    for mask in (person.upper, person.lower, person.skin, person.hair, person.face, person.arms, person.forearms):
        assert mask.dtype == bool and mask.shape == person.alpha_HW.shape and mask.any()


def test_clothes_skin_and_hair_exclude_one_another(woman):
    person = see_person(woman)
    layers = np.stack([person.upper, person.lower, person.skin, person.hair]).sum(0)
    assert layers.max() == 1 and (person.skin | ~person.face).all()


def test_the_frame_names_the_persons_own_right(woman):
    frame = see_person(woman).frame
    assert frame.right_shoulder[0] < frame.left_shoulder[0] and frame.down_2[1] > 0.9
    assert np.allclose(frame.coordinates(frame.point(12.0, -30.0)), [[12.0, -30.0]])


def test_the_upper_garment_lies_between_shoulders_and_hips(man):
    person = see_person(man)
    middle = person.frame.point(0, 0.5 * person.frame.torso_px).astype(int)
    assert person.upper[middle[1], middle[0]] and not person.upper[int(person.landmarks_K3[NOSE, 1])].any()


def test_a_landscape_without_a_person_is_refused():
    assert refusal(Image.linear_gradient("L").resize((480, 640)).convert("RGB")) == "no_person"


def test_two_people_side_by_side_are_refused(woman, man):
    both = Image.new("RGB", (woman.width + man.width, woman.height))
    both.paste(woman, (0, 0))
    both.paste(man, (woman.width, 0))
    assert refusal(both) == "several_people"


@pytest.mark.parametrize("name", ["p1", "p6", "q2", "q3_full"])
def test_a_person_on_the_side_or_on_the_head_is_refused(name):
    picture = demo_picture("persons", name)
    ways = {Image.Transpose.ROTATE_90: 90, Image.Transpose.ROTATE_180: 180, Image.Transpose.ROTATE_270: 270}
    for way, clockwise in ways.items():
        with pytest.raises(Refused, match=f"turn the picture by {clockwise} degrees clockwise") as caught:
            see_person(picture.transpose(way))
        assert caught.value.reason == "not_upright"


def test_every_person_of_the_demo_is_upright():
    for name in [f"{half}{number}" for half in "pq" for number in range(1, 7)]:
        image_HW3 = working_size(demo_picture("persons", name))
        check_upright(image_HW3, find_pose(image_HW3))


def test_a_head_held_aside_is_upright_still(man):
    tilted = man.rotate(12, resample=Image.Resampling.BICUBIC, fillcolor=man.getpixel((5, 5)))
    assert see_person(tilted).upper.any()


@pytest.mark.parametrize("size_share", [1.0, 0.75])
@pytest.mark.parametrize("overlap_share", [0.0, 0.15, 0.3])
def test_a_second_person_is_refused_even_if_smaller_and_partly_hidden(woman, man, size_share, overlap_share):
    first, second = cut_out(woman), cut_out(man, size_share)
    x = round(first.width - overlap_share * second.width)
    both = Image.new("RGB", (x + second.width + 80, first.height + 40), (200, 198, 190))
    both.paste(second, (x + 40, both.height - second.height), second)
    both.paste(first, (40, both.height - first.height), first)
    assert refusal(both) == "several_people"


@pytest.mark.parametrize("level", [40, 128, 180, 255])
def test_a_plain_backdrop_does_not_make_a_second_person(man, level):
    person = see_person(before(Image.new("L", man.size, level), man))
    assert person.upper.any()


@pytest.mark.parametrize("name", ["p1", "p2", "p3", "p4"])
def test_a_slanting_light_on_the_backdrop_does_not_make_a_second_person(name):
    picture = demo_picture("persons", name)
    levels_HW = np.add.outer(np.linspace(40, 100, picture.height), np.linspace(40, 100, picture.width))
    slanting = Image.fromarray(levels_HW.astype(np.uint8))
    assert see_person(before(slanting, picture)).upper.any()


def test_a_picture_cut_below_the_chest_is_refused(man):
    assert refusal(man.crop((0, 0, man.width, int(man.height * 0.55)))) == "cropped_torso"


def test_a_body_squeezed_as_if_turned_sideways_is_refused(man):
    height, width = man.height, man.width
    narrow = Image.new("RGB", man.size, man.getpixel((5, 5)))
    narrow.paste(man.resize((int(width * 0.3), height)), (int(width * 0.35), 0))
    assert refusal(narrow) == "side_view"


def test_narrow_shoulders_from_the_front_are_no_side_view(man):
    narrow = Image.new("RGB", man.size, man.getpixel((5, 5)))
    narrow.paste(man.resize((round(man.width * 0.7), man.height)), (round(man.width * 0.15), 0))
    assert see_person(narrow).upper.any()


def test_sleeves_and_a_hem_of_another_colour_belong_to_the_garment():
    picture = demo_picture("truth", "p3_blocks")  # a white chest, blue sleeves, a blue band at the hem
    person, bluish = see_person(picture), to_lab(np.array(picture))[..., 2] < -15
    assert person.upper[bluish & person.arms].mean() > 0.9
    band = bluish & (np.abs(person.frame.down_share_HW(bluish.shape) - 0.9) < 0.1)
    assert band.sum() > 2000 and person.upper[band].mean() > 0.9


def test_a_long_checked_hem_is_no_pair_of_trousers():
    person = see_person(demo_picture("truth", "p1_checks"))
    down = person.frame.down_share_HW(person.upper.shape)
    trunk = (
        (down > 1.0) & (down < 1.15) & (np.abs(person.frame.across_px_HW(down.shape)) < 0.3 * person.frame.shoulder_px)
    )
    assert person.upper[trunk].mean() > 0.9


def test_a_dress_is_parted_at_the_waist():
    person = see_person(demo_picture("persons", "p6"))
    down = person.frame.down_share_HW(person.upper.shape)
    assert np.percentile(down[person.upper], 99) < 0.9 and np.percentile(down[person.lower], 1) < 0.9


def test_a_mirrored_person_has_the_mirrored_parse(man):
    here, there = see_person(man), see_person(ImageOps.mirror(man))
    both, either = here.upper & there.upper[:, ::-1], here.upper | there.upper[:, ::-1]
    assert both.sum() / either.sum() > 0.9


def test_threads_that_ask_together_share_one_perception(woman):
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(see_person(woman.copy()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(person) for person in seen}) == 1 and len(seen) == 4


def test_perceiving_again_from_scratch_gives_the_same_bytes(man):
    once, again = see_person.__wrapped__(man), see_person.__wrapped__(man)
    assert once.alpha_HW.tobytes() == again.alpha_HW.tobytes() and once.upper.tobytes() == again.upper.tobytes()
