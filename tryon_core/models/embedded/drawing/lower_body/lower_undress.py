"""Take the old lower garment away where the new one does not cover it: bare legs or the background take its place."""

# Shapes: H, W image rows and columns; 3 is RGB.
import cv2
import numpy as np

from .....errors import Refused
from .....pictures.masks import grown, opened, shrunk, soft, touching
from ...seeing.fill import spread
from ...seeing.limbs import find_limbs
from ...seeing.perception import Person
from ...seeing.recall import once_each
from ..bared.skin import skin_hued
from .bare_legs import bare_legs, legs_alpha
from .behind_legs import carried_across
from .hips_and_legs import LowerBody
from .lower_placement import LowerPlacement

_LEAST_SKIN_PX = 200
_FRINGE_SHARE = 0.04  # of the shoulder width: how far beside a garment its own cloth may be read as skin
_BARE_SHARE = 0.1  # how far a bare leg may reach beyond where one is made up, in shoulder widths
_CORE_PX = 3  # within a limb's outline nothing of it is taken for cloth
_BARED_SHARE = 0.01  # of the shoulder width squared: a smaller rim is no leg
_SHADOW = (0.12, 0.25)  # of a hem on legs: its reach in shoulder widths, and how dark it is; from the true pictures


def lower_remains(worn: LowerBody, alpha_HW: np.ndarray, cover: float) -> np.ndarray:
    """float32 (H, W), 0-1: what of the old lower garment would still be seen beside the new one, with its soft rim.

    cover  0-1: how far beyond the parsed garment to look, 1 for 6 % of the shoulder width
    """
    person, unit = worn.person, worn.person.frame.shoulder_px
    old = (person.lower | _read_as_skin(worn) | _pale_fringe(person)) & ~worn.shoes_HW
    rim = grown(old, 4 + 0.06 * cover * unit)
    sure_other = (shrunk(person.skin, 3) | person.upper | person.hair | worn.shoes_HW) & ~old
    return soft(rim & ~sure_other & (alpha_HW < 0.98), 1.0)


def _read_as_skin(worn: LowerBody) -> np.ndarray:
    """bool (H, W): cloth of the colour of skin: below the hips, in pieces that hang together with no arm and no leg."""
    person, legs, shape = worn.person, worn.legs, worn.shoes_HW.shape
    unit, down_HW = legs.frame.shoulder_px, legs.frame.down_share_HW(shape) * legs.frame.torso_px
    limbs = person.arms | grown(legs_alpha(person) > 0.5, 0.08 * unit)
    crumbs = person.skin & ~touching(person.skin, limbs, 0.0)
    return crumbs & (down_HW > legs.frame.torso_px) & (down_HW < legs.down_23[:, 2].min())


def _pale_fringe(person: Person) -> np.ndarray:
    """bool (H, W): the edge of the old garment that is read as the skin beside it without having its hue."""
    fringe = person.skin & ~skin_hued(person) & grown(person.lower, _FRINGE_SHARE * person.frame.shoulder_px)
    limbs = np.any([limb.edge_px_HW > _CORE_PX for limb in find_limbs(person)], axis=0)
    return opened(fringe & ~limbs & ~person.hands, 1)


def legs_beside(worn: LowerBody, placement: LowerPlacement) -> np.ndarray:
    """float32 (H, W), 0-1: bare legs as far down as new trousers hold them: none is seen beside its trouser leg."""
    person, legs = worn.person, worn.legs
    if not placement.halves:
        return np.zeros(person.alpha_HW.shape, np.float32)
    down_HW = legs.frame.down_share_HW(person.alpha_HW.shape) * legs.frame.torso_px
    within = (down_HW > placement.waist_px) & (down_HW < placement.hem_px)
    legs_HW = grown(legs_alpha(person) > 0.5, _BARE_SHARE * legs.frame.shoulder_px)
    arms = grown(person.forearms & person.skin, 3) | grown(person.hands, 3)
    return soft(person.skin & legs_HW & within & ~arms & ~worn.shoes_HW, 1.0)


def bared_legs(worn: LowerBody, remains_HW: np.ndarray, placement: LowerPlacement | None) -> np.ndarray:
    """float32 (H, W), 0-1: bare legs where the old garment is taken away; trousers hold them as far as they reach."""
    legs_HW = legs_alpha(worn.person)
    if placement is not None and placement.halves:
        down_HW = worn.legs.frame.down_share_HW(legs_HW.shape) * worn.legs.frame.torso_px
        legs_HW = legs_HW * soft(down_HW > placement.hem_px, 1.0)
    return legs_HW * (remains_HW > 0)


def check_skin_known(worn: LowerBody, bared_HW: np.ndarray) -> None:
    """Where legs come to light that were covered, the colour of skin is seen somewhere else.

    raises  Refused: 'bare_legs_unknown'
    """
    skin_px = int((worn.person.skin & ~worn.shoes_HW).sum())
    if (bared_HW > 0.5).sum() > _BARED_SHARE * worn.legs.frame.shoulder_px**2 and skin_px < _LEAST_SKIN_PX:
        raise Refused(
            "bare_legs_unknown",
            f"legs would come to light whose skin is seen nowhere ({skin_px} pixels of skin, needs {_LEAST_SKIN_PX}); "
            "give a longer garment, or a picture that shows the face or the arms",
        )


def without_lower(worn: LowerBody, bared_HW: np.ndarray, waist_px: float) -> np.ndarray:
    """float32 (H, W, 3) RGB: the picture as it might be without the lower garment. Only to be used where it was.

    bared_HW  float32 0-1, bare legs that come to light
    waist_px  how far down the new waistband is: above it a stomach that is bare goes on
    """
    person, image, frame = worn.person, worn.person.image_HW3.astype(np.float32), worn.legs.frame
    made_HW3 = behind_lower(person)
    if (bared_HW > 0).any():
        made_HW3 = made_HW3 * (1 - bared_HW[..., None]) + bare_legs(person) * bared_HW[..., None]
    if not worn.bare_stomach or not person.skin.any():
        return made_HW3
    down_HW = frame.down_share_HW(person.alpha_HW.shape) * frame.torso_px
    stomach = soft((person.alpha_HW > 0.5) & (down_HW < waist_px + 0.1 * frame.shoulder_px), 1.0)[..., None]
    return made_HW3 * (1 - stomach) + spread(image, shrunk(person.skin, 2)) * stomach


@once_each
def behind_lower(person: Person) -> np.ndarray:
    """float32 (H, W, 3) RGB: the background behind the legs."""
    return carried_across(person.image_HW3, shrunk(person.alpha_HW < 0.03, 4))


def legs_left(person: Person, remains_HW: np.ndarray, bared_HW: np.ndarray) -> np.ndarray:
    """float32 (H, W), 0-1: the person without what of the old lower garment is taken away, with the legs it bares."""
    return person.alpha_HW * (1 - remains_HW) + bared_HW * remains_HW


def hem_shadow(alpha_HW: np.ndarray, bared_HW: np.ndarray, person: Person) -> np.ndarray:
    """float32 (H, W), 0-1: the darkening of made-up legs below the hem, where a skirt keeps light from them."""
    unit = person.frame.shoulder_px
    down = cv2.warpAffine(alpha_HW, np.float32([[1, 0, 0], [0, 1, round(_SHADOW[0] * unit)]]), alpha_HW.shape[::-1])
    return _SHADOW[1] * soft(down, _SHADOW[0] * unit) * bared_HW
