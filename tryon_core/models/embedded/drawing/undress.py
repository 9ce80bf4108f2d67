"""Take the old garment away where the new one does not cover it: skin, lower garment or background take its place."""

# Shapes: H, W image rows and columns; 3 is RGB.
import cv2
import numpy as np

from ....pictures.masks import closed, grown, shrunk, soft, touching
from ..seeing.body import Body, measure_body
from ..seeing.fill import grain, spread
from ..seeing.limbs import Limb, find_limbs, normals
from ..seeing.perception import Person
from ..seeing.recall import once_each
from .skin import bared_skin
from .trousers import Trousers, find_trousers

_LEAST_KNOWN_PX = 50
_FRINGE_SHARE = 0.03  # of the shoulder width
_RIM_PX = 4  # mixed with what lies behind
_WAIST_SHARE = 0.85  # of the way from the shoulders to the hips
_CLOTH = 0.012  # how thick cloth is, in shoulder widths
_SHADE_SHARE = 0.04  # width of the shadow that a cuff or a collar throws on skin, in shoulder widths
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


def made_up(person: Person, body: Body, trousers: Trousers | None) -> np.ndarray:
    """float32 (H, W, 3) RGB: the picture as it might be without the upper garment. Only to be used where it was."""
    if body is measure_body(person) and trousers is find_trousers(person):
        return _made_up_once(person)
    return _made_up(person, body, trousers)


def _made_up(person: Person, body: Body, trousers: Trousers | None) -> np.ndarray:
    shape = person.alpha_HW.shape
    image = person.image_HW3.astype(np.float32)
    behind_HW3 = behind(person)
    limbs = find_limbs(person)
    skin_HW3 = bared_skin(person, limbs, normals(person, body, limbs))
    down_HW = person.frame.down_share_HW(shape)
    if trousers is None:
        waist_share_HW, lower_HW3 = _WAIST_SHARE, _spread_of(image, shrunk(person.lower, 2), skin_HW3)
    else:
        line_HW = down_HW + trousers.rise_px_HW(shape) / person.frame.torso_px
        waist_share_HW, lower_HW3 = np.minimum(_WAIST_SHARE, line_HW), trousers.continued(person)
    arms_HW = np.maximum(*(limb.alpha_HW for limb in limbs))
    below = (soft(down_HW > waist_share_HW, 2.0) * (1 - arms_HW))[..., None]
    body_HW3 = skin_HW3 * (1 - below) + lower_HW3 * below
    inside = _inside(person, body, trousers, limbs)[..., None]
    return np.clip(behind_HW3 * (1 - inside) + body_HW3 * inside, 0, 255)


@once_each
def behind(person: Person) -> np.ndarray:
    """float32 (H, W, 3) RGB: what is behind the person, as far as its surroundings tell; with their grain."""
    seen = shrunk(person.alpha_HW < 0.03, 4)
    image = person.image_HW3.astype(np.float32)
    return _spread_of(image, seen, image) + grain(person.image_HW3, seen)


@once_each
def _made_up_once(person: Person) -> np.ndarray:
    return _made_up(person, measure_body(person), find_trousers(person))


def _inside(person: Person, body: Body, trousers: Trousers | None, limbs: tuple[Limb, Limb]) -> np.ndarray:
    """float32 (H, W), 0-1: the body itself; a wide old garment reaches beyond it, over the background."""
    unit = person.frame.shoulder_px
    cloth = shrunk(person.alpha_HW > 0.5, _CLOTH * unit)  # under cloth the body is a little smaller
    silhouette = np.where(grown(person.upper, 2), cloth, person.alpha_HW > 0.5)
    arms = np.maximum(*(limb.whole_HW for limb in limbs))
    return np.maximum(soft(_trunk(person, body, trousers, limbs), 1.0), arms) * soft(silhouette, 1.0)


def _trunk(person: Person, body: Body, trousers: Trousers | None, limbs: tuple[Limb, Limb]) -> np.ndarray:
    """bool (H, W): the body without its arms below the armpits, with the shoulders' caps.

    Below the waist the trousers' sides bound it, above it the trunk's, with a smooth change between.
    """
    shape = person.alpha_HW.shape
    down_HW, across_HW = person.frame.down_share_HW(shape), person.frame.across_px_HW(shape)
    level = np.clip(down_HW, body.levels_L[0], body.levels_L[-1])
    right_HW, left_HW = body.half_px(level, 0), body.half_px(level, 1)
    shoulders = (down_HW < 0.25) & np.all([(limb.edge_px_HW > 0) | (limb.across_HW < 0) for limb in limbs], axis=0)
    if trousers is None:
        return (across_HW > -right_HW) & (across_HW < left_HW) | shoulders
    rise_HW = trousers.rise_px_HW(shape)
    dressed_HW = np.clip((down_HW - _WAIST_SHARE) / 0.2 + 1, 0, 1)
    right_HW += (trousers.half_px(rise_HW, 0) - right_HW) * dressed_HW
    left_HW += (trousers.half_px(rise_HW, 1) - left_HW) * dressed_HW
    trunk = (across_HW > -right_HW) & (across_HW < left_HW)
    return np.where(rise_HW > 0, trunk, trunk | person.lower) | shoulders


def _spread_of(image: np.ndarray, known: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    return spread(image, known) if known.sum() >= _LEAST_KNOWN_PX else otherwise
