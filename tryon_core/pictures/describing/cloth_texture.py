"""The texture of a cloth inside its mask: grey-level co-occurrence, local binary patterns, Gabor energies."""

# Shapes: H, W rows and columns; L grey levels; F frequencies, A angles; B bins.
import cv2
import numpy as np
from scipy.signal import fftconvolve
from skimage.feature import graycomatrix, graycoprops, local_binary_pattern
from skimage.filters import gabor_kernel

from ...records import Record
from ..features import blur_within
from ..masks import box_of, shrunk

SIDE_PX = 320  # root of the garment's area at which texture is read; smaller garments as they are
SLOW = 0.06  # of that: slower light and shadow is no texture
LEVELS, SPAN = 32, 32.0  # grey levels, over -SPAN to SPAN units of L* around the cloth's own light: 2 units each
ANGLES_DEG = (0, 45, 90, 135)
FREQUENCIES = (0.25, 0.125, 0.0625, 0.03125)  # cycles per pixel: periods of 4, 8, 16, 32 pixels
NEIGHBOURS, RADIUS_PX = 8, 1  # of local binary patterns: 10 uniform ones (Ojala et al. 2002)


class Texture(Record):
    """Numbers of a cloth's surface, of lightness without slow light and shadow.

    contrast, homogeneity, energy, correlation   Haralick's, mean over four angles at a distance of one pixel; contrast
                     in squared levels of 2 L*, energy and homogeneity 0-1, correlation -1 to 1
    lbp              shares of the 10 uniform local binary patterns, together 1
    gabor            root mean square response in L* by frequency (period 4, 8, 16, 32 px), then by angle (0, 45, 90,
                     135 degrees of the lines, counter-clockwise)
    read_px          root of the garment's area in the pixels that were read
    """

    contrast: float
    homogeneity: float
    energy: float
    correlation: float
    lbp: tuple[float, ...]
    gabor: tuple[tuple[float, ...], ...]
    read_px: float


def texture_of(lightness_HW: np.ndarray, mask_HW: np.ndarray) -> Texture:
    """The texture of a garment.

    lightness_HW   float32, L* 0-100        mask_HW   bool, not empty
    """
    box = box_of(mask_HW)
    flat, cloth = _flat(lightness_HW[box], mask_HW[box])
    table = _cooccurrence(flat, cloth)
    haralick = {
        name: float(graycoprops(table, name).mean()) for name in ("contrast", "homogeneity", "energy", "correlation")
    }
    return Texture(
        **{name: round(value, 5) for name, value in haralick.items()},
        lbp=tuple(round(float(share), 5) for share in _binary_patterns(flat, cloth)),
        gabor=tuple(tuple(round(float(value), 4) for value in row) for row in _gabor(flat, cloth)),
        read_px=round(float(np.sqrt(cloth.sum())), 1),
    )


def _flat(lightness: np.ndarray, cloth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(lightness without slow light and shadow, 0 outside; the cloth), at the size at which texture is read."""
    shrink = SIDE_PX / float(np.sqrt(cloth.sum()))
    if shrink < 1:
        size = max(1, round(cloth.shape[1] * shrink)), max(1, round(cloth.shape[0] * shrink))
        lightness = cv2.resize(lightness, size, interpolation=cv2.INTER_AREA)
        cloth = cv2.resize(cloth.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99
    flat = lightness - blur_within(lightness, cloth, SLOW * float(np.sqrt(cloth.sum())))
    return flat * cloth, cloth


def _cooccurrence(flat: np.ndarray, cloth: np.ndarray) -> np.ndarray:
    """float (L, L, 1, 4), each angle's pairs together 1. scikit-image knows no mask: what is outside gets level 0, and
    the row and column of that level, which hold every pair with a pixel outside, are left out before normalising.
    """
    levels = np.clip(np.round((flat + SPAN) / (2 * SPAN) * LEVELS), 0, LEVELS - 1).astype(np.uint8) + 1
    counts = graycomatrix(
        np.where(cloth, levels, 0).astype(np.uint8), [1], np.radians(ANGLES_DEG), LEVELS + 1, symmetric=True
    )[1:, 1:].astype(np.float64)
    return counts / np.maximum(counts.sum((0, 1), keepdims=True), 1)


def _binary_patterns(flat: np.ndarray, cloth: np.ndarray) -> np.ndarray:
    """float (10,): shares of the uniform patterns around pixels whose neighbours are all cloth."""
    codes = local_binary_pattern(np.round(flat).astype(np.int16), NEIGHBOURS, RADIUS_PX, "uniform").astype(int)
    inner = shrunk(np.pad(cloth, 2), RADIUS_PX + 1)[2:-2, 2:-2]
    counts = np.bincount(codes[inner], minlength=NEIGHBOURS + 2)
    return counts / max(counts.sum(), 1)


def _gabor(flat: np.ndarray, cloth: np.ndarray) -> np.ndarray:
    """float (F, A), in L*."""
    return np.array([[_response(flat, cloth, f, a) for a in ANGLES_DEG] for f in FREQUENCIES])


def _response(flat: np.ndarray, cloth: np.ndarray, frequency: float, line_deg: float) -> float:
    kernel = gabor_kernel(frequency, theta=np.radians(90 - line_deg))
    kernel = kernel - np.abs(kernel) * (kernel.sum() / np.abs(kernel).sum())  # blind to a plain lightness
    response = np.abs(fftconvolve(flat, kernel, "same"))
    return float(np.sqrt((response[cloth] ** 2).mean()))
