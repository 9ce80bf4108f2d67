"""Tiles cover a picture, overlap, and leave no border where they are blended."""

import tracemalloc

import numpy as np
import pytest

from tryon_core.models.editing.enhancing.tiles import in_tiles, starts, weights


@pytest.mark.parametrize(
    ("length", "expected"),
    [(5, [0]), (64, [0]), (65, [0, 1]), (112, [0, 48]), (113, [0, 48, 49]), (200, [0, 48, 96, 136])],
)
def test_tiles_cover_a_side_and_overlap(length, expected):
    assert starts(length, 64, 16) == expected


def test_weights_of_neighbours_add_to_one():
    left, right = weights(0, 64, 112, 16), weights(48, 64, 112, 16)
    assert np.allclose(left[48:] + right[:16], 1) and left[:48].tolist() == right[16:].tolist() == [1] * 48


@pytest.mark.parametrize("scale", [1, 2])
def test_what_is_left_as_it_is_comes_back(scale):
    picture_HW3 = np.random.default_rng(1).integers(0, 256, (150, 117, 3), dtype=np.uint8)
    back = in_tiles(
        picture_HW3, lambda tile, place: tile.repeat(scale, 0).repeat(scale, 1), tile_px=64, overlap_px=16, scale=scale
    )
    assert np.array_equal(back, picture_HW3.repeat(scale, 0).repeat(scale, 1))


def test_tiles_of_different_light_are_blended_without_a_step():
    """The most that tiles can be apart is spread over the overlap; a hard border would be a step of 100."""

    def work(tile_hw3, place):
        return np.full(tile_hw3.shape, 100.0 if sum(place) // 48 % 2 else 200.0)

    blended = in_tiles(np.zeros((208, 208, 3), np.uint8), work, tile_px=64, overlap_px=16).astype(int)
    steps = [np.abs(np.diff(blended, axis=axis)).max() for axis in (0, 1)]
    assert np.ptp(blended) == 100 and max(steps) <= 100 * np.pi / 2 / 16 + 1


def test_four_megapixels_take_little_more_than_the_answer():
    """Sums in float32 and the answer, 16 megapixels of it: 201 and 50 million bytes."""
    picture_HW3 = np.zeros((2048, 2048, 3), np.uint8)
    tracemalloc.start()
    try:
        enlarged = in_tiles(picture_HW3, _doubled, tile_px=256, overlap_px=32, scale=2)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert enlarged.shape == (4096, 4096, 3) and 251e6 < most < 300e6


def _doubled(tile_hw3, place):
    return tile_hw3.repeat(2, 0).repeat(2, 1)


def test_a_tile_is_told_where_it_lies():
    places = []
    in_tiles(
        np.zeros((64, 112, 3), np.uint8),
        lambda tile, place: places.append(place) or tile,
        tile_px=64,
        overlap_px=16,
    )
    assert places == [(0, 0), (48, 0)]
