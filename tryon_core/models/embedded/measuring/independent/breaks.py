"""Breaks in an outline that runs on above and below: a bite out of it, a flap across the gap beside the trunk."""

# Shapes: h, w rows and columns at half of the working size.
import cv2
import numpy as np

from .....pictures.masks import grown, opened, touching
from ..scale import Bar, Reading, fix
from .eyes import AREA, Eyes, piece_reading
from .wearer import BEHIND, FOREARMS, HANDS, UPPER_ARMS, Wearer

# None of the 54 tuning true pictures has one; usable first drafts on photographs reach 0.0061 (jeans in tatters); bites
# of 0.09 shoulder widths planted in 8 of the true ones 0.0047 to 0.011, 7 of them from 0.0066 on; 2026-11.
BITE = Bar(unit=AREA, good=0.0030, bar=0.0063, bad=0.02)

BITE_HIGH, FLAP_HIGH = 0.2, 0.35  # shoulder widths: of what interrupts an outline; a waist curves over more
BITE_DEEP, FLAP_DEEP = 0.025, 0.02  # shoulder widths: half of the least thickness that counts
BESIDE_ARM, BESIDE_HEAD = (
    0.06,
    0.06,
)  # shoulder widths round an arm's bones, a hand, the hair: they have gaps of their own
TRUNK = 0.3  # shoulder widths to either side of the middle that are trunk in every picture
HEM = 0.15  # torso lengths above the ankles: a leg ends there, and a shoe begins


def bite(eyes: Eyes, shown_hw: np.ndarray) -> Reading:
    """The largest piece of background with drawn cloth above and below it in the same columns, arms left out.

    shown_hw   bool (h, w): everything that is not background. Blind to a bite higher than BITE_HIGH that is shallow
    """
    wearer, unit_px = eyes.wearer, eyes.wearer.unit_px
    besides_hw = grown(_arms(wearer), BESIDE_ARM * unit_px)
    besides_hw |= grown(wearer.hands_hw | wearer.head_hw, BESIDE_HEAD * unit_px)
    solid_hw = opened(shown_hw & ~besides_hw, 0.02 * unit_px)
    outside_hw = touching(~shown_hw, wearer.alpha_hw < BEHIND, 0.0)
    gap_hw = outside_hw & ~besides_hw & _between(solid_hw, BITE_HIGH * unit_px) & grown(eyes.edit_hw, 0.05 * unit_px)
    gap_hw &= (wearer.down_hw > 0) & (wearer.down_hw < wearer.ankles() - HEM)
    if eyes.kind != "upper":
        gap_hw &= ~wearer.between_legs()
    return piece_reading(
        "bite",
        eyes.piece(opened(gap_hw, BITE_DEEP * unit_px)),
        BITE,
        "a piece of the garment's outline is bitten off ({})",
        (fix("draw the garment's outline whole, without pieces missing"),),
    )


def across_gap(eyes: Eyes, shown_hw: np.ndarray) -> np.ndarray:
    """bool (h, w): what was drawn into the gap between arm and trunk, with the gap open above and below it."""
    wearer, unit_px = eyes.wearer, eyes.wearer.unit_px
    arms_hw, trunk_hw = _arms(wearer), wearer.trunk(TRUNK, 0.0, 1.2)
    gap_hw = (_beyond(arms_hw, 1) & _beyond(trunk_hw, -1)) | (_beyond(arms_hw, -1) & _beyond(trunk_hw, 1))
    gap_hw &= ~arms_hw & ~trunk_hw & (wearer.alpha_hw < 0.3) & ~grown(wearer.hands_hw, BESIDE_HEAD * unit_px)
    open_hw = gap_hw & opened(gap_hw & ~shown_hw, 1)
    return opened(gap_hw & shown_hw & eyes.edit_hw & _between(open_hw, FLAP_HIGH * unit_px), FLAP_DEEP * unit_px)


def _arms(wearer: Wearer) -> np.ndarray:
    return wearer.limbs(UPPER_ARMS, FOREARMS, HANDS)


def _beyond(mask_hw: np.ndarray, step: int) -> np.ndarray:
    """bool (h, w): to the right (step 1) or to the left (-1) of a mask's first pixel in the same row."""
    return np.maximum.accumulate(mask_hw[:, ::step], axis=1)[:, ::step]


def _between(mask_hw: np.ndarray, reach_px: float) -> np.ndarray:
    """bool (h, w): with the mask within a reach above and within a reach below, in the same column."""
    column = np.ones((int(reach_px) + 1, 1), np.uint8)
    flat_hw, last = mask_hw.astype(np.uint8), len(column) - 1
    below_hw, above_hw = (cv2.dilate(flat_hw, column, anchor=(0, row)) for row in (0, last))
    return (below_hw > 0) & (above_hw > 0)
