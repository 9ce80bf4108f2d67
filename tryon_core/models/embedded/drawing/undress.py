"""Take the old garment away where the new one does not cover it: skin, lower garment or background take its place."""

# Shapes: H, W image rows and columns; 3 is RGB.
import cv2
import numpy as np

from ....pictures.features import lab_distance, to_lab
from ....pictures.masks import closed, grown, shrunk, soft, touching, walk
from ..seeing.body import SLOPE_SHARES, Body, measure_body
from ..seeing.fill import grain, spread
from ..seeing.limbs import Limb, find_limbs, normals
from ..seeing.perception import Person
from ..seeing.recall import once_each
from .bared.skin import bared_skin
from .trousers import Trousers, find_trousers

_LEAST_KNOWN_PX = 50
_FRINGE_SHARE = 0.03  # of the shoulder width
_RIM_PX = 4  # mixed with what lies behind
_WAIST_SHARE = 0.85  # of the way from the shoulders to the hips
_CLOTH = 0.012  # how thick cloth is, in shoulder widths
_SHADE_SHARE = 0.04  # width of the shadow that a cuff or a collar throws on skin, in shoulder widths
_PARTED_L = np.linspace(0.25, 0.8, 23)  # torso lengths below the shoulders: where arms part from the trunk
_PARTED = 1.05  # of the trunk's half width: what reaches further is an arm beside it
_BESIDE_HAIR = 0.15  # in shoulder widths: so near hair hides where the shoulders' outline is
_SHOULDERS_END = 0.25  # torso lengths below the shoulder joints
_SAME_COLOUR = 6.0  # CIE 1976 Lab: a wall's own shading beside a person on 5 photographs is below
_FADE_SHARE = 0.08  # of the shoulder width


def remains(person: Person, trousers: Trousers | None, alpha_HW: np.ndarray, cover: float) -> np.ndarray:
    """float32 (H, W), 0-1: what of the old garment would still be seen beside the new one, with its soft rim.

    Below an uncovered old hem it fades out over the trousers, so that no step shows where they were continued.

    cover  0-1: how far beyond the parsed garment to look, 1 for 6 % of the shoulder width
    """
    unit = person.frame.shoulder_px
    old = person.upper | misread(person, trousers)
    beyond = grown(old, _FRINGE_SHARE * unit) & (person.alpha_HW < 0.5)  # the silhouette misses some of its edge
    rim = (grown(old, _RIM_PX + 0.06 * cover * unit) | beyond) & ~(person.hair | person.face)
    sure_other = (person.skin | person.lower) & ~grown(old, _RIM_PX - 1 + 0.03 * cover * unit)
    seen = rim & ~sure_other & (alpha_HW < 0.98)
    seen_HW = np.maximum(soft(seen, 1.0), _shaded_skin(person, old, alpha_HW))
    if trousers is None:
        return seen_HW
    fade_px = _FADE_SHARE * unit
    rise_HW = trousers.rise_px_HW(seen.shape)
    bared_W = (seen & (np.abs(rise_HW) < 0.03 * unit)).any(0)
    below = bared_W & (rise_HW < 3) & ~(person.skin | person.arms) & shrunk(person.alpha_HW > 0.5, 3)
    fading_HW = np.clip(1.4 * (1 + rise_HW / fade_px), 0, 1) * soft(below, 1.0)
    return np.maximum(seen_HW, fading_HW)


def _shaded_skin(person: Person, old: np.ndarray, alpha_HW: np.ndarray) -> np.ndarray:
    """float32 (H, W), 0-1: skin beyond an uncovered old cuff or collar, in its shadow; fading away from it.

    Not hands, nor an arm beside cloth of the trunk: that shadow is nobody's hem.
    """
    limbs = find_limbs(person)
    sleeves = np.any([limb.edge_px_HW > -0.05 * person.frame.shoulder_px for limb in limbs], axis=0)
    collar = person.frame.down_share_HW(old.shape) < 0.2
    seen = old & (alpha_HW < 0.5) & (sleeves | collar)
    away_px = cv2.distanceTransform((~seen).astype(np.uint8), cv2.DIST_L2, 5)
    fading_HW = np.clip(2.5 - away_px / (_SHADE_SHARE * person.frame.shoulder_px), 0, 1)
    for limb in limbs:
        fading_HW = fading_HW * np.clip((2.05 - limb.along_HW) / 0.1, 0, 1)
    return fading_HW * soft(grown(person.skin, 4) & ~(grown(person.face, 3) | person.hair | person.lower), 1.0)


def misread(person: Person, trousers: Trousers | None) -> np.ndarray:
    """bool (H, W): corners of the old hem that the parse took for something else.

    Trousers above the hem and beyond their own sides, or there of the old garment's colour; crumbs of skin at its rim.
    """
    unit, shape = person.frame.shoulder_px, person.upper.shape
    if trousers is None or min(person.upper.sum(), person.lower.sum()) < _LEAST_KNOWN_PX:
        return np.zeros(shape, bool)
    rise_HW = trousers.rise_px_HW(shape)
    above = (rise_HW > 0) & (rise_HW < 0.5 * unit)
    doubtful = person.lower & above
    unlike_upper, unlike_lower = (
        np.linalg.norm(person.lab_HW3[doubtful] - np.median(person.lab_HW3[part][::8], 0), axis=-1)
        for part in (person.upper, person.lower)
    )
    between = trousers.between_HW(shape)[doubtful]
    cloth = np.zeros(shape, bool)
    cloth[doubtful] = (unlike_upper < unlike_lower) | (between < 0.02) | (between > 0.98)
    cloth = closed(cloth | person.upper, 0.02 * unit) & doubtful  # its shaded side is as dark as trousers
    skin = person.skin & above & ~person.arms
    crumbs = skin & ~touching(skin, skin, 0.0, least_px=int(0.02 * unit**2))
    return cloth | touching(crumbs, grown(person.upper, 2), 0.02)


@once_each
def made_up(person: Person) -> np.ndarray:
    """float32 (H, W, 3) RGB: the picture as it might be without the upper garment. Only to be used where it was."""
    shape, trousers = person.alpha_HW.shape, find_trousers(person)
    inside = bare_body(person)[..., None]  # first: it takes the most memory
    image = person.image_HW3.astype(np.float32)
    limbs = find_limbs(person)
    skin_HW3 = bared_skin(person, limbs, normals(person, measure_body(person), limbs))
    down_HW = person.frame.down_share_HW(shape)
    if trousers is None:
        waist_share_HW, lower_HW3 = _WAIST_SHARE, _spread_of(image, shrunk(person.lower, 2), skin_HW3)
    else:
        line_HW = down_HW + trousers.rise_px_HW(shape) / person.frame.torso_px
        waist_share_HW, lower_HW3 = np.minimum(_WAIST_SHARE, line_HW), trousers.continued(person)
    arms_HW = np.maximum(*(limb.alpha_HW for limb in limbs))
    below = (soft(down_HW > waist_share_HW, 2.0) * (1 - arms_HW))[..., None]
    body_HW3 = skin_HW3 * (1 - below) + lower_HW3 * below
    return np.clip(behind(person) * (1 - inside) + body_HW3 * inside, 0, 255).astype(np.float32)


@once_each
def behind(person: Person) -> np.ndarray:
    """float32 (H, W, 3) RGB: what is behind the person, as far as its surroundings tell; with their grain."""
    seen = shrunk(person.alpha_HW < 0.03, 4)
    image = person.image_HW3.astype(np.float32)
    return _spread_of(image, seen, image) + grain(person.image_HW3, seen)


@once_each
def bare_body(person: Person) -> np.ndarray:
    """float32 (H, W), 0-1: the body itself; a wide old garment reaches beyond it, over the background."""
    unit, limbs, silhouette = person.frame.shoulder_px, find_limbs(person), person.alpha_HW > 0.5
    cloth = shrunk(silhouette, _CLOTH * unit)  # under cloth the trunk is a little smaller; limbs are measured so
    under = np.where(grown(person.upper, 2), cloth, silhouette)
    arms_HW = np.maximum(*(limb.whole_HW for limb in limbs)) * soft(silhouette, 1.0)
    trunk = _trunk(person, measure_body(person), find_trousers(person), limbs)
    return np.maximum(soft(trunk, 1.0) * soft(under, 1.0), arms_HW) * soft(~above_shoulders(person), 1.0)


def body_left(person: Person, remains_HW: np.ndarray) -> np.ndarray:
    """float32 (H, W), 0-1: the person without what of the old garment is taken away."""
    return person.alpha_HW * (1 - remains_HW) + bare_body(person) * remains_HW


def _trunk(person: Person, body: Body, trousers: Trousers | None, limbs: tuple[Limb, Limb]) -> np.ndarray:
    """bool (H, W): the body without its arms below the armpits, with the shoulders' caps.

    Below the waist the trousers' sides bound it, above it the trunk's, with a smooth change between.
    """
    shape = person.alpha_HW.shape
    down_HW, across_HW = person.frame.down_share_HW(shape), person.frame.across_px_HW(shape)
    right_HW, left_HW = (_trunk_half_px(person, body, down_HW, side) for side in (0, 1))
    shoulders = (down_HW < _SHOULDERS_END) & np.all(
        [(limb.edge_px_HW > 0) | (limb.across_HW < 0) for limb in limbs], axis=0
    )
    if trousers is None:
        return (across_HW > -right_HW) & (across_HW < left_HW) | shoulders
    rise_HW = trousers.rise_px_HW(shape)
    dressed_HW = np.clip((down_HW - _WAIST_SHARE) / 0.2 + 1, 0, 1)
    right_HW += (trousers.half_px(rise_HW, 0) - right_HW) * dressed_HW
    left_HW += (trousers.half_px(rise_HW, 1) - left_HW) * dressed_HW
    trunk = (across_HW > -right_HW) & (across_HW < left_HW)
    return np.where(rise_HW > 0, trunk, trunk | person.lower) | shoulders


@once_each
def above_shoulders(person: Person) -> np.ndarray:
    """bool (H, W): beside the neck and above the body's slope, or wall beside hair: nothing there is of the body."""
    shape, unit, body = person.alpha_HW.shape, person.frame.shoulder_px, measure_body(person)
    across_HW = person.frame.across_px_HW(shape) / (unit / 2)
    slopes_HW = [np.interp(np.abs(across_HW), SLOPE_SHARES, body.slope_px_J2[:, side]) for side in (0, 1)]
    highest_HW = np.where(across_HW < 0, *slopes_HW) + _CLOTH * unit
    down_HW = person.frame.down_share_HW(shape)
    higher = -down_HW * person.frame.torso_px > highest_HW
    wall = grown(person.hair, _BESIDE_HAIR * unit) & (down_HW < _SHOULDERS_END) & _as_behind(person)
    return (np.abs(across_HW) > SLOPE_SHARES[0]) & (higher | wall)


def _as_behind(person: Person) -> np.ndarray:
    """bool (H, W): what has the colour of the wall behind it; the silhouette takes in some of it between strands."""
    return lab_distance(person.lab_HW3, to_lab(behind(person))) < _SAME_COLOUR


def _trunk_half_px(person: Person, body: Body, down_HW: np.ndarray, side: int) -> np.ndarray:
    """float64 (H, W): the trunk's half width; where an arm hides its side no wider than just below, where both parted.

    Under a sleeve the body was measured with the arm, which would fill the wedge between them with skin.
    """
    unit, sign = person.frame.shoulder_px, (-1, 1)[side]
    spine = (person.frame.right_hip + person.frame.left_hip) / 2 - person.frame.centre
    silhouette = person.alpha_HW > 0.5
    found_L = np.array(
        [
            walk(silhouette, person.frame.centre + spine * level, sign * person.frame.across_2, unit) or np.inf
            for level in _PARTED_L
        ]
    )
    half_HW = body.half_px(np.clip(down_HW, body.levels_L[0], body.levels_L[-1]), side)
    free_L = found_L < _PARTED * body.half_px(_PARTED_L, side)
    if free_L.all() or not free_L.any():
        return half_HW
    parted = len(free_L) - int((~free_L)[::-1].argmax()) if free_L[-1] else int(free_L.argmax())
    return np.where(down_HW < _PARTED_L[parted], np.minimum(half_HW, found_L[parted]), half_HW)


def _spread_of(image: np.ndarray, known: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    return spread(image, known) if known.sum() >= _LEAST_KNOWN_PX else otherwise
