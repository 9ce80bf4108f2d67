"""Necklines as photographs show them: behind a label, deep in stripes, none at all above a print."""

import cv2
import numpy as np
import pytest

from tryon_core.models.embedded.cloth.keypoints import find_keypoints
from tryon_core.models.embedded.cloth.neck.neck_curves import curve_below
from tryon_core.models.embedded.cloth.neck.neck_edges import Collar
from tryon_core.models.embedded.cloth.neck.neckline import front_neckline
from tryon_core.pictures.features import to_lab
from tryon_core.pictures.masks import polygon

SHAPE, MIDDLE = (1024, 768), 384
CLOTH, SHADOW, BACKGROUND = (90, 60, 160), (45, 30, 80), (240, 240, 240)
PEAK = (80, 100)  # of the collar: (to the right of the middle, down)
HALF_PX = 90  # of its width, from where the outline begins to fall
TEE = [(0, 125), (45, 120), PEAK, (210, 150), (330, 350), (260, 400), (200, 300), (200, 900)]


@pytest.fixture
def tee() -> tuple[np.ndarray, np.ndarray]:
    """(uint8 (H, W, 3), bool (H, W)): a plain tee and its outline."""
    points = [(MIDDLE + x, y) for x, y in TEE] + [(MIDDLE - x, y) for x, y in reversed(TEE)]
    mask = polygon(SHAPE, points)
    return np.where(mask[..., None], np.uint8(CLOTH), np.uint8(BACKGROUND)), mask


def neck_half(depth: int, half: float, mask: np.ndarray) -> np.ndarray:
    """bool (H, W): what hangs below the collar's peaks as half an ellipse."""
    area = np.zeros(SHAPE, np.uint8)
    cv2.ellipse(area, (MIDDLE, PEAK[1]), (int(half), depth), 0, 0, 180, 1, -1)
    return (area > 0) & mask


def opening(picture: np.ndarray, mask: np.ndarray) -> np.ndarray | None:
    return front_neckline(to_lab(picture), mask, find_keypoints(mask))[1]


def test_a_label_of_the_neck_lies_in_the_opening(tee):
    """It hangs from the back's rib, which is the clearest edge there is."""
    picture, mask = tee
    picture[neck_half(75, HALF_PX, mask)] = (80, 53, 142)  # a little shadow
    picture[neck_half(36, HALF_PX, mask)] = SHADOW
    label = np.s_[134:158, MIDDLE - 20 : MIDDLE + 20]
    picture[label] = (235, 235, 235)
    assert opening(picture, mask)[label].all()
    assert not opening(picture, mask)[190, MIDDLE]


def test_a_v_neck_in_stripes_is_open_to_its_tip(tee):
    """Its back collar's lower edge is as clear, and higher."""
    picture, mask = tee
    inside = polygon(SHAPE, [(MIDDLE - 80, 100), (MIDDLE + 80, 100), (MIDDLE, 220)]) & mask
    picture[(np.arange(SHAPE[0])[:, None] // 12 % 3 == 0) & mask] = (160, 140, 210)
    picture[inside] = picture[inside] // 2
    picture[neck_half(40, HALF_PX, mask)] = SHADOW
    assert opening(picture, mask)[140:200, MIDDLE].all()


def test_a_print_below_the_collar_is_no_opening(tee):
    picture, mask = tee
    cv2.circle(picture, (MIDDLE, 230), 55, (220, 220, 90), -1)
    assert opening(picture, mask) is None


def test_a_label_that_runs_into_the_front_rib_lies_in_the_opening(tee):
    """Its frame is unlike the white cloth inside, its ground is not; the rib is the clearer edge."""
    picture, mask = tee
    picture[mask] = 235
    picture[neck_half(85, HALF_PX, mask)] = (20, 90, 200)
    picture[neck_half(70, 0.9 * HALF_PX, mask)] = 228
    picture[neck_half(34, HALF_PX, mask)] = (20, 90, 200)
    label = np.s_[130:168, MIDDLE - 26 : MIDDLE + 26]
    picture[label] = 15
    picture[136:168, MIDDLE - 20 : MIDDLE + 20] = 225
    seen = opening(picture, mask)
    assert seen[label].all() and not seen[190, MIDDLE]


def test_a_label_between_three_cloths_lies_in_the_v_neck(tee):
    """A dark label below a dark rib, before a white yoke; brown mesh further down, a white seam round it all."""
    picture, mask = tee
    front = polygon(SHAPE, [(MIDDLE - 88, 100), (MIDDLE + 88, 100), (MIDDLE, 262)]) & mask
    inside = polygon(SHAPE, [(MIDDLE - 80, 100), (MIDDLE + 80, 100), (MIDDLE, 247)]) & mask
    picture[front], picture[inside] = 250, (110, 70, 45)
    picture[:172][inside[:172]] = 240
    picture[neck_half(36, HALF_PX, mask) & inside] = 15
    label = np.s_[138:158, MIDDLE - 28 : MIDDLE + 28]
    picture[label] = 15
    seen = opening(picture, mask)
    assert seen[label].all() and seen[200, MIDDLE]
    assert not seen[275, MIDDLE] and not seen[200, MIDDLE - 60]


def test_below_a_label_the_inner_edge_of_the_rib_is_followed():
    """From peak to peak it hangs as a parabola, and its outer edge is as clear; an ellipse would cut its sides away."""
    collar = Collar(left=np.array([300.0, 100.0]), right=np.array([500.0, 100.0]), outline_depth_px=0.0, stands=False)
    x, edges = np.arange(300, 501), np.zeros((400, 700), np.float32)
    for depth in (60, 80):
        inner = 100 + depth * (1 - ((x - 400) / 100) ** 2)
        for thick in range(-4, 5):
            edges[(inner + thick).astype(int), x] = 10
    curve = curve_below(edges, collar, 150.0)
    parabola = 100 + 60 * (1 - ((curve[:, 0] - 400) / 100) ** 2)
    assert (curve[:, 1] - parabola).max() < 9 and curve[100, 1] > 155


def test_the_tip_of_a_v_neck_is_no_label(tee):
    picture, mask = tee
    inside = polygon(SHAPE, [(MIDDLE - 80, 100), (MIDDLE + 80, 100), (MIDDLE, 215)]) & mask
    picture[inside] = SHADOW
    seen = opening(picture, mask)
    assert seen[190, MIDDLE] and not seen[190, MIDDLE - 50 : MIDDLE - 30].any()
