"""Take the old garment away where the new one does not cover it: skin, lower garment or background take its place."""

# Shapes: H, W image rows and columns; 3 is RGB.
import cv2
import numpy as np

from ...masks import grown, shrunk, soft
from .body import Body
from .fill import grain, spread
from .perception import Person

_LEAST_KNOWN_PX = 50


def remains(person: Person, alpha_HW: np.ndarray, cover: float) -> np.ndarray:
    """bool (H, W): what of the old garment would still be seen beside the new one, with its soft rim.

    cover  0-1: how far beyond the parsed garment to look, 1 for 6 % of the shoulder width
    """
    rim_px = 3 + 0.06 * cover * person.frame.shoulder_px
    rim = grown(person.upper, rim_px) & ~(person.hair | person.face)
    sure_other = (person.skin | person.lower) & ~grown(person.upper, 2 + 0.03 * cover * person.frame.shoulder_px)
    return rim & ~sure_other & (alpha_HW < 0.98)


def made_up(person: Person, body: Body) -> np.ndarray:
    """float32 (H, W, 3) RGB: the picture as it might be without the upper garment. Only to be used where it was."""
    shape = person.alpha_HW.shape
    image = person.image_HW3.astype(np.float32)
    behind_HW3 = _spread_of(image, shrunk(person.alpha_HW < 0.03, 4), image)
    skin_HW3 = _with_bared_arms(_skin(person, image), person, body)
    lower_HW3 = _spread_of(image, shrunk(person.lower, 2), skin_HW3)
    down_HW = person.frame.down_share_HW(shape)
    below = soft((down_HW > 0.85) & ~person.arms, 2.0)[..., None]
    body_HW3 = skin_HW3 * (1 - below) + lower_HW3 * below
    inside = soft(_inside(person, body, down_HW), 1.5)[..., None] * person.alpha_HW[..., None]
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


def _inside(person: Person, body: Body, down_HW: np.ndarray) -> np.ndarray:
    """bool (H, W): the body itself; a wide old garment reaches beyond it, over the background."""
    across_HW = person.frame.across_px_HW(down_HW.shape)
    level = np.clip(down_HW, body.levels_L[0], body.levels_L[-1])
    trunk = (across_HW > -body.half_px(level, 0)) & (across_HW < body.half_px(level, 1))
    return trunk | person.arms | (down_HW < 0.25)


def _spread_of(image: np.ndarray, known: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    return spread(image, known) if known.sum() >= _LEAST_KNOWN_PX else otherwise
