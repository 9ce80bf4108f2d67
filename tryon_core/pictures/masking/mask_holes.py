"""Holes of a mask: openings of the garment, or places that the segmenter missed."""

# Shapes: H, W image rows and columns; K holes; 3 is Lab.
from dataclasses import dataclass

import cv2
import numpy as np

from ..features import ColourModel
from ..masks import box_of, filled, grown, shrunk
from .gap_places import is_beside, is_between_legs
from .mask_refinement import MaskRefinement

_FEWEST_PX = 50  # of a colour model
_NEAR = 0.25  # of the filled mask's longer side: where the backdrop is looked at
_SAME, _EVEN = 1.0, 0.5  # Lab units between hole and backdrop, and within the hole, where the backdrop is quite even:
# white prints on rendered garments differ by 0.8 to 12 and are shaded by 1 to 10
_RIM_PX = 2  # blurred with what lies beside it: no colour of either side


@dataclass(frozen=True, kw_only=True, eq=False)
class Colours:
    """Which colours lie inside a mask and outside it: natural log of the share of each colour's cell."""

    inside: np.ndarray
    outside: np.ndarray

    @classmethod
    def of(cls, lab_HW3: np.ndarray, mask_HW: np.ndarray) -> "Colours | None":
        """None where there is too little on either side to know its colours."""
        inside_HW, outside_HW = shrunk(mask_HW, _RIM_PX), ~grown(filled(mask_HW), _RIM_PX)
        if min(inside_HW.sum(), outside_HW.sum()) < _FEWEST_PX:
            return None
        models = (ColourModel(lab_HW3[part], stray_share=0.002) for part in (inside_HW, outside_HW))
        return cls(**dict(zip(("inside", "outside"), (model.log_share for model in models), strict=True)))

    def for_outside(self, lab_HW3: np.ndarray) -> np.ndarray:
        """Of Lab colours (..., 3): natural log of how much likelier they are outside the mask than inside."""
        cells = ColourModel.cells(lab_HW3)
        return self.outside[cells] - self.inside[cells]


@dataclass(frozen=True, kw_only=True)
class Hole:
    """One hole.

    label        in the picture of labels
    share        of the filled mask's area
    for_outside  natural log of how much likelier its middle colour is outside the mask than inside; None: not to be
                 known
    backdrop     it shows the very colour that lies outside near it, as even as there
    gap          it lies where an upright garment closes a gap
    """

    label: int
    share: float
    for_outside: float | None
    backdrop: bool
    gap: bool


def holes_of(mask_HW: np.ndarray, lab_HW3: np.ndarray, least_share: float) -> tuple[np.ndarray, list[Hole]]:
    """(int32 (H, W) labels of all holes, 0 elsewhere; those of at least a share of the filled mask), 4-connected."""
    filled_HW = filled(mask_HW)
    holes = (filled_HW & ~mask_HW).astype(np.uint8)
    _, labels_HW, statistics, _ = cv2.connectedComponentsWithStats(holes, connectivity=4)
    colours, outside_HW = Colours.of(lab_HW3, mask_HW), ~grown(filled_HW, _RIM_PX)
    rows, columns = np.flatnonzero(filled_HW.any(1)), np.flatnonzero(filled_HW.any(0))
    near_px = _NEAR * max(np.ptp(rows), np.ptp(columns))
    shares, found = statistics[:, cv2.CC_STAT_AREA] / max(int(filled_HW.sum()), 1), []
    for label in np.flatnonzero(shares[1:] >= least_share) + 1:
        hole_HW = labels_HW == label
        seen_N3 = _seen(hole_HW, lab_HW3)
        near = box_of(hole_HW, near_px)
        found.append(
            Hole(
                label=int(label),
                share=float(shares[label]),
                for_outside=None if colours is None else float(np.median(colours.for_outside(seen_N3))),
                backdrop=_is_backdrop(seen_N3, lab_HW3[near][outside_HW[near]]),
                gap=is_beside(hole_HW, rows, columns) or is_between_legs(hole_HW, rows),
            )
        )
    return labels_HW, found


def _seen(hole_HW: np.ndarray, lab_HW3: np.ndarray) -> np.ndarray:
    """Lab (N, 3): what shows in a hole, without its rim where it is wide enough."""
    box = box_of(hole_HW, 1)
    core_hw = shrunk(hole_HW[box], 1)
    return lab_HW3[box][core_hw if core_hw.any() else hole_HW[box]]


def _is_backdrop(seen_N3: np.ndarray, outside_M3: np.ndarray) -> bool:
    if len(outside_M3) < _FEWEST_PX:
        return False
    (seen, seen_spread), (outside, spread) = _middle(seen_N3), _middle(outside_M3)
    near = np.linalg.norm(seen - outside) <= max(_SAME, 1.5 * spread)
    return bool(near and seen_spread <= max(_EVEN, 1.5 * spread))


def _middle(lab_N3: np.ndarray) -> tuple[np.ndarray, float]:
    """(the median colour, the robust spread about it) in Lab units."""
    colour = np.median(lab_N3, 0)
    return colour, float(np.linalg.norm(1.48 * np.median(np.abs(lab_N3 - colour), 0)))


def openings(holes: list[Hole], options: MaskRefinement) -> list[Hole]:
    """Those that stay open."""
    large = [hole for hole in holes if hole.share >= options.open_hole and not (hole.for_outside or 0) < 0]
    between = [
        hole
        for hole in holes
        if hole.share < options.open_hole and (hole.for_outside or 0) > 0 and (hole.backdrop or hole.gap)
    ]
    return large + (between if len(between) <= options.most_openings else [])
