"""Read a sleeve off a garment's outline: its area and its two edges from the seam to the cuff."""

# Shapes: H, W image rows and columns; E edge points; S outline points; 2 is (x, y) in pixels of the garment picture.
from dataclasses import dataclass

import numpy as np

from ....pictures.masks import polygon
from .garment_outline import Outline

_POINTS_PER_SEAM = 24  # how finely a sleeve's outline is read; the seam runs from shoulder to armpit
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


def find_sleeve(
    outline: Outline, seam: tuple[np.ndarray, np.ndarray], notch: np.ndarray, side: int, width_px: float
) -> Sleeve | None:
    """The outline from shoulder to armpit, split at the two corners of the cuff; None where it hardly sticks out.

    seam      shoulder and armpit
    notch     where the sleeve leaves the side: the armpit, or below it
    side      -1 for the sleeve at the picture's left, 1 at its right
    width_px  from armpit to armpit
    """
    shoulder, armpit = seam
    path_S2 = _outer_path(outline, shoulder, notch, side)
    if np.hypot(*(notch - armpit)) > 2:
        path_S2 = np.concatenate([path_S2, np.linspace(notch, armpit, 12)])
    seam_px = np.hypot(*(armpit - shoulder))
    if len(path_S2) < 8:
        return None
    mask_HW = polygon(outline.mask.shape, path_S2) & outline.mask
    if mask_HW.sum() < 0.25 * seam_px**2 or mask_HW[: int(notch[1])].sum() < 0.1 * width_px * seam_px:
        return None
    steps = int(np.hypot(*np.diff(path_S2, axis=0).T).sum() / seam_px * _POINTS_PER_SEAM)
    path_S2 = _resampled(path_S2, np.linspace(0, 1, max(steps, 2 * _POINTS_PER_SEAM)))
    outer, inner = _cuff_corners(path_S2, side)
    return Sleeve(
        mask_HW=mask_HW,
        outer_E2=_resampled(path_S2[: outer + 1], EDGE_SHARES),
        inner_E2=_resampled(path_S2[inner:][::-1], EDGE_SHARES),
        length_px=float(np.hypot(*np.diff(path_S2[: outer + 1], axis=0).T).sum()),
    )


def _outer_path(outline: Outline, shoulder: np.ndarray, armpit: np.ndarray, side: int) -> np.ndarray:
    """float64 (S, 2): the way along the contour from shoulder to armpit that leads outwards."""
    contour = outline.contour_S2.astype(np.float64)
    start, end = (int(np.hypot(*(contour - p).T).argmin()) for p in (shoulder, armpit))
    forward = np.roll(contour, -start, axis=0)[: (end - start) % len(contour) + 1]
    backward = np.roll(contour[::-1], start + 1, axis=0)[: (start - end) % len(contour) + 1]
    return max((forward, backward), key=lambda path: (path[:, 0].mean() - outline.centre_x) * side)


def _cuff_corners(path_S2: np.ndarray, side: int) -> tuple[int, int]:
    """Indices of the cuff's outer and inner corner: two sharp turns inwards with a nearly straight line between them.

    path_S2  from shoulder to armpit, _POINTS_PER_SEAM points for each seam length
    side     -1 for the sleeve at the picture's left, 1 at its right
    """
    count, arm = len(path_S2), _POINTS_PER_SEAM // 4
    at = np.arange(count)
    before = path_S2 - path_S2[np.maximum(at - arm, 0)]
    after = path_S2[np.minimum(at + arm, count - 1)] - path_S2
    turn = side * np.arctan2(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0], (before * after).sum(1))
    best = (-np.inf, count // 2, count - 2)
    for outer in range(_POINTS_PER_SEAM // 3, count - _POINTS_PER_SEAM // 4):
        for inner in range(outer + _POINTS_PER_SEAM // 4, min(outer + _POINTS_PER_SEAM * 3 // 2, count - 1)):
            bend_share = _bend_share(path_S2[outer : inner + 1])
            best = max(best, (float(turn[outer] + turn[inner] - 4 * bend_share), outer, inner))
    return best[1], best[2]


def _bend_share(path_S2: np.ndarray) -> float:
    """Largest distance of a path from the straight line between its ends, as a share of that line."""
    along, across = path_S2[-1] - path_S2[0], path_S2 - path_S2[0]
    length_px = max(float(np.hypot(*along)), 1e-6)
    return float(np.abs(along[0] * across[:, 1] - along[1] * across[:, 0]).max()) / length_px**2


def _resampled(path_S2: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Points at given shares of a polyline's length."""
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path_S2, axis=0).T))])
    return np.stack([np.interp(shares * length[-1], length, path_S2[:, k]) for k in (0, 1)], axis=1)
