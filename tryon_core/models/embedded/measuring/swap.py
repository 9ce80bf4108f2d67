"""garment_swap: is the old garment gone, and does what is worn now look like the new one?"""

# Shapes: H, W rows and columns at the working size.
import cv2
import numpy as np

from ....pictures.masks import grown
from ....records import Score
from .areas import inner, region_of
from .case import Case
from .framing import EDGE
from .independent.eyes import eyes_of
from .independent.old_cloth import old_beyond
from .scale import Bar, Reading, conclude, fix, not_measured
from .surface.another_garment import another_garment
from .worn import ANY_COLOUR, UNCHANGED

# The 55 tuning true pictures: left at most 0.007, looks old at most 0.009, covered at least 0.995; the persons' own
# pictures: left 0.59 to 1, detail 1. True pictures over another true picture of similar colours: detail at most 0.08.
# 2026-11.
OLD_LEFT = Bar(unit="share of the old garment's area", good=0.01, bar=0.05, bad=0.30)
OLD_DETAIL = Bar(unit="share of the old garment's edges and folds", good=0.15, bar=0.50, bad=0.90)
COVERED = Bar(unit="share of the garment's part of the body", good=0.95, bar=0.75, bad=0.2)
LOOKS_OLD = Bar(unit="share of the worn area", good=0.02, bar=0.12, bad=0.45)
LEAST_DETAIL = 300  # pixels of edges and folds below which their staying says nothing


def measure(case: Case) -> Score:
    """The share of the old garment that was left as it was, and the share of what is worn that looks like it.

    An old colour where the new garment has that colour too proves nothing (a white panel over a white top). Where both
    garments have the same colours altogether only the old one's own edges and folds tell whether it is still there.
    What was never taken for the old garment is searched by `old_beyond`. Plainly another garment's colours or pattern
    fail here, too; how like the right one it is, garment_appearance and garment_structure say. A second person never
    gets here.
    """
    old_HW = inner(case.place.old_HW, 3) & ~case.after.face & ~case.after.hair
    if not old_HW.any():
        return not_measured(f"no garment was found on the person's {case.place.part}, so its going cannot be told")
    readings = [_old_detail(case)] if case.same_colours else [_old_left(case, old_HW), _looks_old(case)]
    readings += [_covered(case), old_beyond(eyes_of(case)), *another_garment(case)]
    return conclude([reading for reading in readings if reading])


def _old_left(case: Case, old_HW: np.ndarray) -> Reading:
    """Share of the old garment's area that is still there (Case.left_HW)."""
    left_HW = old_HW & case.left_HW
    left = float(left_HW.sum() / old_HW.sum())
    return _still_shows("old_left", left, OLD_LEFT, left_HW, f"{left:.0%} of the old garment still shows")


def _old_detail(case: Case) -> Reading | None:
    """Share of the old garment's edges and folds that stayed; None where it has hardly any."""
    cloth_HW = grown(case.place.old_HW, 3) & ~grown(case.before.face | case.before.hair | case.after.hair, 3)
    steep_HW = cv2.morphologyEx(case.before.lab_HW3[..., 0], cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > EDGE
    detail_HW = cloth_HW & steep_HW
    if detail_HW.sum() < LEAST_DETAIL:
        return None
    left_HW = detail_HW & (case.change_HW < UNCHANGED)
    left = float(left_HW.sum() / detail_HW.sum())
    says = f"{left:.0%} of the old garment's edges and folds still show"
    return _still_shows("old_detail", left, OLD_DETAIL, left_HW, says)


def _still_shows(name: str, left: float, bar: Bar, left_HW: np.ndarray, says: str) -> Reading:
    cover = fix("remove the old garment completely; cover it with the new one", "cover", left)
    return Reading(name=name, value=left, bar=bar, region=region_of(left_HW), says=says, fixes=(cover,))


def _looks_old(case: Case) -> Reading:
    """Share of what is worn where most of a neighbourhood has the old garment's colours rather than the new one's."""
    worn_HW, side = inner(case.worn_HW, 5), int(0.12 * case.before.frame.shoulder_px) | 1
    old_HW = (case.odds_HW < -0.1) & (case.old.log_share[case.cells_HW] > ANY_COLOUR)
    like_HW = worn_HW & (cv2.blur(old_HW.astype(np.float32), (side, side)) > 0.65) & ~case.at_home_HW
    share = float(like_HW.sum() / max(worn_HW.sum(), 1))
    return Reading(
        name="looks_old",
        value=share,
        bar=LOOKS_OLD,
        region=region_of(like_HW),
        says=f"{share:.0%} of what is worn looks like the old garment",
        fixes=(fix("replace what is worn by the given garment"),),
    )


def _covered(case: Case) -> Reading | None:
    """Share of the garment's part of the body that any garment covers; arms and hair in front of it do not count."""
    before = case.before
    part_HW = case.place.core_HW & ~(before.hair | (before.arms & before.skin))
    if case.garment.kind == "upper":
        part_HW &= ~before.lower  # a high waistband covers its own part
    if not part_HW.any():
        return None
    bare_HW = part_HW & ~case.motion.undone(case.worn_HW)
    share = 1 - float(bare_HW.sum() / part_HW.sum())
    return Reading(
        name="covered",
        value=share,
        bar=COVERED,
        region=region_of(bare_HW),
        says=f"a garment covers {share:.0%} of the {case.place.part}",
        fixes=(fix("dress the person in the given garment"),),
    )
