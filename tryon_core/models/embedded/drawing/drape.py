"""Draw a placed garment: its torso by a spline, its sleeves as strips, on an empty sheet of the person's size."""

# Shapes: H, W rows and columns of the person's picture, h, w of the garment; 3 is RGB; 4 is RGB and alpha; 2 is (x, y)
from dataclasses import dataclass

import cv2
import numpy as np

from ....pictures.masks import closed, disc, grown, opened, polygon, shrunk, soft
from ..cloth.garment import Garment
from ..seeing.fill import spread
from ..seeing.perception import Person
from .placement import Placement
from .warping import spline_warp, strip_warp

_IN_THE_FOLD = 0.85  # how light cloth is under an arm


@dataclass(frozen=True, kw_only=True, eq=False)
class Drape:
    """A garment in the shape of a body, not yet lit.

    colour_HW3   float32 RGB 0-255, meaningful where alpha is above 0
    alpha_HW     float32 0-1
    sleeves_HW   float32 0-1, the part of it that is sleeve
    collar_HW    float32 0-1, the cloth that stands up the neck and lies in front of it; 0 where no collar stands
    """

    colour_HW3: np.ndarray
    alpha_HW: np.ndarray
    sleeves_HW: np.ndarray
    collar_HW: np.ndarray


def drape(garment: Garment, placement: Placement, person: Person) -> Drape:
    """Warp torso and sleeves, and close the gaps between them."""
    shape, unit_px = person.alpha_HW.shape, person.frame.shoulder_px
    pieces = garment.pieces
    torso = spline_warp(
        np.dstack([pieces.colour_HW3, pieces.torso_HW]), placement.source_K2, placement.target_K2, shape
    )
    colour_HW3, alpha_HW = torso[..., :3], torso[..., 3] * placement.below_HW
    sleeves_HW = np.zeros(shape, np.float32)
    for side, edges in enumerate(placement.sleeves):
        if edges is None:
            continue
        sheet = np.dstack([pieces.colour_HW3, pieces.sleeves[side]])
        strip = strip_warp(sheet, *edges, shape)
        strip_alpha = strip[..., 3] * _strip_area(edges[1], shape, unit_px)
        colour_HW3 = colour_HW3 * (1 - strip_alpha[..., None]) + strip[..., :3] * strip_alpha[..., None]
        alpha_HW, sleeves_HW = np.maximum(alpha_HW, strip_alpha), np.maximum(sleeves_HW, strip_alpha)
    gap = _gap_at_sleeves(alpha_HW > 0.5, sleeves_HW > 0.5, person)
    if gap.any():
        colour_HW3, alpha_HW = _with_gusset(colour_HW3, alpha_HW, soft(gap, 1.0))
    where = (placement.source_K2, placement.target_K2, shape)
    return Drape(
        colour_HW3=colour_HW3,
        alpha_HW=alpha_HW,
        sleeves_HW=sleeves_HW,
        collar_HW=_carried(pieces.collar_HW, *where),
    )


def _carried(part_hw: np.ndarray, source_K2: np.ndarray, target_K2: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """float32 (H, W), 0-1: where the torso's spline puts a part of the garment."""
    if not part_hw.any():
        return np.zeros(shape, np.float32)
    sheet = np.dstack([np.zeros((*part_hw.shape, 3), np.float32), part_hw])
    return spline_warp(sheet, source_K2, target_K2, shape)[..., 3]


def _gap_at_sleeves(cloth: np.ndarray, sleeves: np.ndarray, person: Person) -> np.ndarray:
    """bool (H, W): gaps between torso and sleeve where the old garment had cloth, and narrow ones over a bare arm.

    Never over the background.
    """
    unit_px = person.frame.shoulder_px
    old, bare = grown(person.upper, 2), person.arms & person.skin
    gap = (closed(cloth, 0.1 * unit_px) & old) | (closed(cloth, 0.06 * unit_px) & bare)
    return opened(gap & ~cloth & grown(sleeves, 0.12 * unit_px), 1)


def _with_gusset(colour_HW3: np.ndarray, alpha_HW: np.ndarray, gap_HW: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(colour, alpha) with a gap (float32 (H, W), 0-1) filled by the colours around it, in shadow."""
    filled = spread(colour_HW3, shrunk(alpha_HW > 0.9, 2)) * _IN_THE_FOLD
    mixed = colour_HW3 * alpha_HW[..., None] + filled * (1 - alpha_HW[..., None])
    return np.where(gap_HW[..., None] > 0, mixed, colour_HW3), np.maximum(alpha_HW, gap_HW)


def _strip_area(edges: tuple[np.ndarray, np.ndarray], shape: tuple[int, int], unit_px: float) -> np.ndarray:
    """float32 (H, W), 0-1: where the sleeve may be, a little wider than its strip."""
    outer_E2, inner_E2 = edges
    area = polygon(shape, np.concatenate([outer_E2, inner_E2[::-1]])).astype(np.uint8)
    return soft(cv2.dilate(area, disc(0.015 * unit_px)), 1.0)
