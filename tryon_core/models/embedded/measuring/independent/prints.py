"""What the garment's photograph has at the wearer's size: its colours by how even a place is, and its even pieces.

An opening shows one colour evenly. A pattern's lines and dots mix to any colour between them where they meet, skin's
too, but not evenly: a colour that the photograph has only at such borders explains no even place of a candidate.
"""

# Shapes: H, W of the garment's photograph; y, x of it at half of the wearer's working size; h, w of any picture at
# that size; N lights; 3 is Lab.
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from .....pictures.features import ColourModel
from .....pictures.masks import islands, opened, shrunk
from ...cloth.flat_garment import Garment
from ..areas import picked
from ..case import Case
from ..shape.expected import chest_px

EVEN = (3.0, 6.0, 12.0)  # Lab units: standard deviation within three pixels a side, up to which a place is so even
AS_EVEN = 1.5  # times the unevenness of a candidate's place: grain and storage differ between two photographs
LIGHTS = (0.6, 0.75, 0.9, 1.0, 1.1)  # worn cloth from its folds to its highlights, times its Lab in the photograph
NONE = -30.0  # natural log of the share of a colour that is nowhere
LEAST_PX = 30  # of one colour model
ALIKE = 10.0  # Lab units between a piece of a print and the same print as worn
AS_LARGE = 0.5  # of a piece's area: so much of its colour in one piece makes it a print


@dataclass(frozen=True, kw_only=True, eq=False)
class Prints:
    """A garment's photograph at the wearer's size.

    lab_yx3, fabric_yx   float32, bool: its front cloth
    shares               float32 (len(EVEN) + 1, colour cells): natural log of the share of the cloth that has the
                         colour, in the light that suits it best, over all places up to so even; the last of all
    """

    lab_yx3: np.ndarray
    fabric_yx: np.ndarray
    shares: np.ndarray

    def log_share(self, lab_hw3: np.ndarray) -> np.ndarray:
        """float32 (h, w): share of the cloth that has a place's colour and is about as even."""
        mean_hw3, uneven_hw = _evenness(lab_hw3)
        return self.shares[np.searchsorted(EVEN, uneven_hw), ColourModel.cells(mean_hw3)]

    def has_piece(self, lab_3: np.ndarray, area_px: int) -> bool:
        """Whether a piece of nearly that area has a colour, in some light."""
        alike_yx = np.any([np.linalg.norm(light * self.lab_yx3 - lab_3, axis=2) < ALIKE for light in LIGHTS], axis=0)
        _, areas = islands(opened(alike_yx & self.fabric_yx, 1))
        return bool(areas[1:].max(initial=0) >= AS_LARGE * area_px)


def prints_of(case: Case) -> Prints:
    """The same for every attempt of one loop."""
    return _prints(case.garment, round(case.before.frame.shoulder_px / 2 / chest_px(case.garment), 3))


@lru_cache(maxsize=2)
def _prints(garment: Garment, scale: float) -> Prints:
    case = Case(before=None, after=None, garment=garment)
    size = tuple(max(1, round(side * scale)) for side in garment.alpha_HW.shape[::-1])
    lab_yx3 = cv2.resize(case.garment_lab_HW3, size, interpolation=cv2.INTER_AREA)
    fabric_yx = cv2.resize(case.fabric_HW.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    mean_yx3, uneven_yx = _evenness(lab_yx3)
    inside_yx = shrunk(fabric_yx, 2)
    places = [inside_yx & (uneven_yx < AS_EVEN * most) for most in (*EVEN, np.inf)]
    shares = np.array([_shares(mean_yx3, where_yx, inside_yx.sum()) for where_yx in places])
    return Prints(lab_yx3=lab_yx3, fabric_yx=fabric_yx, shares=shares)


def _shares(lab_yx3: np.ndarray, where_yx: np.ndarray, of_px: int) -> np.ndarray:
    """float32 (colour cells): natural log of each colour's share of all the cloth."""
    if where_yx.sum() < LEAST_PX:
        return np.full(np.prod(ColourModel.BINS), NONE, np.float32)
    model = ColourModel(picked(lab_yx3, where_yx), lightness_blur=6.0, colour_blur=3.0)
    return model.in_lights(LIGHTS) + np.float32(np.log(where_yx.sum() / of_px))


def _evenness(lab_hw3: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean float32 (h, w, 3), standard deviation float32 (h, w)) of the Lab colours within three pixels a side."""
    mean_hw3, square_hw = cv2.blur(lab_hw3, (3, 3)), cv2.blur(np.einsum("hwc,hwc->hw", lab_hw3, lab_hw3), (3, 3))
    return mean_hw3, np.sqrt(np.maximum(square_hw - np.einsum("hwc,hwc->hw", mean_hw3, mean_hw3), 0))
