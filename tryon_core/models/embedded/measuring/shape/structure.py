"""garment_structure: hem, sleeves, neckline, width and place of what is worn, against the garment's own proportions."""

# Shapes: H, W rows and columns of the person's picture.
from collections.abc import Iterator

import numpy as np

from .....records import Region, Score
from ..areas import region_of
from ..case import Case
from ..scale import Reading, conclude, nothing_to_see
from . import lower_structure
from .expected import FitRange, beyond, expected_fit
from .fit import Fit
from .parts import PARTS, bare_arm_part, sleeve_part

AT_HEM = ("hem", "hem_width")  # not to be told where a black top hangs over black trousers


def measure(case: Case) -> Score:
    """How far each part lies outside the range that the garment's own proportions leave for it (expected.py).

    A photograph does not tell a garment's size: it is taken to be the wearer's, as a try-on asks. A part that cannot be
    told (an arm out of the picture, a sleeve that touches the body) is left out. What is left of the old garment beside
    the new one is not measured here: garment_swap says that. Collars, closures and layering are not looked at. Trousers
    and skirts have measures of their own.
    """
    if case.garment.kind in ("trousers", "skirt"):
        return lower_structure.measure(case)
    if not case.worn_HW.any():
        return nothing_to_see("nothing is worn on the upper body; garment_swap and body_and_pose say so")
    worn = case.fit(case.motion.undone(case.newly_worn_HW))
    asked = expected_fit(case.garment, case.before, worn.hem)
    readings = [*_body(case, worn, asked), *_sleeves(case, worn, asked)]
    return conclude(readings) if readings else nothing_to_see("no edge of the garment is in the picture")


def _body(case: Case, worn: Fit, asked: FitRange) -> Iterator[Reading]:
    for name, part in PARTS.items():
        if name in AT_HEM and case.same_below:
            continue
        is_at = getattr(worn, name)
        if name == "width" and is_at is None and worn.least_width > asked.most.width:
            is_at = worn.least_width
        if is_at is not None:
            off = asked.beyond(name, is_at)
            yield part.reading(name, off, _place(case, name, is_at, is_at - off))


def _sleeves(case: Case, worn: Fit, asked: FitRange) -> Iterator[Reading]:
    """Both sleeves are drawn by one length, so a correction asks for what suits both: the mean of what they are off."""
    offs = {
        side: beyond(end, asked.least.sleeves[side], asked.most.sleeves[side])
        for side, end in enumerate(worn.sleeves)
        if end is not None
    }
    for side, off in offs.items():
        name = ("right", "left")[side]
        part = sleeve_part(name) if asked.most.sleeves[side] else bare_arm_part(name)
        together = float(np.mean(list(offs.values())))
        mended = together if together * off > 0 else 0.0
        yield part.reading(f"{name}_sleeve", off, region_of(_arm(case, side)), mended)


def _place(case: Case, name: str, is_at: float, belongs: float) -> Region | None:
    """Where to look: between where a part is and where it belongs, else the whole garment."""
    frame = case.before.frame
    if name == "hem":
        return _band(case, is_at, belongs, half_width=0.55)
    if name == "neckline":
        per_torso = frame.shoulder_px / frame.torso_px
        return _band(case, is_at * per_torso, belongs * per_torso, half_width=0.25)
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
