"""Down to where a top must reach, so that no stomach and no waistband has to be made up under it."""

import numpy as np

from .perception import Person

_MIDDLE = 0.3  # shoulder widths from the middle within which a waistband is looked at: further out arms hang


def waistline_px(person: Person) -> float | None:
    """How far below the line of the shoulders what is worn below the waist begins, or the bare stomach above it.

    At its lowest place near the middle, since a waistband seldom runs level. None where it is not seen, as in a dress.
    """
    if person.border is None:
        return None
    across_px = np.linspace(-_MIDDLE, _MIDDLE, 9) * person.frame.shoulder_px
    return float(person.border.level_px(across_px).max() - person.border.bare_px)
