"""Masks and boxes: picking pixels, leaving out a rim, naming a place."""

# Shapes: H, W rows and columns; N picked pixels; C channels.
import cv2
import numpy as np

from ....pictures.masks import shrunk
from ....records import Region


def picked(values: np.ndarray, mask_HW: np.ndarray, at_most: int = 20_000) -> np.ndarray:
    """The masked pixels (N, C), evenly thinned to `at_most`, always the same ones."""
    places = np.flatnonzero(mask_HW)
    kept = places[:: max(1, -(-len(places) // at_most))]
    return values[np.unravel_index(kept, mask_HW.shape)]


def inner(mask_HW: np.ndarray, by_px: int) -> np.ndarray:
    """The mask without its rim; the whole mask where nothing would be left. The picture's border is no rim."""
    smaller_HW = shrunk(mask_HW, by_px)
    return smaller_HW if smaller_HW.any() else mask_HW


def region_of(mask_HW: np.ndarray) -> Region | None:
    """Box round a mask in fractions of the picture; None for an empty mask."""
    rows, columns = np.flatnonzero(mask_HW.any(1)), np.flatnonzero(mask_HW.any(0))
    if not len(rows):
        return None
    height, width = mask_HW.shape
    edges = columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height
    left, top, right, bottom = (round(float(edge), 4) for edge in edges)
    return Region(left=left, top=top, right=right, bottom=bottom)


def at_half_size(image: np.ndarray) -> np.ndarray:
    """(H, W) or (H, W, C): made half as large and its own size again, as pictures are stored."""
    half = cv2.resize(image, (image.shape[1] // 2, image.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return cv2.resize(half, image.shape[1::-1], interpolation=cv2.INTER_CUBIC)
