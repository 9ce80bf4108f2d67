"""Make up bare legs where an old garment hid them: limbs round the bones, of the wearer's skin under its light."""

# Shapes: H, W image rows and columns; L levels down the leg; 3 is RGB or a direction (x, y, towards us).
import numpy as np

from ...masks import soft
from .body import measure_body
from .legs import Legs, see_legs, seen_sides
from .limbs import find_limbs, normals
from .perception import Person
from .recall import once_per_person
from .skin import bared_skin

_LEVELS = 40
_WITHIN = 0.96  # a leg is a little narrower than the cloth that was seen round it
_TIGHT = 1.5  # cloth at most so much wider than a leg tells where the leg is inside it
_ROUNDNESS = 0.92  # the edge of a limb does not face quite sideways: there its outline is soft
_BELOW_ANKLE = 0.2  # how far legs go on into the shoes, in shoulder widths


@once_per_person
def bare_legs(person: Person) -> tuple[np.ndarray, np.ndarray]:
    """(colour_HW3 float32 RGB 0-255, alpha_HW float32 0-1): both legs from the hips into the shoes."""
    legs, shape = see_legs(person), person.alpha_HW.shape
    down_HW = legs.frame.down_share_HW(shape) * legs.frame.torso_px
    across_HW = legs.frame.across_px_HW(shape)
    end_px = legs.down_23[:, 2] + _BELOW_ANKLE * legs.frame.shoulder_px
    down_L = np.linspace(legs.frame.torso_px, float(end_px.max()), _LEVELS)
    seen_L22 = seen_sides(person, legs, down_L)
    limbs = find_limbs(person)
    facing_HW3, alpha_HW = normals(person, measure_body(person), limbs).copy(), np.zeros(shape, np.float32)
    for side, sign in enumerate((-1, 1)):
        centre_L, radius_L = _leg(legs, side, sign, down_L, seen_L22[:, side])
        away_HW = (across_HW - np.interp(down_HW, down_L, centre_L)) / np.interp(down_HW, down_L, radius_L)
        leg = (np.abs(away_HW) < 1) & (down_HW < end_px[side])
        facing_HW3[leg] = _round(away_HW[leg], legs.frame.across_2)
        alpha_HW = np.maximum(alpha_HW, soft(leg, 0.8))
    return bared_skin(person, limbs, facing_HW3), alpha_HW


def _leg(legs: Legs, side: int, sign: int, down_L: np.ndarray, seen_L2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(centre, radius) of a leg at each level, float64 (L,): a usual one, inside tight cloth where that is seen."""
    bone_L, radius_L = legs.bone(down_L, side), legs.radius_px(down_L, side)
    width_L = seen_L2.sum(1)
    tight_L = np.isfinite(width_L) & (width_L < 2 * _TIGHT * radius_L)
    middle_L = bone_L + sign * (seen_L2[:, 0] - seen_L2[:, 1]) / 2
    centre_L = np.where(tight_L, middle_L, bone_L)
    radius_L = np.where(tight_L, np.minimum(radius_L, _WITHIN * width_L / 2), radius_L)
    kernel = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    return tuple(np.convolve(np.pad(values, 2, mode="edge"), kernel, mode="valid") for values in (centre_L, radius_L))


def _round(away_N: np.ndarray, across_2: np.ndarray) -> np.ndarray:
    """float32 (N, 3): which way a round limb faces, from -1 on its one side to 1 on its other."""
    aside_N = _ROUNDNESS * away_N
    return np.stack([aside_N * across_2[0], aside_N * across_2[1], np.sqrt(1 - aside_N**2)], -1).astype(np.float32)
