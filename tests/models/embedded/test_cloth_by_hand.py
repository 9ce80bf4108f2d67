"""Points set by hand mend a cut-out: one on a shadow takes that shadow off, one on lost cloth brings it back."""

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image, ImageDraw, ImageFilter

from tryon_core.errors import Refused
from tryon_core.hints import Hints
from tryon_core.models.embedded.cloth.cutting.cutout import cut_out
from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.seeing.perception import working_size
from tryon_core.pictures.features import to_lab


def cut(picture, **points):
    return cut_out(to_lab(working_size(picture)), points).alpha_HW > 0.5


def overlap(one, other):
    return (one & other).sum() / (one | other).sum()


@pytest.fixture(scope="module")
def shadowed() -> tuple[Image.Image, np.ndarray]:
    """(the red tee with a cast shadow below its hem, its true cut-out)"""
    tee = demo_picture("garments", "cropped")
    true = cut(tee)
    rows, columns = (np.flatnonzero(true.any(axis)) / true.shape[1 - axis] for axis in (1, 0))
    shade, hem_y = Image.new("L", tee.size, 0), rows[-1] * tee.height
    middle = tee.width * (columns[0] + columns[-1]) / 2
    ImageDraw.Draw(shade).ellipse([middle - 120, hem_y - 40, middle + 160, hem_y + 45], fill=90)
    shade = shade.filter(ImageFilter.GaussianBlur(9))
    shadow = Image.composite(Image.new("RGB", tee.size, (60, 60, 60)), tee, shade)
    cloth = Image.fromarray(true).resize(tee.size)
    return Image.composite(tee, shadow, cloth), true


def below(true: np.ndarray) -> tuple[float, float]:
    """A point in the shadow, just below the hem."""
    rows, columns = np.flatnonzero(true.any(1)), np.flatnonzero(true.any(0))
    return float((columns[0] + columns[-1]) / 2 / true.shape[1]), float((rows[-1] + 22) / true.shape[0])


def test_a_point_on_a_shadow_takes_it_off(shadowed):
    picture, true = shadowed
    before, after = cut(picture), cut(picture, not_cloth=[below(true)])
    assert overlap(before, true) < 0.97 and overlap(after, true) > 0.985


def test_a_point_elsewhere_changes_nothing_there(shadowed):
    picture, true = shadowed
    assert overlap(cut(picture, not_cloth=[(0.05, 0.05)]), cut(picture)) > 0.995


def test_a_point_on_lost_cloth_brings_it_back():
    """A white pocket as light as the background reaches to the outline: it is cut away."""
    tee = demo_picture("garments", "cropped").copy()
    true = cut(tee)
    row = int(0.6 * true.shape[0])
    left = int(np.flatnonzero(true[row])[0] / true.shape[1] * tee.width)
    y = int(row / true.shape[0] * tee.height)
    paper = tee.getpixel((3, 3))
    ImageDraw.Draw(tee).rectangle([left - 2, y - 40, left + 70, y + 40], fill=paper)
    ImageDraw.Draw(tee).line([(left, y - 48), (left, y + 48)], fill=tuple(level - 5 for level in paper), width=3)
    point = ((left + 35) / tee.width, y / tee.height)
    assert overlap(cut(tee), true) < 0.985 < overlap(cut(tee, cloth=[point]), true)


def test_white_on_white_is_drawn_with_points():
    noise = np.random.default_rng(0).normal(0, 1.0, (800, 600, 1))
    outline = [(220, 90), (260, 80), (340, 80), (380, 90), (500, 260), (450, 300), (390, 220), (390, 500), (210, 500)]
    tee = Image.new("L", (600, 800), 240)
    ImageDraw.Draw(tee).polygon([*outline, (210, 220), (150, 300), (100, 260)], fill=246)
    white = Image.fromarray(np.uint8(np.clip(np.array(tee)[..., None] + noise, 0, 255)).repeat(3, -1))
    with pytest.raises(Refused, match="cannot be told from its background"):
        see_garment(white)
    inside = [(0.5, 0.2), (0.5, 0.4), (0.5, 0.58), (0.25, 0.31), (0.75, 0.31)]
    garment = see_garment(white, Hints(points={"cloth": inside}))
    true = np.array(tee.resize(garment.alpha_HW.shape[::-1])) > 243
    assert garment.kind == "upper" and overlap(garment.alpha_HW > 0.5, true) > 0.95
