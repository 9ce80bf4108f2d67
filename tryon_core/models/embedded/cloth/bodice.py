"""A dress seen as a top that goes on below: its bodice's own keypoints, whoever draws or measures it."""

# Shapes: h, w rows and columns of the garment's picture.
from dataclasses import replace

import numpy as np

from ....pictures.masks import largest, runs
from ..seeing.recall import once_each
from .flat_garment import Garment
from .hanging_sleeves import check_sleeves
from .keypoints import Keypoints, find_keypoints

_TOP_LENGTH = 2.2  # collar to hem over the waist's width of the top that a dress is taken for above its waist
_STRAP = 0.3  # of the way from collar to armpit: a shoulder lies above it


@once_each
def with_bodice(garment: Garment) -> Garment:
    """The dress with the keypoints of its part above the waist, which goes on straight to where a top would end.

    Seen as a whole a dress has its deepest notch at the waist, which would be taken for the armpits.

    raises  Refused: 'sleeves_not_found'
    """
    keys, mask = garment.lower, garment.alpha_HW > 0.5
    left, right = int(keys.waist[0][0]), int(keys.waist[1][0])
    waist_y, top_y = int(keys.waist_y), int(np.flatnonzero(mask.any(1))[0])
    bodice = mask.copy()
    bodice[waist_y:] &= ~_trunk(mask)[waist_y:]
    bodice[waist_y : max(top_y + int(_TOP_LENGTH * (right - left)), waist_y + 9), left : right + 1] = True
    found = find_keypoints(largest(bodice))  # without scraps of a hem that hangs lower at its sides
    check_sleeves(mask, found)
    if found.sleeves == (None, None):
        straps = tuple(_strap_end(bodice, found, side) for side in (0, 1))
        found = replace(found, shoulder=straps, neck_base=found.collar)  # a strap is no collar that stands
    return replace(garment, keypoints=found, width_px=float(found.armpit[1][0] - found.armpit[0][0]))


@once_each
def as_worn(garment: Garment) -> Garment:
    """A dress with its bodice's keypoints and its own hem, for whoever compares lengths; other garments as they are."""
    if garment.kind != "dress":
        return garment
    bodice = with_bodice(garment)
    return replace(bodice, keypoints=replace(bodice.keypoints, hem=garment.keypoints.hem))


def _strap_end(mask: np.ndarray, keys: Keypoints, side: int) -> np.ndarray:
    """Where a strap ends towards the shoulder; straight armholes are otherwise taken for it halfway down."""
    collar, shoulder, armpit = keys.collar[side], keys.shoulder[side], keys.armpit[side]
    if shoulder[1] - collar[1] < _STRAP * (armpit[1] - collar[1]):
        return shoulder
    y = int(collar[1] + _STRAP * (armpit[1] - collar[1]) / 2)
    return np.array([runs(mask[y])[-side][side], y], float)


def _trunk(mask: np.ndarray) -> np.ndarray:
    """bool (h, w): in each row the run that crosses the middle."""
    centre, trunk = int(np.median(np.where(mask)[1])), np.zeros_like(mask)
    for y in np.flatnonzero(mask.any(1)):
        for first, last in runs(mask[y]):
            if first <= centre <= last:
                trunk[y, first : last + 1] = True
    return trunk
