"""See a garment: cut it from its plain background and find its keypoints, or say why that cannot be done."""

# Shapes: H, W image rows and columns at working size; 3 is RGB; 2 is (x, y).
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from ....errors import Refused
from ....pictures.features import to_lab
from ....pictures.masks import capsule, polygon
from ..seeing.body_frame import LEFT_INDEX, LEFT_WRIST, NOSE, RIGHT_INDEX, RIGHT_WRIST, BodyFrame
from ..seeing.landmarks import find_pose
from ..seeing.perception import working_size
from ..seeing.seen_before import remembered
from .cutout import Cutout, cut_out
from .keypoints import Keypoints, find_keypoints
from .kind import Kind, hangs_on_straps, kind_of
from .lower_keypoints import LowerKeypoints, find_lower_keypoints
from .lying import check_hanging
from .neckline import front_neckline
from .pieces import Pieces, cut_apart

_BODY_PRESENT = 0.8  # the pose network's belief; it believes in some empty garments too, so skin has to be seen as well
_SKIN_SHARE = 0.5
_LIKE_CLOTH = 13.0  # L*a*b* units: faces are 16-60 from the sample people's clothes, red sleeves 2-12 from theirs
_BUSY_BACKGROUND = 12.0
_OUTLINE_SEEN = 0.65  # made-up white tops, 10 to 15 levels from their background, show 0.72-0.9 and are cut well
_NOTHING_THERE = 1.0
_RAGGED = 0.1
_JOINED = 0.18  # trousers are joined over 25-40 % of their height, open jackets over the collar's
_CHEST_OF_BODY = (1.035, 1.06)  # a chest over the width of its body, with and without sleeves, on the rendered tops


@dataclass(frozen=True, kw_only=True, eq=False)
class Garment:
    """A garment photographed on its own, at working size (long side WORKING_SIDE_PX).

    kind           upper, dress, trousers or skirt
    image_HW3      uint8 RGB
    alpha_HW       float32 0-1, the garment
    keypoints      collar, shoulders, armpits, hem, sleeves
    lower          waist, hips, crotch, hems; None for an upper garment
    opening_HW     bool, inside of the back collar seen through the neck; None where none is seen
    width_px       from armpit to armpit
    neck_depth_px  from the collar's peaks down to the front neckline
    """

    kind: Kind
    image_HW3: np.ndarray
    alpha_HW: np.ndarray
    keypoints: Keypoints
    lower: LowerKeypoints | None
    opening_HW: np.ndarray | None
    width_px: float
    neck_depth_px: float

    @cached_property
    def pieces(self) -> Pieces:
        """Its torso and sleeves, cut apart once."""
        return cut_apart(self.image_HW3, self.alpha_HW, self.keypoints, self.opening_HW, self.width_px)

    @property
    def chest_px(self) -> float:
        """What lies across the chest: from armpit to armpit; where armholes are cut into the body, or the notches below
        the sleeves reach into it, its sides further down are the better ruler.
        """
        sleeveless = self.keypoints.sleeves == (None, None)
        return max(self.width_px, _CHEST_OF_BODY[sleeveless] * self.pieces.body_width_px)


@remembered(4)
def see_garment(image: Image.Image) -> Garment:
    """Perceive a garment on a plain background. A pure function of the pixels; remembered by them.

    image    any mode and size; resized to WORKING_SIDE_PX
    raises   Refused: 'garment_on_model', 'no_garment', 'white_on_white', 'garment_not_upright', 'open_front' or
             'thin_straps'; MissingWeights
    """
    image_HW3 = working_size(image)
    lab_HW3 = to_lab(image_HW3)
    _check_unworn(image_HW3, lab_HW3)
    cutout = cut_out(lab_HW3)
    _check_cutout(cutout)
    check_hanging(cutout.alpha_HW > 0.5)
    _check_closed(cutout.alpha_HW > 0.5)
    keypoints = find_keypoints(cutout.alpha_HW > 0.5)
    kind = kind_of(cutout.alpha_HW > 0.5, keypoints)
    if kind in ("upper", "dress"):
        _check_straps(cutout.alpha_HW > 0.5, keypoints)
    neck_depth_px, opening_HW = front_neckline(lab_HW3, cutout.alpha_HW > 0.5, keypoints)
    return Garment(
        kind=kind,
        image_HW3=image_HW3,
        alpha_HW=cutout.alpha_HW,
        keypoints=keypoints,
        lower=None if kind == "upper" else find_lower_keypoints(cutout.alpha_HW > 0.5, kind),
        opening_HW=opening_HW,
        width_px=float(keypoints.armpit[1][0] - keypoints.armpit[0][0]),
        neck_depth_px=neck_depth_px,
    )


def _check_unworn(image_HW3: np.ndarray, lab_HW3: np.ndarray) -> None:
    """Nobody wears it: no body whose face, or both hands, have the hue of skin and not the colour of the garment."""
    pose = find_pose(image_HW3)
    frame, shape = BodyFrame.of(pose.landmarks_K3), image_HW3.shape[:2]
    upright = pose.landmarks_K3[NOSE, 1] < frame.centre[1] < (frame.right_hip[1] + frame.left_hip[1]) / 2
    proportioned = 0.3 < frame.shoulder_px / max(frame.torso_px, 1e-6) < 1.5
    if pose.presence < _BODY_PRESENT or not upright or not proportioned:
        return
    chest = polygon(shape, [frame.right_shoulder, frame.left_shoulder, frame.left_hip, frame.right_hip])
    face, *hands = (_skin_share(lab_HW3, spot, chest) for spot in _bare_spots(shape, pose.landmarks_K3, frame))
    share = max(face, min(hands))
    if share > _SKIN_SHARE:
        raise Refused(
            "garment_on_model",
            f"somebody wears the garment (a body was found, {share:.0%} of its {'face' if share == face else 'hands'} "
            "has the hue of skin and not the garment's colour); give a picture of the garment alone",
        )


def _bare_spots(shape: tuple[int, int], landmarks_K3: np.ndarray, frame: BodyFrame) -> list[np.ndarray]:
    """Where skin shows on most people: the face and both hands."""
    unit = frame.shoulder_px
    return [
        capsule(shape, landmarks_K3[a, :2], landmarks_K3[b, :2], unit * radius)
        for a, b, radius in ((NOSE, NOSE, 0.15), (LEFT_WRIST, LEFT_INDEX, 0.07), (RIGHT_WRIST, RIGHT_INDEX, 0.07))
    ]


def _skin_share(lab_HW3: np.ndarray, spot: np.ndarray, chest: np.ndarray) -> float:
    """The share of a spot whose hue and chroma are those of human skin, light or dark.

    0 outside the picture, and where the spot has the chest's own colour: cloth may have the hue of skin, too.
    """
    if min(spot.sum(), chest.sum()) < 50:
        return 0.0
    apart = (np.median(lab_HW3[spot], 0) - np.median(lab_HW3[chest], 0)) * (0.5, 1, 1)  # folds differ in lightness
    if np.linalg.norm(apart) < _LIKE_CLOTH:
        return 0.0
    lightness, a, b = lab_HW3[spot].T
    hue, chroma = np.degrees(np.arctan2(b, a)), np.hypot(a, b)
    return float(((lightness > 12) & (hue > 20) & (hue < 85) & (chroma > 7) & (chroma < 50)).mean())


def _check_cutout(cutout: Cutout) -> None:
    """There is something, and its outline is clear."""
    if cutout.area_share > 0.9 or cutout.background_noise > _BUSY_BACKGROUND:
        raise Refused(
            "no_garment",
            f"no garment on a plain background was found (the border's colour varies by "
            f"{cutout.background_noise:.0f} L*a*b* units, at most {_BUSY_BACKGROUND:.0f}); "
            "give a picture of one garment on a plain background",
        )
    if cutout.area_share < 0.03 and cutout.strangeness < _NOTHING_THERE:
        raise Refused(
            "no_garment", "the picture is empty (nothing differs from its background); give a picture of one garment"
        )
    if cutout.area_share < 0.03 or cutout.seen_share < _OUTLINE_SEEN or cutout.raggedness > _RAGGED:
        raise Refused(
            "white_on_white",
            f"the garment cannot be told from its background ({cutout.seen_share:.0%} of its outline can be seen, "
            f"needs {_OUTLINE_SEEN:.0%}; raggedness {cutout.raggedness:.2f}, at most {_RAGGED}); give a picture on a "
            "background of another colour",
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
