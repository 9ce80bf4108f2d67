"""A bag's strap is found whole: in shade, past a hand, and with the bag; a side that these hide is not read."""

# Shapes: H, W rows and columns; 3 is Lab; 2 is x, y.
import numpy as np
import pytest
from planted_geometry import people_case

from tryon_core.models.embedded.measuring.shape.fit import worn_fit
from tryon_core.models.embedded.measuring.shape.straps import along_straps, bags_on
from tryon_core.pictures.masks import capsule, polygon

SHAPE, UNIT_PX = (400, 300), 150.0
CLOTH, OTHER, BROWN = (70.0, -30.0, 20.0), (60.0, 20.0, -20.0), (40.0, 20.0, 26.0)
START, HAND, SHADE, END = (220, 60), (180, 140), (150, 200), (100, 300)


def _photographs() -> tuple[np.ndarray, np.ndarray]:
    """A brown strap and its bag over two garments; its lower half lies in the shade of the second one."""
    before_HW3, after_HW3 = (np.full((*SHAPE, 3), colour, np.float32) for colour in (CLOTH, OTHER))
    for picture_HW3, light in ((before_HW3, 1.0), (after_HW3, 0.5)):
        picture_HW3[capsule(SHAPE, START, END, 5)] = BROWN
        picture_HW3[capsule(SHAPE, SHADE, END, 5)] = light * np.array(BROWN)
        picture_HW3[capsule(SHAPE, HAND, HAND, 12)] = (75, 15, 18)
        picture_HW3[_bag()] = BROWN
    return before_HW3, after_HW3


def _bag() -> np.ndarray:
    return polygon(SHAPE, [(60, 300), (140, 300), (140, 360), (60, 360)])


def _upper_half() -> np.ndarray:
    return capsule(SHAPE, START, (190, 120), 4)


def test_a_strap_is_followed_into_shade_past_a_hand():
    straps_HW = along_straps(*_photographs(), _upper_half(), UNIT_PX)
    shaded_HW = capsule(SHAPE, SHADE, END, 4)
    assert straps_HW[shaded_HW].mean() > 0.95
    assert not straps_HW[~capsule(SHAPE, START, END, 8) & ~_bag()].any()


@pytest.mark.parametrize("thing_HW", [_bag(), np.hypot(*np.mgrid[-200:200, -150:150]).astype(int) // 5 == 20])
def test_a_bag_and_a_bent_piece_are_no_straps(thing_HW):
    assert thing_HW.any() and not along_straps(*_photographs(), thing_HW, UNIT_PX).any()


def test_what_hangs_on_a_strap_is_a_bag():
    before_HW3, after_HW3 = _photographs()
    straps_HW = along_straps(before_HW3, after_HW3, _upper_half(), UNIT_PX)
    same_HW = np.linalg.norm(before_HW3 - after_HW3, axis=-1) < 8
    assert bags_on(straps_HW, before_HW3, after_HW3, same_HW, UNIT_PX)[_bag()].mean() > 0.9
    assert not bags_on(np.zeros(SHAPE, bool), before_HW3, after_HW3, same_HW, UNIT_PX).any()


def test_a_side_that_a_bag_hides_is_not_read():
    case = people_case("p1", "lab")
    frame, shape = case.before.frame, case.worn_HW.shape
    hem = worn_fit(case.worn_HW, case.before).hem * frame.torso_px
    corners = [(0.25, -0.4), (0.9, -0.4), (0.9, 0.3), (0.25, 0.3)]
    bag_HW = polygon(shape, [frame.point(x * frame.shoulder_px, hem + y * frame.shoulder_px) for x, y in corners])
    whole, cut = (worn_fit(case.worn_HW & ~hidden_HW, case.before) for hidden_HW in (bag_HW & False, bag_HW))
    told = worn_fit(case.worn_HW & ~bag_HW, case.before, over_HW=bag_HW)
    assert whole.hem_width - cut.hem_width > 0.1 and told.hem_width is None
