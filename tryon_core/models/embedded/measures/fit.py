"""How a garment sits on a body: hem, neckline, width, middle and sleeves, read from a mask of what is worn."""

# Shapes: H, W rows and columns of the picture; Y, X of the upright chart; N points along an arm; 2 is x, y.
from dataclasses import dataclass

import cv2
import numpy as np

from ..frame import LEFT_ELBOW, LEFT_SHOULDER, LEFT_WRIST, RIGHT_ELBOW, RIGHT_SHOULDER, RIGHT_WRIST, BodyFrame
from ..perception import Person
from .areas import filled

UNIT = 160  # chart pixels per shoulder width
ABOVE, BELOW, ASIDE = 0.6, 3.2, 1.6  # shoulder widths of chart above and below the shoulder line and to each side
ARMS = ((RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST), (LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST))  # picture's left first


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How a garment sits. None where it cannot be told.

    hem        where it ends below the shoulder line, share of torso length
    neckline   where the front neckline is below the shoulder line, share of shoulder width; negative above it
    width      of its body without sleeves, half-way down, share of shoulder width
    hem_width  of its body just above the hem, share of shoulder width
    middle     of its body to the right of the shoulders' middle in the picture, share of shoulder width
    sleeves    (picture's left, right) where they end from shoulder to wrist, share of arm length; 0 is sleeveless
    """

    hem: float | None
    neckline: float | None
    width: float | None
    hem_width: float | None
    middle: float | None
    sleeves: tuple[float | None, float | None]


def upright(mask_HW: np.ndarray, frame: BodyFrame) -> np.ndarray:
    """The mask in the body's own axes, UNIT pixels a shoulder width: bool (Y, X), shoulder line at row ABOVE * UNIT."""
    step_2x2 = np.stack([frame.across_2, frame.down_2], axis=1) * frame.shoulder_px / UNIT
    origin_2 = frame.point(-ASIDE * frame.shoulder_px, -ABOVE * frame.shoulder_px)
    size = int(2 * ASIDE * UNIT), int((ABOVE + BELOW) * UNIT)
    how = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(mask_HW.astype(np.uint8), np.c_[step_2x2, origin_2], size, flags=how) > 0


def worn_fit(worn_HW: np.ndarray, person: Person) -> Fit:
    """Read the fit from a mask; `person` lends frame and arms, so that every attempt is read with the same ruler."""
    chart, arms = upright(filled(worn_HW), person.frame), upright(person.arms, person.frame)
    torso = person.frame.torso_px / person.frame.shoulder_px
    end = _last_row(chart)
    sides = _sides(chart, arms, 0.35 * torso, 0.75 * torso)
    above_hem = None if end is None else _sides(chart, arms, end - 0.12, end - 0.05)
    return Fit(
        hem=None if end is None else end / torso,
        neckline=_first_row(chart),
        width=_span(sides),
        hem_width=_span(above_hem),
        middle=None if sides is None else sum(sides) / 2,
        sleeves=tuple(_sleeve_end(worn_HW, person, arm) for arm in ARMS),
    )


def body_width(person: Person, hem: float | None = None) -> float | None:
    """Width of the clothed body half-way down, or just above a hem (share of torso length), in shoulder widths.

    What fits must be at least as wide as the body; None where arms touch it.
    """
    chart, arms = upright(filled(person.upper | person.lower), person.frame), upright(person.arms, person.frame)
    torso = person.frame.torso_px / person.frame.shoulder_px
    top, bottom = (0.35 * torso, 0.75 * torso) if hem is None else (hem * torso - 0.12, hem * torso - 0.05)
    return _span(_sides(chart, arms, top, bottom))


def _span(sides: tuple[float, float] | None) -> float | None:
    return None if sides is None else sides[1] - sides[0]


def _columns(half_width: float) -> slice:
    middle = int(ASIDE * UNIT)
    return slice(middle - int(half_width * UNIT), middle + int(half_width * UNIT) + 1)


def _last_row(chart_YX: np.ndarray) -> float | None:
    """Shoulder widths below the shoulder line where the middle columns end; the median column decides."""
    part = chart_YX[:, _columns(0.28)]
    if part.any(0).mean() < 0.5:
        return None
    last = part.shape[0] - 1 - np.argmax(part[::-1, part.any(0)], axis=0)
    return float(np.median(last) + 1) / UNIT - ABOVE


def _first_row(chart_YX: np.ndarray) -> float | None:
    part = chart_YX[:, _columns(0.04)]
    if part.any(0).mean() < 0.5:
        return None
    return float(np.median(np.argmax(part[:, part.any(0)], axis=0))) / UNIT - ABOVE


def _sides(chart_YX: np.ndarray, arms_YX: np.ndarray, top: float, bottom: float) -> tuple[float, float] | None:
    """Left and right edge between two heights, all in shoulder widths from the middle and from the shoulder line.

    Rows where an arm touches the garment's body are left out: sleeve and body cannot be told apart there. None where
    under three rows are left.
    """
    rows = range(max(0, int((ABOVE + top) * UNIT)), min(len(chart_YX), int((ABOVE + bottom) * UNIT) + 1), 2)
    edges = [run for run in (_free_run(chart_YX[row], arms_YX[row]) for row in rows) if run is not None]
    if len(edges) < 3:
        return None
    left, right = np.median(edges, axis=0) / UNIT - ASIDE
    return float(left), float(right)


def _free_run(row_X: np.ndarray, arms_X: np.ndarray) -> tuple[int, int] | None:
    """The run of cloth through the middle, if no arm touches its ends."""
    run = _run_through_middle(row_X)
    if run is None or arms_X[max(run[0] - 3, 0) : run[0] + 10].any() or arms_X[max(run[1] - 9, 0) : run[1] + 4].any():
        return None
    return run


def _run_through_middle(row_X: np.ndarray) -> tuple[int, int] | None:
    """First and last column of the run of True that holds the middle column."""
    middle = len(row_X) // 2
    if not row_X[middle]:
        return None
    gaps = np.flatnonzero(~row_X)
    before, after = gaps[gaps < middle], gaps[gaps > middle]
    return (int(before[-1]) + 1 if len(before) else 0), (int(after[0]) - 1 if len(after) else len(row_X) - 1)


def _sleeve_end(worn_HW: np.ndarray, person: Person, arm: tuple[int, int, int]) -> float | None:
    """Share of the way from shoulder to wrist where cloth ends and skin begins; None for an arm out of sight."""
    joints_K3 = person.landmarks_K3[list(arm)]
    height, width = worn_HW.shape
    inside = (joints_K3[:, 0] >= 0) & (joints_K3[:, 0] < width) & (joints_K3[:, 1] >= 0) & (joints_K3[:, 1] < height)
    if joints_K3[:, 2].min() < 0.4 or not inside.all():
        return None
    shares = np.linspace(0.1, 1.0, 61)
    path_N2, _ = along_arm(joints_K3[:, :2], shares)
    column, row = np.int32(np.round(path_N2)).T
    around_HW = cv2.blur(worn_HW.astype(np.float32), (7, 7))
    cover_N = around_HW[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] > 0.5
    # the end that explains most points: cloth before it, none after it
    agreeing = np.concatenate([[0], np.cumsum(np.where(cover_N, 1, -1))])
    end = int(np.argmax(agreeing))
    return 0.0 if end == 0 else float(shares[end - 1])


def along_arm(joints_32: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, float]:
    """Points at shares of the way shoulder-elbow-wrist: float (N, 2), and the way's length in pixels."""
    lengths = np.hypot(*np.diff(joints_32, axis=0).T)
    at = np.concatenate([[0], np.cumsum(lengths)]) / max(lengths.sum(), 1e-6)
    return np.stack([np.interp(shares, at, joints_32[:, axis]) for axis in (0, 1)], 1), float(lengths.sum())
