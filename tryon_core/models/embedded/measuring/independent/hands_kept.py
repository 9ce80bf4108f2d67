"""Hands: the skin beyond each wrist that is gone, and skin where the photograph shows cloth or background."""

# Shapes: h, w rows and columns at half of the working size; 2 is x, y in pixels.
import numpy as np

from .....pictures.masks import grown, opened
from ..scale import Bar, Reading, fix
from .eyes import AREA, Eyes, averaged, piece_reading
from .wearer import ANY_COLOUR, FOREARMS, HANDS, SHINS, THIGHS, UPPER_ARMS, log_share, of_lower

# The tuning true pictures lose nothing of a hand, usable results up to 0.012, bad ones 0.014 to 0.050 in eight. Skin
# where there was none: at most 0.020 (a midriff that a cropped top bares) and 0, bad ones 0.035 and 0.053; 2026-11.
HAND_LOST = Bar(unit=AREA, good=0.006, bar=0.012, bad=0.04)
SKIN_MORE = Bar(unit=AREA, good=0.012, bar=0.03, bad=0.10)

REDRAWN = 8.0  # Lab units: a hand in another shadow changes by less
LIKELIER = 2.0  # natural log over the new garment's colours
MUCH_MORE = 1.5  # natural log: a wall or wood may be nearly as likely skin
SMOOTH = 0.02  # shoulder widths over which odds are averaged
BESIDE_LIMB = 0.12  # shoulder widths round a limb where a shorter sleeve or hem bares skin
LEGS = 0.9, 0.8, np.inf  # the same: where a lower garment bares legs, or has the colour of skin as khaki has
NECK = 0.45, -1.0, 0.4  # shoulder widths to either side, torso lengths: where a neckline bares skin


def hand_lost(eyes: Eyes) -> Reading | None:
    """The largest piece of a hand's skin, beyond the wrist, that shows something else now; None where no skin is known.

    Blind where the new garment has skin's colour. What the old clothes explain better was no hand: a pocket.
    """
    wearer = eyes.wearer
    if wearer.skin is None or not wearer.hands_hw.any():
        return None
    was_hw, now_hw = (_skin_odds(eyes, cells) for cells in (eyes.was_cells, eyes.now_cells))
    worn_hw = np.maximum(log_share(wearer.thigh, eyes.was_cells), log_share(wearer.chest, eyes.was_cells))
    bare_hw = averaged(wearer.skin.log_share[eyes.was_cells] - worn_hw, SMOOTH * wearer.unit_px) > 0
    gone_hw = (
        wearer.hands_hw & bare_hw & (was_hw > 0) & (now_hw < 0) & (eyes.change_hw > REDRAWN) & (wearer.alpha_hw > 0.6)
    )
    return piece_reading(
        "hand_lost",
        eyes.piece(opened(gone_hw, 0.01 * wearer.unit_px)),
        HAND_LOST,
        "a part of a hand is gone ({})",
        (fix("keep both hands whole, in front of the garment where they are"),),
    )


def skin_more(eyes: Eyes) -> Reading | None:
    """The largest piece of skin away from limbs and neck where the photograph has none: a hand or forearm too many."""
    wearer = eyes.wearer
    if wearer.skin is None:
        return None
    was_hw, now_hw = (_skin_odds(eyes, cells) for cells in (eyes.was_cells, eyes.now_cells))
    cloth_hw = np.maximum(eyes.new[eyes.now_cells], of_lower(wearer, eyes.now_cells))
    unlike_hw = wearer.skin.log_share[eyes.now_cells] - cloth_hw
    unlike_wide_hw = wearer.skin.log_share[eyes.wide_cells] - eyes.new_wide[eyes.wide_cells]
    unlike_hw = np.minimum(averaged(unlike_hw, SMOOTH * wearer.unit_px), unlike_wide_hw)
    more_hw = (now_hw > 0) & (was_hw < now_hw - MUCH_MORE) & (unlike_hw > LIKELIER) & (eyes.change_hw > REDRAWN)
    limbs_hw = grown(wearer.limbs(UPPER_ARMS, FOREARMS, HANDS, THIGHS, SHINS), BESIDE_LIMB * wearer.unit_px)
    more_hw &= ~limbs_hw & ~wearer.trunk(*NECK) & ~wearer.head_hw
    if eyes.kind != "upper":
        more_hw &= ~wearer.trunk(*LEGS)
    return piece_reading(
        "skin_more",
        eyes.piece(opened(more_hw, 0.02 * wearer.unit_px)),
        SKIN_MORE,
        "skin shows where the photograph has cloth or background ({})",
        (fix("show no hand or arm that the photograph does not have"),),
    )


def _skin_odds(eyes: Eyes, cells: np.ndarray) -> np.ndarray:
    """float32 (h, w): log odds of skin against a colour nobody told us of, averaged over SMOOTH."""
    odds_hw = np.clip(eyes.wearer.skin.log_share[cells] - ANY_COLOUR, -4, 4)
    return averaged(odds_hw, SMOOTH * eyes.wearer.unit_px)
