"""Masks are changed within their own box: the whole picture, worked on by OpenCV at once, gives the same."""

import cv2
import numpy as np
import pytest

from tryon_core.pictures.masks import box_of, closed, disc, grown, guided, largest, opened, shrunk, soft, touching


@pytest.fixture(params=["middle", "corner", "empty", "full"])
def mask(request) -> np.ndarray:
    """bool (120, 90): a ragged blob in a part of the picture."""
    noise = cv2.GaussianBlur(np.random.default_rng(3).standard_normal((120, 90)), (0, 0), 3) > 0
    part = np.zeros_like(noise)
    places = {"middle": np.s_[30:80, 25:70], "corner": np.s_[:40, 60:], "empty": np.s_[:0, :0], "full": np.s_[:, :]}
    part[places[request.param]] = True
    return part if request.param == "full" else noise & part


@pytest.mark.parametrize("radius_px", [0.3, 2, 5.4])
def test_a_mask_changes_as_in_the_whole_picture(mask, radius_px):
    whole, element = mask.astype(np.uint8), disc(radius_px)
    assert np.array_equal(grown(mask, radius_px), cv2.dilate(whole, element) > 0)
    assert np.array_equal(shrunk(mask, radius_px), cv2.erode(whole, element) > 0)
    assert np.array_equal(opened(mask, radius_px), cv2.morphologyEx(whole, cv2.MORPH_OPEN, element) > 0)
    assert np.array_equal(closed(mask, radius_px), cv2.morphologyEx(whole, cv2.MORPH_CLOSE, element) > 0)


def test_widely_grown_is_a_distance(mask):
    rows, columns = np.nonzero(mask & ~cv2.erode(mask.astype(np.uint8), np.ones((3, 3))).astype(bool))  # its rim
    y, x = np.mgrid[:120, :90]
    near = np.where(mask, 0, np.min(np.hypot(y[..., None] - rows, x[..., None] - columns), -1, initial=np.inf))
    assert not (grown(mask, 20) ^ (near <= 20))[np.abs(near - 20) > 1].any()


def test_pieces_are_those_of_the_whole_picture(mask):
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    areas, seed = statistics[:, cv2.CC_STAT_AREA], np.indices(mask.shape).sum(0) % 7 == 0
    large = [k for k in range(1, count) if areas[k] >= 0.3 * areas[1:].max()]
    seeded = [k for k in range(1, count) if seed[labels == k].any()]
    assert np.array_equal(largest(mask, 0.3), np.isin(labels, large) if large else np.zeros_like(mask))
    assert np.array_equal(touching(mask, seed, 0.0), np.isin(labels, seeded) if seeded else np.zeros_like(mask))


def test_the_guided_filter_needs_no_more_than_its_source(mask):
    picture = np.random.default_rng(3).integers(0, 255, (*mask.shape, 3)).astype(np.uint8)
    whole = cv2.ximgproc.guidedFilter(picture.astype(np.float32) / 255, mask.astype(np.float32), 4, 1e-3)
    assert np.allclose(guided(picture, mask.astype(np.float32), 4, 1e-3), whole, atol=1e-4)


@pytest.mark.parametrize("sigma_px", [0.8, 2.1, 5.9])
def test_a_soft_mask_is_that_of_the_whole_picture(mask, sigma_px):
    whole = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma_px)
    assert soft(mask, sigma_px) == pytest.approx(whole, abs=1e-6)


def test_a_box_ends_at_the_picture(mask):
    rows, columns = box_of(mask, 500)
    assert mask[rows, columns].size == (mask.size if mask.any() else 0)
