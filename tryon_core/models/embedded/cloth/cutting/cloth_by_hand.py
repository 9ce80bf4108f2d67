"""Mend a garment's cut-out with points set by hand: what is connected with a point goes the way that it says."""

# Shapes: H, W image rows and columns; N points; h, w the same at half size; 2 is (x, y); 3 is Lab.
import cv2
import numpy as np

from .....hints import Points
from .....pictures.masks import discs, grown, largest, shrunk, touching
from .faint import divided, edge_levels

_POINT_PX = 4  # radius of what a point stands for, at half size
_SURE_PX = 3  # at half size: so far inside the cut-out is cloth that no point speaks of
_SHADE = 6.0  # weighted Lab units from the colours between the background's and the point's
_SMOOTH = 2.0  # weighted Lab units a pixel at half size: a shadow fades by less, cloth's outline is steeper
_CRUMB = 0.05  # of the cut-out's largest piece: what a point has cut off and is smaller goes with it
_REACH_PX = 8  # at half size: how far beyond what is like a point the outline is looked for anew: past a blurred step


def mended(mask_HW: np.ndarray, lab_HW3: np.ndarray, weights_3: np.ndarray, points: Points) -> np.ndarray:
    """The cut-out, changed only in pieces that a point lies in.

    Both sides grow from what is known and meet on the closed line of the strongest edges (faint.divided). Known cloth
    is what 'cloth' points show and the inside of the cut-out, without what fades into a 'not_cloth' point, as a shadow
    does. Known background is the picture's border and what 'not_cloth' points show.

    mask_HW    bool, the cut-out so far; may be empty
    lab_HW3    float32 CIELAB; weights_3 of L*, a*, b*
    returns    bool (H, W)
    """
    half = (lab_HW3.shape[1] // 2, lab_HW3.shape[0] // 2)
    small = cv2.resize(lab_HW3 * weights_3, half, interpolation=cv2.INTER_AREA)
    cut = cv2.resize(mask_HW.astype(np.uint8), half, interpolation=cv2.INTER_NEAREST) > 0
    cloth, other = (discs(cut.shape, points.get(mark, ()), _POINT_PX) for mark in ("cloth", "not_cloth"))
    sure = shrunk(cut, _SURE_PX) & ~grown(_fading(small, cut, other), _REACH_PX)
    parted = divided(small, cloth=(sure & ~other) | cloth, background=other & ~cloth)
    added, removed = (
        cv2.resize(touching(piece, spots, 0.0).astype(np.float32), mask_HW.shape[::-1]) > 0.5
        for piece, spots in ((parted & ~cut, cloth), (cut & ~parted, other))
    )
    return largest((mask_HW | added) & ~removed, _CRUMB) | added


def _fading(small_hw3: np.ndarray, cut_hw: np.ndarray, other_hw: np.ndarray) -> np.ndarray:
    """bool (h, w): what a 'not_cloth' point reaches through the cut-out without crossing an edge, over colours between
    the background's and its own.
    """
    if not other_hw.any():
        return other_hw
    background_3 = np.median(np.concatenate([small_hw3[:3].reshape(-1, 3), small_hw3[:, :3].reshape(-1, 3)]), 0)
    reached = np.zeros_like(other_hw)
    for spot in _pieces(other_hw):
        along_3 = np.median(small_hw3[spot], 0) - background_3
        share_hw = np.clip((small_hw3 - background_3) @ along_3 / max(float(along_3 @ along_3), 1e-6), 0, 1.1)
        away_hw = np.linalg.norm(small_hw3 - background_3 - share_hw[..., None] * along_3, axis=-1)
        like = cut_hw & (away_hw < _SHADE) & (edge_levels(small_hw3) < _SMOOTH)
        reached |= touching(like | spot, spot, 0.0)
    return reached


def _pieces(mask_hw: np.ndarray) -> list[np.ndarray]:
    count, labels_hw = cv2.connectedComponents(mask_hw.astype(np.uint8))
    return [labels_hw == label for label in range(1, count)]
