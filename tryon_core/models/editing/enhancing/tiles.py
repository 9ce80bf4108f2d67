"""A large picture worked on in tiles that overlap, blended so that no border shows."""

# Shapes: H, W rows and columns of a picture; h, w those of a tile; 3 is RGB.
from collections.abc import Callable

import numpy as np

Work = Callable[
    [np.ndarray, tuple[int, int]], np.ndarray
]  # (uint8 (h, w, 3), its left and top) -> (scale h, scale w, 3)


def starts(length: int, tile_px: int, overlap_px: int) -> list[int]:
    """Where tiles of a side begin. Neighbours share at least `overlap_px`, which is less than a tile; the last tile
    ends with the side. One tile where it holds the whole side."""
    return [*range(0, max(0, length - tile_px), tile_px - overlap_px), max(0, length - tile_px)]


def weights(start: int, length: int, whole: int, overlap_px: int) -> np.ndarray:
    """float32 (length,) of a tile along one side: 1, and a raised cosine from 0 to 1 over the overlap at each end that
    is not the picture's own; no weight is 0."""
    rise = np.sin((np.arange(length) + 0.5) / max(overlap_px, 1) * np.pi / 2).astype(np.float32) ** 2
    rise[overlap_px:] = 1
    from_start = rise if start > 0 else np.ones(length, np.float32)
    to_end = rise[::-1] if start + length < whole else np.ones(length, np.float32)
    return from_start * to_end


def shares(length: int, tile_px: int, overlap_px: int, scale: int) -> list[tuple[int, np.ndarray]]:
    """(where a tile of a side begins, its share of each pixel of the answer, float32) of every tile; they add to 1."""
    tiles = [(start, min(tile_px, length)) for start in starts(length, tile_px, overlap_px)]
    own = [weights(start * scale, side * scale, length * scale, overlap_px * scale) for start, side in tiles]
    total = np.zeros(length * scale, np.float32)
    for (start, _), weight in zip(tiles, own, strict=True):
        total[start * scale :][: len(weight)] += weight
    return [(tile[0], w / total[tile[0] * scale :][: len(w)]) for tile, w in zip(tiles, own, strict=True)]


def in_tiles(picture_HW3: np.ndarray, work: Work, *, tile_px: int, overlap_px: int, scale: int = 1) -> np.ndarray:
    """What `work` makes of a picture's tiles, each by itself, one after the other.

    picture_HW3  uint8
    work         gives back a tile `scale` times as large, 0-255 of any number type
    returns      uint8 (scale H, scale W, 3)
    """
    height, width = picture_HW3.shape[:2]
    total_HW3 = np.zeros((height * scale, width * scale, 3), np.float32)
    for top, rows in shares(height, tile_px, overlap_px, scale):
        for left, columns in shares(width, tile_px, overlap_px, scale):
            tile_hw3 = picture_HW3[top : top + tile_px, left : left + tile_px]
            box = np.s_[top * scale :, left * scale :]
            within_hw3 = total_HW3[box][: len(rows), : len(columns)]
            within_hw3 += (rows[:, None] * columns)[..., None] * work(tile_hw3, (left, top))
    return np.rint(total_HW3, out=total_HW3).astype(np.uint8)
