"""Masks of rendered garments, spoiled as segmenters spoil them, come back near the garment's own outline."""

import io

import cv2
import numpy as np
import pytest
from demo_pictures import demo_picture
from mask_shapes import iou
from PIL import Image
from skimage.measure import perimeter_crofton

from tryon_core.models.embedded.cloth.cutting.cutout import cut_out
from tryon_core.pictures.features import to_lab
from tryon_core.pictures.masking.mask_checks import measured
from tryon_core.pictures.masking.mask_cleaning import cleaned


def picture_and_outline(name):
    """The picture, and the garment as the embedded models cut it out."""
    image_HW3 = np.asarray(demo_picture("garments", name))
    return image_HW3, cut_out(to_lab(image_HW3), {}).alpha_HW > 0.5


def coarse(mask_HW):
    """As a network gives it that answers at a quarter of the size."""
    small = cv2.resize(mask_HW.astype(np.float32), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA) > 0.5
    return cv2.resize(small.astype(np.float32), mask_HW.shape[::-1]) > 0.5


def ragged(mask_HW):
    """Its outline off by 3 pixels, root mean square, with pinholes and specks."""
    rng, shape = np.random.default_rng(7), mask_HW.shape
    noise = cv2.GaussianBlur(rng.standard_normal(shape), (0, 0), 6)
    depth = [cv2.distanceTransform(part.astype(np.uint8), cv2.DIST_L2, 5) for part in (mask_HW, ~mask_HW)]
    return (depth[0] - depth[1] + 3 * noise / noise.std() > 0) ^ (rng.random(shape) < 0.0008)


def by_colour(image_HW3):
    """Whatever differs from the background after strong JPEG compression: light prints are missing, specks are in."""
    data = io.BytesIO()
    Image.fromarray(image_HW3).save(data, "JPEG", quality=40)
    lab_HW3 = to_lab(np.asarray(Image.open(data)))
    return np.linalg.norm(lab_HW3 - np.median(lab_HW3[:12].reshape(-1, 3), 0), axis=-1) > 12


@pytest.mark.parametrize("name", ["lab", "trousers_a", "skirt_a", "r_plain", "trousers_b", "r_dots"])
@pytest.mark.parametrize(("spoiled", "floor"), [(coarse, 0.993), (ragged, 0.989)])
def test_a_spoiled_outline_comes_back(name, spoiled, floor):
    image_HW3, outline_HW = picture_and_outline(name)
    rough_HW = spoiled(outline_HW)
    done_HW = cleaned(rough_HW, image_HW3).mask_HW
    assert iou(done_HW, outline_HW) > max(floor, iou(rough_HW, outline_HW))
    found = measured(done_HW)
    assert (found["parts"].value, found["holes"].value) == (1, 0)


@pytest.mark.parametrize("name", ["lab", "logo", "checks", "dress_a", "r_checks", "r_stripes", "skirt_b"])
def test_light_prints_are_filled(name):
    image_HW3, outline_HW = picture_and_outline(name)
    rough_HW = by_colour(image_HW3)
    done_HW = cleaned(rough_HW, image_HW3).mask_HW
    assert measured(rough_HW)["holes"].value > 0 == measured(done_HW)["holes"].value
    assert iou(done_HW, outline_HW) > max(0.985, iou(rough_HW, outline_HW))


@pytest.mark.parametrize("name", ["dress_a", "checks", "stripes", "blossoms", "r_checks", "r_floral", "r_stripes"])
def test_an_outline_on_the_edge_gets_no_rougher(name):
    image_HW3, outline_HW = picture_and_outline(name)
    done_HW = cleaned(outline_HW, image_HW3).mask_HW
    assert perimeter_crofton(done_HW, 4) < 1.003 * perimeter_crofton(outline_HW, 4)
    assert iou(done_HW, outline_HW) > 0.995
