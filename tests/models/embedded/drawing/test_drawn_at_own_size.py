"""In a picture larger than the working size the garment is as sharp as photographed, all else keeps its bytes."""

import cv2
import numpy as np
import pytest
from PIL import Image

from tryon_core.models.embedded.drawing.composed.own_size import Band, ClothSource, Layer, LostDetail
from tryon_core.models.embedded.drawing.warping import PixelMap
from tryon_core.pictures.features import band_energies, to_lab
from tryon_core.records import EditRequest


@pytest.fixture(scope="module")
def large(woman) -> Image.Image:
    return woman.resize((2 * woman.width, 2 * woman.height), Image.Resampling.LANCZOS)


@pytest.fixture(scope="module")
def ribbed_tee(red_tee) -> Image.Image:
    """Twice as large, with ribs 4 pixels wide, which are 2 pixels at working size."""
    image = np.array(red_tee.resize((2 * red_tee.width, 2 * red_tee.height), Image.Resampling.LANCZOS)).astype(float)
    cloth = cv2.erode((image.max(-1) - image.min(-1) > 60).astype(np.uint8), np.ones((9, 9))) > 0
    image[cloth & (np.arange(image.shape[1]) % 8 < 4)] *= 0.75
    return Image.fromarray(image.astype(np.uint8))


@pytest.fixture(scope="module")
def drawn(warp, large, ribbed_tee) -> Image.Image:
    return warp(EditRequest(prompt="", images=(large, ribbed_tee)))


def _chest_detail(image: Image.Image, box: tuple[int, int, int, int]) -> float:
    """Mean absolute L* of the finest octave in a box."""
    lightness = to_lab(np.array(image.crop(box)))[..., 0]
    return band_energies(lightness, np.ones(lightness.shape, bool), bands=1)[0]


def test_a_rib_knit_is_as_sharp_as_photographed(drawn, ribbed_tee):
    worn = _chest_detail(drawn, (690, 700, 810, 800))
    photographed = _chest_detail(ribbed_tee, (620, 800, 920, 1000))  # this tee is worn at about its own size
    assert worn > 0.8 * photographed, "0.59 where the drawing is only enlarged"


def test_untouched_pixels_keep_their_own_bytes(drawn, large):
    before, after = np.array(large), np.array(drawn)
    changed = (before != after).any(-1)
    assert after.shape == before.shape and 0.05 < changed.mean() < 0.5
    assert not cv2.dilate(changed[:400].astype(np.uint8), np.ones((3, 3))).any(), "the face is the photograph's"


def test_lost_detail_makes_the_photograph_again():
    size = (120, 600)  # three bands
    own_YX3 = np.random.default_rng(3).integers(60, 200, (*size[::-1], 3)).astype(np.uint8)
    working = cv2.resize(own_YX3, (60, 300), interpolation=cv2.INTER_AREA)
    x, y = np.meshgrid(np.arange(60, dtype=np.float32), np.arange(300, dtype=np.float32))
    layer = Layer(pixels=PixelMap(from_HW2=np.dstack([x, y]), step=1.0), share_HW=np.ones((300, 60), np.float32))
    sheet = working.astype(np.float32)
    source = ClothSource(image_hw3=working, sheet_hw3=sheet, draped_HW3=sheet, layers=(layer,))
    lost = LostDetail(source, sheet, Image.fromarray(own_YX3), size)
    again = np.concatenate([band.of(sheet) + lost.of(band) for band in Band.all(size)])
    assert np.abs(again - own_YX3)[4:-4, 4:-4].max() < 1


def test_bands_are_one_picture():
    values = np.random.default_rng(3).random((300, 75)).astype(np.float32)
    whole = cv2.resize(values, (150, 620), interpolation=cv2.INTER_LINEAR)
    banded = np.concatenate([band.of(values) for band in Band.all((150, 620))])
    assert np.abs(banded - whole).max() < 0.04, "the rows' places are rounded to a 32nd of a pixel"
