"""The pictures side by side, looked at once: what changed, where it may change, and what is worn now."""

# Shapes: H, W rows and columns at the working size; N picked pixels; 3 is RGB or Lab; 2 is x, y in pixels.
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ....features import ColourModel, to_lab
from ....masks import grown, polygon
from ..garment import Garment
from ..perception import Person
from .areas import inner, picked
from .framing import STILL, Motion, motion_between
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
        """Colours of the garment worn before."""
        return ColourModel(picked(self.before.lab_HW3, inner(self.before.upper, 3)))

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
    def zone_HW(self) -> np.ndarray:
        """bool: where an upper garment may lie: torso down to mid-thigh, arms, the old garment; never the face."""
        frame, shape = self.before.frame, self.before.upper.shape
        wide, up, down = 0.65 * frame.shoulder_px, 0.45 * frame.shoulder_px, 1.6 * frame.torso_px
        hips = 0.5 * np.hypot(*(frame.left_hip - frame.right_hip))
        flare = max(hips, 0.5 * frame.shoulder_px) + 0.3 * frame.shoulder_px
        corners = [frame.point(-wide, -up), frame.point(wide, -up), frame.point(flare, down), frame.point(-flare, down)]
        zone_HW = polygon(shape, corners) | self.before.arms | self.before.upper
        return grown(zone_HW, int(0.06 * frame.shoulder_px)) & ~self.before.face

    @cached_property
    def worn_HW(self) -> np.ndarray:
        """bool: what the candidate wears on the upper body, whatever it looks like."""
        return worn_area(
            self.before, self.after, change_HW=self.change_HW, zone_HW=self.zone_HW, new=self.new, old=self.old
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
    def cloth(self) -> ColourModel:
        """Colours to be expected on what is worn: the new garment's, or the old one's where that is still worn."""
        return self.new if float(np.median(self.newness_HW[inner(self.worn_HW, 5)])) > 0 else self.old


def change_between(one_HW3: np.ndarray, other_HW3: np.ndarray) -> np.ndarray:
    """Euclidean distance in Lab, blurred by 1.5 pixels: float32 (H, W)."""
    difference = one_HW3 - other_HW3
    return cv2.GaussianBlur(np.sqrt(np.einsum("hwc,hwc->hw", difference, difference)), (0, 0), 1.5)
