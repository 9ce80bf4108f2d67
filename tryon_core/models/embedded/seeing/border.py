"""Where the lower garment that is worn begins: searched between two garments' colours, column by column of the body.

High-waisted trousers begin far above the hips and long tops end far below them, so no usual height will do. Each column
is divided into upper garment, bare skin (a stomach; usually none) and lower garment as its colours suit best, the
columns are joined to one curve, and what lies on either side of it teaches both garments' colours again.
"""

# Shapes: H, W image rows and columns; A columns across the body; D heights down it; M cells of a ColourModel; 3 is Lab.
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ....pictures.features import ColourModel
from .body_frame import BodyFrame
from .paths import best_path

_ACROSS_A = np.linspace(-0.34, 0.34, 35)  # shoulder widths: within the trunk, clear of arms that hang beside it
_DOWN_D = np.arange(0.3, 1.45, 0.008)  # torso lengths: from below the armpits to a tunic's hem; about 2 px a step
_MOST_RATIO = 2.5  # nats a single pixel may say for either garment: a print's odd pixels must not decide a column
_BARE_COUNTS, _ARM_COUNTS = 0.15, 0.1  # how much bare skin says of the garments, and a bare arm before the body
_BARE_GAIN, _BARE_COST, _BARE_OPENS = 1.0, 1.5, 3.0  # nats a skin pixel gains and a cloth pixel loses in a bare band,
_BARE_TALLEST = 45  # and what opening one costs; its height at most, in steps: 0.36 torso lengths, ribs to hips
_EDGE_GAIN, _EDGE_LAB, _EDGE_REACH = 4.0, 20.0, 4  # nats for a change of 20 CIELAB units between bands of 4 steps
_USUAL, _UNUSUAL_COST = 0.95, 3.5  # the usual height of a border, and nats for each torso length away from it
_JOINS = 2.0  # columns that decide together: standard deviation
_STEP, _BENT = 2, 5.0  # steps that neighbouring columns may differ by, and the cost of each in nats
_ROUNDS = 3  # of learning the colours again: the border moves less than a step in the fourth
_LEAST_SEEN = 0.2  # share of the grid that must show the person
_LEAST_TAUGHT, _MARGIN = 60, 0.03  # fewest samples to learn from, and torso lengths off the border where none are taken
_SMOOTHED = 7  # columns of the running mean that takes the grid's steps out of the curve


@dataclass(frozen=True, kw_only=True, eq=False)
class Border:
    """The upper edge of the lower garment, as a curve across the body in the coordinates of its BodyFrame.

    across_px_A   increasing distances from the middle of the shoulders, positive towards the person's left
    down_px_A     how far below the line of the shoulders the lower garment begins there
    bare_px       how much bare skin lies above it, before the upper garment ends; 0 where they meet
    confidence    0-1: mean log-likelihood ratio of the two garments' colours, above less below, as a share of the most
                  it can be; two garments of the same colours have about 0
    """

    across_px_A: np.ndarray
    down_px_A: np.ndarray
    bare_px: float
    confidence: float

    @property
    def down_px(self) -> float:
        """The curve's height in the middle of the body, below the line of the shoulders."""
        return float(self.level_px(0.0))

    def level_px(self, across_px: np.ndarray | float) -> np.ndarray:
        """How far below the line of the shoulders it lies at distances across; level beyond its ends."""
        return np.interp(across_px, self.across_px_A, self.down_px_A)


@dataclass(frozen=True, kw_only=True, eq=False)
class Parted:
    """A border with the colours of the garments above and below it: natural logs of shares, float32 (M,)."""

    border: Border
    upper_M: np.ndarray
    lower_M: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Cloth:
    """What the search looks at, each (H, W).

    cells    int32, ColourModel cells
    person   bool
    bare     bool, skin by its colour
    arms     bool, where arms are
    """

    lab_HW3: np.ndarray
    cells: np.ndarray
    person: np.ndarray
    bare: np.ndarray
    arms: np.ndarray


def find_border(cloth: Cloth, frame: BodyFrame, upper_M: np.ndarray, lower_M: np.ndarray) -> Parted | None:
    """The border and what it teaches, from first guesses of both garments' colours; None where too little is seen.

    upper_M, lower_M   natural logs of the garments' colour shares, by ColourModel cell
    """
    y_AD, x_AD, inside_AD = _grid(frame, cloth.person.shape)
    person_AD = inside_AD & cloth.person[y_AD, x_AD]
    if person_AD.mean() < _LEAST_SEEN:
        return None
    skin_AD, arm_AD = person_AD & cloth.bare[y_AD, x_AD], cloth.arms[y_AD, x_AD]
    weight_AD = person_AD * np.where(skin_AD, np.where(arm_AD, _ARM_COUNTS, _BARE_COUNTS), 1.0)
    lab_AD3, cells_AD = cloth.lab_HW3[y_AD, x_AD], cloth.cells[y_AD, x_AD]
    fixed_AD = _edges(lab_AD3, weight_AD) - _UNUSUAL_COST * np.abs(_DOWN_D - _USUAL)
    teaches_AD = person_AD & ~skin_AD & ~arm_AD
    for _ in range(_ROUNDS):
        ratio_AD = np.clip((upper_M - lower_M)[cells_AD], -_MOST_RATIO, _MOST_RATIO) * weight_AD
        begins_A, ends_A = _divided(ratio_AD, skin_AD & ~arm_AD, person_AD, fixed_AD)
        above_AD = teaches_AD & (_DOWN_D < _DOWN_D[ends_A][:, None] - _MARGIN)
        below_AD = teaches_AD & (_DOWN_D > _DOWN_D[begins_A][:, None] + _MARGIN)
        if min(above_AD.sum(), below_AD.sum()) < _LEAST_TAUGHT:
            break
        upper_M, lower_M = (_colours(lab_AD3[part]) for part in (above_AD, below_AD))
    level_A = _smooth(_DOWN_D[begins_A]) * frame.torso_px
    border = Border(
        across_px_A=_ACROSS_A * frame.shoulder_px,
        down_px_A=level_A,
        bare_px=float(np.median(_DOWN_D[begins_A] - _DOWN_D[ends_A])) * frame.torso_px,
        confidence=_confidence(ratio_AD, weight_AD, begins_A),
    )
    return Parted(border=border, upper_M=upper_M, lower_M=lower_M)


def _grid(frame: BodyFrame, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(row, column, inside the picture) of every place that is looked at: int, int, bool (A, D); clipped to it."""
    across_A1, down_D = _ACROSS_A[:, None] * frame.shoulder_px, _DOWN_D * frame.torso_px
    x, y = (
        np.round(frame.centre[k] + across_A1 * frame.across_2[k] + down_D * frame.down_2[k]).astype(int) for k in (0, 1)
    )
    inside = (x >= 0) & (y >= 0) & (x < shape[1]) & (y < shape[0])
    return y.clip(0, shape[0] - 1), x.clip(0, shape[1] - 1), inside


def _divided(
    ratio_AD: np.ndarray, bare_AD: np.ndarray, person_AD: np.ndarray, fixed_AD: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(where the lower garment begins, where the upper one ends): int (A,) each, steps of the grid.

    ratio_AD   nats for the upper garment, negative for the lower one
    fixed_AD   nats for a border at each place, whatever its colours
    """
    skin_AD = _BARE_GAIN * bare_AD
    upper_AD, lower_AD = (_before(np.minimum(ratio, 0) - skin_AD) for ratio in (ratio_AD, -ratio_AD))
    band_AD = _before(-_BARE_COST * (person_AD & ~bare_AD))
    opened_AD, ends_AD = _best_above(upper_AD - band_AD)
    closed_AD = upper_AD - band_AD
    is_bare_AD = opened_AD - _BARE_OPENS > closed_AD
    gain_AD = np.where(is_bare_AD, opened_AD - _BARE_OPENS, closed_AD) + band_AD - lower_AD + fixed_AD
    begins_A = best_path(gaussian_filter1d(gain_AD, _JOINS, axis=0, mode="nearest"), _STEP, _BENT)
    column_A = np.arange(len(begins_A))
    ends_A = np.where(is_bare_AD[column_A, begins_A], ends_AD[column_A, begins_A], begins_A)
    return begins_A, ends_A


def _before(values_AD: np.ndarray) -> np.ndarray:
    """The sum of everything above each place."""
    return np.cumsum(values_AD, 1) - values_AD


def _best_above(values_AD: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The highest value within the tallest bare band above each place, and its step."""
    best_AD, at_AD = values_AD.copy(), np.tile(np.arange(values_AD.shape[1]), (len(values_AD), 1))
    for by in range(1, _BARE_TALLEST + 1):
        higher = values_AD[:, :-by] > best_AD[:, by:]
        best_AD[:, by:] = np.where(higher, values_AD[:, :-by], best_AD[:, by:])
        at_AD[:, by:] = np.where(higher, np.arange(values_AD.shape[1] - by), at_AD[:, by:])
    return best_AD, at_AD


def _edges(lab_AD3: np.ndarray, weight_AD: np.ndarray) -> np.ndarray:
    """Nats for how clearly the colour changes at a place, between the means of a band above and one below it."""
    total_AD3 = np.cumsum(np.pad(lab_AD3 * weight_AD[..., None], ((0, 0), (1, 0), (0, 0))), 1)
    count_AD = np.cumsum(np.pad(weight_AD, ((0, 0), (1, 0))), 1)
    at = np.arange(lab_AD3.shape[1])
    first, last = np.maximum(at - _EDGE_REACH, 0), np.minimum(at + _EDGE_REACH, len(at))
    counts = count_AD[:, at] - count_AD[:, first], count_AD[:, last] - count_AD[:, at]
    totals = total_AD3[:, at] - total_AD3[:, first], total_AD3[:, last] - total_AD3[:, at]
    above, below = (total / np.maximum(count, 0.5)[..., None] for total, count in zip(totals, counts, strict=True))
    change_AD = np.linalg.norm(above - below, axis=-1) / _EDGE_LAB
    return _EDGE_GAIN * np.clip(change_AD, 0, 1) * (np.minimum(*counts) > 1)


def _colours(lab_N3: np.ndarray) -> np.ndarray:
    return ColourModel(lab_N3, lightness_blur=5.6, stray_share=0.004).log_share


def _smooth(level_A: np.ndarray) -> np.ndarray:
    return np.convolve(np.pad(level_A, _SMOOTHED // 2, mode="edge"), np.ones(_SMOOTHED) / _SMOOTHED, mode="valid")


def _confidence(ratio_AD: np.ndarray, weight_AD: np.ndarray, begins_A: np.ndarray) -> float:
    above_AD = np.arange(ratio_AD.shape[1]) < begins_A[:, None]
    means = [ratio_AD[part].sum() / max(weight_AD[part].sum(), 1) for part in (above_AD, ~above_AD)]
    return float(np.clip((means[0] - means[1]) / (2 * _MOST_RATIO), 0, 1))
