"""What a person carries: pieces beside a hand, before the lower garment, that are none of its colours and no skin.

A bag held at the hip was taken for the upper garment where it had its colour, and erased with it.
"""

# Shapes: H, W image rows and columns.
import numpy as np

from .....pictures.masks import closed, grown, opened, touching
from ..body_frame import BodyFrame
from ..border import Border

_UNLIKE = 1e-5  # share of the thighs' pixels below which a colour is not the lower garment's; a stray one has 1e-7
_BELOW = 0.08  # torso lengths below the border: belts and hems are above
_FOLDS, _GAPS = 0.02, 0.04  # shoulder widths: thinner is the shadow of a fold, or a seam of a bag
_HELD, _LEAST = 0.06, 0.02  # shoulder widths from a hand, and the least area in shoulder widths squared


def find_carried(
    may_be_HW: np.ndarray, thigh_colours_HW: np.ndarray, border: Border, hands: np.ndarray, frame: BodyFrame
) -> np.ndarray:
    """bool (H, W): bags and the like that are held before the lower garment; all False without any.

    may_be_HW          bool, the person without what is surely skin or sleeve
    thigh_colours_HW   float32, how often each pixel's colour occurs on the thighs
    """
    shape, unit = hands.shape, frame.shoulder_px
    level_HW = border.level_px(frame.across_px_HW(shape)) / frame.torso_px + _BELOW
    below = may_be_HW & (frame.down_share_HW(shape) > level_HW)
    foreign = opened(below & (thigh_colours_HW < _UNLIKE), _FOLDS * unit)
    return touching(
        closed(foreign, _GAPS * unit) & below, grown(hands, _HELD * unit), 0.0, least_px=int(_LEAST * unit**2)
    )
