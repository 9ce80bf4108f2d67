"""Mend the parse of a person with points set by hand: what is connected with a point and looks like it is its part."""

# Shapes: H, W image rows and columns; K points; 3 is Lab.
from collections.abc import Mapping

import cv2
import numpy as np

from .....errors import Refused
from .....hints import Mark, Points
from .....pictures.features import ColourModel
from .....pictures.masks import closed, discs, grown, touching
from ..border import Border
from .sight import Sight

_PART_OF: dict[Mark, str] = {"top": "upper", "lower": "lower", "skin": "skin", "keep": "kept_HW"}
# In shoulder widths round a point: what it looks like; where the rest begins, whose colours it is told from; how far
# what it says goes.
_PATCH, _APART, _REACH = 0.06, 0.3, 1.2
_SMOOTH = 0.04  # shoulder widths: threads and the stripes of most prints are narrower
# Overlap of colours above which the point's height tells where a garment ends; of white cloth and a print half white
# it is at most 0.7 (the root of the share in common).
_ALIKE = 0.8
_TRUNK = 0.6  # shoulder widths from the body's middle to its side: arms hang further out
_BORDER_REACH, _BORDER_COLUMNS = 0.34, 35  # shoulder widths to either side, and columns, as border.py has them
_LEAST_PX = 100  # with fewer an area has no colours of its own: then a point says no more than where it lies
_ROUNDS = 2  # the second knows the colours that the first has found, and no longer takes them for the rest's


def corrected(parts: Mapping[str, np.ndarray], sight: Sight, points: Points) -> dict[str, np.ndarray]:
    """The parts as points change them, and 'kept_HW': what stays as it was photographed.

    parts    bool (H, W) by name, as in Parts; points change upper, lower, skin and hair, which exclude one another, and
             leave the face alone
    raises   Refused 'point_off_person'
    """
    named = {name: parts[name] for name in ("upper", "lower", "skin", "hair")}
    named["kept_HW"] = np.zeros(sight.shape, bool)
    for mark, part in _PART_OF.items():
        for point in points.get(mark, ()):
            spot = discs(sight.shape, [point], _PATCH * sight.frame.shoulder_px)
            _check_on_person(mark, point, spot, sight)
            beyond = parts["face"] | (parts["arms"] & ~spot) if mark == "lower" else parts["face"]
            claimed = _claimed(mark, spot, named, sight) & ~beyond
            named = {name: mask | claimed if name == part else mask & ~claimed for name, mask in named.items()}
    moved = {"border": _border_above(named["lower"], sight)} if {"top", "lower"} & points.keys() else {}
    return {**parts, **named, **moved}


def _border_above(lower_HW: np.ndarray, sight: Sight) -> Border | None:
    """Where the lower garment begins as it was mended; None where too little of it is in front of the trunk."""
    frame = sight.frame
    across_HW, down_HW = frame.across_px_HW(sight.shape), frame.down_share_HW(sight.shape) * frame.torso_px
    across_px_A = np.linspace(-_BORDER_REACH, _BORDER_REACH, _BORDER_COLUMNS) * frame.shoulder_px
    half_px = (across_px_A[1] - across_px_A[0]) / 2
    columns = [down_HW[lower_HW & (np.abs(across_HW - across_px) <= half_px)] for across_px in across_px_A]
    seen_A = np.array([column.size > 0 for column in columns])
    if seen_A.mean() < 0.5:
        return None
    highest = [float(np.percentile(column, 1)) for column in columns if column.size]
    down_px_A = np.interp(across_px_A, across_px_A[seen_A], highest)
    return Border(across_px_A=across_px_A, down_px_A=down_px_A, bare_px=0.0, confidence=1.0)


def _check_on_person(mark: Mark, point: tuple[float, float], spot: np.ndarray, sight: Sight) -> None:
    if mark != "keep" and not (spot & sight.person).any():
        raise Refused(
            "point_off_person",
            f"the point {mark!r} at ({point[0]:g}, {point[1]:g}) lies beside the person; points are shares of the "
            "picture's width and height from its upper left corner: put it on the person or take it out",
        )


def _claimed(mark: Mark, spot: np.ndarray, named: Mapping[str, np.ndarray], sight: Sight) -> np.ndarray:
    """bool (H, W): what a point says to be of its part."""
    unit, part = sight.frame.shoulder_px, named[_PART_OF[mark]]
    within = grown(spot, _REACH * unit) & (sight.person if mark != "keep" else True)
    claimed, near = spot & within, grown(spot, _APART * unit)
    for _ in range(_ROUNDS):
        own, others = (_colours(sight.lab_HW3, area) for area in (claimed, within & ~part & ~near & ~claimed))
        if own is None or others is None:
            return claimed
        if mark in ("top", "lower") and own.overlap(others) > _ALIKE:
            return claimed | _up_to(mark, spot, named, sight)
        claimed = within & _like(sight, own, others, within & ~part, spot)
    return claimed


def _colours(lab_HW3: np.ndarray, area: np.ndarray) -> ColourModel | None:
    return ColourModel(lab_HW3[area]) if area.sum() >= _LEAST_PX else None


def _like(sight: Sight, own: ColourModel, others: ColourModel, among: np.ndarray, spot: np.ndarray) -> np.ndarray:
    """bool (H, W): what is connected with the point and has its colours rather than those of the rest."""
    width_px, cells_HW = _SMOOTH * sight.frame.shoulder_px, ColourModel.cells(sight.lab_HW3)
    odds_HW = cv2.blur(own.log_share[cells_HW] - others.log_share[cells_HW], (2 * int(width_px) + 1,) * 2)
    return closed(touching((among & (odds_HW > 0)) | spot, spot, 0.0), width_px)


def _up_to(mark: Mark, spot: np.ndarray, named: Mapping[str, np.ndarray], sight: Sight) -> np.ndarray:
    """bool (H, W): the other garment's share of the trunk on the wrong side of the point, where both look alike."""
    down_HW, across_px_HW = sight.frame.down_share_HW(spot.shape), sight.frame.across_px_HW(spot.shape)
    at = float(np.median(down_HW[spot]))
    if mark == "top":
        return named["lower"] & (down_HW < at)
    return named["upper"] & (down_HW > at) & (np.abs(across_px_HW) < _TRUNK * sight.frame.shoulder_px)
