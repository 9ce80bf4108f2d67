"""The person's photograph as the independent checks see it: by pose and silhouette alone, without the clothes' parse.

The generator draws by the parse of the clothes, so a judge that shares the parse shares its mistakes. Here the colours
of what is worn are learnt around the bones: the old top's on the chest, the old lower garment's on the thighs.
"""

# Shapes: h, w rows and columns at half of the working size; N picked pixels; K landmarks; 2 is x, y; 3 is Lab or RGB.
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from .....pictures.features import ColourModel, to_lab
from .....pictures.masks import capsule, polygon, shrunk
from ...seeing.body_frame import (
    LEFT_ANKLE,
    LEFT_ELBOW,
    LEFT_HIP,
    LEFT_INDEX,
    LEFT_KNEE,
    LEFT_SHOULDER,
    LEFT_WRIST,
    RIGHT_ANKLE,
    RIGHT_ELBOW,
    RIGHT_HIP,
    RIGHT_INDEX,
    RIGHT_KNEE,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
    BodyFrame,
)
from ...seeing.fill import spread
from ...seeing.perception import Person
from ..areas import picked

UPPER_ARMS = (LEFT_SHOULDER, LEFT_ELBOW), (RIGHT_SHOULDER, RIGHT_ELBOW)
FOREARMS = (LEFT_ELBOW, LEFT_WRIST), (RIGHT_ELBOW, RIGHT_WRIST)
HANDS = (LEFT_WRIST, LEFT_INDEX), (RIGHT_WRIST, RIGHT_INDEX)
THIGHS = (LEFT_HIP, LEFT_KNEE), (RIGHT_HIP, RIGHT_KNEE)
SHINS = (LEFT_KNEE, LEFT_ANKLE), (RIGHT_KNEE, RIGHT_ANKLE)
# Half the thickness of a slim limb in shoulder widths, so that a capsule round its bone holds little else.
RADIUS = dict.fromkeys(UPPER_ARMS + SHINS, 0.07) | dict.fromkeys(FOREARMS + HANDS, 0.06) | dict.fromkeys(THIGHS, 0.10)
HAND_RADIUS = 0.11  # shoulder widths
SEEN = 0.3  # visibility of a landmark below which its bone is not looked at
LEAST_PX = 60  # of one colour model, at half size: fewer pixels teach nothing
AT_MOST = 6000  # pixels a colour model is learnt from
# Shoulder widths to either side and shares of the torso: below most necklines, above the highest waistbands.
CHEST_ACROSS, CHEST_DOWN = 0.3, (0.20, 0.55)
COMMON = 4.0  # natural log over ANY_COLOUR: from here on a colour is one of the thighs' own
HARDLY = 1.0  # natural log over ANY_COLOUR: up to here a colour is hardly the chest's
OTHER_SHARE = 0.3  # of the thighs: so much in other colours is another garment
BEHIND = 0.03  # silhouette below which a pixel is certainly background
CLOTH_BLUR = {"lightness_blur": 6.0, "colour_blur": 4.0}  # two cloths in one light: stricter than ColourModel's usual
ANY_COLOUR = float(-np.log(np.prod(ColourModel.BINS)))  # log share of a colour nobody told us of


@dataclass(frozen=True, kw_only=True, eq=False)
class Wearer:
    """One person's photograph at half the working size.

    lab_hw3      float32
    alpha_hw     float32, 0-1: the silhouette
    across_hw    float32: shoulder widths from the body's middle, positive to the picture's right
    down_hw      float32: 0 at the shoulders, 1 at the hips
    unit_px      the shoulder width at this size
    head_hw      bool: hair and face, which no check of clothes is about
    hands_hw     bool: beyond the wrists, over the fingers; empty where hands are not seen
    bones        landmark pair -> bool (h, w): the inside of that limb; empty where its ends are not seen
    chest, thigh, skin  colours of the old top, of the old lower garment, of the face or hands; None where not seen
    behind_hw3   float32 Lab: what lies behind the person, spread in from what is seen of it; None without background
    """

    lab_hw3: np.ndarray
    alpha_hw: np.ndarray
    across_hw: np.ndarray
    down_hw: np.ndarray
    unit_px: float
    head_hw: np.ndarray
    hands_hw: np.ndarray
    bones: Mapping[tuple[int, int], np.ndarray]
    chest: ColourModel | None
    thigh: ColourModel | None
    skin: ColourModel | None
    behind_hw3: np.ndarray | None

    @property
    def shape(self) -> tuple[int, int]:
        return self.alpha_hw.shape

    def limbs(self, *groups: tuple[tuple[int, int], ...]) -> np.ndarray:
        """bool (h, w): the bones of some groups together, such as FOREARMS and HANDS."""
        return np.any([self.bones[bone] for group in groups for bone in group], axis=0)

    def trunk(self, half: float, top: float, bottom: float) -> np.ndarray:
        """bool (h, w): `half` shoulder widths to either side, between two shares of the torso's length."""
        return (np.abs(self.across_hw) < half) & (self.down_hw > top) & (self.down_hw < bottom)

    def ankles(self) -> float:
        """Torso lengths down to the higher of the ankles that are seen; infinite where none is."""
        return min((self.down_hw[self.bones[bone]].max() for bone in SHINS if self.bones[bone].any()), default=np.inf)

    def between_legs(self) -> np.ndarray:
        """bool (h, w): with a leg's bones to either side in the same row; trousers may part there, a skirt may not."""
        one_hw, other_hw = (self.bones[thigh] | self.bones[shin] for thigh, shin in zip(THIGHS, SHINS, strict=True))
        right_hw, left_hw = (np.maximum.accumulate(leg_hw[:, ::-1], axis=1)[:, ::-1] for leg_hw in (one_hw, other_hw))
        from_one_hw, from_other_hw = (np.maximum.accumulate(leg_hw, axis=1) for leg_hw in (one_hw, other_hw))
        return ((right_hw & from_other_hw) | (left_hw & from_one_hw)) & ~one_hw & ~other_hw


def log_share(colours: ColourModel | None, cells: np.ndarray) -> np.ndarray:
    """Natural log of the share of each cell in a colour model, of the cells' shape; very low for no model at all."""
    return np.full(cells.shape, -30.0, np.float32) if colours is None else colours.log_share[cells]


def of_lower(wearer: Wearer, cells: np.ndarray) -> np.ndarray:
    """Log share of the colours that are common on the thighs, of the cells' shape; very low for rare ones."""
    share = log_share(wearer.thigh, cells)
    return np.where(share > ANY_COLOUR + COMMON, share, np.float32(-30.0))


def halved(values: np.ndarray) -> np.ndarray:
    """Half the size: a mask bool by its nearest pixels, everything else float32 by the mean of four."""
    size = values.shape[1] // 2, values.shape[0] // 2
    if values.dtype == bool:
        return cv2.resize(values.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    return cv2.resize(values.astype(np.float32, copy=False), size, interpolation=cv2.INTER_AREA)


@lru_cache(maxsize=2)
def wearer_of(person: Person) -> Wearer:
    """Worked out once for the attempts of one loop; measured in a photograph, never in a candidate."""
    lab_hw3, alpha_hw = halved(person.lab_HW3), halved(person.alpha_HW)
    shape, unit_px = alpha_hw.shape, person.frame.shoulder_px / 2
    bones = {ends: _limb(shape, person, ends) for ends in RADIUS}
    arms_hw = np.any([bones[ends] for ends in FOREARMS + HANDS], axis=0)
    cloth_hw = (alpha_hw > 0.9) & ~halved(person.hair)
    chest = _colours(lab_hw3, _chest(shape, person.frame) & cloth_hw, **CLOTH_BLUR)
    thigh = _lower_colours(lab_hw3, _thighs(shape, person) & cloth_hw & ~arms_hw, chest)
    return Wearer(
        lab_hw3=lab_hw3,
        alpha_hw=alpha_hw,
        across_hw=halved(person.frame.across_px_HW(person.alpha_HW.shape)) / np.float32(person.frame.shoulder_px),
        down_hw=halved(person.frame.down_share_HW(person.alpha_HW.shape)),
        unit_px=unit_px,
        head_hw=halved(person.hair | person.face),
        hands_hw=_beyond_wrists(shape, person),
        bones=bones,
        chest=chest,
        thigh=thigh,
        skin=_skin(person, lab_hw3, np.any([bones[ends] for ends in HANDS], axis=0) & (alpha_hw > 0.9), (chest, thigh)),
        behind_hw3=_behind(person.image_HW3, alpha_hw),
    )


def _limb(shape: tuple[int, int], person: Person, ends: tuple[int, int]) -> np.ndarray:
    start, end = person.landmarks_K3[list(ends)]
    if min(start[2], end[2]) < SEEN:
        return np.zeros(shape, bool)
    return capsule(shape, start[:2] / 2, end[:2] / 2, RADIUS[ends] * person.frame.shoulder_px / 2)


def _beyond_wrists(shape: tuple[int, int], person: Person) -> np.ndarray:
    """From a quarter of the way to the knuckles, for a long sleeve ends at the wrist, to where fingers end."""
    hands_hw = np.zeros(shape, bool)
    for wrist, index in HANDS:
        if min(person.landmarks_K3[[wrist, index], 2]) > SEEN:
            start_2, along_2 = (
                person.landmarks_K3[wrist, :2] / 2,
                np.diff(person.landmarks_K3[[wrist, index], :2], axis=0)[0] / 2,
            )
            reach_px = HAND_RADIUS * person.frame.shoulder_px / 2
            hands_hw |= capsule(shape, start_2 + 0.25 * along_2, start_2 + 2.0 * along_2, reach_px)
    return hands_hw


def _chest(shape: tuple[int, int], frame: BodyFrame) -> np.ndarray:
    wide, (top, bottom) = CHEST_ACROSS * frame.shoulder_px, (share * frame.torso_px for share in CHEST_DOWN)
    corners = [frame.point(x, y) / 2 for x, y in ((-wide, top), (wide, top), (wide, bottom), (-wide, bottom))]
    return polygon(shape, corners)


def _thighs(shape: tuple[int, int], person: Person) -> np.ndarray:
    """bool (h, w): the upper half of both thighs, which hang straight down where no knee is seen."""
    frame, inside_hw = person.frame, np.zeros(shape, bool)
    for hip, knee in THIGHS:
        start, end = person.landmarks_K3[hip, :2], person.landmarks_K3[knee, :2]
        if person.landmarks_K3[knee, 2] < 0.5:
            end = start + frame.down_2 * 0.8 * frame.torso_px
        inside_hw |= capsule(shape, start / 2, (start + end) / 4, RADIUS[hip, knee] * frame.shoulder_px / 2)
    return inside_hw


def _lower_colours(lab_hw3: np.ndarray, thighs_hw: np.ndarray, chest: ColourModel | None) -> ColourModel | None:
    """The thighs' colours without those of a top that hangs over them; all of them where there is little else."""
    if chest is not None:
        other_hw = thighs_hw & (chest.log_likelihood(lab_hw3) < ANY_COLOUR + HARDLY)
        if other_hw.sum() > OTHER_SHARE * thighs_hw.sum():
            thighs_hw = other_hw
    return _colours(lab_hw3, thighs_hw, **CLOTH_BLUR)


def _skin(
    person: Person, lab_hw3: np.ndarray, hands_hw: np.ndarray, worn: tuple[ColourModel | None, ...]
) -> ColourModel | None:
    """From the face; where none is seen, from the hands without the clothes that a hand in a pocket lies in."""
    face = _colours(lab_hw3, shrunk(halved(person.face), 2))
    if face is not None:
        return face
    for cloth in filter(None, worn):
        hands_hw = hands_hw & (cloth.log_likelihood(lab_hw3) < ANY_COLOUR + HARDLY)
    return _colours(lab_hw3, hands_hw)


def _colours(lab_hw3: np.ndarray, mask_hw: np.ndarray, **blurs: float) -> ColourModel | None:
    pixels_N3 = picked(lab_hw3, mask_hw, AT_MOST)
    return ColourModel(pixels_N3, **blurs) if len(pixels_N3) >= LEAST_PX else None


def _behind(image_HW3: np.ndarray, alpha_hw: np.ndarray) -> np.ndarray | None:
    known_hw = shrunk(alpha_hw < BEHIND, 2)
    if known_hw.sum() < LEAST_PX:
        return None
    small_hw3 = cv2.resize(image_HW3, alpha_hw.shape[::-1], interpolation=cv2.INTER_AREA)
    return to_lab(np.clip(spread(small_hw3, known_hw), 0, 255).astype(np.uint8))
