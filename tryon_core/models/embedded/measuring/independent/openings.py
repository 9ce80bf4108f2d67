"""Openings in the new cloth: holes, slits and torn shoulders through which skin or the background shows."""

# Shapes: h, w rows and columns at half of the working size.
from functools import lru_cache

import numpy as np

from .....pictures.features import ColourModel
from .....pictures.masks import closed, filled, grown, islands, opened, shrunk
from ..areas import picked
from ..case import Case
from ..scale import Bar, Reading, fix
from ..surface.cloth import LOWER
from .eyes import AREA, Eyes, piece_reading
from .laid import laid_cloth
from .prints import NONE, Prints, prints_of
from .wearer import ANY_COLOUR, FOREARMS, HANDS, THIGHS, Wearer, halved

# No tuning true picture has one. Holes of radius 0.05 shoulder widths planted in the tops and dresses of them 0.0064 to
# 0.0083 (47 of 50), shoulders torn by 0.1 0.014 to 0.033 (42 of 50); none beside long hair, nor on the skirts and
# trousers, whose colours are near skin's; 2026-11.
OPENING = Bar(unit=AREA, good=0.0025, bar=0.0045, bad=0.03)

REDRAWN = 6.0  # Lab units: hair, hands and bags that were kept hide cloth rightly
TRUNK_UP, HIPS, THIGHS_END = -0.1, 1.0, 1.4  # torso lengths: where cloth of tops, and of dresses, lies as it is laid
TRUNK_HALF = 0.5  # shoulder widths: further out sleeves hang at any angle
MAY_MOVE = 0.08  # shoulder widths by which an edge of the cloth may be drawn elsewhere
GAP, RIM = 0.03, 0.03  # shoulder widths: half the widest gap that is still inside what is worn; its soft edge
BESIDE_BONE = 0.10  # shoulder widths round a thigh's capsule: so wide trousers and skirts hang at least
BESIDE_ARM = 0.08  # shoulder widths round an arm: it may lie before the trunk
BESIDE_THING = 0.02  # shoulder widths: the shadow of a strap
BESIDE_HEAD = 0.06  # shoulder widths: hair and the edge of a neckline
STRANDS = 0.2  # shoulder widths from the hair, where its strands and its shadow tint the cloth
NECK_HALF = 0.25  # shoulder widths to either side where a front may begin lower: so wide the deepest necklines are
ARMPITS = 0.3  # torso lengths: above it a shoulder may be torn off at its side
SHOWS = 1.0  # log odds of skin or background against the garment's colours, from which an opening is seen
BEHIND, LIKELY = 8.0, 4.0  # Lab units from what lies behind the person; log odds over any colour of what is so near
SKIN_LIGHTS = 0.6, 0.8, 1.0  # skin under cloth lies in shadow


def opening(case: Case, eyes: Eyes) -> Reading:
    """The largest piece of skin or background inside the new garment, in a colour it has in no such piece.

    Inside is what the candidate wears with its gaps and holes, and where the garment's photograph, laid on the body,
    says cloth. Blind where the garment has such a piece, and where nothing was drawn anew.
    """
    prints = prints_of(case)
    shows_hw = (_odds(eyes, prints) > SHOWS) & (eyes.change_hw > REDRAWN)
    open_hw = opened(shows_hw & _inside(case, eyes) & ~_before_cloth(case, eyes), 1)
    return piece_reading(
        "opening",
        _largest_unprinted(open_hw, eyes, prints),
        OPENING,
        "skin or background shows through an opening in the garment ({})",
        (fix("close every hole, slit and tear in the garment", "cover", 0.1),),
    )


def _inside(case: Case, eyes: Eyes) -> np.ndarray:
    """bool (h, w): inside the outline of what is worn, or of the garment's photograph laid on the body."""
    wearer, worn_hw = eyes.wearer, halved(case.motion.undone(case.worn_HW))
    inside_hw = shrunk(filled(closed(worn_hw, GAP * wearer.unit_px)), RIM * wearer.unit_px)
    if eyes.kind not in LOWER:
        return (inside_hw | _laid_inside(eyes, laid_cloth(case.garment, case.before))) & _within(worn_hw, wearer)
    inside_hw &= grown(wearer.limbs(THIGHS), BESIDE_BONE * wearer.unit_px)
    return inside_hw & ~wearer.between_legs() if eyes.kind == "trousers" else inside_hw


def _largest_unprinted(open_hw: np.ndarray, eyes: Eyes, prints: Prints) -> tuple[float, np.ndarray]:
    """(area in shoulder widths squared, bool (h, w)) of the largest piece that is no print of the garment."""
    labels_hw, areas = islands(open_hw)
    areas[0] = 0
    for label in np.argsort(-areas):
        if areas[label] < OPENING.good * eyes.wearer.unit_px**2:
            break
        piece_hw = labels_hw == label
        if not prints.has_piece(np.median(eyes.now_hw3[piece_hw], axis=0), areas[label]):
            return float(areas[label]) / eyes.wearer.unit_px**2, piece_hw
    return 0.0, np.zeros(open_hw.shape, bool)


def _laid_inside(eyes: Eyes, laid_hw: np.ndarray) -> np.ndarray:
    """bool (h, w): where a top or a dress surely has cloth as it is laid on the body."""
    wearer, lowest = eyes.wearer, HIPS if eyes.kind == "upper" else THIGHS_END
    cloth_hw = shrunk(laid_hw, MAY_MOVE * wearer.unit_px) & wearer.trunk(TRUNK_HALF, TRUNK_UP, lowest)
    return cloth_hw & (wearer.alpha_hw > 0.6)


def _within(cloth_hw: np.ndarray, wearer: Wearer) -> np.ndarray:
    """bool (h, w): with cloth around it.

    What is open to below, to a side or at the neck is no opening: there the garment was drawn shorter, narrower or cut
    deeper, which garment_structure says.
    """
    above_hw, left_hw = (np.maximum.accumulate(cloth_hw, axis) for axis in (0, 1))
    below_hw, right_hw = (np.flip(np.maximum.accumulate(np.flip(cloth_hw, axis), axis), axis) for axis in (0, 1))
    at_shoulder_hw = wearer.down_hw < ARMPITS
    beside_neck_hw = at_shoulder_hw & (np.abs(wearer.across_hw) > NECK_HALF)
    return below_hw & (above_hw | beside_neck_hw) & ((left_hw & right_hw) | at_shoulder_hw)


def _odds(eyes: Eyes, prints: Prints) -> np.ndarray:
    """float32 (h, w): log odds of skin or of what lies behind the person against the garment's own colours.

    A colour that is merely none of the garment's belongs to another garment, which garment_swap names.
    """
    near_hw = np.where(eyes.off_behind_hw < BEHIND, np.float32(ANY_COLOUR + LIKELY), np.float32(NONE))
    bare_hw = np.maximum(_of_skin(eyes.wearer)[eyes.now_cells], near_hw)
    return bare_hw - np.maximum(prints.log_share(eyes.now_hw3), ANY_COLOUR - 2)


@lru_cache(maxsize=2)
def _of_skin(wearer: Wearer) -> np.ndarray:
    """By colour cell: log share in the wearer's skin, in its lights; very low where no skin is seen."""
    if wearer.skin is None:
        return np.full(np.prod(ColourModel.BINS), NONE, np.float32)
    return wearer.skin.in_lights(SKIN_LIGHTS)


def _before_cloth(case: Case, eyes: Eyes) -> np.ndarray:
    """bool (h, w): arms, hands, face, hair and bags, which may lie before cloth, and strands in the hair's colour."""
    wearer, unit_px = eyes.wearer, eyes.wearer.unit_px
    arms_hw = grown(wearer.limbs(FOREARMS, HANDS), BESIDE_ARM * unit_px) | wearer.hands_hw
    arms_hw |= grown(eyes.things_hw, BESIDE_THING * unit_px)
    hair_hw = halved(case.motion.undone(case.before.hair | case.after.hair))
    before_hw = arms_hw | grown(hair_hw | wearer.head_hw, BESIDE_HEAD * unit_px)
    if not hair_hw.any():
        return before_hw
    hair = ColourModel(picked(eyes.now_hw3, hair_hw)).log_share
    return before_hw | (grown(hair_hw, STRANDS * unit_px) & (hair > _of_skin(wearer))[eyes.now_cells])
