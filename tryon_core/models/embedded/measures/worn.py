"""Find what a candidate wears on the upper body: the old garment, the new one, or one that nobody asked for."""

# Shapes: H, W rows and columns at the working size, h, w at half of it; 3 is Lab.
import cv2
import numpy as np
from scipy.special import expit

from ....features import ColourModel
from ....masks import largest, opened, polygon
from ..perception import Person
from .areas import inner, picked

UNCHANGED = 3.5  # Lab units: below it a pixel counts as left alone; a VAE round trip moves studio pictures by 1-3
ANY_COLOUR = -np.log(np.prod(ColourModel.BINS))  # log likelihood of a colour nobody told us of
NEVER = -30.0


def worn_area(
    before: Person, after: Person, *, change_HW: np.ndarray, zone_HW: np.ndarray, new: ColourModel, old: ColourModel
) -> np.ndarray:
    """What is worn on the upper body in the candidate: bool (H, W).

    Every changed pixel of the zone is explained by the likeliest of cloth (new, old or of unknown colour), skin, lower
    garment, hair and background; what did not change is what it was. The candidate's own parse counts as one more
    witness. Decided at half size with an edge-keeping filter, so single pixels do not flicker; pieces not joined to the
    body's own, under 2 % of the largest, are dropped.
    """
    size = after.upper.shape[1] // 2, after.upper.shape[0] // 2
    lab = cv2.resize(after.lab_HW3, size, interpolation=cv2.INTER_AREA)
    evidence = _cloth_evidence(before, after, lab, new, old)
    left_alone = cv2.resize(change_HW, size, interpolation=cv2.INTER_AREA) < UNCHANGED
    was_cloth = _half(before.upper, size) > 0.5
    evidence = np.where(left_alone, np.where(was_cloth, 6.0, -6.0), evidence).astype(np.float32)
    radius = max(2, int(0.012 * before.frame.shoulder_px))
    share = cv2.ximgproc.guidedFilter(lab / 100, expit(evidence).astype(np.float32), radius, 1e-3)
    full = cv2.resize(share, after.upper.shape[::-1], interpolation=cv2.INTER_LINEAR)
    worn = (full > 0.5) & zone_HW & ~after.face
    return largest(opened(worn, 2), share=0.02)


def trunk(person: Person, side: float, top: float, bottom: float) -> np.ndarray:
    """bool: the trunk within `side` shoulder widths of its middle, between two heights in torso lengths."""
    corners = [
        person.frame.point(across * person.frame.shoulder_px, down * person.frame.torso_px)
        for across, down in ((-side, top), (side, top), (side, bottom), (-side, bottom))
    ]
    return polygon(person.upper.shape, corners)


def _cloth_evidence(
    before: Person, after: Person, lab_hw3: np.ndarray, new: ColourModel, old: ColourModel
) -> np.ndarray:
    """Log odds of cloth against everything else for each pixel of the half-size candidate: float32 (h, w)."""
    size = lab_hw3.shape[1::-1]
    down = cv2.resize(before.frame.down_share_HW(before.upper.shape), size, interpolation=cv2.INTER_AREA)
    torso, column = (_half(trunk(before, *part), size) for part in ((0.36, 0.25, 0.85), (0.45, 0.2, 1.2)))
    cells = ColourModel.cells(lab_hw3)
    cloth = np.logaddexp(new.log_share[cells], np.maximum(old.log_share[cells], ANY_COLOUR) + np.log(0.3))
    others = [
        _of(before, before.skin, cells) + np.log(0.5 - 0.4 * column),
        _of(before, before.lower, cells) + np.log(expit((down - 0.97) / 0.04) + 1e-6),
        _of(before, before.hair, cells) + np.log(0.5 * _half(before.hair | after.hair, size) + 1e-3),
        ANY_COLOUR + 6 + np.log(1 - 0.999 * cv2.resize(after.alpha_HW, size, interpolation=cv2.INTER_AREA)),
    ]
    witness = 3.0 * _half(after.upper, size) - 1.5
    return cloth - np.logaddexp.reduce(others) + witness + 3.0 * torso  # hardly anybody's trunk is bare


def _of(before: Person, mask_HW: np.ndarray, cells_hw: np.ndarray) -> np.ndarray:
    """Log likelihood of colours among the masked ones; never, where there is next to nothing to learn from."""
    if mask_HW.sum() < 200:
        return np.full(cells_hw.shape, NEVER, np.float32)
    return ColourModel(picked(before.lab_HW3, inner(mask_HW, 2))).log_share[cells_hw]


def _half(mask_HW: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return cv2.resize(mask_HW.astype(np.float32), size, interpolation=cv2.INTER_AREA)
