"""garment_structure of trousers and skirts: waistband, hem or legs, widths and place, against their own proportions."""

# Shapes: H, W rows and columns of the person's picture.
from collections.abc import Iterator

from .....records import Score
from ..areas import region_of
from ..case import Case
from ..scale import Reading, conclude, not_measured, nothing_to_see
from .expected import beyond
from .lower_fit import LowerFit, expected_lower_fit, hip_range, leg_range, lowest_seen, worn_lower_fit
from .parts import LOWER_PARTS, leg_part

CUT = 0.03  # torso lengths above the picture's lower end from where a hem counts as cut off


def measure(case: Case) -> Score:
    """Each part's difference from where the garment's own proportions put it, scaled by the wearer's hips.

    A waistband under a top and hips behind hands are left out. A hem that belongs below the picture is only asked to
    reach its end. Pockets, pleats and closures are not looked at.
    """
    if not case.worn_HW.any():
        return nothing_to_see("nothing is worn below the waist; garment_swap and body_and_pose say so")
    worn = worn_lower_fit(
        case.motion.undone(case.newly_worn_HW), case.before, two_legs=case.garment.lower.crotch is not None
    )
    readings = list(_readings(case, worn, expected_lower_fit(case.garment, case.before)))
    if not readings:
        return not_measured("no waistband, hem or side of the garment is in the picture, so its cut cannot be compared")
    return conclude(readings)


def _readings(case: Case, worn: LowerFit, asked: LowerFit) -> Iterator[Reading]:
    region, seen = region_of(case.worn_HW), lowest_seen(case.before) - CUT
    for name, part in LOWER_PARTS.items():
        is_at, belongs = getattr(worn, name), getattr(asked, name)
        if is_at is None or belongs is None or (name == "hem_width" and worn.hem > seen):
            continue
        off = min(is_at, seen) - min(belongs, seen) if name == "hem" else is_at - belongs
        if name == "width":
            off = beyond(is_at, *hip_range(asked, case.before))
        yield part.reading(name, off, region)
    for side, name in enumerate(("right", "left")):
        if worn.legs[side] is not None:
            least, most = leg_range(asked, case.before, side)
            off = beyond(min(worn.legs[side], seen), min(least, seen), min(most, seen))
            yield leg_part(name).reading(f"{name}_leg", off, region)
