"""Draw a placed lower garment on an empty sheet, and find what of it is hidden: by the top above, hands and shoes."""

# Shapes: H, W rows and columns of the person's picture, h, w of the garment's; 3 is RGB; 4 is RGB and alpha.
import numpy as np

from .....pictures.features import ColourModel, blur_within, to_lab
from .....pictures.masks import capsule, closed, grown, guided, largest, opened, shrunk, soft, touching
from ...cloth.flat_garment import Garment
from ...seeing.fill import spread
from ..composed.own_size import ClothSource, Layer
from ..in_front import carried, whole_hands
from ..warping import spline_map, strip_map
from .hips_and_legs import LowerBody
from .lower_placement import LowerPlacement

_LEAST_KNOWN_PX = 200
_HEM_BAND = 0.05  # how near its hem the parse may take a top for trousers, in shoulder widths
_TIP_SHARES = (0.35, 0.03)  # its height of the rise, half its width of the hips
_LONGEST_TAIL = 0.35  # how far the rounded hem of a shirt hangs below its middle, in shoulder widths
_FASTEST_FLARE = 0.5  # pixels outwards for each downwards, on each side
_CRUMBS = 0.03  # narrower bits of a top below its hem are misread trousers, in shoulder widths
_FINGERS = 0.1  # how far they spread beyond the landmarks of a hand, in shoulder widths
_FOOT = 0.04  # how far below the ankle joint the foot begins, in shoulder widths
_BACKGROUND_LAB, _EVERY = 12.0, 16  # CIELAB units round the background's colour, shadows of the legs included
_OUTLINE_PX = 2  # how far a garment's own outline is widened: at its sides the strips' edges bound it


def drape_lower(garment: Garment, placement: LowerPlacement, shape: tuple[int, int]) -> tuple[ClothSource, np.ndarray]:
    """(the garment in the shape of the legs with its source, not yet lit; alpha_HW float32 0-1)."""
    sheet_hw4 = _sheet(garment)
    if placement.source_K2 is not None:
        bent = spline_map(placement.source_K2, placement.target_K2, shape)
        warped = bent.sampled(sheet_hw4)
        layer = Layer(pixels=bent, share_HW=np.ones(shape, np.float32))
        return _source(garment, sheet_hw4, warped[..., :3], (layer,)), warped[..., 3]
    colour_HW3, alpha_HW, layers = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32), []
    for source_edges, target_edges in placement.halves:
        bent = strip_map(source_edges, target_edges, shape)
        strip = bent.sampled(sheet_hw4)
        drawn = strip[..., 3] > 0.5
        colour_HW3[drawn] = strip[drawn][:, :3]
        alpha_HW = np.maximum(alpha_HW, drawn)
        layers = [layer.under(drawn) for layer in layers] + [Layer(pixels=bent, share_HW=drawn.astype(np.float32))]
    drawn = alpha_HW > 0.5
    beside_HW3 = blur_within(colour_HW3, drawn, 2.0)  # for the soft rim, and the seam between both halves
    colour_HW3 = np.where(drawn[..., None], colour_HW3, beside_HW3)
    return _source(garment, sheet_hw4, colour_HW3, tuple(layers)), soft(closed(drawn, 1), 0.8)


def _source(garment: Garment, sheet_hw4: np.ndarray, draped_HW3: np.ndarray, layers: tuple[Layer, ...]) -> ClothSource:
    sheet_hw3 = sheet_hw4[..., :3]
    return ClothSource(image_hw3=garment.image_HW3, sheet_hw3=sheet_hw3, draped_HW3=draped_HW3, layers=layers)


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
    """bool (h, w): the tip of the gap between the legs, too narrow to be cut out, where it shows the background."""
    keys = garment.lower
    height_px, half_px = _TIP_SHARES[0] * (keys.crotch[1] - keys.waist_y), _TIP_SHARES[1] * keys.width_px
    below, above = keys.crotch + (0, height_px / 4), keys.crotch - (0, height_px)
    tip = capsule(garment.alpha_HW.shape, above, below, half_px / 2, half_px)
    outside = garment.alpha_HW < 0.02
    if not (tip.any() and outside.any()):
        return tip
    lab_HW3 = to_lab(garment.image_HW3)
    background_3 = np.median(lab_HW3[outside][::_EVERY], 0)
    showing = tip & (np.linalg.norm(lab_HW3 - background_3, axis=-1) < _BACKGROUND_LAB)
    return touching(grown(showing, 1) & tip, grown(outside, _OUTLINE_PX), 0.0)


def before_lower(worn: LowerBody, placement: LowerPlacement) -> np.ndarray:
    """float32 (H, W), 0-1: what stays in front of a lower garment: the worn top, hair, hands, what they carry, shoes.

    Of shoes only the foot: trousers hang over socks and the legs of boots, skirts do not reach them.
    """
    person, frame, shoes = worn.person, worn.legs.frame, worn.shoes_HW
    if placement.halves:
        down_HW = frame.down_share_HW(shoes.shape) * frame.torso_px
        shoes = shoes & (down_HW > _ankle_px_HW(worn) + _FOOT * frame.shoulder_px)
    reach = grown(person.forearms, _FINGERS * frame.shoulder_px)
    hands = soft(touching(opened(reach & person.skin, 2), person.forearms, 0.2), 3.5) > 0.5
    top = opened(largest(_top_at_hem(worn), 0.1), _CRUMBS * person.frame.shoulder_px)
    cloth_and_arms = soft(top | hands, 1.2)
    return np.maximum.reduce(
        [cloth_and_arms, whole_hands(person), carried(person), soft(person.hair, 1.2), soft(shoes, 1.0)]
    )


def _ankle_px_HW(worn: LowerBody) -> np.ndarray:
    """float64 (H, W): how far down the ankle of the leg on each pixel's side is."""
    legs, shape = worn.legs, worn.shoes_HW.shape
    right = legs.frame.across_px_HW(shape) < legs.middle(legs.ankle_px)
    return np.where(right, legs.down_23[0, 2], legs.down_23[1, 2])


def _top_at_hem(worn: LowerBody) -> np.ndarray:
    """bool (H, W): the top that is worn; along its hem by the colours just above and below, where these differ."""
    person, shape = worn.person, worn.person.alpha_HW.shape
    if worn.bare_stomach:
        frame = worn.legs.frame
        below_px = frame.down_share_HW(shape) * frame.torso_px - worn.top_and_waistband_px[0]
        return person.upper & (below_px < _HEM_BAND * frame.shoulder_px)
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
    return np.where(at_hem, smooth, person.upper) & (rise_HW > -_LONGEST_TAIL * unit)


def beside_top(worn: LowerBody, waist_px: float) -> np.ndarray:
    """float32 (H, W), 0-1: where a lower garment may be: not beside the top whose hem hides its waistband.

    From under that hem it comes out no faster than a wide skirt's sides run.
    """
    person, frame, shape = worn.person, worn.legs.frame, worn.person.alpha_HW.shape
    unit, across_HW = frame.shoulder_px, frame.across_px_HW(shape)
    if worn.trousers is None or worn.bare_stomach:
        below = frame.down_share_HW(shape) * frame.torso_px > waist_px
    else:
        rise_HW = worn.trousers.rise_px_HW(shape)
        hem = person.upper & ~person.arms & (rise_HW > 0) & (rise_HW < 0.06 * unit)
        left, right = np.percentile(across_HW[hem], [1, 99]) if hem.any() else (-np.inf, np.inf)
        out_HW = _FASTEST_FLARE * np.maximum(-rise_HW, 0)
        below = (rise_HW < 0) & (across_HW > left - out_HW) & (across_HW < right + out_HW)
        worn_lower = grown(largest(person.lower, 0.3), 2)  # beside a rounded hem; fingers on the top are read as it too
        inside = shrunk(person.alpha_HW > 0.5, 2) & (worn_lower | (rise_HW < 0.06 * unit))
        return np.maximum(soft(below, 1.0), soft(inside, 1.0))
    return np.maximum(soft(below, 1.0), soft(shrunk(person.alpha_HW > 0.5, 2), 1.0))
