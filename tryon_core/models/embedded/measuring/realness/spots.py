"""The surface's part of realism: holes in the cloth, and spots of colours that it does not have."""

# Shapes: H, W rows and columns at the working size; y, x those of a box round one piece.
import cv2
import numpy as np
from scipy.ndimage import maximum_filter

from .....pictures.features import ColourModel
from .....pictures.masks import filled, grown
from ..areas import inner, picked, region_of
from ..case import Case
from ..scale import Bar, Reading, fix
from ..worn import ANY_COLOUR, UNCHANGED
from .edge_of_cloth import LIGHTS

# The 49 tuning true pictures: holes at most 4 (gaps beside a bent arm), spots at most 0.0088. 5 holes of 3 to 6 pixels
# planted in them count as 5 or 6 and 25 as 20 to 26, but none where the garment has skin's colour (orange blocks, cream
# dots, checks); 2026-11.
SPOTS = Bar(unit="share of the worn area", good=0.001, bar=0.010, bad=0.045)
HOLES = Bar(unit="holes", good=0.0, bar=4.0, bad=40.0)

LARGEST_SPOT = 0.02  # of the worn area: larger strange areas are another garment, asked by garment_swap
WRONG_COLOURS = 0.06  # of the worn area: more of colours the garment does not have is no matter of spots
SMALLEST_PX, WIDEST = 6, 0.06  # a hole has so many pixels at least, and is so many shoulder widths wide at most
ROUND, FULL = 2.2, 0.55  # a hole's longer side over its shorter one at most, and how much of its box it fills at least
STRANDS = 0.06  # shoulder widths round the hair where its strands lie on the cloth
CLEAR = 12.0  # Lab units between a hole and the cloth round it


def surface_readings(case: Case) -> list[Reading]:
    """Holes by number, spots by area. A hole that shows a colour the garment also has goes unnoticed."""
    strange_HW = _strange(case)
    return [_holes(case, strange_HW & ~_left_alone(case)), _spots(case, strange_HW)]


def _strange(case: Case) -> np.ndarray:
    """bool (H, W): inside the garment's outline, no cloth or of a colour the garment does not have in any light."""
    inside_HW = _inside(case)
    near = _known_nearby(case)
    unlike_HW = inside_HW & (near[case.cells_HW] < ANY_COLOUR)
    if unlike_HW.sum() > WRONG_COLOURS * inside_HW.sum():
        unlike_HW[:] = False  # wrong all over: garment_appearance says so, and only openings in the cloth can be told
    unlike_HW &= near[_without_cast(case)] < ANY_COLOUR
    strange = (unlike_HW | (inside_HW & ~case.worn_HW)).astype(np.uint8)
    return cv2.morphologyEx(strange, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)) > 0


def _known_nearby(case: Case) -> np.ndarray:
    """log_share of each colour, or of the best cell next to it in Lab, in the worn garment under the best light."""
    seen = _colours_asked(case)
    known = ColourModel(seen, lightness_blur=6.0, colour_blur=2.5).in_lights(LIGHTS).reshape(ColourModel.BINS)
    return maximum_filter(known, 3).ravel()


def _colours_asked(case: Case) -> np.ndarray:
    if case.cloth is case.new:
        return picked(case.garment_lab_HW3, case.fabric_HW)
    return picked(case.before.lab_HW3, case.place.old_HW)


def _without_cast(case: Case) -> np.ndarray:
    """Cells of the candidate's colours without the hue cast of the whole garment, which garment_appearance asks."""
    off_3 = np.median(picked(case.after.lab_HW3, case.worn_HW), axis=0) - np.median(_colours_asked(case), axis=0)
    off_3[0] = 0
    return ColourModel.cells(case.after.lab_HW3 - off_3.astype(np.float32))


def _left_alone(case: Case) -> np.ndarray:
    """bool: what was left as it was and is not the old garment: strands of hair."""
    old_HW = case.place.old_HW & (case.old.log_share[case.cells_HW] > ANY_COLOUR)
    return (case.own_change_HW < UNCHANGED) & ~old_HW


def _inside(case: Case) -> np.ndarray:
    inside_HW = inner(filled(case.worn_HW), max(2, int(0.02 * case.before.frame.shoulder_px)))
    strands_HW = grown(case.after.hair | case.before.hair, STRANDS * case.before.frame.shoulder_px)
    hands_HW = case.after.skin & (
        case.before.arms | case.before.forearms
    )  # before the cloth, or just where a sleeve ends
    return inside_HW & ~strands_HW & ~hands_HW & ~grown(case.after.face, 3)


def _holes(case: Case, strange_HW: np.ndarray) -> Reading:
    """Small round pieces that stand out from the cloth round them; folds and prints are long or fade out."""
    _, pieces_HW, boxes, _ = cv2.connectedComponentsWithStats(strange_HW.astype(np.uint8))
    width, height, area = boxes[:, 2], boxes[:, 3], boxes[:, 4]
    longer, shorter = np.maximum(width, height), np.minimum(width, height)
    small = (area >= SMALLEST_PX) & (longer <= WIDEST * case.before.frame.shoulder_px)
    compact = small & (longer <= ROUND * shorter) & (area >= FULL * width * height)
    holes = [piece for piece in np.flatnonzero(compact) if piece and _stands_out(case, pieces_HW, boxes[piece], piece)]
    return Reading(
        name="holes",
        value=float(len(holes)),
        bar=HOLES,
        region=region_of(np.isin(pieces_HW, holes)),
        says=f"the garment has {len(holes)} small holes" if len(holes) != 1 else "the garment has 1 small hole",
        fixes=(fix("close the holes in the garment", "cover", min(len(holes) / HOLES.bad, 1.0)),),
    )


def _stands_out(case: Case, pieces_HW: np.ndarray, box: np.ndarray, piece: int) -> bool:
    left, top, width, height = box[:4]
    around = np.s_[max(0, top - 4) : top + height + 4, max(0, left - 4) : left + width + 4]
    here_yx = pieces_HW[around] == piece
    ring_yx = case.worn_HW[around] & ~grown(here_yx, 2)
    if ring_yx.sum() < 10:
        return False
    lab_yx3 = case.after.lab_HW3[around]
    return bool(np.linalg.norm(np.median(lab_yx3[here_yx], 0) - np.median(lab_yx3[ring_yx], 0)) > CLEAR)


def _spots(case: Case, strange_HW: np.ndarray) -> Reading:
    """Share of the garment that small strange pieces cover; what was left alone is hair, or for garment_swap to say."""
    drawn_HW = strange_HW & (case.own_change_HW >= UNCHANGED)
    solid = cv2.morphologyEx(drawn_HW.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, pieces_HW, stats, _ = cv2.connectedComponentsWithStats(solid)
    small = 1 + np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] < LARGEST_SPOT * case.worn_HW.sum())
    spots_HW = np.isin(pieces_HW, small)
    share = float(spots_HW.sum() / max(_inside(case).sum(), 1))
    return Reading(
        name="spots",
        value=share,
        bar=SPOTS,
        region=region_of(spots_HW),
        says=f"holes and spots cover {share:.1%} of the garment",
        fixes=(fix("close the holes in the garment and remove spots", "cover", share),),
    )
