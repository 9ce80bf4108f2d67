"""Find the label in a garment's neck: it is sewn to the back collar, so the front neckline lies below it."""

# Shapes: H, W image rows and columns; h, w the same of the place looked at; X columns; 3 is Lab; 2 is (x, y).
from itertools import product

import cv2
import numpy as np

from .....pictures.masks import runs
from .neck_edges import Collar

# In collar widths, set on the labels of 60 garments: 0.2-0.43 wide and 0.07-0.3 high
_WIDE, _HIGH = (0.15, 0.45), (0.05, 0.4)
_ASIDE = 0.12  # its middle from the collar's
_ABOVE, _HANGS = 0.06, 0.05  # how far above and below what was taken for the neckline it may begin
_LOOKED_AT = 0.35  # to either side of the collar's middle
_EVEN, _ALIKE = 0.06, 0.75  # how far one side may begin or end above the other; the shorter of the longer one
_UNLIKE = 12.0  # L*a*b* units across its edges; less within its rim, of which this share has one colour
_OF_RIM, _RIM_PX = 0.8, 4
_LOWER_EDGE = 0.9  # of its width, along which its lower edge is seen
_LEAN_PX, _BEND_PX = 1, 2  # how far its sides may lean between two rows, its lower edge bend
_PLAIN = 0.23  # of the place looked at that is upright edges: 0.03-0.17 with a label, 0.28-0.47 in printed flowers

Side = tuple[int, int, int]  # column, first row, last row


def label_bottom(lab_HW3: np.ndarray, mask_HW: np.ndarray, collar: Collar, path_X2: np.ndarray) -> float | None:
    """The row where the label ends that hangs over a supposed neckline; None where none does.

    A label is a rectangle of which both upright sides and the lower edge are seen, whatever cloth lies beside it.

    path_X2  float64, from peak to peak: what was taken for the neckline
    """
    width_px = collar.width_px
    left, right = (int(collar.centre_x + sign * _LOOKED_AT * width_px) for sign in (-1, 1))
    supposed_y = float(np.interp(collar.centre_x, path_X2[:, 0], path_X2[:, 1]))
    top, bottom = int(supposed_y - _ABOVE * width_px), int(supposed_y + (_HIGH[1] + _HANGS) * width_px)
    lab_hw3, inside_hw = lab_HW3[top:bottom, left:right], mask_HW[top:bottom, left:right]
    if inside_hw.mean() < 0.9:
        return None
    upright_hw, level_hw = _edges(lab_hw3, 1), _edges(lab_hw3, 0)
    if upright_hw.mean() > _PLAIN:
        return None
    sides = _sides(upright_hw, (_ABOVE + _HANGS) * width_px, _HIGH[0] * width_px)
    ends = [
        min(a[2], b[2])
        for a, b in product(sides, sides)
        if _belong_together(a, b, width_px)
        and abs(left + (a[0] + b[0]) / 2 - collar.centre_x) < _ASIDE * width_px
        and _lower_edge(level_hw, a, b) > _LOWER_EDGE
        and _of_one_colour(lab_hw3, a, b) > _OF_RIM
    ]
    return float(top + max(ends)) if ends else None


def _edges(lab_hw3: np.ndarray, axis: int) -> np.ndarray:
    """bool (h, w): where the colour jumps along an axis."""
    smooth = cv2.GaussianBlur(lab_hw3, (0, 0), 1.0)
    jump_hw = np.linalg.norm(np.roll(smooth, 2, axis=axis) - np.roll(smooth, -2, axis=axis), axis=-1)
    return jump_hw > _UNLIKE


def _sides(upright_hw: np.ndarray, lowest_first_px: float, least_px: float) -> list[Side]:
    """The upright edges that begin near the supposed neckline and are as long as a label's."""
    leaning_hw = cv2.dilate(upright_hw.astype(np.uint8), np.ones((1, 2 * _LEAN_PX + 1), np.uint8))
    return [
        (x, first, last)
        for x in range(upright_hw.shape[1])
        for first, last in runs(leaning_hw[:, x])
        if first < lowest_first_px and last - first > least_px and last < len(upright_hw) - 1
    ]


def _belong_together(a: Side, b: Side, width_px: float) -> bool:
    even = abs(a[1] - b[1]) < _EVEN * width_px and abs(a[2] - b[2]) < _EVEN * width_px
    shorter, longer = sorted((a[2] - a[1], b[2] - b[1]))
    return even and shorter > _ALIKE * longer and _WIDE[0] < (b[0] - a[0]) / width_px < _WIDE[1]


def _lower_edge(level_hw: np.ndarray, a: Side, b: Side) -> float:
    """The share of a label's width along which its lower edge is seen, on the line between the ends of its sides."""
    x = np.arange(a[0], b[0] + 1)
    y = np.interp(x, (a[0], b[0]), (a[2], b[2])).astype(int)
    near = [level_hw[np.clip(y + bend, 0, len(level_hw) - 1), x] for bend in range(-_BEND_PX, _BEND_PX + 1)]
    return float(np.any(near, axis=0).mean())


def _of_one_colour(lab_hw3: np.ndarray, a: Side, b: Side) -> float:
    """The share of a label's rim, just inside its sides and its lower edge, that has the rim's own colour."""
    first, last = max(a[1], b[1]), min(a[2], b[2]) - _RIM_PX
    left, right = a[0] + _RIM_PX, b[0] - _RIM_PX
    rim_N3 = np.concatenate([lab_hw3[first:last, left], lab_hw3[first:last, right], lab_hw3[last, left:right]])
    return float((np.linalg.norm(rim_N3 - np.median(rim_N3, 0), axis=-1) < _UNLIKE).mean())
