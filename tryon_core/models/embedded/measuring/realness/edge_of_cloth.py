"""The outline's part of realism: is the garment's edge even, without rim or haze, and as sharp as an edge?"""

# Shapes: H, W rows and columns at the working size.
import cv2
import numpy as np

from .....pictures.features import blur_within
from .....pictures.masks import filled, grown
from ..areas import inner, region_of
from ..case import Case
from ..scale import Bar, Reading, fix
from ..worn import ANY_COLOUR, UNCHANGED

# Bars between the 54 tuning true pictures (ragged at most 0.0028, halo 2.9, soft 1.9, haze 0.8) and planted ones (torn
# edge 0.003-0.009, white rim 9-14 and 0 beside white cloth, colour bled by 12 pixels 3-16), 2026-11.
RAGGED = Bar(unit="share of shoulder width", good=0.0022, bar=0.003, bad=0.012)
HALO = Bar(unit="L*", good=2.5, bar=6.0, bad=20.0)
SOFT = Bar(unit="pixels at 1024", good=2.0, bar=4.0, bad=12.0)
HAZE = Bar(unit="Lab units, median", good=1.5, bar=4.0, bad=15.0)
LIGHTS = (0.55, 0.7, 0.85, 1.0, 1.15)  # shading scales a colour about like this, from deep fold to highlight


def outline_readings(case: Case) -> list[Reading]:
    """Ragged edge, halo, softness and haze; hair over the outline is left out."""
    lightness, worn_HW, free_HW = case.after.lab_HW3[..., 0], case.worn_HW, ~grown(case.after.hair, 4)
    away_HW = _signed_distance(worn_HW)
    readings = [_ragged(case), _halo(lightness, away_HW, free_HW)]
    contrast_HW = blur_within(lightness, (away_HW > 4) & (away_HW < 9), 4) - blur_within(
        lightness, (away_HW < -4) & (away_HW > -9), 4
    )
    return readings + _softness(lightness, contrast_HW, (np.abs(away_HW) < 3) & free_HW) + _haze(case, away_HW)


def strange_colours(case: Case) -> np.ndarray:
    """bool (H, W): colours that the worn garment does not have in any light."""
    return case.cloth.in_lights(LIGHTS)[case.cells_HW] < ANY_COLOUR


def _signed_distance(mask_HW: np.ndarray) -> np.ndarray:
    """Pixels to the mask's edge, positive inside: float32; never between -1 and 1."""
    flat = mask_HW.astype(np.uint8)
    return cv2.distanceTransform(flat, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - flat, cv2.DIST_L2, 5)


def _sound(case: Case) -> np.ndarray:
    """bool: what is worn without the pixels the garment does not account for; all of it where most of it is strange."""
    strange_HW = strange_colours(case)
    if case.cloth is case.new:
        strange_HW |= (case.change_HW < UNCHANGED) & (case.odds_HW < -2)
    sound = cv2.morphologyEx((case.worn_HW & ~strange_HW).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return sound > 0 if sound.sum() > 0.6 * case.worn_HW.sum() else case.worn_HW


def _ragged(case: Case) -> Reading:
    """Mean distance between the garment's outline and the same outline smoothed."""
    reach, cloth_HW = case.before.frame.shoulder_px, filled(_sound(case))
    smooth_HW = cv2.GaussianBlur(cloth_HW.astype(np.float32), (0, 0), 0.025 * reach) > 0.5
    rough_HW = smooth_HW ^ cloth_HW
    length_px = float((smooth_HW & ~inner(smooth_HW, 1)).sum())
    rough = float(rough_HW.sum()) / max(length_px, 1.0) / reach
    return Reading(
        name="ragged_edge",
        value=rough,
        bar=RAGGED,
        region=region_of(rough_HW),
        says=f"the garment's edge is ragged by {rough:.2%} of the shoulder width",
        fixes=(fix("draw clean, even edges", "edge", 0.5),),
    )


def _halo(lightness_HW: np.ndarray, away_HW: np.ndarray, free_HW: np.ndarray) -> Reading:
    """How much lighter the edge is than anything beside it, on either side, for the 60th percentile along the outline.

    Dark rims are contact shadows more often than faults, so they do not count.
    """
    ring_HW, beside_HW = (np.abs(away_HW) < 9) & free_HW, (np.abs(away_HW) > 11) & (np.abs(away_HW) < 21)
    lightest_HW = cv2.dilate(np.where(beside_HW, lightness_HW, np.float32(-1e3)), np.ones((41, 41), np.uint8))
    excess_HW = np.where(ring_HW, lightness_HW - lightest_HW, np.float32(-100))
    along = cv2.dilate(excess_HW, np.ones((13, 13), np.uint8))[(np.abs(away_HW) < 1.5) & free_HW]  # dots stay apart
    halo = float(np.percentile(np.maximum(along, 0), 60)) if along.size else 0.0
    return Reading(
        name="halo",
        value=halo,
        bar=HALO,
        region=region_of(ring_HW),
        says=f"a light rim of {halo:.1f} L* runs along the garment's edge",
        fixes=(fix("blend the garment's edge without a light rim", "edge", 0.6),),
    )


def _softness(lightness_HW: np.ndarray, contrast_HW: np.ndarray, ring_HW: np.ndarray) -> list[Reading]:
    """Width of the step from inside to outside: contrast over steepest gradient, median along the outline.

    Nothing where the garment is as light as what is beside it along most of the outline.
    """
    across, down = (cv2.Sobel(lightness_HW, cv2.CV_32F, *axis, scale=0.125) for axis in ((1, 0), (0, 1)))
    steepest_HW = cv2.dilate(np.hypot(across, down), np.ones((7, 7), np.uint8))
    seen_HW = ring_HW & (np.abs(contrast_HW) > 15)
    if seen_HW.sum() < 0.3 * ring_HW.sum():
        return []
    width_px = float(np.median(np.abs(contrast_HW[seen_HW]) / np.maximum(steepest_HW[seen_HW], 0.5)))
    return [
        Reading(
            name="soft_edge",
            value=width_px,
            bar=SOFT,
            region=region_of(seen_HW),
            says=f"the garment's edge is {width_px:.1f} pixels soft",
            fixes=(fix("draw the garment's edge sharply", "edge", SOFT.good - width_px),),
        )
    ]


def _haze(case: Case, away_HW: np.ndarray) -> list[Reading]:
    """Median change of the background just outside the garment, beyond that of the background elsewhere."""
    background_HW = ~grown(case.before.alpha_HW > 0.1, 5)
    beside_HW = background_HW & (away_HW < -4) & (away_HW > -20)
    elsewhere_HW = background_HW & (away_HW < -60)
    if beside_HW.sum() < 500 or elsewhere_HW.sum() < 500:
        return []
    near, far = (float(np.median(case.own_change_HW[mask_HW])) for mask_HW in (beside_HW, elsewhere_HW))
    haze = max(near - far, 0.0)
    return [
        Reading(
            name="haze",
            value=haze,
            bar=HAZE,
            region=region_of(beside_HW),
            says=f"a haze of {haze:.1f} Lab units surrounds the garment",
            fixes=(fix("end the garment at its edge, without a haze around it", "edge", -1.0),),
        )
    ]
