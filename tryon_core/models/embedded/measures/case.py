"""The pictures side by side, looked at once: what changed, where it may change, and what is worn now."""

# Shapes: H, W rows and columns at the working size; N picked pixels; 3 is RGB or Lab; 2 is x, y in pixels.
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ....features import ColourModel, to_lab
from ....masks import grown
from ..garment import Garment
from ..perception import Person
from .areas import inner, picked
from .expected import anchor_of
from .framing import STILL, Motion, motion_between
from .layout import at_home
from .place import Place, place_of
from .worn import worn_area


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One candidate beside its person and garment.

    before, after  the person's picture and the candidate, as seen; both at the same working size
    garment        the garment photograph, as seen
    size_note      empty, or how the candidate's size differs from the person's
    """

    before: Person
    after: Person
    garment: Garment
    size_note: str = ""

    @cached_property
    def change_HW(self) -> np.ndarray:
        """float32: distance in Lab between the two pictures, place by place."""
        return change_between(self.before.lab_HW3, self.after.lab_HW3)

    @cached_property
    def own_change_HW(self) -> np.ndarray:
        """float32: the same after the candidate was laid back over the photograph, so that framing does not count."""
        if self.motion is STILL:
            return self.change_HW
        return change_between(self.before.lab_HW3, self.motion.undone(self.after.lab_HW3))

    @cached_property
    def cells_HW(self) -> np.ndarray:
        """The candidate's colours as ColourModel cells."""
        return ColourModel.cells(self.after.lab_HW3)

    @cached_property
    def old(self) -> ColourModel:
        """Colours of what was worn before in the garment's place."""
        return ColourModel(picked(self.before.lab_HW3, inner(self.place.old_HW, 3)))

    @cached_property
    def fabric_HW(self) -> np.ndarray:
        """bool, size of the garment picture: its front cloth, without its rim and the back collar in the opening."""
        cloth = self.garment.alpha_HW > 0.9
        if self.garment.opening_HW is not None:
            cloth &= ~grown(self.garment.opening_HW, 2)
        return inner(cloth, 4)

    @cached_property
    def garment_lab_HW3(self) -> np.ndarray:
        return to_lab(self.garment.image_HW3)

    @cached_property
    def new(self) -> ColourModel:
        """Colours of the garment photograph."""
        return ColourModel(picked(self.garment_lab_HW3, self.fabric_HW))

    @cached_property
    def place(self) -> Place:
        """Where a garment of this kind is worn on this person."""
        return place_of(self.garment.kind, self.before)

    @property
    def zone_HW(self) -> np.ndarray:
        """bool: where a garment of this kind may lie; never the face."""
        return self.place.zone_HW

    @cached_property
    def worn_HW(self) -> np.ndarray:
        """bool: what the candidate wears in the garment's place, whatever it looks like."""
        parsed_HW = {"upper": self.after.upper, "dress": self.after.upper | self.after.lower}
        return worn_area(
            self.before,
            self.after,
            self.place,
            change_HW=self.change_HW,
            witness_HW=parsed_HW.get(self.garment.kind, self.after.lower),
            at_home_HW=self.at_home_HW,
            new=self.new,
            old=self.old,
        )

    @cached_property
    def motion(self) -> Motion:
        """How the whole picture moved."""
        return motion_between(self.before, self.after, self.change_HW, self.zone_HW)

    @cached_property
    def odds_HW(self) -> np.ndarray:
        """float32, -4 to 4: log odds that this colour is the new garment's rather than the old one's."""
        return np.clip(self.new.log_share[self.cells_HW] - self.old.log_share[self.cells_HW], -4, 4)

    @cached_property
    def newness_HW(self) -> np.ndarray:
        """float32: the odds averaged over a neighbourhood as wide as a stripe and its gap."""
        side = int(0.12 * self.before.frame.shoulder_px) | 1
        return cv2.blur(self.odds_HW, (side, side))

    @cached_property
    def at_home_HW(self) -> np.ndarray:
        """bool: the candidate's colour around a pixel is one that the new garment has about there."""
        return at_home(
            self.after.lab_HW3, self.before, self.garment_lab_HW3, self.fabric_HW, anchor_of(self.garment, self.before)
        )

    @cached_property
    def cloth(self) -> ColourModel:
        """Colours to be expected on what is worn: the new garment's, or the old one's where that is still worn."""
        return self.new if float(np.median(self.newness_HW[inner(self.worn_HW, 5)])) > 0 else self.old


def change_between(one_HW3: np.ndarray, other_HW3: np.ndarray) -> np.ndarray:
    """Euclidean distance in Lab, blurred by 1.5 pixels: float32 (H, W)."""
    difference = one_HW3 - other_HW3
    return cv2.GaussianBlur(np.sqrt(np.einsum("hwc,hwc->hw", difference, difference)), (0, 0), 1.5)
