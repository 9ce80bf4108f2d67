"""A mask in numbers, and what is wrong with it."""

# Shapes: H, W image rows and columns.
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ...errors import BadInput
from ...records import Measurement
from ..masks import box_of, filled, islands
from ..outcomes import Outcome, Outcomes, gathered
from .mirror import mirror_overlap


@dataclass(frozen=True, kw_only=True)
class MaskLimits:
    """Between which numbers a mask may be that of a garment; all are shares from 0 to 1 but `most_parts`.

    least_area, most_area  of the picture: below, it is too small to work with; above, it is the whole picture
    most_border            of the picture's edge that lies in the mask: the background has most of it. A dress that is
                           cut off below has up to a quarter, a close view of a worn top up to a half.
    most_parts             pieces
    least_main_part        of the mask that lies in its largest piece
    """

    least_area: float = 0.005
    most_area: float = 0.95
    most_border: float = 0.6
    most_parts: int = 8
    least_main_part: float = 0.4

    def __post_init__(self) -> None:
        shares = (self.least_area, self.most_area, self.most_border, self.least_main_part)
        if not all(0 <= share <= 1 for share in shares) or self.least_area >= self.most_area or self.most_parts < 1:
            raise BadInput(f"shares lie from 0 to 1, least_area below most_area, most_parts is 1 or more; got {self}")


LIMITS = MaskLimits()


def measured(mask_HW: np.ndarray) -> dict[str, Measurement]:
    """What a mask is like, by name; an empty mask has only what can be said of it: area, border and parts.

    area_share       of the picture
    border_share     of the picture's edge pixels that lie in the mask: 0 a thing in the middle, about 1 the background
    parts            pieces, 8-connected
    main_part        share of the mask in its largest piece
    holes            pieces of the outside that the mask shuts off from the picture's border, 4-connected
    hole_share       of the mask with its holes filled
    compactness      4 pi area / perimeter^2: 1 for a circle, 0.785 for a square, less for a ragged outline or one with
                     holes. The perimeter is Crofton's estimate over 4 directions (skimage.measure.perimeter_crofton):
                     counting pixel edges instead would give any circle 0.617. It gives circles 0.94 at a radius of
                     10 pixels, 0.98 at 30, 0.995 at 100, and squares 0.876, lying or standing on a corner.
    solidity         area over that of the convex hull: 1 for a convex outline without holes
    mirror_overlap   IoU with the mirror image about the mask's own best upright axis

    mask_HW  bool
    """
    _, areas = islands(mask_HW)
    counts = {
        "area_share": Measurement(value=float(mask_HW.mean()), unit="of the picture"),
        "border_share": Measurement(value=border_share(mask_HW), unit="of the picture's edge"),
        "parts": Measurement(value=len(areas) - 1, unit="pieces"),
    }
    if not mask_HW.any():
        return counts
    box = box_of(mask_HW)
    return {
        **counts,
        "main_part": Measurement(value=float(areas[1:].max() / mask_HW.sum()), unit="of the mask"),
        **_shape(np.ascontiguousarray(mask_HW[box])),
    }


def border_share(mask_HW: np.ndarray) -> float:
    """0-1: of the pixels at the picture's edge, how many lie in the mask."""
    edge = np.ones(mask_HW.shape, bool)
    edge[1:-1, 1:-1] = False
    return float(mask_HW[edge].mean())


def _shape(mask_hw: np.ndarray) -> dict[str, Measurement]:
    """Of a mask in its own box."""
    from skimage.measure import perimeter_crofton

    area_px, holes_hw = int(mask_hw.sum()), filled(mask_hw) & ~mask_hw
    perimeter_px = float(perimeter_crofton(np.pad(mask_hw, 1), directions=4))
    holes, _ = cv2.connectedComponents(holes_hw.astype(np.uint8), connectivity=4)
    return {
        "holes": Measurement(value=holes - 1, unit="holes"),
        "hole_share": Measurement(value=float(holes_hw.sum() / (holes_hw.sum() + area_px)), unit="of the filled mask"),
        "compactness": Measurement(value=4 * np.pi * area_px / perimeter_px**2, unit="of a circle's"),
        "solidity": Measurement(value=area_px / _hull_area(mask_hw), unit="of the convex hull"),
        "mirror_overlap": Measurement(value=mirror_overlap(mask_hw), unit="IoU"),
    }


def _hull_area(mask_hw: np.ndarray) -> int:
    """Pixels of the convex hull, drawn as the mask is: a convex mask has exactly its own."""
    hull = cv2.convexHull(cv2.findNonZero(mask_hw.astype(np.uint8)))
    return int(cv2.fillConvexPoly(np.zeros(mask_hw.shape, np.uint8), hull, 1).sum())


def judged(mask_HW: np.ndarray, limits: MaskLimits = LIMITS) -> Outcomes:
    """Named outcomes of a mask as that of a garment: empty, full, too_small, is_background, many_parts, scattered,
    touches_border; 'usable' where there is none. That it touches the border, or is in many parts, is a warning.

    mask_HW  bool
    """
    return judged_by(measured(mask_HW), limits)


def judged_by(found: dict[str, Measurement], limits: MaskLimits = LIMITS) -> Outcomes:
    """As `judged`, of what `measured` found of a mask."""
    said = f"{found['area_share'].value:.1%} of the picture in {found['parts'].value:.0f} pieces"
    return gathered(_problems({name: one.value for name, one in found.items()}, limits), f"the mask is {said}")


def _problems(found: dict[str, float], limits: MaskLimits) -> Iterator[Outcome]:
    """found  values by name, as `measured` has them"""
    area, border = found["area_share"], found["border_share"]
    if not area:
        yield Outcome(name="empty", sentence="the mask is empty")
        return
    if area < limits.least_area:
        yield Outcome(
            name="too_small",
            sentence=f"the mask is {area:.2%} of the picture, at least {limits.least_area:.2%} can be worked with",
        )
    if area > limits.most_area:
        yield Outcome(
            name="full", sentence=f"the mask is {area:.0%} of the picture, at most {limits.most_area:.0%} leave an edge"
        )
    elif border > limits.most_border:
        yield Outcome(
            name="is_background",
            sentence=f"the mask holds {border:.0%} of the picture's edge, as a background does; a garment's at most "
            f"{limits.most_border:.0%}",
        )
    elif border:
        yield Outcome(
            name="touches_border", sentence=f"the mask goes over {border:.0%} of the picture's edge", blocks=False
        )
    yield from _scattering(found, limits)


def _scattering(found: dict[str, float], limits: MaskLimits) -> Iterator[Outcome]:
    if found["main_part"] < limits.least_main_part:
        yield Outcome(
            name="scattered",
            sentence=f"the largest of {found['parts']:.0f} pieces is {found['main_part']:.0%} of the mask, a garment's "
            f"at least {limits.least_main_part:.0%}",
        )
    elif found["parts"] > limits.most_parts:
        yield Outcome(
            name="many_parts",
            sentence=f"the mask is in {found['parts']:.0f} pieces, cleaning it leaves at most {limits.most_parts}",
            blocks=False,
        )
