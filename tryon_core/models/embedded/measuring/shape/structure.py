"""garment_structure: hem, sleeves, neckline, width and place of what is worn, against the garment's own proportions."""

# Shapes: H, W rows and columns of the person's picture.
import numpy as np

from .....records import Region, Score
from ..areas import region_of
from ..case import Case
from ..scale import conclude, nothing_to_see
from . import lower_structure
from .expected import expected_fit
from .fit import Fit, body_width, worn_fit
from .parts import PARTS, bare_arm_part, sleeve_part


def measure(case: Case) -> Score:
    """Each part's difference from where the garment's own proportions put it, scaled by the wearer's shoulders.

    A photograph does not tell a garment's size: it is taken to be the wearer's, as a try-on asks, and the bars leave
    room for that. A part that cannot be told (an arm out of the picture, a sleeve that touches the body) is left out.
    What is left of the old garment beside the new one is not measured here: garment_swap says that.
    Collars, closures and layering are not looked at. Trousers and skirts have measures of their own.
    """
    if case.garment.kind in ("trousers", "skirt"):
        return lower_structure.measure(case)
    if not case.worn_HW.any():
        return nothing_to_see("nothing is worn on the upper body; garment_swap and body_and_pose say so")
    worn = worn_fit(case.motion.undone(case.newly_worn_HW), case.before)
    asked = expected_fit(case.garment, case.before)
    readings = []
    for name, part in PARTS.items():
        is_at, belongs = getattr(worn, name), getattr(asked, name)
        if name == "width" and is_at is None and worn.least_width > belongs:
            is_at = worn.least_width
        if is_at is None:
            continue
        if name in ("width", "hem_width"):
            belongs = _reachable(is_at, belongs, body_width(case.before, worn.hem if name == "hem_width" else None))
        readings.append(part.reading(name, is_at - belongs, _place(case, name, worn, asked)))
    for side, name in enumerate(("right", "left")):
        if worn.sleeves[side] is not None:
            off = worn.sleeves[side] - asked.sleeves[side]
            part = sleeve_part(name) if asked.sleeves[side] else bare_arm_part(name)
            readings.append(part.reading(f"{name}_sleeve", off, region_of(_arm(case, side))))
    return conclude(readings) if readings else nothing_to_see("no edge of the garment is in the picture")


def _reachable(is_at: float, flat: float, body: float | None) -> float:
    """The width it could have that is nearest to the one it has: between the garment's own and the wearer's body's."""
    return float(np.clip(is_at, *sorted((flat, flat if body is None else body))))


def _place(case: Case, name: str, worn: Fit, asked: Fit) -> Region | None:
    """Where to look: between where a part is and where it belongs, else the whole garment."""
    if name == "hem":
        return _band(case, worn.hem, asked.hem, half_width=0.55)
    if name == "hem_width":
        return _band(case, worn.hem - 0.1, worn.hem, half_width=0.8)
    if name == "neckline":
        per_torso = case.before.frame.shoulder_px / case.before.frame.torso_px
        return _band(case, worn.neckline * per_torso, asked.neckline * per_torso, half_width=0.25)
    return region_of(case.worn_HW)


def _band(case: Case, one: float, other: float, half_width: float) -> Region | None:
    """Box between two heights (shares of torso length), within `half_width` shoulder widths of the middle."""
    frame, shape = case.before.frame, case.worn_HW.shape
    down_HW, across_HW = frame.down_share_HW(shape), np.abs(frame.across_px_HW(shape)) / frame.shoulder_px
    low, high = min(one, other) - 0.03, max(one, other) + 0.03
    return region_of((down_HW > low) & (down_HW < high) & (across_HW < half_width))


def _arm(case: Case, side: int) -> np.ndarray:
    """bool (H, W): the picture's left (0) or right (1) arm."""
    across_HW = case.before.frame.across_px_HW(case.worn_HW.shape)
    return case.before.arms & ((across_HW > 0) if side else (across_HW < 0))
