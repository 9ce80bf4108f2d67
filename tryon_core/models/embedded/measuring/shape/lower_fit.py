"""How trousers or a skirt sit on a body: waistband, hem or legs, widths and middle; worn, and as they should be."""

# Shapes: H, W rows and columns of the picture; Y, X of the upright chart; N points along a leg; 2 is x, y.
from dataclasses import dataclass

import numpy as np

from ...cloth.flat_garment import Garment
from ...seeing.legs import Legs, see_legs
from ...seeing.perception import Person
from .body_chart import ABOVE, UNIT, columns, first_row, last_row, sides, span, upright, without_occluders
from .fit import body_width, cloth_end

# In shoulder widths between the joints; medians over the 4 true pictures of trousers and skirts, 2026-11, which differ
# from them by at most 0.06 (hems, of the torso), 0.09 (hips) and 0.06 (hem's width).
HIPS = 1.2  # a flat garment's width across the hips, if it is the wearer's size
SHOWN_HIPS = 1.19  # how much of it shows on a round body
FLARED = 1.07  # how wide a flared hem is worn, against flat
HIPS_DOWN = 1.08  # torso lengths below the shoulders where the hips' width is read
SHOE = 0.25  # shoulder widths below the ankle to where a leg is followed
WAIST = 0.86  # share of torso length where a skirt's waistband sits
# Hips of photographed persons, where arms hide this one's: the narrowest of 5 photographs and of the rendered people.
NARROW_HIPS = 0.95
# Torso lengths above the ankle from where on trousers count as full-length: they may fall onto the shoe, for a flat
# photograph does not tell their size (the rendered ones end 0.05 above to 0.06 below; photographs 0.17 above).
FULL_LENGTH = 0.2
NEAR = 0.06  # a waistband is seen where no top ends so near above it


@dataclass(frozen=True, kw_only=True)
class LowerFit:
    """How trousers or a skirt sit. None where it cannot be told.

    waist      where the waistband begins below the shoulder line, share of shoulder width
    hem        where a skirt ends below the shoulder line, share of torso length
    legs       (picture's left, right) where trousers end, the same way
    width      across the hips, share of shoulder width
    hem_width  of a skirt just above its hem, share of shoulder width
    middle     of the hips to the right of the shoulders' middle in the picture, share of shoulder width
    """

    waist: float | None
    hem: float | None
    legs: tuple[float | None, float | None]
    width: float | None
    hem_width: float | None
    middle: float | None


def worn_lower_fit(worn_HW: np.ndarray, person: Person, *, two_legs: bool) -> LowerFit:
    """Read the fit from a mask; `person` lends frame, legs and top, so that every attempt is read with one ruler."""
    legs, frame = see_legs(person), person.frame
    chart, arms, top = (upright(part, frame) for part in (worn_HW, person.arms & person.skin, person.upper))
    chart = without_occluders(chart)
    torso = frame.torso_px / frame.shoulder_px
    end = None if two_legs else last_row(chart)
    hips = sides(chart, arms, 0.98 * torso, 1.16 * torso)
    above_hem = None if end is None else sides(chart, arms, end - 0.14, end - 0.06)
    return LowerFit(
        waist=_waist(chart, top),
        hem=None if end is None else end / torso,
        legs=tuple(_leg_end(worn_HW, legs, side) if two_legs else None for side in (0, 1)),
        width=span(hips),
        hem_width=span(above_hem),
        middle=None if hips is None else sum(hips) / 2,
    )


def expected_lower_fit(garment: Garment, person: Person) -> LowerFit:
    """Where this garment ends on this person, if it is the person's size; its middle is where the old garment's is."""
    keys, frame, legs = garment.lower, person.frame, see_legs(person)
    per_px = HIPS / keys.width_px  # shoulder widths per pixel of the photograph
    torso = frame.torso_px / frame.shoulder_px
    waist = WAIST * torso if keys.crotch is None else legs.crotch_px / frame.shoulder_px - _rise(garment) * per_px
    old = worn_lower_fit(person.lower, person, two_legs=keys.crotch is not None)
    left, right = keys.hems[0][0], keys.hems[1][0]
    ends = [(waist + (corner[1] - keys.waist_y) * per_px) / torso for corner in (left, right)]
    return LowerFit(
        waist=waist,
        hem=sum(ends) / 2,
        legs=tuple(ends),
        width=SHOWN_HIPS,
        hem_width=FLARED * float(right[0] - left[0]) * per_px,
        middle=old.middle,
    )


def leg_range(asked: LowerFit, person: Person, side: int) -> tuple[float, float]:
    """Between which shares of torso length a leg may end: no ankle asks for more cloth, and a shoe may carry it.

    What ends below the knee is not asked to bare a leg that nobody has seen.
    side  the picture's left (0) or right (1)
    """
    legs, own = see_legs(person), asked.legs[side]
    knee, ankle, lowest = np.array([legs.down_23[side, 1], *_foot(legs, side)]) / person.frame.torso_px
    hidden = worn_lower_fit(person.lower, person, two_legs=True).legs[side] or 0.0
    full_length = own > ankle - FULL_LENGTH or knee < own < hidden
    return min(own, ankle), lowest if full_length else own


def hip_range(asked: LowerFit, person: Person) -> tuple[float, float]:
    """Between which shoulder widths the hips may show: a flat garment is wider than narrow hips make it."""
    hips = body_width(person, HIPS_DOWN)
    return min(asked.width, NARROW_HIPS if hips is None else hips), max(asked.width, hips or 0.0)


def _foot(legs: Legs, side: int) -> tuple[float, float]:
    """Pixels below the shoulder line of an ankle, and of where a leg is followed to: the shoe."""
    ankle_px = float(legs.down_23[side, 2])
    return ankle_px, ankle_px + SHOE * legs.frame.shoulder_px


def lowest_seen(person: Person) -> float:
    """Where the picture ends on the body's middle line, share of torso length below the shoulder line."""
    return float(person.frame.down_share_HW(person.upper.shape)[-1, int(person.frame.centre[0])])


def _rise(garment: Garment) -> float:
    """From waistband to crotch, in pixels of the photograph."""
    return float(garment.lower.crotch[1] - garment.lower.waist_y)


def _waist(chart_YX: np.ndarray, top_YX: np.ndarray) -> float | None:
    """Where the middle columns begin; None where a top hangs over it or nothing is there."""
    begins = first_row(chart_YX, 0.2)
    if begins is None:
        return None
    row = int((begins + ABOVE) * UNIT)
    above_YX = top_YX[max(row - int(NEAR * UNIT), 0) : row + 1, columns(0.2)]
    return None if above_YX.mean() > 0.2 else begins


def _leg_end(worn_HW: np.ndarray, legs: Legs, side: int) -> float | None:
    """Where cloth ends along a leg's bone, in torso lengths below the shoulder line; None for a leg without cloth."""
    frame = legs.frame
    first, last = legs.down_23[side, 0], _foot(legs, side)[1]
    down_N = np.arange(first, last, 2.0)
    path_N2 = np.stack([frame.point(float(legs.bone(down, side)), down) for down in down_N])
    inside = (path_N2 >= 0).all(1) & (path_N2 < np.array(worn_HW.shape)[::-1]).all(1)
    end = cloth_end(worn_HW, path_N2[inside])
    return float(down_N[inside][end - 1] / frame.torso_px) if end else None
