"""Whether a garment lies on its side: garments are alike on their left and right, not above and below."""

import numpy as np

from ....errors import Refused

# Of 55 garments, rendered and photographed, each is more alike left and right than above and below, by 0.04 at least.
# Turned by a quarter 47 of them are told; straight skirts and dresses, as alike both ways, are not. 2026-11.
ALIKE, MORE_ALIKE = 0.85, 0.1  # of the upper half with the lower, and how much more than of left with right


def check_hanging(mask_HW: np.ndarray) -> None:
    """Raises Refused: 'garment_not_upright' for an outline that is mirrored about a level line and not a plumb one."""
    rows, columns = np.flatnonzero(mask_HW.any(1)), np.flatnonzero(mask_HW.any(0))
    outline_HW = mask_HW[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    sides, ends = _overlap(outline_HW, outline_HW[:, ::-1]), _overlap(outline_HW, outline_HW[::-1])
    if ends > ALIKE and ends > sides + MORE_ALIKE:
        raise Refused(
            "garment_not_upright",
            f"the garment lies on its side (its upper half is {ends:.0%} like its lower, its left {sides:.0%} like its "
            "right); turn the picture so that the neck or waist is above",
        )


def _overlap(one_HW: np.ndarray, other_HW: np.ndarray) -> float:
    """0-1; neither is empty."""
    return float((one_HW & other_HW).sum() / (one_HW | other_HW).sum())
