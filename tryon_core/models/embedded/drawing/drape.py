"""Draw a placed garment: its torso by a spline, its sleeves as strips, on an empty sheet of the person's size."""

# Shapes: H, W rows and columns of the person's picture, h, w of the garment; 3 is RGB; 4 is RGB and alpha; 2 is (x, y)
from dataclasses import dataclass

import cv2
import numpy as np

from ....pictures.features import blur_within
from ....pictures.masks import box_of, disc, grown, polygon, shrunk, soft
from ..cloth.flat_garment import Garment
from ..seeing.fill import spread
from ..seeing.perception import Person
from .bared.sewn_gaps import gaps
from .composed.own_size import ClothSource, Layer
from .placement import Placement
from .warping import PixelMap, spline_map, strip_map

_IN_THE_FOLD = 0.85  # how light cloth is under an arm
_OVERLAP_PX = 2  # how far a gusset goes under the cloth around it: two soft edges side by side would show a line
_RIM_PX = 2.0  # how far colours are carried over the outline: what feathers and sharpens the edge reads them


@dataclass(frozen=True, kw_only=True, eq=False)
class Drape:
    """A garment in the shape of a body, not yet lit.

    colour_HW3   float32 RGB 0-255, meaningful where alpha is above 0 and a few pixels beyond
    alpha_HW     float32 0-1
    sleeves_HW   float32 0-1, the part of it that is sleeve
    collar_HW    float32 0-1, the cloth that stands up the neck and lies in front of it; 0 where no collar stands
    source       where its colours come from
    """

    colour_HW3: np.ndarray
    alpha_HW: np.ndarray
    sleeves_HW: np.ndarray
    collar_HW: np.ndarray
    source: ClothSource


def drape(garment: Garment, placement: Placement, person: Person) -> Drape:
    """Warp torso and sleeves, and close the gaps between them."""
    shape, unit_px = person.alpha_HW.shape, person.frame.shoulder_px
    pieces = garment.pieces
    trunk = spline_map(placement.source_K2, placement.target_K2, shape)
    torso = trunk.sampled(np.dstack([pieces.colour_HW3, pieces.torso_HW]))
    layers = [Layer(pixels=trunk, share_HW=np.ones(shape, np.float32))]
    colour_HW3, alpha_HW = torso[..., :3], torso[..., 3] * placement.below_HW
    sleeves_HW = np.zeros(shape, np.float32)
    for side, edges in enumerate(placement.sleeves):
        if edges is None:
            continue
        sheet = np.dstack([pieces.colour_HW3, pieces.sleeves[side]])
        bent = strip_map(*edges, shape)
        strip = bent.sampled(sheet)
        strip_alpha = strip[..., 3] * _strip_area(edges[1], shape, unit_px)
        share_HW = _share_above(alpha_HW, strip_alpha)
        colour_HW3 = colour_HW3 * (1 - share_HW[..., None]) + strip[..., :3] * share_HW[..., None]
        layers = [*(layer.under(share_HW) for layer in layers), Layer(pixels=bent, share_HW=share_HW)]
        alpha_HW, sleeves_HW = np.maximum(alpha_HW, strip_alpha), np.maximum(sleeves_HW, strip_alpha)
    gap = gaps(alpha_HW > 0.5, sleeves_HW > 0.5, placement, person)
    if gap.any():
        gap_HW = soft(grown(gap, _OVERLAP_PX), 1.0)
        layers = [layer.under(gap_HW > 0) for layer in layers]
        colour_HW3, alpha_HW = _with_gusset(colour_HW3, alpha_HW, gap_HW)
    colour_HW3 = _over_the_rim(colour_HW3, alpha_HW)
    return Drape(
        colour_HW3=colour_HW3,
        alpha_HW=alpha_HW,
        sleeves_HW=sleeves_HW,
        collar_HW=_carried(pieces.collar_HW, trunk),
        source=ClothSource(
            image_hw3=garment.image_HW3, sheet_hw3=pieces.colour_HW3, draped_HW3=colour_HW3, layers=tuple(layers)
        ),
    )


def _share_above(below_HW: np.ndarray, above_HW: np.ndarray) -> np.ndarray:
    """float32 (H, W), 0-1: how much of two layers' colour is the upper one's, each counted as far as it covers.

    0 where neither covers.
    """
    seen_HW = below_HW * (1 - above_HW)
    return above_HW / np.maximum(above_HW + seen_HW, 1e-6)


def _over_the_rim(colour_HW3: np.ndarray, alpha_HW: np.ndarray) -> np.ndarray:
    """float32 (H, W, 3) RGB: the colours carried over the outline, beyond which a warp leaves black."""
    inside = alpha_HW > 0.5
    return np.where(inside[..., None], colour_HW3, blur_within(colour_HW3, inside, _RIM_PX))


def _carried(part_hw: np.ndarray, trunk: PixelMap) -> np.ndarray:
    """float32 (H, W), 0-1: where the torso's spline puts a part of the garment."""
    if not part_hw.any():
        return np.zeros(trunk.from_HW2.shape[:2], np.float32)
    return trunk.sampled(np.dstack([np.zeros((*part_hw.shape, 3), np.float32), part_hw]))[..., 3]


def _with_gusset(colour_HW3: np.ndarray, alpha_HW: np.ndarray, gap_HW: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(colour, alpha) with a gap (float32 (H, W), 0-1) filled by the colours around it, in shadow."""
    filled_HW3 = spread(colour_HW3, shrunk(alpha_HW > 0.9, 2))
    box, mixed_HW3 = box_of(gap_HW > 0), colour_HW3.copy()
    colour, alpha, filled = colour_HW3[box], alpha_HW[box][..., None], filled_HW3[box] * _IN_THE_FOLD
    mixed_HW3[box] = np.where(gap_HW[box][..., None] > 0, colour * alpha + filled * (1 - alpha), colour)
    return mixed_HW3, np.maximum(alpha_HW, gap_HW)


def _strip_area(edges: tuple[np.ndarray, np.ndarray], shape: tuple[int, int], unit_px: float) -> np.ndarray:
    """float32 (H, W), 0-1: where the sleeve may be, a little wider than its strip."""
    outer_E2, inner_E2 = edges
    area = polygon(shape, np.concatenate([outer_E2, inner_E2[::-1]])).astype(np.uint8)
    return soft(cv2.dilate(area, disc(0.015 * unit_px)), 1.0)
