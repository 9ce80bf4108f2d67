"""Join a laid face to its head: the light and skin colour of the picture, hair kept in front, a soft edge.

Eyes and teeth keep most of their colour; from the brows to the hairline the picture's own forehead takes over.
"""

# Shapes: h, w rows and columns of the crop that holds the face; K mesh points; N pixels; 3 is RGB or Lab; 2 is x, y.
from dataclasses import dataclass

import cv2
import numpy as np

from ...pictures.features import lab_distance, to_lab, to_rgb
from ...pictures.masks import grown, soft
from ...pictures.put_back import feathered, mixed
from .mesh_parts import BROWS, EYES, LIPS, MOUTH, OVAL, hull_of, part_of, width_of

# Chosen by eye on rendered people of the tuning half and the astronaut, 2026-12. Shares of the face's width:
FEATHER = 0.09
LIGHT = 0.35  # sigma of what counts as light and complexion; what is finer is the face's own relief
FOREHEAD = (0.08, 0.28)  # above the brows: all the character's up to the first, nothing of it beyond the second
AROUND_FEATURES = 0.03  # no skin is looked at so near to eyes, brows and lips
LOCK = 0.02  # how far hair reaches beyond what is told from skin
FINE = 0.006  # sigma of a blur that takes pores and noise away
# Lab units, lightness counted half:
HAIR = 13.0  # off the skin's own colour there: hair, a cap
STRAY = 17.0  # off the median of the face: no skin at all
RELIEF = (0.6, 1.15)  # how far the relief may be weakened or strengthened to be as strong as the picture's
OWN_LIGHT = 0.4  # share of the change of light that eyes and teeth take part in
_COLOUR_FIRST = np.float32([0.5, 1, 1])


@dataclass(frozen=True, kw_only=True, eq=False)
class _Skin:
    """What a face's skin looks like.

    light_hw3  float32 Lab, its own colours, smoothed over whatever is no skin
    relief_3   standard deviation of the skin about them
    hair_hw    bool, what within the outline has another colour than the skin nearby
    """

    light_hw3: np.ndarray
    relief_3: np.ndarray
    hair_hw: np.ndarray


def blended(
    crop_hw3: np.ndarray, laid_hw3: np.ndarray, mesh_K2: np.ndarray, shape_K2: np.ndarray, open_hw: np.ndarray
) -> np.ndarray:
    """uint8 RGB (h, w, 3): the crop with the laid face in it; outside the face, and where it may not change, its bytes.

    laid_hw3           the character's face, warped into the crop
    mesh_K2, shape_K2  where the mesh lies on the crop's face, and on the laid one
    open_hw            float32 0-1, how far each pixel may change
    """
    hull_hw, lab_hw3 = part_of(crop_hw3.shape[:2], mesh_K2, OVAL), to_lab(laid_hw3)
    there, laid = _skin_of(to_lab(crop_hw3), hull_hw, mesh_K2), _skin_of(lab_hw3, hull_hw, shape_K2)
    strength_3 = np.clip(there.relief_3 / np.maximum(laid.relief_3, 1e-3), *RELIEF)
    relit_hw3 = there.light_hw3 + strength_3 * (lab_hw3 - laid.light_hw3)
    drawn_hw3 = _between(lab_hw3, relit_hw3, _relit_share(shape_K2, laid.hair_hw))
    forehead = _Forehead.of(mesh_K2, shape_K2, hull_hw.shape)
    drawn_hw3 = to_rgb(_between(drawn_hw3, there.light_hw3, forehead.locks(laid.hair_hw)))  # the character's fringe
    weight_hw = np.minimum(feathered(hull_hw & (open_hw > 0), FEATHER * width_of(shape_K2)), open_hw)
    return mixed(crop_hw3, drawn_hw3, weight_hw * forehead.character_hw * (1 - forehead.locks(there.hair_hw)))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Forehead:
    """What is above the eyes.

    character_hw  float32 0-1, 0 where the picture's own forehead stays
    above_hw      bool, above the eyes and beside the brows: what is no skin there is hair
    width_px      of the face
    """

    character_hw: np.ndarray
    above_hw: np.ndarray
    width_px: float

    @classmethod
    def of(cls, mesh_K2: np.ndarray, shape_K2: np.ndarray, shape: tuple[int, int]) -> "_Forehead":
        features_hw = hull_of(shape, shape_K2, (*BROWS, *EYES, LIPS)) | hull_of(shape, mesh_K2, BROWS)
        brow_y, eye_y = (shape_K2[np.concatenate(parts), 1].mean() for parts in (BROWS, EYES))
        rows, width_px = np.arange(shape[0])[:, None], width_of(shape_K2)
        far_hw = cv2.distanceTransform((~features_hw).astype(np.uint8), cv2.DIST_L2, 5) / width_px
        near, farther = FOREHEAD
        fade_hw = np.where(rows < brow_y, np.clip((farther - far_hw) / (farther - near), 0, 1), 1)
        above_hw = ~features_hw & (rows < eye_y)
        return cls(character_hw=soft(fade_hw, LOCK * width_px), above_hw=above_hw, width_px=width_px)

    def locks(self, hair_hw: np.ndarray) -> np.ndarray:
        """float32 (h, w), 0-1: hair over the forehead, with its soft edge."""
        reach_px = LOCK * self.width_px
        return soft(grown(hair_hw & self.above_hw, reach_px) & self.above_hw, reach_px)


def _between(one_hw3: np.ndarray, other_hw3: np.ndarray, share_hw: np.ndarray) -> np.ndarray:
    return one_hw3 + share_hw[..., None] * (other_hw3 - one_hw3)


def _relit_share(shape_K2: np.ndarray, hair_hw: np.ndarray) -> np.ndarray:
    """float32 (h, w): how far each pixel takes on the picture's light; less in eyes, in the mouth and in brows."""
    own_hw, width_px = np.zeros(hair_hw.shape, bool), width_of(shape_K2)
    for part in (*EYES, MOUTH):
        own_hw |= part_of(hair_hw.shape, shape_K2, part)
    for part in BROWS:
        own_hw |= hair_hw & grown(hull_of(hair_hw.shape, shape_K2, (part,)), AROUND_FEATURES * width_px)
    return 1 - (1 - OWN_LIGHT) * soft(own_hw, FINE * width_px)


def _skin_of(lab_hw3: np.ndarray, hull_hw: np.ndarray, mesh_K2: np.ndarray) -> _Skin:
    width_px, features_hw = width_of(mesh_K2), np.zeros(hull_hw.shape, bool)
    for part in (*EYES, *BROWS, LIPS):
        features_hw |= part_of(hull_hw.shape, mesh_K2, part)
    plain_hw = hull_hw & ~grown(features_hw, AROUND_FEATURES * width_px)
    tone_3, weighed_hw3 = np.median(lab_hw3[plain_hw], axis=0), lab_hw3 * _COLOUR_FIRST
    skin_hw = plain_hw & (lab_distance(weighed_hw3, tone_3 * _COLOUR_FIRST) < STRAY)
    light_hw3 = _smoothed(lab_hw3, skin_hw, LIGHT * width_px)
    off_hw = soft(lab_distance(weighed_hw3, light_hw3 * _COLOUR_FIRST), FINE * width_px)
    hair_hw = hull_hw & (off_hw > HAIR)
    bare_hw = skin_hw & ~hair_hw
    return _Skin(light_hw3=light_hw3, relief_3=(lab_hw3 - light_hw3)[bare_hw].std(0), hair_hw=hair_hw)


def _smoothed(lab_hw3: np.ndarray, known_hw: np.ndarray, sigma_px: float) -> np.ndarray:
    """float32 (h, w, 3): the colours of the known pixels blurred over all, at a size where the blur is cheap."""
    size = tuple(max(1, round(side / max(1.0, sigma_px / 6))) for side in known_hw.shape[::-1])
    known_hw1 = known_hw[..., None].astype(np.float32)
    small = cv2.resize(np.dstack([lab_hw3 * known_hw1, known_hw1]), size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), min(6.0, sigma_px))
    light = small[..., :3] / np.maximum(small[..., 3:], 1e-6)
    return cv2.resize(light, known_hw.shape[::-1], interpolation=cv2.INTER_CUBIC)
