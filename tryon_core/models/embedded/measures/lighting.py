"""lighting: do light and shadow on the garment follow the scene?"""

# Shapes: H, W rows and columns at the working size.
import numpy as np

from ....features import blur_within
from ....records import Score
from .areas import inner
from .case import Case
from .cloth import enough_worn
from .realism import relief
from .scale import Bar, Reading, conclude, fix, nothing_to_see

# The 7 demo true pictures differ by at most 0.13; lit from the other side by half of the lightness, by 0.36 or more;
# 2026-11.
SIDE = Bar(unit="share of lightness per shoulder width", good=0.10, bar=0.20, bad=0.60)
DARKEST = 5.0  # mean L* below which a slope is noise


def measure(case: Case) -> Score:
    """Is there relief at all, and does the light fall from the same side as on the garment worn before?

    The side is the slope of lightness across the torso. A pattern that is darker on one side counts as light.
    """
    if not enough_worn(case):
        return nothing_to_see("no garment is left to look at")
    readings = [relief(case)]
    was = _side_slope(case, case.before.lab_HW3[..., 0], case.before.upper)
    now = _side_slope(case, case.after.lab_HW3[..., 0], case.worn_HW)
    if was is not None and now is not None:
        off = abs(now - was)
        readings.append(
            Reading(
                name="light_side",
                value=off,
                bar=SIDE,
                says=f"across the garment the light falls off {off:.0%} differently than before",
                fixes=(fix("light the garment from the same side as the rest of the picture"),),
            )
        )
    return conclude(readings)


def _side_slope(case: Case, lightness_HW: np.ndarray, cloth_HW: np.ndarray) -> float | None:
    """Relative change of lightness per shoulder width to the picture's right; None where cloth is black or missing."""
    frame = case.before.frame
    across = frame.across_px_HW(cloth_HW.shape) / frame.shoulder_px
    down = frame.down_share_HW(cloth_HW.shape)
    torso_HW = inner(cloth_HW, 5) & (np.abs(across) < 0.4) & (down > 0.15) & (down < 0.85)
    if torso_HW.sum() < 500:
        return None
    slow = blur_within(lightness_HW, torso_HW, 0.03 * frame.shoulder_px)[torso_HW]
    x, y = across[torso_HW], down[torso_HW]
    form = np.c_[np.ones(len(slow)), x, y, x**2, y**2]  # a slope, and the roundness of the body
    fitted, *_ = np.linalg.lstsq(form, slow, rcond=None)
    return float(fitted[1] / slow.mean()) if slow.mean() > DARKEST else None
