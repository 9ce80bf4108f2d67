"""Body and clothes that the photograph never showed: a naked trunk painted in, and trousers stretched upwards."""

# Shapes: h, w rows and columns at half of the working size.
import cv2
import numpy as np

from .....pictures.masks import closed, opened
from ..scale import Bar, Reading, fix
from .eyes import AREA, Eyes, averaged, piece_reading
from .wearer import ANY_COLOUR, log_share, of_lower

# The tuning true pictures reach 0.015 of streaks and no naked trunk, usable results 0.024 and none; bad ones 0.084 to
# 0.096 of streaks and 0.10 to 0.48 of naked trunk, a hand planted on the trunk 0.033 to 0.037; 2026-11.
NAKED = Bar(unit=AREA, good=0.008, bar=0.02, bad=0.20)
SMEARED = Bar(unit=AREA, good=0.012, bar=0.03, bad=0.10)

REDRAWN = 6.0  # Lab units
TRUNK = 0.35, 0.35, 0.95  # shoulder widths to either side; torso lengths: between neckline and waistband
LIKELIER = 1.0  # natural log
WAIST = 0.75  # torso lengths: below it what comes to light may be trousers of skin's hue
STREAKS = 2.5  # slope across over slope along: photographed denim has 0.7-1.6
STREAK_SIDE = 0.15  # shoulder widths over which slopes are compared
FAINTEST = 0.15  # L* a pixel added to the slope along: flat cloth has no streaks


def naked_trunk(eyes: Eyes) -> Reading | None:
    """The largest piece of skin painted on the trunk where the photograph has none; None where no skin was seen.

    Blind where the new garment or what is worn below it has skin's colour: khaki trousers, bare thighs.
    """
    wearer = eyes.wearer
    if wearer.skin is None:
        return None
    was_hw, now_hw = (wearer.skin.log_share[cells] for cells in (eyes.was_cells, eyes.now_cells))
    lower_hw = np.where(wearer.down_hw > WAIST, of_lower(wearer, eyes.now_cells), np.float32(-30.0))
    cloth_hw = np.maximum(eyes.new[eyes.now_cells], lower_hw)
    skin_hw = (now_hw > cloth_hw + LIKELIER) & (now_hw > ANY_COLOUR)
    painted_hw = skin_hw & (was_hw < now_hw - LIKELIER) & (eyes.change_hw > REDRAWN) & wearer.trunk(*TRUNK)
    return piece_reading(
        "naked_trunk",
        eyes.piece(opened(painted_hw, 0.03 * wearer.unit_px)),
        NAKED,
        "skin is painted on the trunk where the photograph shows none ({})",
        (fix("let the garment cover the trunk; invent no bare skin", "length", 0.11),),
    )


def smeared_trousers(eyes: Eyes) -> Reading | None:
    """The largest piece of streaks in the lower garment's colours where it was drawn anew below an upper one.

    A copied row gives columns: steep across the body, flat along it. None for other garments, and without thighs.
    """
    wearer = eyes.wearer
    if wearer.thigh is None or eyes.kind != "upper":
        return None
    lower_hw = wearer.thigh.log_share[eyes.now_cells]
    rivals_hw = np.maximum(eyes.new[eyes.now_cells] + 0.5, log_share(wearer.skin, eyes.now_cells))
    drawn_hw = (lower_hw > np.maximum(rivals_hw, ANY_COLOUR)) & (eyes.change_hw > REDRAWN)
    drawn_hw &= wearer.trunk(0.7, 0.3, 1.3)
    smeared_hw = opened(closed(drawn_hw, 2), 0.03 * wearer.unit_px) & (_streaks(eyes) > STREAKS)
    return piece_reading(
        "smeared_trousers",
        eyes.piece(smeared_hw),
        SMEARED,
        "what is worn below the garment was stretched upwards into streaks ({})",
        (fix("let the garment reach down to what is worn below it", "length", 0.11),),
    )


def _streaks(eyes: Eyes) -> np.ndarray:
    """float32 (h, w): mean slope of lightness across the picture over that along it."""
    side_px = STREAK_SIDE * eyes.wearer.unit_px
    across_hw, along_hw = (
        averaged(np.abs(cv2.Sobel(eyes.now_hw3[..., 0], cv2.CV_32F, *axis, scale=0.125)), side_px)
        for axis in ((1, 0), (0, 1))
    )
    return across_hw / (along_hw + FAINTEST)
