"""Whether two pictures show the same: to the pixel, within two, and not beyond."""

import numpy as np
import pytest
from PIL import Image

from tryon_core.pictures.repeats import colour_apart, repeats


def square(right=0, grey=90, size=(192, 256)):
    """A dark square, moved right, with a fine texture."""
    picture = np.full((size[1], size[0], 3), 200, np.uint8)
    picture[60:200, 40 + right : 140 + right] = grey
    picture[60:200:4, 40 + right : 140 + right] -= 3
    return Image.fromarray(picture)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (square(), True),
        (square(right=2), True),
        (square(right=5), False),
        (square(grey=92), True),
        (square(grey=100), False),
        (square(size=(200, 256)), False),
    ],
)
def test_what_nobody_sees_repeats_a_picture(other, same):
    assert repeats(square(), other) is repeats(other, square()) is same


def test_one_cuff_further_down_is_another_picture():
    longer = np.array(square())
    longer[200:206, 60:90] = 90
    assert not repeats(Image.fromarray(longer), square())


def test_colours_apart_are_counted_in_lab_units():
    """sRGB grey 119 has L* 50.0 and 124 has 51.95: the whole picture apart by 1.9; a hundredth of it is not seen."""
    grey, lighter = (Image.new("RGB", (64, 64), (level,) * 3) for level in (119, 124))
    assert colour_apart(grey, lighter) == pytest.approx(1.95, abs=0.1)
    spotted = grey.copy()
    spotted.paste((255, 0, 0), (0, 0, 6, 6))
    assert colour_apart(grey, spotted) == 0 and colour_apart(grey, grey.resize((128, 128))) == 0


def test_another_drawing_lies_further_than_a_shift():
    assert 0 < colour_apart(square(right=1), square()) < 25 < colour_apart(square(right=20), square())
