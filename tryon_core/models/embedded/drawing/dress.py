"""Draw a dress on a person: the upper part placed like a top, the lower part like a skirt, in one spline."""

# Shapes: H, W image rows and columns, h, w of the garment's picture; K control points; 2 is (x, y).
from dataclasses import replace

import cv2
import numpy as np

from ....pictures.masks import soft
from ..cloth.bodice import with_bodice
from ..cloth.flat_garment import Garment
from ..cloth.keypoints import Pair
from ..seeing.perception import Person
from .composed.canvas import Canvas
from .drape import drape
from .drawing_parameters import BOUNDS, WarpParameters
from .lower_body.hips_and_legs import LowerBody, see_lower_body
from .lower_body.lower_placement import LowerLayout
from .lower_body.lower_undress import bared_legs, check_skin_known, hem_shadow, legs_left, lower_remains, without_lower
from .placement import Placement, place
from .shade import contact_shadow, lit
from .undress import behind, body_left, made_up, remains
from .upper import arms_by_cuff, hands, head, occluders

_FEATHER_PX = 1.2
_WAIST = (0.58, 0.8)  # where people have a waist, in torso lengths below the shoulders
_WAIST_ROOM = 0.04  # of the chest's width: how near the waist the top's own control points are still used


def draw_dress(person: Person, garment: Garment, parameters: WarpParameters) -> Canvas:
    """The layers to lay over the person's picture, at working size.

    raises  Refused: 'seated' or 'bare_legs_unknown'
    """
    worn = see_lower_body(person)
    garment = with_bodice(garment)
    placement = place_dress(worn, garment, parameters)
    draped = drape(garment, placement, person)
    shoes_HW = soft(worn.shoes_HW, 1.0)
    bare_HW, sleeved_HW = arms_by_cuff(person, draped)
    alpha_HW = draped.alpha_HW * (1 - np.maximum.reduce([occluders(person, draped), bare_HW, shoes_HW]))

    remains_HW = lower_remains(worn, alpha_HW, parameters.cover)
    bared_HW = bared_legs(worn, remains_HW, None)
    check_skin_known(worn, bared_HW)

    canvas = Canvas(person.alpha_HW.shape)
    canvas.paint(without_lower(worn, bared_HW, 0.0), remains_HW)
    canvas.paint(0.0, hem_shadow(alpha_HW, bared_HW, person))
    old_top_HW = remains(person, worn.trousers, alpha_HW, parameters.cover)
    canvas.paint(made_up(person), old_top_HW)
    canvas.paint(behind(person), sleeved_HW * (1 - alpha_HW))
    body_HW = legs_left(person, remains_HW, bared_HW) * body_left(person, old_top_HW) * (1 - sleeved_HW)
    canvas.paint(0.0, contact_shadow(alpha_HW, body_HW, person.frame.shoulder_px))
    feathered_HW = cv2.GaussianBlur(alpha_HW, (0, 0), max(0.3, 0.8 * (_FEATHER_PX + parameters.edge)))
    canvas.paint_cloth(lit(draped.colour_HW3, alpha_HW, person, parameters), feathered_HW, draped.source)
    canvas.reveal(np.maximum.reduce([head(person), hands(person, draped), shoes_HW]))
    return canvas


def place_dress(worn: LowerBody, garment: Garment, parameters: WarpParameters) -> Placement:
    """The placement of a top above the waist, with a skirt's control points from there on."""
    bodice, waist_px = place_bodice(worn, garment, parameters)
    skirt_source_K2, skirt_target_K2 = LowerLayout(worn, garment, parameters, waist_px).skirt()
    above = bodice.source_K2[:, 1] < garment.lower.waist_y - _WAIST_ROOM * garment.width_px
    return replace(
        bodice,
        sleeves=tuple(edges and (edges[0], _rounded(*edges[1])) for edges in bodice.sleeves),
        source_K2=np.concatenate([bodice.source_K2[above], skirt_source_K2]),
        target_K2=np.concatenate([bodice.target_K2[above], skirt_target_K2]),
    )


def _rounded(outer_E2: np.ndarray, inner_E2: np.ndarray) -> Pair:
    """A sleeve's target edges without the corner at its seam: seams of dresses lie inside the shoulder joint."""
    rounded_E2 = outer_E2.copy()
    rounded_E2[1] = (outer_E2[0] + outer_E2[2]) / 2
    return rounded_E2, inner_E2


def place_bodice(worn: LowerBody, garment: Garment, parameters: WarpParameters) -> tuple[Placement, float]:
    """(placement of a top, how far below the shoulders the dress's waist lies in it): where its proportions put it,

    or at the nearest height where people have a waist; the top is then as much longer or shorter.
    """
    frame, keys, torso_px = worn.person.frame, garment.keypoints, worn.person.frame.torso_px
    plain = place(worn.person, garment, replace(parameters, length=0.0))
    armpit_y, hem_y = (keys.armpit[0][1] + keys.armpit[1][1]) / 2, keys.hem_y
    down_K = frame.coordinates(plain.target_K2)[:, 1]
    at_armpits = np.abs(plain.source_K2[:, 1] - armpit_y) <= abs(keys.armpit[0][1] - keys.armpit[1][1]) / 2 + 0.5
    armpit_px, hem_px = float(down_K[at_armpits].mean()), float(down_K[plain.source_K2[:, 1] > hem_y - 1].mean())
    share = max(garment.lower.waist_y - armpit_y, 1) / max(hem_y - armpit_y, 1)
    waist_px = float(np.clip(armpit_px + share * (hem_px - armpit_px), *(place * torso_px for place in _WAIST)))
    longer = (armpit_px + (waist_px - armpit_px) / share - hem_px) / torso_px
    return place(worn.person, garment, replace(parameters, length=float(np.clip(longer, *BOUNDS["length"])))), waist_px
