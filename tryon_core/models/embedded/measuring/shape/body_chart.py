"""A mask in the body's own axes, and what can be read off it: where cloth begins and ends, and its sides."""

# Shapes: H, W rows and columns of the picture; Y, X of the chart; 2x3 an affine map from chart to picture.
from collections.abc import Iterator

import cv2
import numpy as np

from .....pictures.masks import filled
from ...seeing.body_frame import BodyFrame

UNIT = 160  # chart pixels per shoulder width, where edges are read
ABOVE, BELOW, ASIDE = 0.6, 5.4, 1.6  # shoulder widths of chart above and below the shoulder line and to each side
OCCLUDED = 0.36  # shoulder widths from the middle: holes there are hands, hair or prints, further out gaps at the arms


def chart_map(frame: BodyFrame, unit: float) -> np.ndarray:
    """From chart pixels, `unit` a shoulder width, to pixels of the picture: float64 (2, 3)."""
    step_2x2 = np.stack([frame.across_2, frame.down_2], axis=1) * frame.shoulder_px / unit
    return np.c_[step_2x2, frame.point(-ASIDE * frame.shoulder_px, -ABOVE * frame.shoulder_px)]


def charted(values: np.ndarray, map_2x3: np.ndarray, unit: float) -> np.ndarray:
    """A picture's values on the chart, (Y, X) or (Y, X, C): bool by the nearest pixel, float32 interpolated."""
    size, flat = (int(2 * ASIDE * unit), int((ABOVE + BELOW) * unit)), values.dtype == bool
    how = cv2.WARP_INVERSE_MAP | (cv2.INTER_NEAREST if flat else cv2.INTER_LINEAR)
    laid = cv2.warpAffine(values.astype(np.uint8 if flat else np.float32), map_2x3, size, flags=how)
    return laid > 0 if flat else laid


def upright(mask_HW: np.ndarray, frame: BodyFrame) -> np.ndarray:
    """The mask in the body's own axes, UNIT pixels a shoulder width: bool (Y, X), shoulder line at row ABOVE * UNIT."""
    return charted(mask_HW, chart_map(frame, UNIT), UNIT)


def without_occluders(chart_YX: np.ndarray) -> np.ndarray:
    """The mask with its holes filled along the body's middle."""
    whole_YX = chart_YX.copy()
    middle = columns(OCCLUDED)
    whole_YX[:, middle] |= filled(chart_YX)[:, middle]
    return whole_YX


def columns(half_width: float) -> slice:
    """The chart's columns within a distance from the middle, in shoulder widths."""
    middle = int(ASIDE * UNIT)
    return slice(middle - int(half_width * UNIT), middle + int(half_width * UNIT) + 1)


def last_row(chart_YX: np.ndarray, half_width: float = 0.28) -> float | None:
    """Shoulder widths below the shoulder line where the middle columns end; the median column decides."""
    part = chart_YX[:, columns(half_width)]
    if part.any(0).mean() < 0.5:
        return None
    last = part.shape[0] - 1 - np.argmax(part[::-1, part.any(0)], axis=0)
    return float(np.median(last) + 1) / UNIT - ABOVE


def first_row(chart_YX: np.ndarray, half_width: float = 0.04) -> float | None:
    """Shoulder widths below the shoulder line where the middle columns begin."""
    part = chart_YX[:, columns(half_width)]
    if part.any(0).mean() < 0.5:
        return None
    return float(np.median(np.argmax(part[:, part.any(0)], axis=0))) / UNIT - ABOVE


def sides(chart_YX: np.ndarray, arms_YX: np.ndarray, top: float, bottom: float) -> tuple[float, float] | None:
    """Left and right edge between two heights, all in shoulder widths from the middle and from the shoulder line.

    Rows where an arm touches a side or lies before it are left out there: sleeve and body cannot be told apart. None
    where under three rows are left.
    """
    lefts, rights = [], []
    for row_X, arms_X in _rows(chart_YX, arms_YX, top, bottom):
        run = _run_through_middle(row_X)
        if run is None:
            continue
        middle = len(row_X) // 2
        if not arms_X[max(run[0] - 3, 0) : middle].any():
            lefts.append(run[0])
        if not arms_X[middle : run[1] + 4].any():
            rights.append(run[1])
    if min(len(lefts), len(rights)) < 3:
        return None
    return float(np.median(lefts)) / UNIT - ASIDE, float(np.median(rights)) / UNIT - ASIDE


def least_span(chart_YX: np.ndarray, arms_YX: np.ndarray, top: float, bottom: float) -> float:
    """How wide it is at least between two heights: what is seen between the arms, in shoulder widths; 0 for nothing."""
    runs = [_run_through_middle(row_X & ~arms_X) for row_X, arms_X in _rows(chart_YX, arms_YX, top, bottom)]
    widths = [run[1] - run[0] for run in runs if run is not None]
    return float(np.median(widths)) / UNIT if widths else 0.0


def _rows(chart_YX: np.ndarray, arms_YX: np.ndarray, top: float, bottom: float) -> Iterator[tuple]:
    """Every second row of both between two heights, in shoulder widths below the shoulder line."""
    for row in range(max(0, int((ABOVE + top) * UNIT)), min(len(chart_YX), int((ABOVE + bottom) * UNIT) + 1), 2):
        yield chart_YX[row], arms_YX[row]


def span(edges: tuple[float, float] | None) -> float | None:
    """The distance between two sides."""
    return None if edges is None else edges[1] - edges[0]


def _run_through_middle(row_X: np.ndarray) -> tuple[int, int] | None:
    """First and last column of the run of True that holds the middle column."""
    middle = len(row_X) // 2
    if not row_X[middle]:
        return None
    gaps = np.flatnonzero(~row_X)
    before, after = gaps[gaps < middle], gaps[gaps > middle]
    return (int(before[-1]) + 1 if len(before) else 0), (int(after[0]) - 1 if len(after) else len(row_X) - 1)
