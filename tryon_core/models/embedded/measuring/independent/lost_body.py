"""Limbs and trunk that became background: a bite taken out of the body, a shin painted out."""

# Shapes: h, w rows and columns at half of the working size.
import numpy as np

from .....pictures.masks import closed, grown, opened, shrunk, touching
from ..scale import Bar, Reading, fix
from .eyes import AREA, Eyes, apart, averaged, piece_reading
from .wearer import ANY_COLOUR

# The tuning true pictures reach 0.004, usable results 0.008, bad ones 0.017 to 0.071 in four, shins planted at the
# smallest size 0.065; 2026-11.
LOST = Bar(unit=AREA, good=0.004, bar=0.012, bad=0.08)

LIKE_BEHIND, UNLIKE_BEHIND = 7.0, 12.0  # Lab units: the candidate now, the photograph before
TOUCHED = 4.0  # Lab units of change
RIM = 0.02  # shoulder widths: a garment's edge moves by so much
NOTCH = 0.07  # shoulder widths: half the width of a notch in the outline that is no garment's edge
NEW_ODDS = 0.5  # mean log odds from which a place may be the new garment
EVEN_IF_NEW = 2.5  # Lab units: a plain background is spread in as exactly as that, cloth of its colour is hardly ever


def lost_body(eyes: Eyes) -> Reading | None:
    """The largest piece inside limbs or trunk that shows what lies behind the person, open to the background.

    Inside capsules round the bones, which a wide old sleeve is not. Hardly sees a bite where the new garment has
    the background's very colour. None for a person without visible background.
    """
    wearer, unit_px = eyes.wearer, eyes.wearer.unit_px
    if wearer.behind_hw3 is None:
        return None
    was_off_hw = apart(wearer.lab_hw3, wearer.behind_hw3)
    new_hw = averaged(np.clip(eyes.new[eyes.now_cells] - ANY_COLOUR, -4, 4), 5) > NEW_ODDS
    behind_hw = eyes.off_behind_hw < np.where(new_hw, EVEN_IF_NEW, LIKE_BEHIND)
    gone_hw = behind_hw & (was_off_hw > UNLIKE_BEHIND) & (eyes.change_hw > TOUCHED) & (wearer.alpha_hw > 0.6)
    gone_hw = opened(gone_hw, 0.012 * unit_px)
    open_hw = touching(gone_hw, grown(wearer.alpha_hw < 0.3, 0.03 * unit_px), 0.0)
    left_hw = (wearer.alpha_hw > 0.6) & ~open_hw
    body_hw = np.any([*wearer.bones.values(), shrunk(wearer.trunk(0.5, 0.0, 1.0), RIM * unit_px)], axis=0)
    body_hw |= closed(left_hw, NOTCH * unit_px) & wearer.trunk(0.8, 0.1, 2.5)
    if eyes.kind != "upper":
        body_hw &= ~wearer.between_legs()
    return piece_reading(
        "lost_body",
        eyes.piece(open_hw & body_hw & shrunk(wearer.alpha_hw > 0.6, RIM * unit_px)),
        LOST,
        "a part of the body became background ({})",
        (fix("keep every limb and the whole outline of the body"),),
    )
