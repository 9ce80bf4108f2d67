"""Take the old garment away where the new one does not cover it: skin, lower garment or background take its place."""

# Shapes: H, W image rows and columns; 3 is RGB.
import cv2
import numpy as np

from ...masks import closed, grown, shrunk, soft, touching
from .body import Body
from .fill import grain, spread
from .perception import Person
from .trousers import Trousers

_LEAST_KNOWN_PX = 50
_WAIST_SHARE = 0.85  # of the way from the shoulders to the hips
_FADE_SHARE = 0.08  # of the shoulder width


def remains(person: Person, trousers: Trousers | None, alpha_HW: np.ndarray, cover: float) -> np.ndarray:
    """float32 (H, W), 0-1: what of the old garment would still be seen beside the new one, with its soft rim.

    Below an uncovered old hem it fades out over the trousers, so that no step shows where they were continued.

    cover  0-1: how far beyond the parsed garment to look, 1 for 6 % of the shoulder width
    """
    unit = person.frame.shoulder_px
    old = person.upper | misread(person, trousers)
    rim = grown(old, 3 + 0.06 * cover * unit) & ~(person.hair | person.face)
    sure_other = (person.skin | person.lower) & ~grown(old, 2 + 0.03 * cover * unit)
    seen = rim & ~sure_other & (alpha_HW < 0.98)
    if trousers is None:
        return soft(seen, 1.0)
    fade_px = _FADE_SHARE * unit
    rise_HW = trousers.rise_px_HW(seen.shape)
    bared_W = (seen & (np.abs(rise_HW) < 0.03 * unit)).any(0)
    below = bared_W & (rise_HW < 3) & ~(person.skin | person.arms) & shrunk(person.alpha_HW > 0.5, 3)
    fading_HW = np.clip(1.4 * (1 + rise_HW / fade_px), 0, 1) * soft(below, 1.0)
    return np.maximum(soft(seen, 1.0), fading_HW)


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
    shape = person.alpha_HW.shape
    image = person.image_HW3.astype(np.float32)
    behind_HW3 = _spread_of(image, shrunk(person.alpha_HW < 0.03, 4), image)
    skin_HW3 = _with_bared_arms(_skin(person, image), person, body)
    down_HW = person.frame.down_share_HW(shape)
    if trousers is None:
        waist_share_HW, lower_HW3 = _WAIST_SHARE, _spread_of(image, shrunk(person.lower, 2), skin_HW3)
    else:
        line_HW = down_HW + trousers.rise_px_HW(shape) / person.frame.torso_px
        waist_share_HW, lower_HW3 = np.minimum(_WAIST_SHARE, line_HW), trousers.continued(person)
    below = soft((down_HW > waist_share_HW) & ~person.arms, 2.0)[..., None]
    body_HW3 = skin_HW3 * (1 - below) + lower_HW3 * below
    inside = soft(_inside(person, body, trousers, down_HW) & (person.alpha_HW > 0.5), 1.0)[..., None]
    return np.clip(behind_HW3 * (1 - inside) + body_HW3 * inside, 0, 255)


def _skin(person: Person, image: np.ndarray) -> np.ndarray:
    """Spread from the bare skin, without the face where there is enough else; rounded like a limb, with its grain."""
    bare = shrunk(person.skin & ~person.face, 2)
    known = bare if bare.sum() >= 400 else person.skin
    limb_px = 0.12 * person.frame.shoulder_px
    depth = cv2.distanceTransform((person.alpha_HW > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / limb_px
    rounded = (0.86 + 0.14 * np.sqrt(1 - (1 - np.clip(depth, 0, 1)) ** 2))[..., None]
    return _spread_of(image / rounded, known, image) * rounded + grain(person.image_HW3, known)


def _with_bared_arms(skin_HW3: np.ndarray, person: Person, body: Body) -> np.ndarray:
    """Carry the bare arm's own cross section up under the old sleeve: the light on it goes on without a seam."""
    unit, shape = person.frame.shoulder_px, person.alpha_HW.shape
    bare = shrunk(person.skin & person.arms & (person.alpha_HW > 0.9), 2)
    for arm in body.arms:
        along_HW, across_HW = arm.coordinates(shape)
        near = bare & (np.abs(across_HW) < 1.3 * arm.radius_px) & (along_HW > 0) & (along_HW < 0.95 * arm.length_px)
        if near.sum() < 0.02 * unit**2:
            continue
        cuff_px = float(np.percentile(along_HW[near], 10)) + 0.03 * unit
        section = np.abs(along_HW - cuff_px) < 0.03 * unit
        reach = np.percentile(across_HW[near & section], [3, 97]) if (near & section).sum() > 30 else (0, 0)
        covered = person.arms & (along_HW < cuff_px) & (np.abs(across_HW) < 2 * arm.radius_px)
        if reach[1] - reach[0] < 0.5 * arm.radius_px:
            continue
        offset_HW = np.clip(across_HW, *reach)[..., None].astype(np.float32)
        source_HW2 = (arm.at(cuff_px) + offset_HW * arm.normal(cuff_px)).astype(np.float32)
        carried_HW3 = cv2.remap(skin_HW3, source_HW2[..., 0], source_HW2[..., 1], cv2.INTER_LINEAR)
        weight = soft(covered, 0.01 * unit)[..., None]
        skin_HW3 = skin_HW3 * (1 - weight) + carried_HW3 * weight
    return skin_HW3


def _inside(person: Person, body: Body, trousers: Trousers | None, down_HW: np.ndarray) -> np.ndarray:
    """bool (H, W): the body itself; a wide old garment reaches beyond it, over the background.

    Below the waist the trousers' sides bound it, above it the trunk's, with a smooth change between.
    """
    across_HW = person.frame.across_px_HW(down_HW.shape)
    level = np.clip(down_HW, body.levels_L[0], body.levels_L[-1])
    right_HW, left_HW = body.half_px(level, 0), body.half_px(level, 1)
    if trousers is None:
        return (across_HW > -right_HW) & (across_HW < left_HW) | person.arms | (down_HW < 0.25)
    rise_HW = trousers.rise_px_HW(down_HW.shape)
    dressed_HW = np.clip((down_HW - _WAIST_SHARE) / 0.2 + 1, 0, 1)
    right_HW += (trousers.half_px(rise_HW, 0) - right_HW) * dressed_HW
    left_HW += (trousers.half_px(rise_HW, 1) - left_HW) * dressed_HW
    trunk = (across_HW > -right_HW) & (across_HW < left_HW)
    return np.where(rise_HW > 0, trunk, trunk | person.lower) | person.arms | (down_HW < 0.25)


def _spread_of(image: np.ndarray, known: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    return spread(image, known) if known.sum() >= _LEAST_KNOWN_PX else otherwise
