"""What of a garment's detail a stage kept: two aligned pictures, before and after it."""

# Shapes: H, W rows and columns of both pictures; 3 is RGB.
import numpy as np

from ...errors import BadInput
from ...records import Measurement
from ..features import colour_difference, find_again, find_marks, sliced_wasserstein, to_lab
from ..masks import shrunk
from .sharpening import detail_of

ENOUGH_MARKS = 30
_REACH_PX = 2.0  # how far a mark may lie from where it lay
_RIM_PX = 3
_LEAST = 1.0  # L*: the strongest detail below it is grain
_PIXELS = 20_000  # whose colours are compared, evenly picked


def check_aligned(before_HW3: np.ndarray, after_HW3: np.ndarray, mask_HW: np.ndarray) -> None:
    """raises BadInput where two pictures and a mask are not of one size"""
    sizes = {before_HW3.shape[:2], after_HW3.shape[:2], mask_HW.shape}
    if len(sizes) > 1:
        said = ", ".join(f"{width} x {height}" for height, width in sorted(sizes))
        raise BadInput(f"a stage's pictures and mask must lie over each other; got sizes of {said} pixels")


def compared(before_HW3: np.ndarray, after_HW3: np.ndarray, mask_HW: np.ndarray) -> dict[str, Measurement | str]:
    """What a stage did to the cloth in a mask: numbers by name, or why there is none.

    detail_lost    octaves of contrast of the finest two octaves, the larger; 0 where nothing was lost
    marks_kept     share of the distinctive points that lie where they lay and look alike, 0-1
    palette_moved  sliced Wasserstein distance between both clouds of colours, Lab units: blind to where a colour lies
    colour_moved   median CIEDE2000, pixel by pixel

    before_HW3, after_HW3  uint8 RGB, pixel over pixel        mask_HW  bool
    raises                 BadInput where their sizes differ
    """
    check_aligned(before_HW3, after_HW3, mask_HW)
    inside_HW = shrunk(mask_HW, _RIM_PX)
    if not inside_HW.any():
        return dict.fromkeys(("detail_lost", "marks_kept", "palette_moved", "colour_moved"), "the mask is empty")
    every = max(1, int(inside_HW.sum()) // _PIXELS)
    was_N3, now_N3 = (to_lab(image[inside_HW][None])[0, ::every] for image in (before_HW3, after_HW3))
    return {
        "detail_lost": detail_lost(before_HW3, after_HW3, mask_HW),
        "marks_kept": marks_kept(before_HW3, after_HW3, inside_HW),
        "palette_moved": Measurement(value=sliced_wasserstein(was_N3, now_N3), unit="Lab units"),
        "colour_moved": Measurement(value=float(np.median(colour_difference(was_N3, now_N3))), unit="CIEDE2000"),
    }


def marks_kept(before_HW3: np.ndarray, after_HW3: np.ndarray, mask_HW: np.ndarray) -> Measurement | str:
    """The share of the first picture's distinctive points that the second has in their place; few say nothing."""
    wanted = find_marks(before_HW3, mask_HW)
    if len(wanted) < ENOUGH_MARKS:
        return f"the cloth has {len(wanted)} distinctive points; it takes {ENOUGH_MARKS}"
    again = find_again(wanted, find_marks(after_HW3, mask_HW), _REACH_PX)
    return Measurement(value=float(again.mean()), unit="share of the marks found again", better="higher")


def detail_lost(before_HW3: np.ndarray, after_HW3: np.ndarray, mask_HW: np.ndarray) -> Measurement | str:
    """Octaves of contrast that the finest two octaves lost, the larger; 0 for none, a reason for cloth without any."""
    inside_HW = shrunk(mask_HW, _RIM_PX)
    was_B, now_B = (detail_of(to_lab(image)[..., 0], inside_HW).energies_B[:2] for image in (before_HW3, after_HW3))
    if was_B.max() < _LEAST:
        return "the cloth has no detail but grain"
    lost = float(np.log2((was_B + _LEAST) / (now_B + _LEAST)).max())
    return Measurement(value=max(lost, 0.0), unit="octaves of contrast")
