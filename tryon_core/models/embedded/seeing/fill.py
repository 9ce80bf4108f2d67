"""Make up what a removed garment hid: skin, the lower garment or the background, grown in from what is seen of them."""

# Shapes: H, W image rows and columns; 3 is RGB.
import itertools
from functools import lru_cache

import cv2
import numpy as np

from ....pictures.masks import shrunk

_COARSEST_PX = 4
_GRAIN_PX = (0.0, 0.8, 1.6, 3.2)  # the octaves of grain: limits of their blurs
_GRAIN = 0.75  # of the mean detail where there is little
_MOST_GRAIN = 3.0  # grey levels; more is no skin but its outline
_REDUCED = 4  # the made-up colours are smooth: a quarter of the size is enough


def spread(image_HW3: np.ndarray, known_HW: np.ndarray) -> np.ndarray:
    """Colours of the known pixels, spread smoothly over all others (push-pull; Gortler et al. 1996).

    image_HW3  uint8 or float RGB, 0-255
    known_HW   bool, with at least one True
    returns    float32 (H, W, 3); the smooth part only: use it where the picture is unknown
    """
    size = (max(1, known_HW.shape[1] // _REDUCED), max(1, known_HW.shape[0] // _REDUCED))
    known = known_HW.astype(np.float32)
    seen = np.multiply(image_HW3, cv2.merge([known] * 3), dtype=np.float32)
    weight = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    colour = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)
    pyramid = [(colour, weight)]
    while min(pyramid[-1][1].shape) > _COARSEST_PX:
        pyramid.append(tuple(cv2.pyrDown(level) for level in pyramid[-1]))
    filled = _mean_colour(*pyramid[-1])
    for colour, weight in reversed(pyramid[:-1]):
        filled = cv2.resize(filled, weight.shape[::-1], interpolation=cv2.INTER_LINEAR)
        share = np.clip(weight, 0, 1)[..., None]
        known = colour / np.maximum(weight, 1e-6)[..., None]
        filled = np.where(share > 1e-3, known * share + filled * (1 - share), filled)
    return cv2.resize(filled, known_HW.shape[::-1], interpolation=cv2.INTER_CUBIC)


def _mean_colour(colour: np.ndarray, weight: np.ndarray) -> np.ndarray:
    overall = colour.sum((0, 1)) / max(float(weight.sum()), 1e-6)
    return np.where(weight[..., None] > 1e-6, colour / np.maximum(weight, 1e-6)[..., None], overall).astype(np.float32)


def grain(image_HW3: np.ndarray, known_HW: np.ndarray) -> np.ndarray:
    """float32 (H, W, 1): noise as strong as the detail of the known pixels, octave by octave, so that made-up areas are
    not plastic. The same picture gives the same noise.
    """
    grey = cv2.cvtColor(np.asarray(image_HW3, np.uint8), cv2.COLOR_RGB2GRAY).astype(np.float32)
    total = np.zeros(known_HW.shape, np.float32)
    for (fine_px, coarse_px), noise in zip(itertools.pairwise(_GRAIN_PX), _noise(known_HW.shape), strict=True):
        detail = np.abs(_between(grey, fine_px, coarse_px))
        inner = shrunk(known_HW, 2 * coarse_px)
        local = cv2.GaussianBlur(detail, (0, 0), 4 * coarse_px)[inner if inner.sum() >= 200 else known_HW]
        strength = _GRAIN * float(np.percentile(local, 20)) if local.size else 0.0  # an outline, a crease is no grain
        total += noise * min(strength, _MOST_GRAIN)
    return total[..., None]


@lru_cache(maxsize=2)
def _noise(shape: tuple[int, int]) -> tuple[np.ndarray, ...]:
    """float32 (H, W) for each octave of grain, each of deviation 1; the same in every process."""
    sheet = np.random.default_rng(7).standard_normal(shape).astype(np.float32)
    octaves = [_between(sheet, *pair) for pair in itertools.pairwise(_GRAIN_PX)]
    return tuple(octave / max(float(octave.std()), 1e-6) for octave in octaves)


def _between(values_HW: np.ndarray, fine_px: float, coarse_px: float) -> np.ndarray:
    """The detail of one octave: what a blur of `coarse_px` takes away and one of `fine_px` leaves."""
    fine = cv2.GaussianBlur(values_HW, (0, 0), fine_px) if fine_px else values_HW
    return fine - cv2.GaussianBlur(values_HW, (0, 0), coarse_px)
