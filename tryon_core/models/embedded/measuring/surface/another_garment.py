"""Is what is worn plainly another garment: by its colours, whatever the light, or by how they follow each other?"""

# Shapes: N picked pixels; 3 is Lab.
import numpy as np

from .....pictures.features import ColourModel
from ..areas import picked, region_of
from ..case import Case
from ..scale import Bar, Reading, fix
from .cloth import enough_worn, worn_cloth
from .pattern import weave_of

# 32 right garments (16 rendered, 16 on photographs, bad drawings too): colours at most 0.06, weave at most 0.26; 151
# other garments on the same bodies: colours 0.39 or more, or a weave of 0.35 or more, but one plain pair of trousers of
# a like colour (0.34). Softer than garment_appearance's bars, which grade how like the right garment it is; 2026-11.
COLOURS = Bar(unit="share of the colours", good=0.10, bar=0.40, bad=1.25)
WEAVE = Bar(unit="share of the pattern's contrast", good=0.18, bar=0.35, bad=1.2)
REPLACE = "dress the person in the given garment, not in another one"


def another_garment(case: Case) -> list[Reading]:
    """The share of colours that photograph and worn cloth do not share, and how differently their patterns are woven.

    Nothing where hardly anything is worn; no weave on plain cloth. What it cannot tell: another garment of the same
    colours and of a like pattern.
    """
    if not enough_worn(case):
        return []
    worn, weave = worn_cloth(case), weave_of(case)
    apart = _colours_apart(case.new, picked(case.garment_lab_HW3, case.fabric_HW), picked(worn.lab_HW3, worn.mask_HW))
    says = f"{apart:.0%} of what is worn has colours of another garment"
    colours = Reading(
        name="other_colours", value=apart, bar=COLOURS, region=region_of(case.worn_HW), says=says, fixes=(fix(REPLACE),)
    )
    if weave is None:
        return [colours]
    says = f"the colours of the pattern follow each other {weave:.0%} differently than on the given garment"
    other = Reading(
        name="other_pattern", value=weave, bar=WEAVE, region=region_of(case.worn_HW), says=says, fixes=(fix(REPLACE),)
    )
    return [colours, other]


def _colours_apart(asked: ColourModel, asked_N3: np.ndarray, got_N3: np.ndarray) -> float:
    """0-1: 1 - overlap of the colours, as they are or brought to one median lightness, whichever is nearer."""
    relit_N3 = got_N3.copy()
    relit_N3[:, 0] += np.median(asked_N3[:, 0]) - np.median(got_N3[:, 0])
    return 1 - max(float(asked.overlap(ColourModel(each_N3))) for each_N3 in (got_N3, relit_N3))
