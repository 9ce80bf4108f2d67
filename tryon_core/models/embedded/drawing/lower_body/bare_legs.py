"""Make up bare legs where an old garment hid them: limbs round the bones, of the wearer's skin under its light."""

# Shapes: H, W image rows and columns; L levels down the leg; 3 is RGB or a direction (x, y, towards us).
from dataclasses import replace

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d

from .....pictures.masks import soft
from ...seeing.body import measure_body
from ...seeing.legs import see_legs, seen_sides
from ...seeing.limbs import find_limbs, normals
from ...seeing.perception import Person
from ...seeing.recall import once_each
from ...seeing.shoes import find_shoes
from ..bared.skin import bared_skin

_LEVELS = 40
_WITHIN = 0.96  # a leg is a little narrower than the cloth that was seen round it
_SMOOTH = 2.0  # levels: what is seen of cloth has folds, a leg has none
_TIGHT = 1.5  # cloth at most so much wider than a leg tells where the leg is inside it
_ROUNDNESS = 0.92  # the edge of a limb does not face quite sideways: there its outline is soft
_GRAIN = 0.4  # legs are smoother than the arms and hands whose grain is carried
_BELOW_ANKLE = 0.2  # how far legs go on into the shoes, in shoulder widths


@once_each
def legs_alpha(person: Person) -> np.ndarray:
    """float32 (H, W), 0-1: where bare legs would be, from the hips into the shoes."""
    away_HW2, alpha_HW = _away(person), np.zeros(person.alpha_HW.shape, np.float32)
    for side in (0, 1):
        alpha_HW = np.maximum(alpha_HW, soft(np.abs(away_HW2[..., side]) < 1, 0.8))
    return alpha_HW


@once_each
def bare_legs(person: Person) -> np.ndarray:
    """float32 (H, W, 3) RGB 0-255: the skin of both legs, meaningful where `legs_alpha` is above 0."""
    limbs, away_HW2 = find_limbs(person), _away(person)
    facing_HW3 = normals(person, measure_body(person), limbs).copy()
    for side in (0, 1):
        leg = np.abs(away_HW2[..., side]) < 1.1
        facing_HW3[leg] = _round(np.clip(away_HW2[..., side][leg], -1, 1), see_legs(person).frame.across_2)
    without_shoes = replace(person, skin=person.skin & ~find_shoes(person))  # light shoes are read as skin
    skin_HW3 = bared_skin(without_shoes, limbs, facing_HW3)
    return skin_HW3 * _GRAIN + cv2.GaussianBlur(skin_HW3, (0, 0), 2.0) * (1 - _GRAIN)


@once_each
def _away(person: Person) -> np.ndarray:
    """float32 (H, W, 2): across each leg, -1 and 1 at its sides; far out above the hips and below the ankles."""
    legs, shape = see_legs(person), person.alpha_HW.shape
    frame = legs.frame
    down_HW, across_HW = frame.down_share_HW(shape) * frame.torso_px, frame.across_px_HW(shape)
    end_px = legs.down_23[:, 2] + _BELOW_ANKLE * frame.shoulder_px
    down_L = np.linspace(frame.torso_px, float(end_px.max()), _LEVELS)
    seen_L22 = seen_sides(person, legs, down_L)
    away_HW2 = np.empty((*shape, 2), np.float32)
    for side in (0, 1):
        centre_L, radius_L = _leg(person, side, down_L, seen_L22[:, side])
        away_HW2[..., side] = across_HW - np.interp(down_HW, down_L, centre_L)
        away_HW2[..., side] /= np.interp(down_HW, down_L, radius_L)
        away_HW2[(down_HW > end_px[side]) | (down_HW < frame.torso_px), side] = np.inf
    return away_HW2


def _leg(person: Person, side: int, down_L: np.ndarray, seen_L2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(centre, radius) of a leg at each level, float64 (L,): as seen where it is bare, inside tight cloth, else usual.

    What is seen of it tells how thick it is, and how far beside its bone, where it is hidden.
    """
    legs, sign = see_legs(person), (-1, 1)[side]
    bone_L, radius_L, width_L = legs.bone(down_L, side), legs.radius_px(down_L, side), seen_L2.sum(1)
    known_L = np.isfinite(width_L) & (width_L < 2 * _TIGHT * radius_L)
    if not known_L.any():
        return bone_L, radius_L
    at_L2 = np.array([legs.frame.point(*place) for place in zip(bone_L, down_L, strict=True)]).round().astype(int)
    inside_L = (at_L2 >= 0).all(1) & (at_L2 < person.skin.shape[::-1]).all(1)
    bare_L = inside_L.copy()
    bare_L[inside_L] = person.skin[at_L2[inside_L, 1], at_L2[inside_L, 0]]
    thick_L = np.where(bare_L, width_L / 2, np.minimum(radius_L, _WITHIN * width_L / 2)) / radius_L
    beside_L = sign * (seen_L2[:, 0] - seen_L2[:, 1]) / 2
    thick_L, beside_L = (np.interp(down_L, down_L[known_L], values[known_L]) for values in (thick_L, beside_L))
    return tuple(
        gaussian_filter1d(values, _SMOOTH, mode="nearest") for values in (bone_L + beside_L, radius_L * thick_L)
    )


def _round(away_N: np.ndarray, across_2: np.ndarray) -> np.ndarray:
    """float32 (N, 3): which way a round limb faces, from -1 on its one side to 1 on its other."""
    aside_N = _ROUNDNESS * away_N
    return np.stack([aside_N * across_2[0], aside_N * across_2[1], np.sqrt(1 - aside_N**2)], -1).astype(np.float32)
