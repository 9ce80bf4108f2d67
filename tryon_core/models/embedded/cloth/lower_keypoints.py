"""Find where the waist, the crotch and the hems of trousers, a skirt or a dress are, from its outline."""

# Shapes: H, W image rows and columns; E edge points; 2 is (x, y) in pixels of the garment picture.
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ....pictures.masks import closed, largest, runs
from .keypoints import Pair
from .sleeve_outline import EDGE_SHARES

_EDGE_SHARE = 0.012  # how far inside the outline an upper or lower edge is read: rows there are whole
_HIPS_END = 0.33  # hips are looked for in the upper third of trousers and skirts
_WAIST_BAND = (0.28, 0.5)  # where a dress has its waist, in shares of its height
_USUAL_WAIST = 0.4  # and where it is where no row is much narrower than the others
_LEAST_LEG = 0.15  # of the row's width: narrower runs are tapes and straps
_CORNER = 0.93  # of the widest row near the hem
_LONGEST_RISE = (0.4, 0.85)  # waist to crotch: of the length, or of the hips' width where that is more, as for shorts


@dataclass(frozen=True, kw_only=True, eq=False)
class LowerKeypoints:
    """Points of a lower garment, or of a dress from its waist down; (left, right) as in the picture, float64 (2,) each.

    waist   the ends of the waistband; of a dress those of its narrowest row
    hips    the ends of the widest row in the upper third
    crotch  where the legs part; None for a skirt and a dress
    hems    for each leg the (outer, inner) corner of its hem; a skirt and a dress have (corner, bottom centre) twice
    """

    waist: Pair
    hips: Pair
    crotch: np.ndarray | None
    hems: tuple[Pair, Pair]

    @property
    def centre_x(self) -> float:
        return float(self.waist[0][0] + self.waist[1][0]) / 2

    @property
    def waist_y(self) -> float:
        return float(self.waist[0][1] + self.waist[1][1]) / 2

    @property
    def hem_y(self) -> float:
        return float(self.hems[0][0][1] + self.hems[1][0][1]) / 2

    @property
    def length_px(self) -> float:
        """From the waist down to the hem."""
        return self.hem_y - self.waist_y

    @property
    def width_px(self) -> float:
        """Across the hips."""
        return float(self.hips[1][0] - self.hips[0][0])


def find_lower_keypoints(mask_HW: np.ndarray, kind: Literal["dress", "trousers", "skirt"]) -> LowerKeypoints:
    """Read the keypoints off a garment's outline.

    mask_HW  bool, one garment, upright, seen from the front, not empty
    """
    rows = np.flatnonzero(mask_HW.any(1))
    top, height_px = int(rows[0]), float(np.ptp(rows))
    centre_x = float(np.median(np.where(mask_HW[top : top + int(0.4 * height_px) + 1])[1]))
    waist_y = _narrowest(mask_HW, centre_x) if kind == "dress" else top + int(_EDGE_SHARE * height_px)
    hips_y = _widest(mask_HW, waist_y, int(waist_y + _HIPS_END * (rows[-1] - waist_y)), centre_x)
    waist, hips = (_ends(mask_HW, y, centre_x) for y in (waist_y, hips_y))
    crotch = _crotch(mask_HW, waist, hips) if kind == "trousers" else None
    hems = _hems(mask_HW, crotch) if crotch is not None else _one_hem(mask_HW)
    return LowerKeypoints(waist=waist, hips=hips, crotch=crotch, hems=hems)


def leg_gap(row_W: np.ndarray) -> tuple[int, int] | None:
    """(last column of the left leg, first of the right one) where a row shows two legs; None where it does not."""
    spans = runs(row_W)
    if len(spans) < 2:
        return None
    first, width_px = spans[0][0], max(spans[-1][1] - spans[0][0], 1)
    gaps = [(a[1], b[0]) for a, b in zip(spans, spans[1:], strict=False)]
    left, right = max(gaps, key=lambda gap: gap[1] - gap[0])
    legs = left - first > _LEAST_LEG * width_px and spans[-1][1] - right > _LEAST_LEG * width_px
    central = 0.25 < ((left + right) / 2 - first) / width_px < 0.75
    return (left, right) if legs and central else None


def leg_edges(mask_HW: np.ndarray, keypoints: LowerKeypoints, side: int) -> Pair:
    """(outer_E2, inner_E2) of one leg of trousers, from the height of the crotch to the hem, at EDGE_SHARES.

    side     0 for the leg at the picture's left, 1 at its right
    returns  float64 (E, 2) each; where the legs touch the inner edge is the line from crotch to hem
    """
    (outer_hem, inner_hem), crotch = keypoints.hems[side], keypoints.crotch
    outer, inner = [], []
    for share in EDGE_SHARES:
        y = crotch[1] + (outer_hem[1] - crotch[1]) * share
        spans, gap = runs(mask_HW[int(y)]), leg_gap(mask_HW[int(y)])
        line_x = crotch[0] + (inner_hem[0] - crotch[0]) * share
        outer.append((spans[0][0] if side == 0 else spans[-1][1], y) if spans else (outer_hem[0], y))
        inner.append((gap[side] if gap and share > 0 else line_x, y))
    return np.array(outer, float), np.array(inner, float)


def _ends(mask_HW: np.ndarray, y: float, centre_x: float) -> Pair:
    """The ends of the run that crosses the centre line in a row; of the whole row where there is none."""
    spans = runs(mask_HW[int(y)])
    first, last = next(((a, b) for a, b in spans if a <= centre_x <= b), (spans[0][0], spans[-1][1]))
    return np.array([first, int(y)], float), np.array([last, int(y)], float)


def _widths(mask_HW: np.ndarray, first: int, last: int, centre_x: float) -> np.ndarray:
    """float64: the width at the centre line of each row from first to last."""
    ends = [_ends(mask_HW, y, centre_x) for y in range(first, max(last, first + 1))]
    return np.array([right[0] - left[0] for left, right in ends])


def _widest(mask_HW: np.ndarray, first: int, last: int, centre_x: float) -> int:
    return first + int(_widths(mask_HW, first, last, centre_x).argmax())


def _narrowest(mask_HW: np.ndarray, centre_x: float) -> int:
    """The row of a dress's waist; near the usual height where the sides are straight."""
    rows = np.flatnonzero(mask_HW.any(1))
    first, last = (int(rows[0] + share * np.ptp(rows)) for share in _WAIST_BAND)
    widths = _widths(mask_HW, first, last, centre_x)
    away = np.abs(np.arange(len(widths)) / len(widths) * np.ptp(_WAIST_BAND) + _WAIST_BAND[0] - _USUAL_WAIST)
    return first + int((widths / np.median(widths) + 0.5 * away).argmin())


def _crotch(mask_HW: np.ndarray, waist: Pair, hips: Pair) -> np.ndarray:
    """The upper end of the gap between the legs; at the longest usual rise where they touch below it."""
    bottom, waist_y = int(np.flatnonzero(mask_HW.any(1))[-1]), waist[0][1]
    longest_px = max(_LONGEST_RISE[0] * (bottom - waist_y), _LONGEST_RISE[1] * (hips[1][0] - hips[0][0]))
    gaps = {y: gap for y in range(int(waist_y), bottom) if (gap := leg_gap(mask_HW[y])) is not None}
    first = next((y for y in gaps if all(y + k in gaps for k in range(1, 6))), None)
    x = sum(gaps[first]) / 2 if first is not None else (waist[0][0] + waist[1][0]) / 2
    return np.array([x, min(first or bottom, waist_y + longest_px)], float)


def _hems(mask_HW: np.ndarray, crotch: np.ndarray) -> tuple[Pair, Pair]:
    """Each leg's own lowest rows: legs of a photograph need not end at the same height."""
    below = mask_HW.copy()
    below[: int(crotch[1]) + 1] = False
    rows = np.flatnonzero(below.any(1))
    gaps = [gap for y in rows[int(0.5 * len(rows)) :] if (gap := leg_gap(mask_HW[y])) is not None]
    split = int(np.median([sum(gap) / 2 for gap in gaps])) if gaps else int(crotch[0])
    hems = []
    for side, half in enumerate((np.s_[:, : split + 1], np.s_[:, split + 1 :])):
        leg = np.zeros_like(mask_HW)
        leg[half] = below[half]
        left, right = _bottom(largest(leg))
        hems.append((left, right) if side == 0 else (right, left))
    return tuple(hems)


def _one_hem(mask_HW: np.ndarray) -> tuple[Pair, Pair]:
    left, right = _bottom(mask_HW)
    columns = np.flatnonzero(mask_HW[:, int((left[0] + right[0]) / 2)])
    centre = np.array([(left[0] + right[0]) / 2, columns[-1] if len(columns) else left[1]], float)
    return (left, centre), (right, centre)


def _bottom(mask_HW: np.ndarray) -> Pair:
    """The corners of the hem: the lowest row almost as wide as any near the lower end, above its curve."""
    whole = closed(mask_HW, 3)
    rows = np.flatnonzero(whole.any(1))
    width = np.array([np.ptp(np.flatnonzero(whole[y])) for y in rows])
    near = max(0, int(0.85 * len(width)) - 1)
    last = near + int(np.flatnonzero(width[near:] >= _CORNER * width[near:].max())[-1])
    y = int(max(rows[0], rows[last] - _EDGE_SHARE * len(rows)))
    columns = np.flatnonzero(whole[y])
    return np.array([columns[0], y], float), np.array([columns[-1], y], float)
