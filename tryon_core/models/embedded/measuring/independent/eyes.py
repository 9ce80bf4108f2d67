"""A candidate over its photograph, at half size, as the independent checks see it; and the largest piece of a mask."""

# Shapes: h, w rows and columns at half of the working size; 3 is Lab.
from dataclasses import dataclass
from functools import cached_property, lru_cache
from weakref import WeakKeyDictionary

import cv2
import numpy as np

from .....pictures.features import ColourModel, blur_within
from .....pictures.masks import closed, islands, largest, opened
from .....records import Fix
from ...cloth.flat_garment import Garment
from ..areas import picked, region_of
from ..case import Case
from ..scale import Bar, Reading
from .wearer import ANY_COLOUR, Wearer, halved, wearer_of

AREA = "shoulder widths squared, largest piece"  # the unit of every reading of this folder
EDITED = 5.0  # Lab units: certainly drawn anew; JPEG at quality 70 moves few neighbourhoods by more than 3
SAME = 3.0  # Lab units: below it a neighbourhood was left alone
WIDE = 0.03  # shoulder or chest widths: standard deviation of a blur that mixes a motif with its gap
NEW_LIGHTS = (0.75, 0.9, 1.0, 1.1)  # the new garment from its folds to its highlights


@dataclass(frozen=True, kw_only=True, eq=False)
class Eyes:
    """One candidate beside its photograph.

    wearer     the photograph
    kind       of the garment: upper, dress, trousers or skirt
    now_hw3    float32 Lab: the candidate, laid back over the photograph where the framing moved
    things_hw  bool: what stayed before the garment and is none, as Case.things_HW
    new        log share of each colour cell in the garment's photograph, in the light that suits it best
    new_wide   the same of that photograph blurred by WIDE: which colours it has over more than a stripe or a dot
    cloth_hw3  float32 Lab of that photograph, as large as it is worn; its own height and width
    fabric_hw  bool: its front cloth
    """

    wearer: Wearer
    kind: str
    now_hw3: np.ndarray
    things_hw: np.ndarray
    new: np.ndarray
    new_wide: np.ndarray
    cloth_hw3: np.ndarray
    fabric_hw: np.ndarray

    @cached_property
    def change_hw(self) -> np.ndarray:
        """float32: distance in Lab between candidate and photograph, blurred by 0.8 pixels."""
        return cv2.GaussianBlur(apart(self.wearer.lab_hw3, self.now_hw3), (0, 0), 0.8)

    @cached_property
    def edit_hw(self) -> np.ndarray:
        """bool: what was drawn anew; specks and pieces under 2 % of the largest are left out."""
        return largest(closed(opened(self.change_hw > EDITED, 1), 2), 0.02)

    @cached_property
    def was_cells(self) -> np.ndarray:
        """The photograph's colours as ColourModel cells."""
        return ColourModel.cells(self.wearer.lab_hw3)

    @cached_property
    def now_cells(self) -> np.ndarray:
        """The candidate's colours as ColourModel cells."""
        return ColourModel.cells(self.now_hw3)

    @cached_property
    def wide_cells(self) -> np.ndarray:
        """The cells of the candidate's colours, blurred by WIDE."""
        return ColourModel.cells(cv2.GaussianBlur(self.now_hw3, (0, 0), WIDE * self.wearer.unit_px))

    @cached_property
    def newness_hw(self) -> np.ndarray:
        """float32, -4 to 4: log odds of the new garment against any colour, averaged over three pixels a side."""
        return averaged(np.clip(self.new[self.now_cells] - ANY_COLOUR, -4, 4), 3)

    @cached_property
    def off_behind_hw(self) -> np.ndarray:
        """float32: distance in Lab between the candidate and what lies behind the person; infinite where unknown."""
        if self.wearer.behind_hw3 is None:
            return np.full(self.wearer.shape, np.inf, np.float32)
        return apart(self.now_hw3, self.wearer.behind_hw3)

    def piece(self, mask_hw: np.ndarray) -> tuple[float, np.ndarray]:
        """(area in shoulder widths squared, bool (h, w)) of the largest connected piece; 0 and all False for none."""
        labels_hw, areas = islands(mask_hw)
        if len(areas) < 2:
            return 0.0, np.zeros(mask_hw.shape, bool)
        label = 1 + int(np.argmax(areas[1:]))
        return float(areas[label]) / self.wearer.unit_px**2, labels_hw == label


@lru_cache(maxsize=1)
def eyes_of(case: Case) -> Eyes:
    """The same for every check of one judgement."""
    new, new_wide = _new_colours(case.garment, case.garment_lab_HW3, case.fabric_HW)
    wearer = wearer_of(case.before)
    as_worn = wearer.unit_px / case.garment.chest_px
    return Eyes(
        wearer=wearer,
        kind=case.garment.kind,
        now_hw3=halved(case.motion.undone(case.after.lab_HW3)),
        things_hw=halved(case.things_HW),
        new=new,
        new_wide=new_wide,
        cloth_hw3=cv2.resize(case.garment_lab_HW3, None, fx=as_worn, fy=as_worn, interpolation=cv2.INTER_AREA),
        fabric_hw=cv2.resize(case.fabric_HW.astype(np.uint8), None, fx=as_worn, fy=as_worn) > 0,
    )


def _new_colours(garment: Garment, lab_HW3: np.ndarray, fabric_HW: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log shares of the colour cells in the garment's photograph, sharp and blurred; remembered for a loop."""
    if garment not in _SEEN:
        every = np.s_[::4, ::4]
        fabric_yx = fabric_HW[every]
        wide_yx3 = blur_within(lab_HW3[every], fabric_yx, WIDE * garment.chest_px / 4)
        models = (
            ColourModel(picked(lab_HW3, fabric_HW)),
            ColourModel(picked(wide_yx3, fabric_yx), lightness_blur=6.0, colour_blur=4.0),
        )
        _SEEN[garment] = tuple(model.in_lights(NEW_LIGHTS) for model in models)
    return _SEEN[garment]


_SEEN: WeakKeyDictionary[Garment, tuple[np.ndarray, np.ndarray]] = WeakKeyDictionary()


def apart(one_hw3: np.ndarray, other_hw3: np.ndarray) -> np.ndarray:
    """float32 (h, w): Euclidean distance between Lab colours that broadcast."""
    off_hw3 = one_hw3 - other_hw3
    return np.sqrt(np.einsum("hwc,hwc->hw", off_hw3, off_hw3))


def piece_reading(
    name: str, piece: tuple[float, np.ndarray], bar: Bar, says: str, fixes: tuple[Fix, ...] = ()
) -> Reading:
    """A reading of the largest piece of something, placed where it lies.

    says   a sentence with one gap, {}, for the area in words
    """
    area, where_hw = piece
    words = f"{area:.3f} shoulder widths squared"
    return Reading(name=name, value=area, bar=bar, region=region_of(where_hw), says=says.format(words), fixes=fixes)


def averaged(values_hw: np.ndarray, side_px: float) -> np.ndarray:
    """float32 (h, w): the mean over a square around each pixel, of an odd number of pixels."""
    side = max(1, int(side_px)) | 1
    return cv2.blur(values_hw.astype(np.float32, copy=False), (side, side))
