"""Draw trousers or a skirt on a person: the old lower garment off, the new one on, top, hands and shoes before it."""

from dataclasses import replace

import cv2
import numpy as np

from .....errors import Refused
from ...cloth.flat_garment import Garment
from ...seeing.perception import Person
from ..composed.canvas import Canvas
from ..drawing_parameters import WarpParameters
from ..shade import contact_shadow, lit
from .hips_and_legs import LowerBody, see_lower_body
from .lower_drape import before_lower, beside_top, drape_lower
from .lower_placement import place_lower
from .lower_undress import (
    bared_legs,
    check_skin_known,
    hem_shadow,
    legs_beside,
    legs_left,
    lower_remains,
    without_lower,
)

_FEATHER_PX = 1.2
_LEAST_SHOWN = 0.15  # less than that of a garment is no try-on, in torso lengths
_LEAST_WAISTBAND = 0.45  # of the hips' width; waistbands of the tuning pictures have 0.55 to 0.9
_FADED = 0.5  # how much less of the old garment's folds to carry than for tops: worn denim's fading is no shadow


def draw_lower(person: Person, garment: Garment, parameters: WarpParameters) -> Canvas:
    """The layers to lay over the person's picture, at working size.

    raises  Refused: 'one_piece', 'seated', 'legs_not_shown' or 'bare_legs_unknown'
    """
    _check_no_top(garment)
    worn = see_lower_body(person)
    placement = place_lower(worn, garment, parameters)
    _check_shown(worn, placement.waist_px)
    source, draped_HW = drape_lower(garment, placement, person.alpha_HW.shape)
    front_HW = before_lower(worn, placement)
    alpha_HW = draped_HW * (1 - front_HW) * beside_top(worn, placement.waist_px)

    remains_HW = np.maximum(lower_remains(worn, alpha_HW, parameters.cover), legs_beside(worn, placement))
    bared_HW = bared_legs(worn, remains_HW, placement)
    check_skin_known(worn, bared_HW)

    canvas = Canvas(person.alpha_HW.shape)
    canvas.paint(without_lower(worn, bared_HW, placement.waist_px), remains_HW)
    canvas.paint(0.0, hem_shadow(alpha_HW, bared_HW, person))
    body_HW = legs_left(person, remains_HW, bared_HW)
    canvas.paint(0.0, contact_shadow(alpha_HW, body_HW, person.frame.shoulder_px))
    feathered_HW = cv2.GaussianBlur(alpha_HW, (0, 0), max(0.3, 0.8 * (_FEATHER_PX + parameters.edge)))
    calmer = replace(parameters, shading=max(-1.0, parameters.shading - _FADED))
    lit_HW3 = lit(source.draped_HW3, alpha_HW, replace(person, upper=person.lower), calmer)
    canvas.paint_cloth(lit_HW3, feathered_HW, source)
    canvas.reveal(front_HW)
    return canvas


def _check_no_top(garment: Garment) -> None:
    """It begins with a waistband: a jumpsuit has legs too, but begins with straps or a collar."""
    share = float((garment.alpha_HW[int(garment.lower.waist_y)] > 0.5).sum()) / max(garment.lower.width_px, 1.0)
    if share < _LEAST_WAISTBAND:
        raise Refused(
            "one_piece",
            f"the garment begins without a waistband (its upper edge is {share:.0%} as wide as its hips, needs "
            f"{_LEAST_WAISTBAND:.0%}), as jumpsuits and overalls; give a top, a dress, trousers or a skirt",
        )


def _check_shown(worn: LowerBody, waist_px: float) -> None:
    """Enough of the garment comes to light: below the top that is worn, or below the waistband without one."""
    frame, shape = worn.legs.frame, worn.person.alpha_HW.shape
    hem_of_top_px = worn.top_and_waistband_px[0]
    begins_px = max(waist_px, hem_of_top_px) if np.isfinite(hem_of_top_px) else waist_px
    ends_px = float(frame.coordinates(np.array([frame.centre[0], shape[0]]))[0, 1])
    shown = (ends_px - begins_px) / frame.torso_px
    if shown < _LEAST_SHOWN:
        raise Refused(
            "legs_not_shown",
            f"the picture shows {max(shown, 0):.2f} torso lengths of what is worn below the top, needs {_LEAST_SHOWN}; "
            "give one that shows the thighs",
        )
