"""Light on the garment: is there relief, and does it fall from the scene's side?"""

# Shapes: H, W rows and columns at the working size; B bands of the torso; N pixels of it, M of one band.
import numpy as np

from .....pictures.features import blur_within
from ..areas import inner, region_of
from ..case import Case
from ..scale import Bar, Reading, fix
from ..shape.expected import beyond
from ..surface.cloth import LOWER

# The 49 tuning true pictures: relief at least 3.6, side at most 0.14; a flat fill has a relief of 0.1, light from the
# other side by half of the lightness differs by 0.36 or more; 2026-11.
RELIEF = Bar(unit="L*", good=4.0, bar=1.2, bad=0.2)
SIDE = Bar(unit="share of lightness per shoulder width", good=0.05, bar=0.19, bad=0.60)
OWN_SIDE = 0.12  # a photograph's own slope, 0.06 at most for the 11 tuning photographs
DARKEST = 15.0  # mean L* below which a slope is noise: black cloth has slopes of 0.5 and more from its sheen alone
BANDS = 8  # heights at which the slope is read
LEAST_BANDS = 3  # of them that must hold cloth
BAND_PX = 60  # pixels of cloth below which a band is too small for a slope
BAND_WIDE = 0.45  # widths that a band's cloth must span for a slope
# Standard error over the bands, share of lightness per width, above which what slopes is a print, a seam or a lapel:
# plain cloth of photographs 0.01-0.06, printed and knotted cloth 0.07-0.4 (37 drawings on photographs); 2026-11.
UNSURE = 0.065
# How much light that is merely missing counts, beside light from the other side: drawings of evenly lit cloth look
# right to the eye on persons lit by 0.47 a width, while their light turned round does not; 2026-11.
MISSING = 0.4


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
    """Does the light fall from the other side than on the garment worn before? The slope of lightness over the torso.

    A slope between none and the photograph's counts less (MISSING): cloth that was photographed in even light is not
    lit from the other side. Nothing for trousers and skirts, which have no torso; where one of the garments does not
    cover the torso or is too dark or too patterned to tell; and where the new one's photograph is itself lighter on
    one side.
    """
    if case.garment.kind in LOWER:
        return []
    was = _worn_slope(case, case.before.lab_HW3[..., 0], case.before.upper)
    now = _worn_slope(case, case.after.lab_HW3[..., 0], case.worn_HW)
    own = _photographed_slope(case)
    if None in (was, now, own) or abs(own) > OWN_SIDE:
        return []
    turned = abs(beyond(now, min(was, 0.0), max(was, 0.0)))
    off = turned + MISSING * (abs(now - was) - turned)
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
    """The slope of what is worn; None where it cannot be told from a pattern."""
    frame = case.before.frame
    across_HW = frame.across_px_HW(cloth_HW.shape) / frame.shoulder_px
    slopes_B = _side_slopes(lightness_HW, inner(cloth_HW, 5), across_HW, frame.down_share_HW(cloth_HW.shape))
    if slopes_B is None or slopes_B.std() / np.sqrt(len(slopes_B)) > UNSURE:
        return None
    return float(slopes_B.mean())


def _photographed_slope(case: Case) -> float | None:
    """The same of the garment's photograph, between armpits and from collar to hem."""
    keys, (height, width) = case.garment.keypoints, case.fabric_HW.shape
    across_W = (np.arange(width, dtype=np.float32) - keys.centre_x) / case.garment.width_px
    down_H = (np.arange(height, dtype=np.float32) - keys.top_y) / max(keys.hem_y - keys.top_y, 1.0)
    across_HW, down_HW = np.broadcast_to(across_W, (height, width)), np.broadcast_to(down_H[:, None], (height, width))
    slopes_B = _side_slopes(case.garment_lab_HW3[..., 0], case.fabric_HW, across_HW, down_HW)
    return None if slopes_B is None else float(slopes_B.mean())


def _side_slopes(
    lightness_HW: np.ndarray, cloth_HW: np.ndarray, across_HW: np.ndarray, down_HW: np.ndarray
) -> np.ndarray | None:
    """Relative change of lightness per width to the picture's right in each band: (B,); None for black or no cloth.

    A band has one height, so a yoke or stripes across do not tilt it.

    across_HW  in widths of the wearer or garment from its middle      down_HW  shares of its length
    """
    torso_HW = cloth_HW & (np.abs(across_HW) < 0.4) & (down_HW > 0.15) & (down_HW < 0.85)
    if torso_HW.sum() < 500 or lightness_HW[torso_HW].mean() < DARKEST:
        return None
    pixels_per_width = 1 / max(float(across_HW[0, 1] - across_HW[0, 0]), 1e-6)
    slow_N = blur_within(lightness_HW, torso_HW, 0.03 * pixels_per_width)[torso_HW]
    x_N, band_N = across_HW[torso_HW], np.digitize(down_HW[torso_HW], np.linspace(0.15, 0.85, BANDS + 1))
    bands = [(x_N[band_N == band], slow_N[band_N == band]) for band in range(1, BANDS + 1)]
    slopes = [_slope(x_M, slow_M) for x_M, slow_M in bands if len(x_M) >= BAND_PX and np.ptp(x_M) >= BAND_WIDE]
    return np.array(slopes) if len(slopes) >= LEAST_BANDS else None


def _slope(x_M: np.ndarray, slow_M: np.ndarray) -> float:
    """Of lightness over x, relative to its mean: the straight part beside the roundness of the body."""
    form = np.c_[np.ones(len(x_M)), x_M, x_M**2]
    fitted, *_ = np.linalg.lstsq(form, slow_M, rcond=None)
    return float(fitted[1] / max(slow_M.mean(), 1.0))
