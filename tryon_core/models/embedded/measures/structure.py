"""garment_structure: hem, sleeves, neckline, width and place of what is worn, against the garment's own proportions."""

# Shapes: H, W rows and columns of the person's picture.
from dataclasses import dataclass

import numpy as np

from ....records import Region, Score
from .areas import region_of
from .case import Case
from .expected import expected_fit
from .fit import Fit, body_width, worn_fit
from .scale import Bar, Reading, conclude, fix, nothing_to_see


@dataclass(frozen=True, kw_only=True)
class Part:
    """How one part of the fit is judged and mended.

    says    a sentence with places for the size of the difference and for one of `ways`
    ways    (too little, too much)
    mend    (what to ask for where it is too little, and where it is too much)
    aspect  the parameter that moves it
    """

    bar: Bar
    says: str
    ways: tuple[str, str]
    mend: tuple[str, str]
    aspect: str

    def reading(self, name: str, off: float, region: Region | None) -> Reading:
        """A signed difference (positive is too much) as a reading of its size."""
        much = off > 0
        return Reading(
            name=name,
            value=abs(off),
            bar=self.bar,
            region=region,
            says=self.says.format(f"{abs(off):.1%}", self.ways[much]),
            fixes=(fix(self.mend[much], self.aspect, -off),),
        )


# Bars above the largest differences of the 7 demo true pictures (expected.py has them), which are all of the wearer's
# size, with room for real garments, whose photographs do not tell their size; 2026-11.
SHOULDERS = "share of shoulder width"
PARTS = {
    "hem": Part(
        bar=Bar(unit="share of torso length", good=0.05, bar=0.11, bad=0.40),
        aspect="length",
        says="the hem ends {} of the torso length too {}",
        ways=("high", "low"),
        mend=("make the garment longer, as in its photograph", "make the garment shorter, as in its photograph"),
    ),
    "neckline": Part(
        bar=Bar(unit=SHOULDERS, good=0.05, bar=0.10, bad=0.40),
        aspect="neckline",
        says="the neckline ends {} of the shoulder width too {}",
        ways=("high", "low"),
        mend=(
            "make the neckline deeper, as in the garment photograph",
            "make the neckline shallower, as in the garment photograph",
        ),
    ),
    "width": Part(
        bar=Bar(unit=SHOULDERS, good=0.06, bar=0.13, bad=0.45),
        aspect="width",
        says="the body of the garment is {} of the shoulder width too {}",
        ways=("narrow", "wide"),
        mend=("make the body of the garment wider", "make the body of the garment narrower"),
    ),
    "hem_width": Part(
        bar=Bar(unit=SHOULDERS, good=0.06, bar=0.13, bad=0.45),
        aspect="width",
        says="at the hem the garment is {} of the shoulder width too {}",
        ways=("narrow", "wide"),
        mend=("make the garment wider at the hem", "make the garment narrower at the hem"),
    ),
    "middle": Part(
        bar=Bar(unit=SHOULDERS, good=0.015, bar=0.04, bad=0.20),
        aspect="shift_right",
        says="the garment sits {} of the shoulder width too far to the {}",
        ways=("left", "right"),
        mend=("move the garment to the right", "move the garment to the left"),
    ),
}
SLEEVE_BAR = Bar(unit="share of arm length", good=0.05, bar=0.10, bad=0.40)


def measure(case: Case) -> Score:
    """Each part's difference from where the garment's own proportions put it, scaled by the wearer's shoulders.

    A photograph does not tell a garment's size: it is taken to be the wearer's, as a try-on asks, and the bars leave
    room for that. A part that cannot be told (an arm out of the picture, a sleeve that touches the body) is left out.
    Collars, closures and layering are not looked at.
    """
    if not case.worn_HW.any():
        return nothing_to_see("nothing is worn on the upper body; garment_swap and body_and_pose say so")
    worn, asked = worn_fit(case.motion.undone(case.worn_HW), case.before), expected_fit(case.garment, case.before)
    readings = []
    for name, part in PARTS.items():
        is_at, belongs = getattr(worn, name), getattr(asked, name)
        if is_at is None:
            continue
        if name in ("width", "hem_width"):
            belongs = _reachable(is_at, belongs, body_width(case.before, worn.hem if name == "hem_width" else None))
        readings.append(part.reading(name, is_at - belongs, _place(case, name, worn, asked)))
    for side, name in enumerate(("right", "left")):
        if worn.sleeves[side] is not None:
            off = worn.sleeves[side] - asked.sleeves[side]
            part = _sleeve_part(name) if asked.sleeves[side] else _bare_arm_part(name)
            readings.append(part.reading(f"{name}_sleeve", off, region_of(_arm(case, side))))
    return conclude(readings) if readings else nothing_to_see("no edge of the garment is in the picture")


def _reachable(is_at: float, flat: float, body: float | None) -> float:
    """The width it could have that is nearest to the one it has: between the garment's own and the wearer's body's."""
    return float(np.clip(is_at, *sorted((flat, flat if body is None else body))))


def _sleeve_part(name: str) -> Part:
    return Part(
        bar=SLEEVE_BAR,
        aspect="sleeve",
        ways=("short", "long"),
        says=f"the {name} sleeve is {{}} of the arm length too {{}}",
        mend=(
            f"make the {name} sleeve longer, as in the garment photograph",
            f"make the {name} sleeve shorter, as in the garment photograph",
        ),
    )


def _bare_arm_part(name: str) -> Part:
    """The same for a garment without sleeves, which leaves nothing to lengthen or shorten."""
    bare = f"leave the {name} arm bare: the garment has no sleeves"
    return Part(
        bar=SLEEVE_BAR,
        aspect="",
        ways=("", ""),
        mend=(bare, bare),
        says=f"the garment has no sleeves and covers {{}} of the {name} arm{{}}",
    )


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
