"""The seams' part of realism: a tear between torso and sleeve, where background, skin or the old garment shows."""

# Shapes: H, W rows and columns at the working size, h, w at half of it; Y, X those of a chart of one seam; C channels;
# 2 is x, y; 3 is Lab.
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from .....pictures.features import ColourModel, to_lab
from .....pictures.masks import grown
from .....records import Region
from ...cloth.flat_garment import Garment
from ...seeing.body_frame import BodyFrame
from ...seeing.perception import Person
from ..areas import inner, picked
from ..case import Case
from ..place import Place
from ..scale import Bar, Reading, fix
from ..worn import UNCHANGED
from .spots import STRANDS

# The true pictures of sleeved garments, tuning and reporting: at most 0.20. Slits of 8 pixels from shoulder to armpit
# planted in them, which show background, skin or the photograph: mostly 0.22 to 0.48, but below 0.15 where the garment
# has their colour right beside them (cream checks before a cream wall) or long hair lies there; 2026-11.
TEAR = Bar(unit="share of shoulder width", good=0.08, bar=0.22, bad=0.45)

UNIT = 120  # chart pixels per shoulder width
ACROSS, DOWN = (0.26, 0.74), (-0.32, 0.30)  # shoulder widths from the middle and below the joints: above the armpits
HALVES = {6: 8.0, 12: 12.0}  # half a strip's width at most, in chart pixels: Lab units by which it stands out
BESIDE, ROWS = 8, 3  # chart pixels: the cloth beside a strip; how far up and down of it, since stripes are slanted
ENOUGH = 3  # of the BESIDE // 2 columns read beside a strip: so many show cloth
NEW_LIGHTS = (0.7, 0.85, 1.0, 1.1)  # of cloth beside a seam; bared skin and the old garment may lie in shadow
SKIN_LIGHTS, OLD_LIGHTS = (0.6, 0.8, 1.0), (0.8, 1.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Seam:
    """The surroundings of one seam, upright and UNIT pixels a shoulder width.

    lab_YX3   the candidate       cloth_YX  bool, worn and not under hair
    shown_YX  bool: a colour likelier of what lies behind the garment than of the garment, or what was there before
    """

    lab_YX3: np.ndarray
    cloth_YX: np.ndarray
    shown_YX: np.ndarray


def tear(case: Case) -> list[Reading]:
    """The longest strip along a sleeve's seam that no cloth beside it explains; nothing for what has no sleeves.

    A strip in colours that the garment also has beside the seam goes unnoticed, and so does one under hair.
    """
    sides = [side for side in (0, 1) if case.garment.keypoints.sleeves[side] is not None]
    if case.garment.kind not in ("upper", "dress") or not sides:
        return []
    length, side = max((_longest(_seam(case, side)), side) for side in sides)
    return [
        Reading(
            name="tear",
            value=length,
            bar=TEAR,
            region=seam_region(case, side),
            says=f"a tear runs {length:.0%} of the shoulder width along the {('right', 'left')[side]} sleeve's seam",
            fixes=(fix("close the tear between the body of the garment and its sleeve"),),
        )
    ]


def _seam(case: Case, side: int) -> _Seam:
    """`side` is the picture's: 0 its left, 1 its right."""
    parts = case.after.lab_HW3, case.worn_HW, case.after.hair | case.before.hair, case.own_change_HW
    lab_YX3, worn_YX, hair_YX, change_YX = (charted(part, case.before.frame, side) for part in parts)
    free_YX, cells_YX = ~grown(hair_YX, STRANDS * UNIT), ColourModel.cells(lab_YX3)
    behind_YX = _behind(case.before, case.place)[cells_YX] > _of_cloth(case.garment)[cells_YX]
    return _Seam(
        lab_YX3=cv2.blur(lab_YX3, (1, 3)),
        cloth_YX=worn_YX & free_YX,
        shown_YX=(behind_YX | (change_YX < UNCHANGED)) & free_YX,
    )


@lru_cache(maxsize=2)
def _of_cloth(garment: Garment) -> np.ndarray:
    """By colour cell: log share in the garment's photograph, in the light that suits it best."""
    return _model(to_lab(garment.image_HW3[::2, ::2]), garment.alpha_HW > 0.9, inner_px=2).in_lights(NEW_LIGHTS)


@lru_cache(maxsize=2)
def _behind(person: Person, place: Place) -> np.ndarray:
    """By colour cell: log share in the background, the person's skin or the old garment, whichever has most of it."""
    parts = (person.alpha_HW < 0.03, (1.0,)), (person.skin, SKIN_LIGHTS), (place.old_HW, OLD_LIGHTS)
    models = [
        _model(person.lab_HW3[::2, ::2], part_HW).in_lights(lights)
        for part_HW, lights in parts
        if part_HW[::2, ::2].any()
    ]
    return np.max(models, axis=0)


def _model(lab_hw3: np.ndarray, mask_HW: np.ndarray, inner_px: int = 1) -> ColourModel:
    """The colours of a part, from a picture at half size."""
    return ColourModel(picked(lab_hw3, inner(mask_HW[::2, ::2], inner_px)), lightness_blur=6.0, colour_blur=3.0)


def charted(values: np.ndarray, frame: BodyFrame, side: int, unit: int = UNIT) -> np.ndarray:
    """A picture's values beside one shoulder, (Y, X) or (Y, X, C): bool by the nearest pixel, float32 interpolated.

    unit  chart pixels per shoulder width
    """
    step_2x2 = np.stack([frame.across_2, frame.down_2], axis=1) * frame.shoulder_px / unit
    map_2x3 = np.c_[step_2x2, _corners(frame, side)[0]]
    size = tuple(round((last - first) * unit) for first, last in (ACROSS, DOWN))
    flat = values.dtype == bool
    how = cv2.WARP_INVERSE_MAP | (cv2.INTER_NEAREST if flat else cv2.INTER_LINEAR)
    laid = cv2.warpAffine(values.astype(np.uint8 if flat else np.float32, copy=False), map_2x3, size, flags=how)
    return laid > 0 if flat else laid


def _corners(frame: BodyFrame, side: int) -> np.ndarray:
    """float64 (4, 2): the chart's corners in the picture, first the one where its rows and columns begin."""
    across = ACROSS if side else (-ACROSS[1], -ACROSS[0])
    return np.array([frame.point(x * frame.shoulder_px, y * frame.shoulder_px) for y in DOWN for x in across])


def seam_region(case: Case, side: int) -> Region | None:
    """The chart's place in the picture; None where it is out of it."""
    size_2, corners = np.array(case.worn_HW.shape[::-1]), _corners(case.before.frame, side)
    left, top, right, bottom = np.round(np.clip([corners.min(0), corners.max(0)], 0, size_2) / size_2, 4).ravel()
    if left >= right or top >= bottom:
        return None
    return Region(left=float(left), top=float(top), right=float(right), bottom=float(bottom))


def _longest(seam: _Seam) -> float:
    """Height of the tallest strip that stands out from the cloth on both of its sides, in shoulder widths."""
    tallest = 0
    for half, clear in HALVES.items():
        strips = (_apart(seam, half) > clear) & seam.shown_YX
        joined = cv2.morphologyEx(strips.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 1), np.uint8))
        _, _, boxes, _ = cv2.connectedComponentsWithStats(joined)
        tallest = max(tallest, int(boxes[1:, cv2.CC_STAT_HEIGHT].max(initial=0)))
    return tallest / UNIT


def _apart(seam: _Seam, half: int) -> np.ndarray:
    """float32 (Y, X): Lab distance to the likest cloth on the side where it is less; 0 where a side has no cloth."""
    (height, width), reach = seam.cloth_YX.shape, half + BESIDE
    lab_YX3 = np.where(seam.cloth_YX[..., None], seam.lab_YX3, np.float32(1e3))
    lab_YX3 = np.pad(lab_YX3, ((ROWS, ROWS), (reach, reach), (0, 0)), constant_values=1e3)
    cloth_YX = np.pad(seam.cloth_YX, ((0, 0), (reach, reach)))
    sides = []
    for sign in (-1, 1):
        least_YX, seen_YX = np.full((height, width), np.inf, np.float32), np.zeros((height, width), int)
        for left in (reach + sign * away for away in range(half, reach, 2)):
            seen_YX += cloth_YX[:, left : left + width]
            for top in range(0, 2 * ROWS + 1, 2):
                off_YX3 = lab_YX3[top : top + height, left : left + width] - seam.lab_YX3
                least_YX = np.minimum(least_YX, np.einsum("yxc,yxc->yx", off_YX3, off_YX3))
        sides.append(np.where(seen_YX >= ENOUGH, np.sqrt(least_YX), 0))
    return np.minimum(*sides)
