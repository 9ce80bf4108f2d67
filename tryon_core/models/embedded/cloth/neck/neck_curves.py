"""Find the neckline as one of the forms that necklines have: round ones first, deep V-necks beside them."""

# Shapes: H, W image rows and columns; X columns; D depths; C curves; 2 is (x, y).
from itertools import product

import numpy as np

from .neck_edges import Collar

# A curve hangs from the collar's peaks: y = base + depth (1 - |u|^p)^(1/q), u from -1 to 1 across share x the collar.
Curve = tuple[float, tuple[float, float]]  # share, (p, q)
_ROUND: tuple[Curve, ...] = tuple(
    product((1.0, 0.94, 0.88), ((2.6, 2.6), (2.0, 2.0), (2.0, 1.4), (2.0, 1.0), (1.2, 1.0)))
)
_BELOW: tuple[Curve, ...] = tuple(product((1.0, 0.94, 0.88), ((2.6, 2.6), (2.0, 2.0), (2.0, 1.4), (2.0, 1.0))))
_POINTED: tuple[Curve, ...] = tuple(product((1.0, 0.94, 0.88, 0.8), ((1.0, 1.0), (1.2, 1.0), (1.5, 1.0))))
_ENDS = 0.12  # of the collar's width: so near its peaks the outline's own edge is
_SHALLOWEST, _DEEPEST = 0.05, 0.6  # of the collar's width, the first below the outline's own dip
_CLEAR, _FIRST = 2.5, 0.75  # least strength; the highest curve of at least this share of the best one is taken
_SEEN_SHARE, _SEEN = 0.65, 1.0  # on so many of its columns a neckline is an edge of more than this: a print's upper
# edge on fewer, though a strong one
_AFTER_FIRST = 0.07  # of the collar's width: how far below the first clear depth the best one may be
_BELOW_LABEL = 0.3  # collar widths below a label between which the neckline is looked for
_CLEARANCE = 0.03  # collar widths below a label: where the neckline is taken to be if none is seen
_AT_CORNERS = 0.95  # of its depth: how deep a curve hangs at a label's corners
_CLEAR_BELOW = 1.5  # least strength there: nothing else of that form is to be expected
_NEAR_BEST = 0.97
_ALL_ALONG = 0.1  # of two equally clear curves along a rib the one that follows it to its ends
_USUAL: Curve = (1.0, (2.0, 2.0))
# V-necks, in collar widths; set on 60 garments, of which five have one: they reach 8-10, other garments' stripes and
# prints at most 4.3 so far below their round necklines
_V_DEPTHS, _V_BELOW = (0.4, 1.2), 0.2
_V_CLEAR, _V_SEEN_SHARE = 6.0, 0.7
# The V that a label hangs in: how deep at least; its depth at the label's corners, of its tip's; how clear on which
# share of either side; a standing collar's leaves have the colour of its inside
_V_OF_LABEL, _V_AT_CORNERS = 0.8, 0.6
_V_SEEN_BELOW, _V_CLEAR_BELOW = 0.6, (6.0, 3.0)
_V_NEAR_BEST = 0.9  # the deepest V of at least this share of the clearest one: all of a V lies in shadow, to its tip


def round_curve(edges_HW: np.ndarray, collar: Collar) -> np.ndarray | None:
    """float64 (X, 2): the highest clear curve between the collar's peaks; None where no edge is clear.

    Its strength is the median over columns, which follows neither prints nor labels.
    """
    first_px = collar.outline_depth_px + _SHALLOWEST * collar.width_px
    depths_px = np.arange(first_px, _DEEPEST * collar.width_px)
    seen_DCX = _along(edges_HW, collar, _ROUND, depths_px)
    strength_DC = np.median(seen_DCX, axis=-1) * (np.quantile(seen_DCX, 1 - _SEEN_SHARE, axis=-1) > _SEEN)
    if strength_DC.max() < _CLEAR:
        return None
    first = int((strength_DC.max(1) >= _FIRST * strength_DC.max()).argmax())
    near = strength_DC[first : first + max(2, int(_AFTER_FIRST * collar.width_px))]
    k, form = np.unravel_index(int(near.argmax()), near.shape)
    return hanging(collar, _ROUND[form], float(depths_px[first + k]))


def deep_v(edges_HW: np.ndarray, collar: Collar, round_depth_px: float) -> np.ndarray | None:
    """float64 (X, 2): a V-neck well below the round neckline, clear on both of its sides; None where there is none."""
    first_px = max(_V_DEPTHS[0] * collar.width_px, round_depth_px + _V_BELOW * collar.width_px)
    depths_px = np.arange(first_px, _V_DEPTHS[1] * collar.width_px)
    if not len(depths_px):
        return None
    strength_DC = _on_both_sides(_along(edges_HW, collar, _POINTED, depths_px), _V_SEEN_SHARE)
    if strength_DC.max() < _V_CLEAR:
        return None
    deepest = int(np.flatnonzero(strength_DC.max(1) >= _V_NEAR_BEST * strength_DC.max())[-1])
    return hanging(collar, _POINTED[int(strength_DC[deepest].argmax())], float(depths_px[deepest]))


def curve_below(edges_HW: np.ndarray, collar: Collar, label_y: float) -> np.ndarray:
    """float64 (X, 2): the neckline below a label: a clear V, else the clearest crew neck just below it, and one that
    clears it where no edge is seen there.
    """
    v_X2 = _v_below(edges_HW, collar, label_y)
    if v_X2 is not None:
        return v_X2
    first_px = (label_y - collar.base_y) / _AT_CORNERS
    depths_px = first_px + np.arange(0, _BELOW_LABEL * collar.width_px)
    seen_DCX = _along(edges_HW, collar, _BELOW, depths_px)
    strength_DC = np.median(seen_DCX, axis=-1)
    if strength_DC.max() < _CLEAR_BELOW:
        return hanging(collar, _USUAL, first_px + _CLEARANCE * collar.width_px)
    strength_DC += _ALL_ALONG * seen_DCX.mean(-1)
    k = int((strength_DC.max(1) >= _NEAR_BEST * strength_DC.max()).argmax())  # the upper edge of a rib
    form = int(strength_DC[k].argmax())
    return hanging(collar, _BELOW[form], float(depths_px[k]) + collar.reach_px)


def _v_below(edges_HW: np.ndarray, collar: Collar, label_y: float) -> np.ndarray | None:
    """float64 (X, 2): the clearest V that a label hangs inside; None where none is clear."""
    first_px = max(_V_OF_LABEL * collar.width_px, (label_y - collar.base_y) / _V_AT_CORNERS)
    depths_px = np.arange(first_px, max(_V_DEPTHS[1] * collar.width_px, first_px + 1))
    strength_DC = _on_both_sides(_along(edges_HW, collar, _POINTED, depths_px), _V_SEEN_BELOW)
    if strength_DC.max() < _V_CLEAR_BELOW[collar.stands]:
        return None
    k, form = np.unravel_index(int(strength_DC.argmax()), strength_DC.shape)
    return hanging(collar, _POINTED[form], float(depths_px[k]))


def _on_both_sides(seen_DCX: np.ndarray, share: float) -> np.ndarray:
    """float64 (D, C): the edge that is reached on this share of the columns of either side."""
    halves = np.array_split(seen_DCX, 2, axis=-1)
    return np.min([np.quantile(half, 1 - share, axis=-1) for half in halves], axis=0)


def hanging(collar: Collar, curve: Curve, depth_px: float) -> np.ndarray:
    """float64 (X, 2): a curve of one form, from peak to peak."""
    columns = np.arange(int(collar.left[0]), int(collar.right[0]) + 1)
    return np.stack([columns, collar.base_y + depth_px * _height(columns, collar, curve)], axis=1)


def _along(edges_HW: np.ndarray, collar: Collar, curves: tuple[Curve, ...], depths_px: np.ndarray) -> np.ndarray:
    """float32 (D, C, X): the edges along each form at each depth, without the columns near the peaks."""
    ends_px = _ENDS * collar.width_px
    x = np.arange(int(collar.left[0] + ends_px), int(collar.right[0] - ends_px) + 1)
    height_CX = np.stack([_height(x, collar, curve) for curve in curves])
    y = np.clip(collar.base_y + depths_px[:, None, None] * height_CX, 0, edges_HW.shape[0] - 1).astype(int)
    return edges_HW[y, x]


def _height(x: np.ndarray, collar: Collar, curve: Curve) -> np.ndarray:
    """float64 (X,): the curve's depth at each column, as a share of its deepest; 0 beyond its ends."""
    share, (p, q) = curve
    u = np.abs(2 * (x - collar.centre_x) / (share * collar.width_px))
    return (1 - np.minimum(u, 1) ** p) ** (1 / q)
