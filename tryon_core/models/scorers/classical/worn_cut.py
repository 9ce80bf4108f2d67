"""The cut of what is worn against the garment's picture: its outline, its sleeves, and whether it hangs straight."""

# Shapes: H, W rows and columns at the working size; 2 is x, y in pixels; 23 an affine map.
import cv2
import numpy as np

from ....pictures.masking.worn_area import overlap
from ....scales import Metric
from ...embedded.cloth.flat_garment import Garment
from ...embedded.measuring.case import Case
from ...embedded.measuring.shape.expected import anchor_of, expected_fit, without_sleeves
from ...embedded.measuring.shape.fit import worn_fit
from ...embedded.measuring.shape.lower_fit import expected_lower_fit
from ...embedded.measuring.surface.cloth import LOWER, enough_worn
from ...embedded.seeing.perception import Person
from .worn_alike import LICENCE, MODEL, NOT_WORN

_ONLY_TOPS = "it is measured on tops and dresses; of trousers and skirts the outline speaks"
METRICS = (
    Metric(
        name="garment_outline",
        unit="IoU",
        low=0.0,
        high=1.0,
        better="higher",
        model=MODEL,
        licence=LICENCE,
        protocol="the worn area and the outline of the garment's picture, laid on the body by its shoulders (trousers "
        "and skirts by their waistband) at the body's width, in the middle of what was worn before; without sleeves, "
        "and beside the arms",
    ),
    Metric(
        name="garment_sleeves",
        unit="share of the arm",
        low=0.0,
        high=1.0,
        better="lower",
        model=MODEL,
        licence=LICENCE,
        protocol="how far each sleeve in sight ends from the middle of where it may end by the garment's picture and "
        "the wearer's arms; mean of both",
    ),
    Metric(
        name="garment_middle",
        unit="shoulder widths",
        low=0.0,
        better="lower",
        model=MODEL,
        licence=LICENCE,
        protocol="how far the middle of the garment's body lies, half-way down, from that of what was worn before",
    ),
)


def worn_cut(case: Case) -> dict[str, float | str]:
    """The numbers of METRICS, or why there are none."""
    if not enough_worn(case):
        return {metric.name: NOT_WORN for metric in METRICS}
    arms_HW, laid_HW = case.before.arms, laid_outline(case.garment, case.before)
    outline = {"garment_outline": overlap(case.worn_HW & ~arms_HW, laid_HW & ~arms_HW)}
    if case.garment.kind in LOWER:
        return outline | {"garment_sleeves": _ONLY_TOPS, "garment_middle": _ONLY_TOPS}
    return outline | _sleeves_and_middle(case)


def laid_outline(garment: Garment, person: Person) -> np.ndarray:
    """bool (H, W): the garment's picture without its sleeves, laid on the person's body as a flat shape."""
    anchor, frame = anchor_of(garment, person), person.frame
    origin_2 = frame.point(0, 0)
    across_2, down_2 = frame.point(1, 0) - origin_2, frame.point(0, 1) - origin_2
    turned_22 = np.stack([across_2, down_2], 1)
    scaled_22 = turned_22 * frame.shoulder_px / anchor.px_per_shoulder
    body_2 = anchor.body_2 + [_middle_before(garment, person), 0.0]
    start_2 = origin_2 + turned_22 @ (body_2 * frame.shoulder_px) - scaled_22 @ anchor.photo_2
    flat_HW = without_sleeves(garment, garment.alpha_HW > 0.5).astype(np.uint8)
    onto_23 = np.column_stack([scaled_22, start_2])
    return cv2.warpAffine(flat_HW, onto_23, person.alpha_HW.shape[::-1], flags=cv2.INTER_NEAREST) > 0


def _middle_before(garment: Garment, person: Person) -> float:
    """Shoulder widths from the shoulders' middle to the right in the picture; 0 where arms hide the old garment."""
    if garment.kind in LOWER:
        return expected_lower_fit(garment, person).middle or 0.0
    return worn_fit(person.upper, person).middle or 0.0


def _sleeves_and_middle(case: Case) -> dict[str, float | str]:
    fit = case.fit(case.worn_HW)
    asked = expected_fit(case.garment, case.before, fit.hem)
    off = [
        abs(end - (least + most) / 2)
        for end, least, most in zip(fit.sleeves, asked.least.sleeves, asked.most.sleeves, strict=True)
        if end is not None
    ]
    return {
        "garment_sleeves": float(np.mean(off)) if off else "both arms are out of sight",
        "garment_middle": "arms hide its sides" if fit.middle is None else abs(fit.middle - asked.least.middle),
    }
