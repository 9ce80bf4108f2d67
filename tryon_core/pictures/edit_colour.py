"""How an edit changed the colours of what it should have kept, and which part of the picture it changed on purpose.

The two are found together: a tint changes every pixel, an edit changes some of them otherwise than all others. So the
drift is the change that most of the picture shares, fitted to what follows it, and the edit is what does not.
Shapes: H, W rows and columns; N pixels; 3 is RGB or Lab; a change (4, 3) turns rows (L*, a*, b*, 1) into Lab.
Lab is CIELAB under D65, in the units of features.py.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from .features import colour_difference, to_lab
from .masks import closed, grown, islands, opened

SIDE_PX = 256  # the longer side of the copies that are compared: fine grain, which no drift is, averages out
PIXELS, ROUNDS = 10_000, 12  # of the fit: on about how many pixels, how often
LARGEST_DRIFT = 25.0  # Lab units; a common change of more than this is looked for in vain
NEAR = 3.0  # Lab units: what still follows the drift
CHANGED = 4.0  # CIEDE2000 beyond the drift: an edit
BLUR, SPECK, MARGIN = 0.004, 0.012, 0.016  # of the longer side: smoothing, the smallest edit, and room around edits
LEAST_OUTSIDE = 0.25  # of the picture; where less was kept, its colours say nothing of the whole
NOTICEABLE = 1.0  # CIEDE2000, and units of Lab: about one just noticeable difference; grain and JPEG alone read 0.8


@dataclass(frozen=True, kw_only=True, eq=False)
class Drift:
    """How the colours outside an edit changed.

    edit_HW     bool, True where the picture was edited, with a margin; of the compared copies' size
    difference  median CIEDE2000 outside the edit
    offset_3    median signed change of L*, a* and b* there: drawn minus photograph
    back_43     the change that takes the drift out of drawn colours
    """

    edit_HW: np.ndarray
    difference: float
    offset_3: np.ndarray
    back_43: np.ndarray

    @property
    def noticeable(self) -> bool:
        return self.difference > NOTICEABLE

    @property
    def edited_share(self) -> float:
        return float(self.edit_HW.mean())


def drift(
    was_HW3: np.ndarray, laid_HW3: np.ndarray, covered_HW: np.ndarray, given_HW: np.ndarray | None
) -> Drift | str:
    """The drift outside the edit; where too little lies outside, the reason in words.

    was_HW3     `smoothed_lab` of the photograph
    laid_HW3    uint8 RGB of the photograph's size, the drawn picture laid over it
    covered_HW  bool, True where the drawn picture reaches
    given_HW    bool, True where pixels were allowed to change; None where that is to be found
    """
    now_HW3 = smoothed_lab(laid_HW3)
    covered_HW = _reduced(covered_HW.astype(np.uint8) * 255) == 255
    if given_HW is None:
        edit_HW = found_edit(was_HW3, now_HW3, covered_HW)
    else:
        edit_HW = _reduced(given_HW.astype(np.uint8) * 255) > 0
    outside_HW = covered_HW & ~edit_HW
    if outside_HW.mean() < LEAST_OUTSIDE:
        return f"{outside_HW.mean():.0%} of the picture lie outside the edit; it takes {LEAST_OUTSIDE:.0%}"
    was_N3, now_N3 = was_HW3[outside_HW], now_HW3[outside_HW]
    return Drift(
        edit_HW=edit_HW,
        difference=float(np.median(colour_difference(was_N3, now_N3))),
        offset_3=np.median(now_N3 - was_N3, axis=0),
        back_43=common_change(now_N3, was_N3),
    )


def found_edit(was_HW3: np.ndarray, now_HW3: np.ndarray, covered_HW: np.ndarray) -> np.ndarray:
    """bool (H, W): where Lab colours do not follow the change of most of the picture; without specks, grown."""
    drifted_HW3 = applied(common_change(was_HW3[covered_HW], now_HW3[covered_HW]), was_HW3)
    changed_HW = (colour_difference(drifted_HW3, now_HW3) > CHANGED) & covered_HW
    side_px = max(changed_HW.shape)
    labels_HW, areas = islands(closed(opened(changed_HW, SPECK * side_px / 4), SPECK * side_px))
    large = areas >= (SPECK * side_px) ** 2
    large[0] = False  # the outside
    return grown(large[labels_HW], MARGIN * side_px)


# ---- the change that most pixels share -------------------------------------------------------------------------------


def common_change(was_N3: np.ndarray, now_N3: np.ndarray) -> np.ndarray:
    """(4, 3): the affine change of Lab that most pixels follow.

    Begun at the most common difference, then fitted to what follows it, time and again.
    """
    every = max(1, len(was_N3) // PIXELS)
    was_N3, now_N3 = was_N3[::every], now_N3[::every]
    change_43 = np.r_[np.eye(3), most_common(now_N3 - was_N3)[None]]
    for _ in range(ROUNDS):
        off_N = np.linalg.norm(applied(change_43, was_N3) - now_N3, axis=1)
        near_N = off_N < 2 * NEAR
        if not near_N.any():
            break
        follows_N = off_N < max(NEAR, 2.5 * float(np.median(off_N[near_N])))
        change_43 = _fitted(was_N3[follows_N], now_N3[follows_N])
    return change_43


def most_common(differences_N3: np.ndarray) -> np.ndarray:
    """(3,): the mode of Lab differences up to LARGEST_DRIFT: the fullest cell, then mean shift; 0 where none is."""
    small_N3 = differences_N3[np.linalg.norm(differences_N3, axis=1) < LARGEST_DRIFT]
    if not len(small_N3):
        return np.zeros(3)
    edges = np.arange(-LARGEST_DRIFT, LARGEST_DRIFT + NEAR, NEAR)
    counts, _ = np.histogramdd(small_N3, (edges, edges, edges))
    mode = edges[list(np.unravel_index(counts.argmax(), counts.shape))] + NEAR / 2
    for _ in range(ROUNDS):
        weight_N = np.exp(-((small_N3 - mode) ** 2).sum(1) / (2 * NEAR**2))
        mode = weight_N @ small_N3 / weight_N.sum()
    return mode


def applied(change_43: np.ndarray, lab: np.ndarray) -> np.ndarray:
    """Lab (..., 3) after a change: float32 of the same shape."""
    return (lab @ change_43[:3] + change_43[3]).astype(np.float32)


def _fitted(was_N3: np.ndarray, now_N3: np.ndarray) -> np.ndarray:
    """Least squares, pulled towards a plain offset as if each axis had NEAR units of spread more and kept them.

    The pull decides where the pixels have few colours, and keeps the change mild for colours they do not have.
    """
    middle, moved = was_N3.mean(0), now_N3.mean(0)
    was, now, pull = was_N3 - middle, now_N3 - moved, len(was_N3) * NEAR**2 * np.eye(3)
    linear_33 = np.linalg.solve(was.T @ was + pull, was.T @ now + pull)
    return np.r_[linear_33, (moved - middle @ linear_33)[None]]


def smoothed_lab(image_HW3: np.ndarray) -> np.ndarray:
    """float32 CIELAB of a uint8 RGB picture as it is compared: reduced, without its grain."""
    lab_HW3 = to_lab(_reduced(image_HW3))
    return cv2.GaussianBlur(lab_HW3, (0, 0), BLUR * max(lab_HW3.shape))


def _reduced(image: np.ndarray) -> np.ndarray:
    """A uint8 picture or mask whose longer side is at most SIDE_PX."""
    factor = min(1.0, SIDE_PX / max(image.shape[:2]))
    return image if factor == 1 else cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
