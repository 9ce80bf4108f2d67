"""Open the silhouette where the wall is seen beside arms and shoulders: the pose network is too coarse there."""

# Shapes: H, W image rows and columns; K landmarks; 3 is RGB, Lab or (x, y, visibility).
import numpy as np

from .....pictures.features import blur_within, lab_distance, to_lab
from .....pictures.masks import grown, opened, soft, touching
from ..anatomy import find_arms, torso_slice
from ..body_frame import BodyFrame
from ..fill import spread

# Colours in CIE 1976 Lab, lengths in shoulder widths; set on 20 photographs and 16 rendered people, 2026-11.
_LIKE_WALL, _NEARLY = 6.0, 9.0  # a wall's own shading beside a person is below; the same in an arm's light
_UNLIKE, _WORN = 18.0, 0.02  # share of the clothes that may be so near the wall: nothing is told of white before white
_PLAIN, _BRICK = 3.0, 0.15  # lightness by which a wall differs from its surroundings, and how far these reach: a brick
# one has mortar of the colour of skin
_BESIDE = 0.22  # how far beside an arm's usual flesh such a gap may reach
_ARMPITS, _NECK = 0.2, 0.35  # torso lengths below the shoulders; from the middle: above the one and nearer than the
# other it is hair or collar
_CORE = 1.0  # of the width between the joints: within it is trunk, whatever is printed there
_THIN, _LEAST = 0.008, 0.001  # half the width of what is no gap but an edge; least area in shoulder widths squared
_SURELY = 0.5  # share of a gap that has the wall's colour
_EDGE_PX = 0.8  # sigma of a gap's edge


def without_wall(
    image_HW3: np.ndarray, lab_HW3: np.ndarray, alpha_HW: np.ndarray, landmarks_K3: np.ndarray, frame: BodyFrame
) -> np.ndarray:
    """float32 (H, W), 0-1: the silhouette without what it holds of a plain wall, between an arm and the trunk.

    Left as it is before a wall that is patterned, or that clothes resemble.
    """
    shape, unit, body = alpha_HW.shape, frame.shoulder_px, alpha_HW > 0.5
    outside = ~grown(alpha_HW > 0.05, 0.02 * unit)
    if not outside.any() or not _plain(lab_HW3[..., 0], outside, _BRICK * unit):
        return alpha_HW
    away_HW = lab_distance(lab_HW3, to_lab(np.clip(spread(image_HW3, outside), 0, 255)))
    worn = torso_slice(shape, frame, wide=0.6, top=0.15, bottom=1.8) & body
    if (away_HW[worn] < _UNLIKE).mean() > _WORN:
        return alpha_HW
    arms, _ = find_arms(shape, landmarks_K3, frame)
    beside = body & grown(arms, _BESIDE * unit) & ~torso_slice(shape, frame, wide=_CORE, top=0.0, bottom=1.0)
    beside &= (frame.down_share_HW(shape) > _ARMPITS) | (np.abs(frame.across_px_HW(shape)) > _NECK * unit)
    may_be = opened((away_HW < _NEARLY) & beside, _THIN * unit)
    wall = touching(may_be, away_HW < _LIKE_WALL, _SURELY, least_px=int(_LEAST * unit**2))
    return alpha_HW * (1 - soft(wall, _EDGE_PX))


def _plain(lightness_HW: np.ndarray, outside: np.ndarray, reach_px: float) -> bool:
    """Whether nine tenths of a wall are as light as its surroundings."""
    away_HW = np.abs(lightness_HW - blur_within(lightness_HW, outside, reach_px))
    return float(np.percentile(away_HW[outside], 90)) < _PLAIN
