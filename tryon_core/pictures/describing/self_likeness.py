"""How like itself a cloth is when it is shifted: its autocorrelation, counted inside the mask only."""

# Shapes: H, W rows and columns of the picture; Y, X of the cloth's core; V, U shifts down and right; 3 is Lab;
# A directions of lines; R distances in pixels.
from dataclasses import dataclass

import cv2
import numpy as np
import scipy.fft

from ..features import blur_within
from ..masks import box_of, grown, largest

WORKED_PX = 640  # the longest side that is looked at; larger cloth is made smaller first
NARROW = 0.3  # of the width: sleeves and straps narrower than this hang at angles of their own and are left out
SLOW = 0.12  # of the core's shorter side: folds and shading are slower than patterns
GRAIN_PX = 0.8  # noise and JPEG blocks are finer than patterns
REACH = 0.45  # of the core's shorter side: the farthest shift, so that a period occurs twice
AROUND = 0.08  # of the core's shorter side: how far around a place the contrast is asked for
PATTERNED = 0.5  # of the whole contrast: a place with more is patterned
OVERLAP = 0.15  # of the core: a shift that leaves less in common says nothing
DIRECTIONS = 180


@dataclass(frozen=True, kw_only=True, eq=False)
class SelfLikeness:
    """flat_YX3   float32 Lab without slow light and shadow, 0 outside the core
    core_YX       bool, the cloth without sleeves and other narrow parts
    map_VU        float32 -1 to 1, shift 0 in the middle, `reach` pixels to each side; NaN where too little overlaps
    contrast      root mean square of `flat`, Lab units
    coverage      share of the core that is patterned, 0-1: 1 on a repeat, less where a print or a seam stands alone
    shrunk_by     pixels of the picture per pixel here, 1 or more
    """

    flat_YX3: np.ndarray
    core_YX: np.ndarray
    map_VU: np.ndarray
    contrast: float
    coverage: float
    shrunk_by: float

    @property
    def reach(self) -> int:
        return self.map_VU.shape[0] // 2

    def rays(self) -> np.ndarray:
        """float32 (A, R): the likeness along each direction; row a is a degrees, counter-clockwise from the right."""
        angles_A1 = np.radians(np.arange(DIRECTIONS))[:, None]
        distances_R = np.arange(self.reach + 1)
        columns = (self.reach + np.cos(angles_A1) * distances_R).astype(np.float32)
        rows = (self.reach - np.sin(angles_A1) * distances_R).astype(np.float32)
        return cv2.remap(np.nan_to_num(self.map_VU), columns, rows, cv2.INTER_LINEAR)


def self_likeness(lab_HW3: np.ndarray, mask_HW: np.ndarray) -> SelfLikeness:
    """The autocorrelation of a garment's core, each shift normalised by what overlaps (after Padfield 2012).

    lab_HW3   float32 CIELAB
    mask_HW   bool, not empty
    """
    core_HW = core_of(mask_HW)
    box = box_of(core_HW)
    lab_YX3, core_YX, shrunk_by = _worked(lab_HW3[box], core_HW[box])
    side = min(core_YX.shape)
    soft_YX3 = blur_within(lab_YX3, core_YX, GRAIN_PX)
    flat_YX3 = (soft_YX3 - blur_within(lab_YX3, core_YX, SLOW * side)) * core_YX[..., None]
    contrast = float(np.sqrt((flat_YX3[core_YX] ** 2).sum(1).mean()))
    reach = max(1, int(REACH * side))
    return SelfLikeness(
        flat_YX3=flat_YX3,
        core_YX=core_YX,
        map_VU=_likeness(flat_YX3, core_YX, reach),
        contrast=contrast,
        coverage=_coverage(flat_YX3, core_YX, contrast),
        shrunk_by=shrunk_by,
    )


def _coverage(flat_YX3: np.ndarray, core_YX: np.ndarray, contrast: float) -> float:
    around_YX = blur_within((flat_YX3**2).sum(-1), core_YX, AROUND * min(core_YX.shape))
    return float((around_YX[core_YX] >= (PATTERNED * contrast) ** 2).mean())


def core_of(mask_HW: np.ndarray) -> np.ndarray:
    """bool (H, W): the largest wide part of a garment; the mask's largest piece where no part is wide."""
    radius = NARROW * float(np.sqrt(mask_HW.sum())) / 2
    inner_HW = cv2.distanceTransform(np.pad(mask_HW, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1] > radius
    wide_HW = grown(inner_HW, radius) & mask_HW
    return largest(wide_HW if wide_HW.any() else mask_HW)


def _worked(lab: np.ndarray, core: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    factor = max(1.0, max(core.shape) / WORKED_PX)
    if factor == 1.0:
        return lab, core, factor
    size = round(core.shape[1] / factor), round(core.shape[0] / factor)
    small = cv2.resize(lab, size, interpolation=cv2.INTER_AREA)
    return small, cv2.resize(core.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99, factor


def _likeness(flat_YX3: np.ndarray, core_YX: np.ndarray, reach: int) -> np.ndarray:
    """Sum of products over the pixels that overlap, by the root of the sums of squares over the same pixels."""
    size = [scipy.fft.next_fast_len(side + reach, real=True) for side in core_YX.shape]
    weight, squares = core_YX.astype(np.float32), (flat_YX3**2).sum(-1)
    shape = {"s": size, "axes": (0, 1)}
    flat, weight, squares = (scipy.fft.rfft2(values, **shape) for values in (flat_YX3, weight, squares))
    products, energy, overlap = (
        scipy.fft.irfft2(power, **shape)
        for power in ((np.abs(flat) ** 2).sum(-1), squares * np.conj(weight), np.abs(weight) ** 2)
    )
    shifts = np.arange(-reach, reach + 1)
    at, opposite = np.ix_(shifts, shifts), np.ix_(-shifts, -shifts)
    both = np.sqrt(np.maximum(energy[at] * energy[opposite], 0))
    likeness_VU = products[at] / np.maximum(both, 1e-3 * max(float(energy[0, 0]), 1e-6))
    return np.where(overlap[at] >= OVERLAP * core_YX.sum(), likeness_VU, np.nan).astype(np.float32)
