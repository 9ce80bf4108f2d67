"""Colour, texture and pattern, as numbers with units: what a judge compares and what a report draws.

Shapes: H, W image rows and columns; N, M picked pixels; B frequency bands, finest first; 3 is Lab or RGB; 2 is x, y.
Lab is CIELAB under D65: L* 0-100, a* and b* about -100 to 100; one unit is about one just noticeable difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.color import deltaE_ciede2000

from .masks import box_of

QUANTILES = 256  # of a one-dimensional distribution, in `sliced_wasserstein`
_WIDE_SIGMA_PX = 8  # a wider blur is made on a smaller picture


# ---- colour ----------------------------------------------------------------------------------------------------------


def to_lab(image_HW3: np.ndarray) -> np.ndarray:
    """uint8 RGB (H, W, 3) -> float32 CIELAB (H, W, 3)."""
    return cv2.cvtColor(image_HW3.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def to_rgb(lab_HW3: np.ndarray) -> np.ndarray:
    """float32 CIELAB (H, W, 3) -> uint8 RGB (H, W, 3), colours no screen can show clipped."""
    rgb_HW3 = cv2.cvtColor(np.asarray(lab_HW3, np.float32), cv2.COLOR_LAB2RGB)
    return np.round(np.clip(rgb_HW3, 0, 1) * 255).astype(np.uint8)


def lab_distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Euclidean distance of Lab colours (..., 3) that broadcast (CIE 1976): float (...), in Lab units."""
    apart = one - other
    return np.sqrt(np.einsum("...c,...c->...", apart, apart))


def colour_difference(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """CIEDE2000 between Lab colours (..., 3) that broadcast: float (...); 0 equal, 1 just noticeable, 50 unlike."""
    return deltaE_ciede2000(*np.broadcast_arrays(one, other))  # alone, it takes colours of unlike depth for channels


def sliced_wasserstein(one_N3: np.ndarray, other_M3: np.ndarray, directions: int = 32) -> float:
    """How far one cloud of colours has to move to become the other: 0 or more, in the units of the points.

    Mean one-dimensional Wasserstein-1 distance over evenly spread directions (Bonneel et al. 2015), times 2 for three
    axes or pi/2 for two, so that moving a cloud by d costs d. Blind to where in the picture a colour is.

    one_N3, other_M3  points of 2 or 3 axes, at least one each
    directions        how many; they are fixed, so equal clouds give equal numbers
    """
    axes = one_N3.shape[1]
    along = _half_circle(directions) if axes == 2 else _half_sphere(directions)
    levels = (np.arange(QUANTILES) + 0.5) / QUANTILES
    moved = np.abs(_quantiles(along @ one_N3.T, levels) - _quantiles(along @ other_M3.T, levels))
    return float(moved.mean() * (np.pi / 2 if axes == 2 else 2.0))


def _quantiles(values_DN: np.ndarray, levels_L: np.ndarray) -> np.ndarray:
    """float (D, L): as np.quantile along each row; for hundreds of levels one sort is faster than its partition."""
    values_DN = np.sort(values_DN, axis=1)
    at_L = levels_L * (values_DN.shape[1] - 1)
    low_L = at_L.astype(int)
    below_DL, above_DL = values_DN[:, low_L], values_DN[:, np.minimum(low_L + 1, values_DN.shape[1] - 1)]
    return below_DL + (at_L - low_L) * (above_DL - below_DL)


def _half_circle(count: int) -> np.ndarray:
    angle = np.pi * (np.arange(count) + 0.5) / count
    return np.stack([np.cos(angle), np.sin(angle)], 1)


def _half_sphere(count: int) -> np.ndarray:
    """Fibonacci points on the upper half of the unit sphere."""
    number = np.arange(count) + 0.5
    height, turn = number / count, number * np.pi * (3 - np.sqrt(5))
    radius = np.sqrt(1 - height**2)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn), height], 1)


class ColourModel:
    """Which colours a thing has: a smoothed Lab histogram, loose in lightness (folds and shadows), strict in hue.

    pixels_N3    Lab colours of the thing; at least one
    lightness_blur, colour_blur   standard deviations of the smoothing, in units of L* and of a*, b*
    stray_share  of all pixels, how many may have any colour: keeps every likelihood above zero
    log_share    natural log of each cell's share of the thing's pixels, float32 (number of cells,); look colours up by
                 `model.log_share[ColourModel.cells(lab)]`, so that many models share one pass over a picture
    """

    BINS = (25, 40, 40)  # 4 units of L*, 5 of a* and b*

    def __init__(
        self, pixels_N3: np.ndarray, lightness_blur: float = 9.0, colour_blur: float = 4.5, stray_share: float = 0.02
    ):
        counts = np.bincount(self.cells(pixels_N3), minlength=np.prod(self.BINS)).reshape(self.BINS).astype(np.float64)
        counts = gaussian_filter(counts, (lightness_blur / 4, colour_blur / 5, colour_blur / 5), mode="nearest")
        self.share = (1 - stray_share) * counts / counts.sum() + stray_share / counts.size
        self.log_share = np.log(self.share).astype(np.float32).ravel()

    def log_likelihood(self, lab: np.ndarray) -> np.ndarray:
        """Natural log of the share of the thing's pixels in each colour's cell: (..., 3) Lab -> float32 (...)."""
        return self.log_share[self.cells(lab)]

    @classmethod
    def cells(cls, lab: np.ndarray) -> np.ndarray:
        """The cell of each Lab colour (..., 3): int32 (...)."""
        lightness, a, b = (np.asarray(lab[..., axis], np.float32) for axis in range(3))
        i = np.clip(lightness / 4, 0, cls.BINS[0] - 1).astype(np.int32)
        j, k = (np.clip(values / 5 + 20, 0, cls.BINS[1] - 1).astype(np.int32) for values in (a, b))
        return (i * cls.BINS[1] + j) * cls.BINS[2] + k

    @classmethod
    def centres(cls) -> np.ndarray:
        """The Lab colour in the middle of each cell: float32 (number of cells, 3)."""
        i, j, k = np.unravel_index(np.arange(np.prod(cls.BINS)), cls.BINS)
        return np.stack([4 * i + 2, 5 * j - 97.5, 5 * k - 97.5], 1).astype(np.float32)

    def in_lights(self, lights: Sequence[float]) -> np.ndarray:
        """`log_share` of each colour in the light that suits it best; a light scales L*, a* and b*."""
        return np.max([self.log_share[self.cells(self.centres() / light)] for light in lights], axis=0)

    def overlap(self, other: "ColourModel") -> float:
        """Bhattacharyya coefficient: 0 no colour in common, 1 the same colours."""
        return float(np.sqrt(self.share * other.share).sum())


# ---- texture ---------------------------------------------------------------------------------------------------------


def band_energies(values_HW: np.ndarray, mask_HW: np.ndarray, bands: int = 4) -> np.ndarray:
    """Mean absolute detail per octave inside a mask: float (B,), in the units of the values, finest band first.

    Band b is the picture minus its own blur after b halvings (a Laplacian pyramid with normalised blurs, so that what
    lies outside the mask does not leak in). A band where under 30 masked pixels are left is NaN.
    """
    values, weight = values_HW.astype(np.float32), mask_HW.astype(np.float32)
    energies = []
    for _ in range(bands):
        smooth = blur_within(values, weight, 1.6)
        enough = weight.sum() >= 30
        energies.append(float((np.abs(values - smooth) * weight).sum() / weight.sum()) if enough else np.nan)
        values, weight = smooth[::2, ::2], weight[::2, ::2]
    return np.array(energies)


def blur_within(values: np.ndarray, weight_HW: np.ndarray, sigma_px: float) -> np.ndarray:
    """Gaussian blur that only mixes pixels of non-zero weight: float32, of the values' shape; 0 far outside."""
    if sigma_px >= _WIDE_SIGMA_PX:
        return _blur_within(values, weight_HW, sigma_px)
    blurred, box = np.zeros(values.shape, np.float32), box_of(weight_HW, 4 * sigma_px + 1)  # as far as a blur reaches
    if weight_HW[box].size:
        blurred[box] = _blur_within(values[box], weight_HW[box], sigma_px)
    return blurred


def _blur_within(values: np.ndarray, weight_HW: np.ndarray, sigma_px: float) -> np.ndarray:
    weight = weight_HW.astype(np.float32)
    weighted = (values * (weight if values.ndim == 2 else weight[..., None])).astype(np.float32)
    blurred, spread = _wide_blur(weighted, sigma_px), np.maximum(_wide_blur(weight, sigma_px), 1e-4)
    return blurred / (spread if values.ndim == 2 else spread[..., None])


def _wide_blur(values: np.ndarray, sigma_px: float) -> np.ndarray:
    """Gaussian blur; a wide one is made on a smaller picture, a quarter of its sigma a pixel, where it costs little."""
    if sigma_px < _WIDE_SIGMA_PX:
        return cv2.GaussianBlur(values, (0, 0), sigma_px)
    step = int(sigma_px / 4)
    height, width = values.shape[:2]
    small = cv2.resize(values, (-(-width // step), -(-height // step)), interpolation=cv2.INTER_AREA)
    return cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma_px / step), (width, height), interpolation=cv2.INTER_LINEAR)


# ---- marks: logos, prints, text --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Marks:
    """Distinctive points of a picture and what they look like (SIFT, Lowe 2004).

    points_N2  float32, x and y in pixels       looks_N128  float32 descriptors
    """

    points_N2: np.ndarray
    looks_N128: np.ndarray

    def __len__(self) -> int:
        return len(self.points_N2)


def find_marks(image_HW3: np.ndarray, mask_HW: np.ndarray, at_most: int = 400) -> Marks:
    """Distinctive points inside a mask of an RGB uint8 picture, the strongest `at_most`; none is a valid answer."""
    nothing = Marks(points_N2=np.zeros((0, 2), np.float32), looks_N128=np.zeros((0, 128), np.float32))
    if not mask_HW.any():
        return nothing
    rows, columns = np.flatnonzero(mask_HW.any(1)), np.flatnonzero(mask_HW.any(0))
    top, left = max(0, rows[0] - 16), max(0, columns[0] - 16)
    box = slice(top, rows[-1] + 17), slice(left, columns[-1] + 17)
    grey = cv2.cvtColor(np.ascontiguousarray(image_HW3[box]), cv2.COLOR_RGB2GRAY)
    keys, looks = cv2.SIFT_create(at_most).detectAndCompute(grey, mask_HW[box].astype(np.uint8))
    if looks is None:
        return nothing
    return Marks(points_N2=np.float32([key.pt for key in keys]) + np.float32([left, top]), looks_N128=looks)


def find_again(wanted: Marks, seen: Marks, reach_px: float) -> np.ndarray:
    """Which of the wanted marks are seen again, all under one affine map from picture to picture: bool (N,).

    reach_px  how far a mark may lie from where the map says; under 6 agreeing marks none counts
    """
    found = np.zeros(len(wanted), bool)
    if len(wanted) < 6 or len(seen) < 6:
        return found
    pairs = cv2.BFMatcher().knnMatch(wanted.looks_N128, seen.looks_N128, k=2)
    good = [best for best, second in pairs if best.distance < 0.85 * second.distance]  # Lowe's ratio test
    if len(good) < 6:
        return found
    one, other = wanted.points_N2[[m.queryIdx for m in good]], seen.points_N2[[m.trainIdx for m in good]]
    cv2.setRNGSeed(7)  # RANSAC draws: the same pictures must give the same answer
    _, agree = cv2.estimateAffine2D(one, other, method=cv2.RANSAC, ransacReprojThreshold=reach_px)
    if agree is not None and agree.sum() >= 6:
        found[[m.queryIdx for m, ok in zip(good, agree.ravel(), strict=True) if ok]] = True
    return found
