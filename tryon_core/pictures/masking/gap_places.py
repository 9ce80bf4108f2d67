"""Where an upright garment closes a gap: between sleeve and body, between two legs. Anywhere else it is a print."""

# Shapes: H, W image rows and columns.
import numpy as np

_TALL = 0.065  # of the garment's height: lower ones are prints; beside the cuffs of a wide blouse gaps are 0.07 tall
_BESIDE = 0.24  # of the garment's width from its centre line: there a sleeve ends and a body begins
_LEG_GAP, _LEG_GAP_ENDS = 0.35, 0.1  # of the height: least length of a gap between legs that touch at their hems, and
# how far above the lowest row it ends at most


def is_beside(gap_HW: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> bool:
    """Whether a gap is tall and far from the centre line: between a sleeve and the body.

    rows, columns  those that hold some of the garment, in order
    """
    away_px = abs(np.flatnonzero(gap_HW.any(0)).mean() - (columns[0] + columns[-1]) / 2)
    return bool(gap_HW.any(1).sum() > _TALL * np.ptp(rows) and away_px > _BESIDE * np.ptp(columns))


def is_between_legs(gap_HW: np.ndarray, rows: np.ndarray) -> bool:
    """Whether a gap is so tall, and so near the lowest row, that two legs touch at their hems below it."""
    gap_rows = np.flatnonzero(gap_HW.any(1))
    tall = len(gap_rows) > _LEG_GAP * np.ptp(rows)
    return bool(tall and rows[-1] - gap_rows[-1] < _LEG_GAP_ENDS * np.ptp(rows))
