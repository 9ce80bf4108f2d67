"""Find the gaps of a drape that no wearer would show: at a seam, along an arm in its sleeve, beside a bare arm."""

# Shapes: H, W image rows and columns; N sleeves; 2 is (across, down).
import cv2
import numpy as np

from .....pictures.masks import closed, grown, opened, touching
from ...seeing.limbs import Limb, find_limbs, is_bare
from ...seeing.perception import Person
from ..placement import Placement
from ..undress import above_shoulders

# In shoulder widths unless another unit is named; set on 25 photographs and the rendered people, 2026-11.
_NEAR_SLEEVE = 0.12  # gaps further from a sleeve are none of its seam
_OVER_OLD, _OVER_ARM = 0.1, 0.06  # half the width of gaps at a seam: over old cloth, over a bare arm
_SEAM = 0.06  # how far below its armpit a sleeve may still hang together with the torso
_ABOVE_SHOULDER = 0.12  # how far a shoulder may stand out above cloth: more is an arm that is held up
_COLLAR = 0.4  # from the middle: a collar's foot is never placed further out
_LEAST_SLEEVE_PX = 200
_CUFF_SLANT = 0.08  # of the upper arm or the forearm: so much of a cuff may be cut at a slant
_DEEP = 0.05  # within the outline of an arm that old cloth hides
_INNER_HALF = 0.3  # across an arm, -1 inside to 1 outside: what lies further out is no gap to the trunk
_BESIDE = 0.16  # width of a strip between the trunk's cloth and an arm: a wider one is room between them
_SLIVER = 0.02  # half the width of a strip beside an arm that is no more than a misfit
_BELOW_COLLAR = 0.3  # torso lengths below the shoulders: higher up it is a neckline's or an armhole's skin
_BELOW_STRAPS = 0.15  # the same where it is the old top that would be seen
_LEAST_TALL = 0.15  # height of such a strip
_EDGE_PX = 3  # how far such a strip goes on under the arm's own soft edge
_LEAST_ARM = 0.02  # shoulder widths squared: a smaller piece of skin is none of an arm


def gaps(cloth: np.ndarray, sleeves: np.ndarray, placement: Placement, person: Person) -> np.ndarray:
    """bool (H, W): what is not covered, but would be by a garment that is sewn together and worn.

    cloth, sleeves  bool (H, W), the garment as warped and the part of it that is sleeve
    """
    at_seams = _gap_at_sleeves(cloth, sleeves, person) & _above_armpits(placement, person)
    in_sleeves, at_arms = _arms_in_sleeves(cloth, sleeves, person), _strips_at_arms(cloth, person)
    return at_seams | in_sleeves | at_arms | _bared_shoulders(cloth, sleeves, person)


def cuff_of(limb: Limb, sleeves: np.ndarray) -> float:
    """The place along an arm where its new sleeve ends, as Limb.along_HW counts; 0 where it has none."""
    sleeve = sleeves & (limb.edge_px_HW > 0) & (limb.along_HW > 0)
    return float(np.percentile(limb.along_HW[sleeve], 98)) if sleeve.sum() > _LEAST_SLEEVE_PX else 0.0


def _gap_at_sleeves(cloth: np.ndarray, sleeves: np.ndarray, person: Person) -> np.ndarray:
    """bool (H, W): gaps between torso and sleeve where the old garment had cloth, and narrow ones over a bare arm.

    Never over the background.
    """
    unit_px = person.frame.shoulder_px
    old, bare = grown(person.upper, 2), person.arms & person.skin
    gap = (closed(cloth, _OVER_OLD * unit_px) & old) | (closed(cloth, _OVER_ARM * unit_px) & bare)
    return opened(gap & ~cloth & grown(sleeves, _NEAR_SLEEVE * unit_px), 1)


def _above_armpits(placement: Placement, person: Person) -> np.ndarray:
    """bool (H, W): where torso and sleeve are sewn together; lower down the background is seen between them."""
    frame, shape = person.frame, person.alpha_HW.shape
    armpits = [edges[1][1][0] for edges in placement.sleeves if edges is not None]
    if not armpits:
        return np.zeros(shape, bool)
    side_HW, down_px_HW = np.sign(frame.across_px_HW(shape)), frame.down_share_HW(shape) * frame.torso_px
    above = [
        (side_HW == np.sign(across)) & (down_px_HW - down < _SEAM * frame.shoulder_px)
        for across, down in frame.coordinates(np.array(armpits))
    ]
    return np.any(above, axis=0)


def _arms_in_sleeves(cloth: np.ndarray, sleeves: np.ndarray, person: Person) -> np.ndarray:
    """bool (H, W): an arm's inner half where a sleeve narrower than it leaves it open towards the trunk.

    Under an old sleeve only what is surely arm: there its edge is a guess, and the wall is seen below the armpit.
    """
    person_seen, near = person.alpha_HW > 0.5, grown(sleeves, _NEAR_SLEEVE * person.frame.shoulder_px)
    inside = np.zeros(cloth.shape, bool)
    for limb in find_limbs(person):
        covered = (limb.along_HW > 0) & (limb.along_HW < cuff_of(limb, sleeves) - _CUFF_SLANT)
        arm = (limb.edge_px_HW > 0) & person.skin | (limb.edge_px_HW > _DEEP * person.frame.shoulder_px)
        inside |= covered & arm & (limb.across_HW < _INNER_HALF)
    return inside & person_seen & near & ~cloth & ~(person.hair | person.face | person.hands)


def _bared_shoulders(cloth: np.ndarray, sleeves: np.ndarray, person: Person) -> np.ndarray:
    """bool (H, W): the shoulders above the cloth of a garment with sleeves, further out than its collar."""
    if not sleeves.any():
        return np.zeros(cloth.shape, bool)
    unit_px, across_HW = person.frame.shoulder_px, np.abs(person.frame.across_px_HW(cloth.shape))
    height = int(_ABOVE_SHOULDER * unit_px)
    upwards = np.vstack([np.zeros((height - 1, 1), np.uint8), np.ones((height, 1), np.uint8)])
    near = cv2.dilate(cloth.astype(np.uint8), upwards).astype(bool)
    on_top = (across_HW > _COLLAR * unit_px) & (person.frame.down_share_HW(cloth.shape) < _BELOW_COLLAR)
    body = (person.alpha_HW > 0.5) & ~(person.hair | person.face | person.hands | above_shoulders(person))
    return near & on_top & body & ~cloth


def _strips_at_arms(cloth: np.ndarray, person: Person) -> np.ndarray:
    """bool (H, W): strips of the old top, of bare trunk and of what is worn below, between new cloth and an arm beside.

    Level with the cloth only: below its hem nothing is filled. No room that shows the background between them.
    """
    unit_px = person.frame.shoulder_px
    arms = _bare_arms(person)
    inside = np.max([limb.across_HW for limb in find_limbs(person)], axis=0)
    trunk = (person.alpha_HW > 0.5) & ((inside <= -1) | person.lower & (inside < 0) | _worn_at_bare_arms(person))
    trunk &= ~(arms | person.hands | person.carried | person.hair | person.face)
    beside = _morphed(cloth | arms, cv2.MORPH_CLOSE, (_BESIDE * unit_px, 1)) & ~(cloth | arms)
    room = _morphed(beside & (person.alpha_HW < 0.5), cv2.MORPH_DILATE, (2 * _BESIDE * unit_px, 1))
    down_HW = person.frame.down_share_HW(cloth.shape)
    beside &= trunk & ~room & (down_HW > np.where(person.upper, _BELOW_STRAPS, _BELOW_COLLAR))
    beside = _morphed(beside, cv2.MORPH_OPEN, (1, _LEAST_TALL * unit_px))  # a low one would be a step in the side
    under_arms = _morphed(beside, cv2.MORPH_DILATE, (2 * _EDGE_PX + 1, 1))
    narrow = closed(cloth | arms, _SLIVER * unit_px) & (person.upper | person.lower)
    return (under_arms | narrow) & ~cloth


def _worn_at_bare_arms(person: Person) -> np.ndarray:
    """bool (H, W): the old top beside a bare arm: it has no sleeve, though it may reach into the arm's outline."""
    arms = [(limb.edge_px_HW > 0) & (limb.along_HW > 0) for limb in find_limbs(person) if is_bare(person, limb)]
    return person.upper & np.any(arms, axis=0) if arms else np.zeros_like(person.upper)


def _morphed(mask_HW: np.ndarray, how: int, size: tuple[float, float]) -> np.ndarray:
    """bool (H, W): a morphological operation of cv2 with a box of (width, height) pixels."""
    box = np.ones([max(int(px), 1) for px in size[::-1]], np.uint8)
    return cv2.morphologyEx(mask_HW.astype(np.uint8), how, box).astype(bool)


def _bare_arms(person: Person) -> np.ndarray:
    """bool (H, W): without what else of skin's colour lies beside an arm."""
    unit_px = person.frame.shoulder_px
    within = np.any([limb.edge_px_HW > 0 for limb in find_limbs(person)], axis=0)  # a bone may lie beside its arm
    arms = opened(person.skin & (person.arms | within), _SLIVER * unit_px)
    return touching(arms, arms, 0.0, least_px=int(_LEAST_ARM * unit_px**2))
