"""Read a sleeve off a garment's outline: its area and its two edges from the seam to the cuff."""

# Shapes: H, W image rows and columns; E edge points; S outline points; 2 is (x, y) in pixels of the garment picture.
from dataclasses import dataclass

import numpy as np

from ....pictures.masks import polygon
from .cuff_corners import POINTS_PER_SEAM, both_cuffs, cuff_candidates
from .garment_outline import Outline

Seam = tuple[np.ndarray, np.ndarray]  # shoulder and armpit, float64 (2,) each
_SAME_PX = 2  # a notch so near the armpit is the armpit
EDGE_SHARES = np.linspace(0, 1, 9) ** 1.5  # where a sleeve's edges are read, as shares of their length: closest
# together at the top, where the shoulder is round


@dataclass(frozen=True, kw_only=True, eq=False)
class Sleeve:
    """One sleeve of a garment picture.

    mask_HW    bool, what lies outside the line from shoulder to armpit
    outer_E2   float64 (9, 2), from the shoulder point to the cuff along the outline, at EDGE_SHARES of its length
    inner_E2   float64 (9, 2), from the armpit to the cuff
    length_px  length of the outer edge
    """

    mask_HW: np.ndarray
    outer_E2: np.ndarray
    inner_E2: np.ndarray
    length_px: float

    @property
    def inner_px(self) -> float:
        """Length of the inner edge."""
        return _length_px(self.inner_E2)


def find_sleeves(
    outline: Outline, seams: tuple[Seam, Seam], notches: tuple[np.ndarray, np.ndarray], width_px: float
) -> tuple[Sleeve | None, Sleeve | None]:
    """Each sleeve is the outline from shoulder to armpit, split at the two corners of its cuff.

    None where hardly anything sticks out, or where on neither side it has the form of a sleeve.

    seams     (shoulder, armpit) of each
    notches   where each sleeve leaves the side: the armpit, or below it
    width_px  from armpit to armpit
    """
    areas, cuffs = [], []
    for seam, notch, side in zip(seams, notches, (-1, 1), strict=True):
        at_notch = bool(np.hypot(*(notch - seam[1])) <= _SAME_PX)
        areas.append(_area(outline, seam, notch, side, width_px))
        cuffs.append(areas[-1] and cuff_candidates(areas[-1][1], side, at_notch=at_notch))
    if not any(candidates and candidates.is_sleeve for candidates in cuffs):
        return None, None
    if None in cuffs:
        corners = [candidates and candidates.corners(0) for candidates in cuffs]
    else:
        corners = both_cuffs(*cuffs, width_px)
    return tuple(corner and _sleeve(*area, *corner) for area, corner in zip(areas, corners, strict=True))


def _area(
    outline: Outline, seam: Seam, notch: np.ndarray, side: int, width_px: float
) -> tuple[np.ndarray, np.ndarray] | None:
    """(bool (H, W) what lies outside the seam, float64 (S, 2) its outline from shoulder to armpit)."""
    shoulder, armpit = seam
    path_S2 = _outer_path(outline, shoulder, notch, side)
    if np.hypot(*(notch - armpit)) > _SAME_PX:
        path_S2 = np.concatenate([path_S2, np.linspace(notch, armpit, 12)])
    seam_px = np.hypot(*(armpit - shoulder))
    if len(path_S2) < 8:
        return None
    mask_HW = polygon(outline.mask.shape, path_S2) & outline.mask
    if mask_HW.sum() < 0.25 * seam_px**2 or mask_HW[: int(notch[1])].sum() < 0.1 * width_px * seam_px:
        return None
    steps = int(np.hypot(*np.diff(path_S2, axis=0).T).sum() / seam_px * POINTS_PER_SEAM)
    return mask_HW, _resampled(path_S2, np.linspace(0, 1, max(steps, 2 * POINTS_PER_SEAM)))


def _sleeve(mask_HW: np.ndarray, path_S2: np.ndarray, outer: int, inner: int) -> Sleeve:
    return Sleeve(
        mask_HW=mask_HW,
        outer_E2=_resampled(path_S2[: outer + 1], EDGE_SHARES),
        inner_E2=_resampled(path_S2[inner:][::-1], EDGE_SHARES),
        length_px=_length_px(path_S2[: outer + 1]),
    )


def _outer_path(outline: Outline, shoulder: np.ndarray, armpit: np.ndarray, side: int) -> np.ndarray:
    """float64 (S, 2): the way along the contour from shoulder to armpit that leads outwards."""
    contour = outline.contour_S2.astype(np.float64)
    start, end = (int(np.hypot(*(contour - p).T).argmin()) for p in (shoulder, armpit))
    forward = np.roll(contour, -start, axis=0)[: (end - start) % len(contour) + 1]
    backward = np.roll(contour[::-1], start + 1, axis=0)[: (start - end) % len(contour) + 1]
    return max((forward, backward), key=lambda path: (path[:, 0].mean() - outline.centre_x) * side)


def _resampled(path_S2: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Points at given shares of a polyline's length."""
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path_S2, axis=0).T))])
    return np.stack([np.interp(shares * length[-1], length, path_S2[:, k]) for k in (0, 1)], axis=1)


def _length_px(path_S2: np.ndarray) -> float:
    return float(np.hypot(*np.diff(path_S2, axis=0).T).sum())
