"""Draw trousers or a skirt on a person: the old lower garment off, the new one on, top, hands and shoes before it."""

# Shapes: H, W image rows and columns, h, w of the garment's picture; 3 is RGB; 4 is RGB and alpha.
from dataclasses import replace

import cv2
import numpy as np

from ...features import ColourModel, blur_within
from ...masks import capsule, closed, grown, guided, largest, opened, shrunk, soft
from .bare_legs import bare_legs
from .behind import carried_across
from .canvas import Canvas
from .fill import spread
from .garment import Garment
from .lower_body import LowerBody, see_lower_body
from .lower_placement import LowerPlacement, place_lower
from .parameters import WarpParameters
from .perception import Person
from .shade import contact_shadow, lit
from .warping import spline_warp, strip_warp

_FEATHER_PX = 1.2
_LEAST_KNOWN_PX = 200
_HEM_BAND = 0.05  # how near its hem the parse may take a top for trousers, in shoulder widths
_TIP_SHARES = (0.35, 0.03)  # its height of the rise, half its width of the hips
_CRUMBS = 0.03  # of the shoulder width
_FADED = 0.5  # how much less of the old garment's folds to carry than for tops: worn denim's fading is no shadow
_OUTLINE_PX = 2  # how far a garment's own outline is widened: at its sides the strips' edges bound it


def draw_lower(person: Person, garment: Garment, parameters: WarpParameters) -> Canvas:
    """The layers to lay over the person's picture, at working size."""
    worn = see_lower_body(person)
    placement = place_lower(worn, garment, parameters)
    colour_HW3, draped_HW = drape_lower(garment, placement, person.alpha_HW.shape)
    front_HW = before_lower(worn)
    alpha_HW = draped_HW * (1 - front_HW) * beside_top(worn, placement.waist_px)

    canvas = Canvas(person.alpha_HW.shape)
    canvas.paint(without_lower(worn, placement), lower_remains(worn, alpha_HW, parameters.cover))
    canvas.paint(0.0, contact_shadow(alpha_HW, person))
    feathered_HW = cv2.GaussianBlur(alpha_HW, (0, 0), max(0.3, 0.8 * (_FEATHER_PX + parameters.edge)))
    calmer = replace(parameters, shading=max(-1.0, parameters.shading - _FADED))
    canvas.paint(lit(colour_HW3, alpha_HW, replace(person, upper=person.lower), calmer), feathered_HW)
    canvas.reveal(front_HW)
    return canvas


def drape_lower(garment: Garment, placement: LowerPlacement, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """(colour_HW3 float32 RGB 0-255, alpha_HW float32 0-1) of the garment in the shape of the legs, not yet lit."""
    sheet_hw4 = _sheet(garment)
    if placement.source_K2 is not None:
        warped = spline_warp(sheet_hw4, placement.source_K2, placement.target_K2, shape)
        return warped[..., :3], warped[..., 3]
    colour_HW3, alpha_HW = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32)
    for source_edges, target_edges in placement.halves:
        strip = strip_warp(sheet_hw4, source_edges, target_edges, shape)
        drawn = strip[..., 3] > 0.5
        colour_HW3[drawn] = strip[drawn][:, :3]
        alpha_HW = np.maximum(alpha_HW, drawn)
    drawn = alpha_HW > 0.5
    beside_HW3 = blur_within(colour_HW3, drawn, 2.0)  # for the soft rim, and the seam between both halves
    return np.where(drawn[..., None], colour_HW3, beside_HW3), soft(closed(drawn, 1), 0.8)


def _sheet(garment: Garment) -> np.ndarray:
    """float32 (h, w, 4): the garment's colours carried over its outline, and its outline a little widened."""
    inside = shrunk(garment.alpha_HW > 0.9, 2)
    if garment.lower.crotch is not None:
        inside &= ~_between_legs(garment)
    image = garment.image_HW3.astype(np.float32)
    colour = np.where(inside[..., None], image, spread(image, inside))
    if garment.kind == "trousers":
        return np.dstack([colour, soft(grown(garment.alpha_HW > 0.5, _OUTLINE_PX), 1.0)])
    return np.dstack([colour, garment.alpha_HW])


def _between_legs(garment: Garment) -> np.ndarray:
    """bool (h, w): the tip of the gap between the legs, too narrow to be cut out, so that it shows the background."""
    keys = garment.lower
    height_px, half_px = _TIP_SHARES[0] * (keys.crotch[1] - keys.waist_y), _TIP_SHARES[1] * keys.width_px
    below, above = keys.crotch + (0, height_px / 4), keys.crotch - (0, height_px)
    return capsule(garment.alpha_HW.shape, above, below, half_px / 2, half_px)


def before_lower(worn: LowerBody) -> np.ndarray:
    """float32 (H, W), 0-1: what stays in front of a lower garment: the top that is worn, hair, hands and shoes."""
    person = worn.person
    hands = soft(opened(person.forearms & person.skin, 2), 3.5) > 0.5
    top = opened(largest(_top_at_hem(worn), 0.1), _CRUMBS * person.frame.shoulder_px)
    return np.maximum.reduce([soft(top | hands, 1.2), soft(person.hair, 1.2), soft(worn.shoes_HW, 1.0)])


def _top_at_hem(worn: LowerBody) -> np.ndarray:
    """bool (H, W): the top that is worn; along its hem by the colours just above and below, where these differ."""
    person, shape = worn.person, worn.person.alpha_HW.shape
    if worn.trousers is None:
        return person.upper
    unit, rise_HW = person.frame.shoulder_px, worn.trousers.rise_px_HW(shape)
    cloth = person.upper | person.lower
    above = person.upper & (rise_HW > _HEM_BAND * unit) & (rise_HW < 3 * _HEM_BAND * unit)
    below = person.lower & (rise_HW < -_HEM_BAND * unit) & (rise_HW > -3 * _HEM_BAND * unit)
    if min(above.sum(), below.sum()) < _LEAST_KNOWN_PX:
        return person.upper
    cells = ColourModel.cells(person.lab_HW3)
    top, trousers = (ColourModel(person.lab_HW3[seed], lightness_blur=3.0).log_share for seed in (above, below))
    belief_HW = np.clip((top - trousers)[cells], -3, 3) + np.where(person.upper, 0.5, -0.5)
    smooth = guided(person.image_HW3, 1 / (1 + np.exp(-belief_HW)), 0.02 * unit, 1e-4) > 0.5
    at_hem = cloth & (np.abs(rise_HW) < 1.5 * _HEM_BAND * unit)
    return np.where(at_hem, smooth, person.upper)


def lower_remains(worn: LowerBody, alpha_HW: np.ndarray, cover: float) -> np.ndarray:
    """float32 (H, W), 0-1: what of the old lower garment would still be seen beside the new one, with its soft rim.

    cover  0-1: how far beyond the parsed garment to look, 1 for 6 % of the shoulder width
    """
    person, unit = worn.person, worn.person.frame.shoulder_px
    old = person.lower & ~worn.shoes_HW
    rim = grown(old, 4 + 0.06 * cover * unit)
    sure_other = (shrunk(person.skin, 3) | person.upper | person.hair | worn.shoes_HW) & ~old
    return soft(rim & ~sure_other & (alpha_HW < 0.98), 1.0)


def beside_top(worn: LowerBody, waist_px: float) -> np.ndarray:
    """float32 (H, W), 0-1: where a lower garment may be: not beside the top whose hem hides its waistband."""
    person, shape = worn.person, worn.person.alpha_HW.shape
    if worn.trousers is not None:
        below = worn.trousers.rise_px_HW(shape) < 0
    else:
        below = worn.legs.frame.down_share_HW(shape) * worn.legs.frame.torso_px > waist_px
    return np.maximum(soft(below, 1.0), soft(shrunk(person.alpha_HW > 0.5, 2), 1.0))


def without_lower(worn: LowerBody, placement: LowerPlacement | None) -> np.ndarray:
    """float32 (H, W, 3) RGB: the picture as it might be without the lower garment. Only to be used where it was.

    Trousers hold the legs: beside them there is background, as far as they reach.

    placement  of the new lower garment; None for a dress
    """
    person, image = worn.person, worn.person.image_HW3.astype(np.float32)
    down_HW = worn.legs.frame.down_share_HW(person.alpha_HW.shape) * worn.legs.frame.torso_px
    behind_HW3 = carried_across(image, shrunk(person.alpha_HW < 0.03, 4))
    legs_HW3, legs_HW = bare_legs(person)
    if placement is not None and placement.halves:
        legs_HW = legs_HW * soft(down_HW > placement.hem_px, 1.0)
    made_HW3 = behind_HW3 * (1 - legs_HW[..., None]) + legs_HW3 * legs_HW[..., None]
    if placement is None or not person.skin.any():
        return made_HW3
    stomach = soft((person.alpha_HW > 0.5) & (down_HW < placement.waist_px + 0.1 * person.frame.shoulder_px), 1.0)
    return made_HW3 * (1 - stomach[..., None]) + spread(image, shrunk(person.skin, 2)) * stomach[..., None]
