"""Points set by hand mend the parse where clothes are not as they usually are, and keep what should stay."""

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image, ImageDraw

from tryon_core.errors import Refused
from tryon_core.hints import Hints
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.records import EditRequest


def seen(picture, **points):
    return see_person(picture, Hints(points=points))


def at(picture, down, across=0.0):
    """A point in shares of the picture: torso lengths below the shoulders, shoulder widths from the middle."""
    person = see_person(picture)
    frame, shape = person.frame, person.alpha_HW.shape
    x, y = frame.centre + down * frame.torso_px * frame.down_2 + across * frame.shoulder_px * frame.across_2
    return float(x / shape[1]), float(y / shape[0])


def recoloured(picture, mask_HW, colour, share=0.85):
    """The picture with a part in another colour, its folds kept."""
    lit = np.array(picture).astype(float)
    mask = np.array(Image.fromarray(mask_HW).resize(picture.size))
    folds = lit[mask].mean(1, keepdims=True) / max(lit[mask].mean(), 1)
    lit[mask] = (1 - share) * lit[mask] + share * np.array(colour) * folds
    return Image.fromarray(np.uint8(np.clip(lit, 0, 255)))


@pytest.fixture(scope="module")
def high_waist():
    """(a man whose trousers reach up to his ribs, where they do and the parse says top)"""
    man = demo_picture("persons", "p2")
    person = see_person(man)
    down_HW = person.frame.down_share_HW(person.upper.shape)
    band = person.upper & ~person.arms & (down_HW > 0.62)
    colour = np.median(person.image_HW3[person.lower], 0)
    picture = recoloured(man, band | person.lower, colour)
    return picture, band


def test_a_point_moves_the_border_up_to_a_high_waist(high_waist):
    picture, band = high_waist
    plain, mended = seen(picture), seen(picture, lower=[at(picture, 0.85)])
    assert mended.lower[band].mean() > 0.9 and mended.upper[band].mean() < 0.05
    assert (mended.lower & ~plain.lower & ~band).sum() < 0.1 * band.sum()


def test_garments_of_one_colour_part_at_the_point():
    dress = demo_picture("truth", "p1_full_dress_a")
    person, point = seen(dress), at(dress, 0.6)
    mended = seen(dress, lower=[point])
    down_HW = person.frame.down_share_HW(person.upper.shape)
    trunk = person.upper & (np.abs(person.frame.across_px_HW(person.upper.shape)) < 0.3 * person.frame.shoulder_px)
    assert mended.lower[trunk & (down_HW > 0.65)].mean() > 0.95 and mended.upper[trunk & (down_HW < 0.5)].mean() > 0.95


def test_a_bag_stays_over_the_new_garment(warp, man, red_tee):
    with_bag, (x, y) = man.copy(), at(man, 0.5)
    box = [x * man.width - 60, y * man.height - 50, x * man.width + 60, y * man.height + 50]
    ImageDraw.Draw(with_bag).rectangle(box, fill=(90, 160, 60))
    inside = np.s_[int(box[1]) + 6 : int(box[3]) - 6, int(box[0]) + 6 : int(box[2]) - 6]
    changed = []
    for points in ({}, {"keep": [(x, y)]}):
        drawn = warp(EditRequest(prompt="", images=(with_bag, red_tee), hints=Hints(points=points)))
        changed.append((np.array(drawn)[inside] != np.array(with_bag)[inside]).any(-1).mean())
    assert changed[0] > 0.95 and changed[1] < 0.01


def test_skin_that_was_taken_for_cloth_is_bared():
    """A bare stomach, sunburnt."""
    woman = demo_picture("persons", "p1")
    person = see_person(woman)
    down_HW = person.frame.down_share_HW(person.upper.shape)
    stomach = person.upper & ~person.arms & (down_HW > 0.6) & (down_HW < 0.9)
    picture = recoloured(woman, stomach, (190, 70, 70))
    plain, mended = seen(picture), seen(picture, skin=[at(picture, 0.75)])
    assert plain.skin[stomach].mean() < 0.5 and mended.skin[stomach].mean() > 0.85


def test_the_parts_still_exclude_one_another(high_waist):
    picture, _ = high_waist
    mended = seen(picture, lower=[at(picture, 0.85)], keep=[at(picture, 0.3, 0.2)], top=[at(picture, 0.2)])
    assert (
        max(sum(getattr(mended, name).astype(int) for name in ("upper", "lower", "skin", "hair", "kept_HW")).ravel())
        == 1
    )
    assert not (mended.kept_HW & mended.face).any() and (mended.face == seen(picture).face).all()


def test_a_point_beside_the_person_is_refused(man):
    with pytest.raises(Refused, match=r"the point 'lower' at \(0.02, 0.02\) lies beside the person") as caught:
        seen(man, lower=[(0.02, 0.02)])
    assert caught.value.reason == "point_off_person"
