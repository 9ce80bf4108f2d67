"""garment_swap: is the old garment gone, and does what is worn now look like the new one?"""

# Shapes: H, W rows and columns at the working size.
import cv2
import numpy as np

from ....records import Score
from .areas import inner, region_of
from .case import Case
from .scale import Bar, Reading, conclude, fix
from .worn import ANY_COLOUR, UNCHANGED, trunk

# The 7 demo true pictures: left 0, looks old 0, covered 1; the persons' own: left 0.95 to 1, looks old 0 to 1; 2026-11.
OLD_LEFT = Bar(unit="share of the old garment's area", good=0.01, bar=0.05, bad=0.30)
COVERED = Bar(unit="share of the trunk", good=0.95, bar=0.75, bad=0.2)
LOOKS_OLD = Bar(unit="share of the worn area", good=0.02, bar=0.12, bad=0.45)
SAME_COLOURS = 0.75  # overlap of the two garments' colours above which colour cannot tell them apart


def measure(case: Case) -> Score:
    """The share of the old garment that was left as it was, and the share of what is worn that looks like it.

    Where both garments have the same colours (overlap over SAME_COLOURS) only pixels left alone can be told. Whether it
    is the *right* new garment, garment_appearance and garment_structure say. A second person never gets here.
    """
    old_HW = inner(case.before.upper, 3) & ~case.after.face & ~case.after.hair
    left_HW = _left_alone(case) & old_HW
    left = float(left_HW.sum() / max(old_HW.sum(), 1))
    cover = fix("remove the old garment completely; cover it with the new one", "cover", left)
    readings = [
        Reading(
            name="old_left",
            value=left,
            bar=OLD_LEFT,
            region=region_of(left_HW),
            says=f"{left:.0%} of the old garment still shows",
            fixes=(cover,),
        )
    ]
    if case.new.overlap(case.old) < SAME_COLOURS:
        readings.append(_looks_old(case))
    return conclude([*readings, _covered(case)])


def _covered(case: Case) -> Reading:
    """Share of the trunk that any garment covers."""
    trunk_HW = trunk(case.before, 0.36, 0.25, 0.85)
    share = float((trunk_HW & case.motion.undone(case.worn_HW)).sum() / max(trunk_HW.sum(), 1))
    return Reading(
        name="covered",
        value=share,
        bar=COVERED,
        region=region_of(trunk_HW & ~case.worn_HW),
        says=f"a garment covers {share:.0%} of the trunk",
        fixes=(fix("dress the person in the given garment"),),
    )


def _left_alone(case: Case) -> np.ndarray:
    """bool (H, W): unchanged pixels that the new garment does not account for.

    One unchanged pixel proves nothing where both garments share a colour (the white of stripes on a white top): there a
    whole neighbourhood has to be unchanged and to look old.
    """
    alone_HW = case.change_HW < UNCHANGED
    side = int(0.15 * case.before.frame.shoulder_px) | 1
    around_HW = cv2.blur(alone_HW.astype(np.float32), (side, side)) > 0.65
    if case.new.overlap(case.old) >= SAME_COLOURS:
        return alone_HW & around_HW
    return alone_HW & ((case.odds_HW < -3) | (around_HW & (case.newness_HW < 0)))


def _looks_old(case: Case) -> Reading:
    """Share of what is worn where most of a neighbourhood has the old garment's colours rather than the new one's."""
    worn_HW, side = inner(case.worn_HW, 5), int(0.12 * case.before.frame.shoulder_px) | 1
    old_HW = (case.odds_HW < -0.1) & (case.old.log_share[case.cells_HW] > ANY_COLOUR)
    like_HW = worn_HW & (cv2.blur(old_HW.astype(np.float32), (side, side)) > 0.65)
    share = float(like_HW.sum() / max(worn_HW.sum(), 1))
    return Reading(
        name="looks_old",
        value=share,
        bar=LOOKS_OLD,
        region=region_of(like_HW),
        says=f"{share:.0%} of what is worn looks like the old garment",
        fixes=(fix("replace what is worn by the given garment"),),
    )
