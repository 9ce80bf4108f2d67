"""See a garment: cut it from its plain background and find its keypoints, or say why that cannot be done."""

# Shapes: H, W image rows and columns at working size; 3 is RGB; 2 is (x, y).
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ....errors import Refused
from ....hints import NO_HINTS, Hints
from ....pictures.features import to_lab
from ..seeing.perception import working_size
from ..seeing.recall import once_each
from ..seeing.seen_before import remembered
from .cutting.clear_cutout import check_trusted, see_cutout
from .cutting.cutout import Cutout
from .hanging_sleeves import check_sleeves
from .keypoints import Keypoints, find_keypoints
from .kind import Kind, hangs_on_straps, kind_of, narrows_to_a_crotch
from .lower_keypoints import LowerKeypoints, find_lower_keypoints
from .lying import check_hanging
from .neck.neckline import front_neckline
from .pieces import Pieces, cut_apart
from .stated_kind import decided

_REMEMBERED = 4  # garments, 8 MB each
_JOINED = 0.18  # trousers are joined over 25-40 % of their height, open jackets over the collar's
_CHEST_OF_BODY = (1.035, 1.06)  # a chest over the width of its body, with and without sleeves, on the rendered tops


@dataclass(frozen=True, kw_only=True, eq=False)
class Garment:
    """A garment photographed on its own, at working size (long side WORKING_SIDE_PX).

    kind           upper, dress, trousers or skirt
    cutout         its outline and how sure it is
    image_HW3      uint8 RGB
    keypoints      collar, shoulders, armpits, hem, sleeves
    lower          waist, hips, crotch, hems; None for an upper garment
    opening_HW     bool, inside of the back collar seen through the neck; None where none is seen
    width_px       from armpit to armpit
    neck_depth_px  from the collar's peaks down to the front neckline
    """

    kind: Kind
    cutout: Cutout
    image_HW3: np.ndarray
    keypoints: Keypoints
    lower: LowerKeypoints | None
    opening_HW: np.ndarray | None
    width_px: float
    neck_depth_px: float

    @property
    def alpha_HW(self) -> np.ndarray:
        """float32 0-1, the garment."""
        return self.cutout.alpha_HW

    @property
    @once_each
    def pieces(self) -> Pieces:
        """Its torso and sleeves, cut apart."""
        return cut_apart(self.image_HW3, self.alpha_HW, self.keypoints, self.opening_HW, self.width_px)

    @property
    def chest_px(self) -> float:
        """What lies across the chest: from armpit to armpit; where armholes are cut into the body, or the notches below
        the sleeves reach into it, its sides further down are the better ruler.
        """
        sleeveless = self.keypoints.sleeves == (None, None)
        return max(self.width_px, _CHEST_OF_BODY[sleeveless] * self.pieces.body_width_px)


@remembered(_REMEMBERED)
def see_garment(image: Image.Image, hints: Hints = NO_HINTS) -> Garment:
    """Perceive a garment on a plain background. A pure function of the pixels and the hints; remembered by them.

    image    any mode and size; resized to WORKING_SIDE_PX
    hints    what a person says that it is (stated_kind.decided), and points that mend its cut-out (cloth_by_hand)
    raises   Refused: 'garment_on_model', 'no_garment', 'white_on_white', 'cut_out_not_trusted', 'garment_not_upright',
             'open_front', 'garment_type_differs', 'thin_straps', 'bodysuit' or 'sleeves_not_found'; MissingWeights
    """
    image_HW3 = working_size(image)
    lab_HW3 = to_lab(image_HW3)
    cutout = see_cutout(image_HW3, lab_HW3, hints.points)
    check_hanging(cutout.alpha_HW > 0.5)
    check_trusted(cutout)
    _check_closed(cutout.alpha_HW > 0.5)
    keypoints = find_keypoints(cutout.alpha_HW > 0.5)
    kind = decided(kind_of(cutout.alpha_HW > 0.5, keypoints), hints.garment_type, keypoints)
    if kind in ("upper", "dress"):
        _check_straps(cutout.alpha_HW > 0.5, keypoints)
        _check_bodysuit(cutout.alpha_HW > 0.5, keypoints)
    if kind == "upper":
        check_sleeves(cutout.alpha_HW > 0.5, keypoints)
    neck_depth_px, opening_HW = front_neckline(lab_HW3, cutout.alpha_HW > 0.5, keypoints)
    return Garment(
        kind=kind,
        cutout=cutout,
        image_HW3=image_HW3,
        keypoints=keypoints,
        lower=None if kind == "upper" else find_lower_keypoints(cutout.alpha_HW > 0.5, kind),
        opening_HW=opening_HW,
        width_px=float(keypoints.armpit[1][0] - keypoints.armpit[0][0]),
        neck_depth_px=neck_depth_px,
    )


def _check_closed(mask_HW: np.ndarray) -> None:
    """A jacket that hangs open is in two halves nearly up to its collar; trousers are in one down to the crotch."""
    rows = np.flatnonzero(mask_HW.any(1))
    height_px, centre = float(np.ptp(rows)), int(np.median(np.flatnonzero(mask_HW.any(0))))
    whole = np.flatnonzero(mask_HW[:, max(0, centre - 3) : centre + 4].any(1))
    joined_px = float(whole[-1] - rows[0]) if len(whole) else 0.0
    if joined_px < _JOINED * height_px:
        raise Refused(
            "open_front",
            f"the garment hangs open (its halves are joined over {joined_px / height_px:.0%} of its height, a closed "
            f"one's over more than {_JOINED:.0%}); give a picture of it closed",
        )


def _check_straps(mask_HW: np.ndarray, keypoints: Keypoints) -> None:
    if keypoints.sleeves == (None, None) and hangs_on_straps(mask_HW, keypoints):
        raise Refused(
            "thin_straps",
            "the garment hangs on straps too thin to be warped; give one whose straps are at least 12 % as wide as "
            "its chest",
        )


def _check_bodysuit(mask_HW: np.ndarray, keypoints: Keypoints) -> None:
    if narrows_to_a_crotch(mask_HW, keypoints):
        raise Refused(
            "bodysuit",
            "the garment narrows to a crotch between two leg openings, as a bodysuit does, and has no hem to lay over "
            "what is worn below it; give a top, a dress, trousers or a skirt",
        )
