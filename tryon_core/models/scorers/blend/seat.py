"""How what lies under a mask differs from a ring around it: sharpness, noise, step at the rim, light, colour, contrast.

Each number compares two places of one picture, so that what changes both alike, such as lossy storage, counts little.
"""

# Shapes: H, W rows and columns, h, w those of a box; N pixels; 3 is RGB or Lab.
from dataclasses import dataclass

import cv2
import numpy as np

from ....pictures.features import to_lab
from ....pictures.masks import boundary_band, box_of, grown, shrunk

RING = 0.25  # of the square root of the mask's area: how wide the ring is
LEAST_RING_PX, LEAST_PIXELS = 6.0, 200
_RIM_PX = 2.0  # to either side of the mask's edge, where a seam shows
_FINE_PX, _COARSE_PX = 0.8, 2.0  # the octave whose strength is sharpness
_BEYOND_PX = 8  # of the ring: what filters reach
_QUIETEST = 0.25  # grey levels: less detail or noise cannot be told from storage in 8 bits
_LAPLACIAN = np.float32([[1, -2, 1], [-2, 4, -2], [1, -2, 1]])


@dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """Where to look, bool (h, w) in a box of the picture: inside the mask, in a ring outside it, along its edge.

    box  rows and columns of the picture
    """

    box: tuple[slice, slice]
    inside: np.ndarray
    ring: np.ndarray
    rim: np.ndarray

    @property
    def missing(self) -> str:
        """Why nothing can be compared; '' where it can."""
        for name, place in (("no inside", self.inside), ("no ring around it", self.ring), ("no edge", self.rim)):
            if place.sum() < LEAST_PIXELS:
                return f"the mask leaves {name} to look at ({place.sum()} pixels, {LEAST_PIXELS} are needed)"
        return ""


@dataclass(frozen=True, kw_only=True)
class Seat:
    """How an area sits in its picture, inside against the ring.

    sharpness  log2 of the strength of fine detail inside over that in the ring
    noise      standard deviation in grey levels, inside less in the ring
    seam       mean step of Lab along the mask's edge
    light      of L*, inside less in the ring, medians
    colour     the same of a* and b*
    contrast   log2 of the spread of L* inside over that in the ring
    """

    sharpness: float
    noise: float
    seam: float
    light: float
    colour: tuple[float, float]
    contrast: float


def places_of(mask_HW: np.ndarray) -> Places:
    """mask_HW  bool, True where the picture was edited; may be empty or full, then `missing` says so"""
    width_px = max(LEAST_RING_PX, RING * float(np.sqrt(mask_HW.sum())))
    box = box_of(mask_HW, width_px + _BEYOND_PX)
    mask_hw = mask_HW[box]
    ring_hw = grown(mask_hw, width_px) & ~grown(mask_hw, _RIM_PX)
    rim_hw = boundary_band(mask_hw, _RIM_PX) & ring_hw.any()
    return Places(box=box, inside=shrunk(mask_hw, _RIM_PX), ring=ring_hw, rim=rim_hw)


def seat_of(image_HW3: np.ndarray, places: Places) -> Seat:
    """image_HW3  uint8 RGB, of the size of the places, of which none is `missing`"""
    crop_hw3 = image_HW3[places.box]
    grey_hw, lab_hw3 = cv2.cvtColor(crop_hw3, cv2.COLOR_RGB2GRAY).astype(np.float32), to_lab(crop_hw3)
    fine, coarse = (cv2.GaussianBlur(grey_hw, (0, 0), sigma) for sigma in (_FINE_PX, _COARSE_PX))
    rough_hw = np.abs(cv2.filter2D(grey_hw, -1, _LAPLACIAN))
    inside_N3, ring_N3 = lab_hw3[places.inside], lab_hw3[places.ring]
    tone_3 = np.median(inside_N3, axis=0) - np.median(ring_N3, axis=0)
    return Seat(
        sharpness=_octaves(np.abs(fine - coarse), places),
        noise=_noise(rough_hw[places.inside]) - _noise(rough_hw[places.ring]),
        seam=float(_step(lab_hw3)[places.rim].mean()),
        light=float(tone_3[0]),
        colour=(float(tone_3[1]), float(tone_3[2])),
        contrast=float(np.log2((inside_N3[:, 0].std() + 1) / (ring_N3[:, 0].std() + 1))),
    )


def _octaves(strength_hw: np.ndarray, places: Places) -> float:
    inside, ring = (max(float(strength_hw[place].mean()), _QUIETEST) for place in (places.inside, places.ring))
    return float(np.log2(inside / ring))


def _noise(rough_N: np.ndarray) -> float:
    """Standard deviation in grey levels (Immerkaer 1996), by the median: 0.6745 sigma; the mask sums 36 variances."""
    return float(np.median(rough_N)) / (0.6745 * 6)


def _step(lab_hw3: np.ndarray) -> np.ndarray:
    """float32 (h, w): strength of the change of Lab from pixel to pixel."""
    across, down = (cv2.Sobel(lab_hw3, cv2.CV_32F, *axis, ksize=3, scale=1 / 8) for axis in ((1, 0), (0, 1)))
    return np.sqrt((across**2 + down**2).sum(-1))
