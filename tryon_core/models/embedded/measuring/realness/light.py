"""Light on the garment: is there relief, and does it fall from the scene's side?"""

# Shapes: H, W rows and columns at the working size.
import numpy as np

from .....pictures.features import blur_within
from ..areas import inner, region_of
from ..case import Case
from ..scale import Bar, Reading, fix

# The 49 tuning true pictures: relief at least 3.6, side at most 0.14; a flat fill has a relief of 0.1, light from the
# other side by half of the lightness differs by 0.36 or more; 2026-11.
RELIEF = Bar(unit="L*", good=4.0, bar=1.2, bad=0.2)
SIDE = Bar(unit="share of lightness per shoulder width", good=0.05, bar=0.19, bad=0.60)
OWN_SIDE = 0.12  # a photograph's own slope, 0.06 at most for the 11 tuning photographs
DARKEST = 5.0  # mean L* below which a slope is noise


def relief(case: Case) -> Reading:
    """Spread of the slow lightness over the garment: cloth without any light and shadow looks like paper."""
    slow_HW = blur_within(case.after.lab_HW3[..., 0], case.worn_HW, 0.05 * case.before.frame.shoulder_px)
    low, high = np.percentile(slow_HW[inner(case.worn_HW, 6)], [16, 84])
    spread = float(high - low) / 2
    return Reading(
        name="relief",
        value=spread,
        bar=RELIEF,
        region=region_of(case.worn_HW),
        says=f"light and shadow on the garment vary by {spread:.1f} L*",
        fixes=(fix("give the garment folds, light and shadow", "shading", 1 - spread / RELIEF.good),),
    )


def light_side(case: Case) -> list[Reading]:
    """Does the light fall from the same side as on the garment worn before? The slope of lightness across the torso.

    Nothing where one of the garments does not cover the torso, or where the new one's photograph is itself lighter on
    one side: a pattern would count as light.
    """
    was = _worn_slope(case, case.before.lab_HW3[..., 0], case.before.upper)
    now = _worn_slope(case, case.after.lab_HW3[..., 0], case.worn_HW)
    own = _photographed_slope(case)
    if None in (was, now, own) or abs(own) > OWN_SIDE:
        return []
    off = abs(now - was)
    return [
        Reading(
            name="light_side",
            value=off,
            bar=SIDE,
            region=region_of(case.worn_HW),
            says=f"across the garment the light falls off {off:.0%} differently than before",
            fixes=(fix("light the garment from the same side as the rest of the picture"),),
        )
    ]


def _worn_slope(case: Case, lightness_HW: np.ndarray, cloth_HW: np.ndarray) -> float | None:
    frame = case.before.frame
    across_HW = frame.across_px_HW(cloth_HW.shape) / frame.shoulder_px
    return _side_slope(lightness_HW, inner(cloth_HW, 5), across_HW, frame.down_share_HW(cloth_HW.shape))


def _photographed_slope(case: Case) -> float | None:
    """The same of the garment's photograph, between armpits and from collar to hem."""
    keys, (height, width) = case.garment.keypoints, case.fabric_HW.shape
    across_W = (np.arange(width, dtype=np.float32) - keys.centre_x) / case.garment.width_px
    down_H = (np.arange(height, dtype=np.float32) - keys.top_y) / max(keys.hem_y - keys.top_y, 1.0)
    across_HW, down_HW = np.broadcast_to(across_W, (height, width)), np.broadcast_to(down_H[:, None], (height, width))
    return _side_slope(case.garment_lab_HW3[..., 0], case.fabric_HW, across_HW, down_HW)


def _side_slope(
    lightness_HW: np.ndarray, cloth_HW: np.ndarray, across_HW: np.ndarray, down_HW: np.ndarray
) -> float | None:
    """Relative change of lightness per width to the picture's right; None where cloth is black or missing.

    across_HW  in widths of the wearer or garment from its middle      down_HW  shares of its length
    """
    torso_HW = cloth_HW & (np.abs(across_HW) < 0.4) & (down_HW > 0.15) & (down_HW < 0.85)
    if torso_HW.sum() < 500:
        return None
    pixels_per_width = 1 / max(float(across_HW[0, 1] - across_HW[0, 0]), 1e-6)
    slow_N = blur_within(lightness_HW, torso_HW, 0.03 * pixels_per_width)[torso_HW]
    x, y = across_HW[torso_HW], down_HW[torso_HW]
    form = np.c_[np.ones(len(slow_N)), x, y, x**2, y**2]  # a slope, and the roundness of the body
    fitted, *_ = np.linalg.lstsq(form, slow_N, rcond=None)
    return float(fitted[1] / slow_N.mean()) if slow_N.mean() > DARKEST else None
