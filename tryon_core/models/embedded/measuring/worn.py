"""Find what a candidate wears in a garment's place: the old garment, the new one, or one that nobody asked for."""

# Shapes: H, W rows and columns at the working size, h, w at half of it; 3 is Lab.
from functools import lru_cache

import cv2
import numpy as np
from scipy.special import expit

from ....pictures.features import ColourModel
from ....pictures.masks import grown, islands, largest, opened
from ..seeing.perception import Person
from .areas import inner, picked
from .place import Place

UNCHANGED = 3.5  # Lab units: below it a pixel counts as left alone; a VAE round trip moves studio pictures by 1-3
ANY_COLOUR = -np.log(np.prod(ColourModel.BINS))  # log likelihood of a colour nobody told us of
NEVER = -30.0
SHARP = {"lightness_blur": 6.0, "colour_blur": 3.0}  # for two cloths in one light: navy beside blue jeans
AT_HOME = 1.5  # log odds that a colour which the garment has about there is its cloth: cream beside pale skin
STAYS_BARE = 2.0  # log odds that skin is still skin: a new shadow changes it too
# A thing before the old garment: Lab units by which noise and new shadows may change it, and from which what lies round
# it is new; torso lengths (waistbands, cuffs and collars are less high); how much of its colours, at most, it shares
# with what lies within so many shoulder widths of it. Straps of rendered people share 0.05-0.11; 2026-11.
THING_SAME, THING_NEW = 8.0, 14.0
THING_LONG, THING_OVERLAP, THING_AROUND = 0.25, 0.4, 0.08
THING_RIM, LEAST_PX = 0.01, 400  # shoulder widths; pixels that teach colours


def worn_area(
    before: Person,
    after: Person,
    place: Place,
    *,
    change_HW: np.ndarray,
    things_HW: np.ndarray,
    witness_HW: np.ndarray,
    at_home_HW: np.ndarray,
    new: ColourModel,
    old: ColourModel,
) -> np.ndarray:
    """What is worn in a garment's place in the candidate: bool (H, W).

    Every changed pixel of the zone is explained by the likeliest of cloth (new, old or of unknown colour), skin, the
    other garment, hair and background; what did not change is what it was, and none of `things_HW`. Two more witnesses
    are the candidate's own parse (`witness_HW`) and the garment's layout (`at_home_HW`: it has this colour about
    there). Decided at half size with an edge-keeping filter, so single pixels do not flicker; pieces not joined to the
    body's own, under 2 % of the largest, are dropped.
    """
    size = after.upper.shape[1] // 2, after.upper.shape[0] // 2
    lab = cv2.resize(after.lab_HW3, size, interpolation=cv2.INTER_AREA)
    cells = ColourModel.cells(lab)
    shown = _log_share(_colours(after, place.core_HW & ~after.face, **SHARP))[
        cells
    ]  # the same cloth in the candidate's own light
    known = np.logaddexp(new.log_share[cells], shown)
    cloth = np.logaddexp(known, np.maximum(old.log_share[cells], ANY_COLOUR) + np.log(0.3))
    evidence = cloth - _everything_else(before, after, place, cells) + 3.0 * _half(place.core_HW, size)
    evidence += 3.0 * _half(witness_HW, size) - 1.5 + AT_HOME * _half(at_home_HW, size)
    left_alone = cv2.resize(change_HW, size, interpolation=cv2.INTER_AREA) < UNCHANGED
    was_cloth = _half(place.old_HW & ~things_HW, size) > 0.5
    evidence = np.where(left_alone, np.where(was_cloth, 6.0, -6.0), evidence).astype(np.float32)
    radius = max(2, int(0.012 * before.frame.shoulder_px))
    share = cv2.ximgproc.guidedFilter(lab / 100, expit(evidence).astype(np.float32), radius, 1e-3)
    full = cv2.resize(share, after.upper.shape[::-1], interpolation=cv2.INTER_LINEAR)
    worn = (full > 0.5) & place.zone_HW & ~after.face & ~things_HW
    return largest(opened(worn, 2), share=0.02)


def things_before(before: Person, after_lab_HW3: np.ndarray, old_HW: np.ndarray, change_HW: np.ndarray) -> np.ndarray:
    """Unchanged pieces among the old garment that are none of it: bags, their straps, a wall seen beside an arm.

    What is left of a garment looks like what was around it in the photograph, and a stripe that the new garment has,
    too, like what is around it now. A thing looks like neither, and is long.

    old_HW   bool (H, W), what was taken for the old garment        returns  bool (H, W)
    """
    unit_px, things_HW = before.frame.shoulder_px, np.zeros(old_HW.shape, bool)
    same_HW = opened(change_HW < THING_SAME, THING_RIM * unit_px)
    new_HW = old_HW & (change_HW > THING_NEW) & ~grown(same_HW, THING_RIM * unit_px)
    labels_HW, areas = islands(opened(old_HW & same_HW, THING_RIM * unit_px))
    down_HW = before.frame.down_share_HW(old_HW.shape)
    for label in np.flatnonzero(areas[1:] >= LEAST_PX) + 1:
        piece_HW = labels_HW == label
        around_HW = new_HW & grown(piece_HW, THING_AROUND * unit_px)
        if np.ptp(down_HW[piece_HW]) < THING_LONG or around_HW.sum() < LEAST_PX:
            continue
        if max(_overlap(lab, piece_HW, around_HW) for lab in (before.lab_HW3, after_lab_HW3)) < THING_OVERLAP:
            things_HW |= piece_HW
    return things_HW


def _overlap(lab_HW3: np.ndarray, one_HW: np.ndarray, other_HW: np.ndarray) -> float:
    one, other = (ColourModel(picked(lab_HW3, part_HW), 6.0, 4.0) for part_HW in (one_HW, other_HW))
    return one.overlap(other)


def _everything_else(before: Person, after: Person, place: Place, cells_hw: np.ndarray) -> np.ndarray:
    """Log likelihood of what is no cloth of this garment, for each pixel of the half-size candidate: float32 (h, w)."""
    size = cells_hw.shape[::-1]
    skin, other, hair = (log_share[cells_hw] for log_share in _known_colours(before, place))
    bare = np.log(0.5 - 0.4 * _half(place.bare_HW, size)) + STAYS_BARE * _half(before.skin, size)
    over = cv2.resize(place.over_HW, size, interpolation=cv2.INTER_AREA)
    background = 1 - 0.999 * cv2.resize(after.alpha_HW, size, interpolation=cv2.INTER_AREA)
    others = [
        skin + bare,
        other + np.log(over),
        hair + np.log(0.5 * _half(before.hair | after.hair, size) + 1e-3),
        ANY_COLOUR + 6 + np.log(background),
    ]
    return np.logaddexp.reduce(others)


@lru_cache(maxsize=2)
def _known_colours(person: Person, place: Place) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log shares of the person's skin, other garment and hair by colour cell; remembered for the attempts of a loop."""
    skin, hair = (_colours(person, mask_HW) for mask_HW in (person.skin, person.hair))
    other = _colours(person, place.other_HW, **SHARP)
    lit = skin.in_lights(place.skin_lights) if skin and len(place.skin_lights) > 1 else _log_share(skin)
    return lit, _log_share(other), _log_share(hair)


def _colours(person: Person, mask_HW: np.ndarray, **blurs: float) -> ColourModel | None:
    """Colours among the masked ones; None where there is next to nothing to learn from."""
    return ColourModel(picked(person.lab_HW3, inner(mask_HW, 2)), **blurs) if mask_HW.sum() >= 200 else None


def _log_share(colours: ColourModel | None) -> np.ndarray:
    """By colour cell; never, where nothing was learnt."""
    return np.full(np.prod(ColourModel.BINS), NEVER, np.float32) if colours is None else colours.log_share


def _half(mask_HW: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return cv2.resize(mask_HW.astype(np.float32), size, interpolation=cv2.INTER_AREA)
