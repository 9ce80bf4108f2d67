"""lighting: do light and shadow on the garment follow the scene?"""

from ....records import Score
from .case import Case
from .realness.light import light_side, relief
from .scale import conclude, nothing_to_see
from .surface.cloth import enough_worn


def measure(case: Case) -> Score:
    """Is there relief at all, and does the light fall from the same side as on the garment worn before?"""
    if not enough_worn(case):
        return nothing_to_see("no garment is left to look at")
    return conclude([relief(case), *light_side(case)])
