"""The pictures side by side, looked at once: what changed, where it may change, and what is worn now."""

# Shapes: H, W rows and columns at the working size; N picked pixels; 3 is RGB or Lab; 2 is x, y in pixels.
from dataclasses import dataclass
from functools import cached_property, lru_cache

import cv2
import numpy as np
from PIL import Image

from ....pictures.features import ColourModel, lab_distance, to_lab
from ....pictures.masks import closed, grown, opened
from ..cloth.flat_garment import Garment
from ..seeing.perception import Person
from .areas import inner, picked
from .framing import STILL, Motion, motion_between
from .place import Place, place_of
from .shape.expected import anchor_of
from .shape.fit import Fit, worn_fit
from .shape.layout import at_home
from .shape.straps import WIDE, along_straps, bags_on
from .worn import THING_SAME, UNCHANGED, things_before, worn_area

SAME_COLOURS = 0.75  # overlap of the two garments' colours above which colour cannot tell them apart

LEAST_BELOW = 0.05  # square shoulder widths of a lower garment below which it has no colours to be compared

AT_BAG = 4  # pixels between a bag and the cloth that it hides

LEAST_NEW = 0.3  # share of what is worn: less has no cut to be read


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One candidate beside its person and garment.

    before, after  the person's picture and the candidate, as seen; both at the same working size
    garment        the garment photograph, as seen
    sizes          (width, height) in pixels of the person's picture and of the candidate, as they were given
    pictures       both as they were given, for what the working size hides; None where only that was seen
    """

    before: Person
    after: Person
    garment: Garment
    sizes: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (0, 0))
    pictures: tuple[Image.Image, Image.Image] | None = None

    @property
    def size_note(self) -> str:
        """Empty, or how the candidate's size differs from the person's."""
        photo, drawn = self.sizes
        if photo == drawn:
            return ""
        sizes = f"{drawn[0]} x {drawn[1]} pixels instead of {photo[0]} x {photo[1]}"
        return f"the picture is {sizes} and was judged resized"

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

    @property
    def old(self) -> ColourModel:
        """Colours of what was worn before in the garment's place."""
        return _old_colours(self.before, self.place)

    @property
    def fabric_HW(self) -> np.ndarray:
        """bool, size of the garment picture: its front cloth, without its rim and the back collar in the opening."""
        return _cloth_of(self.garment)[0]

    @property
    def garment_lab_HW3(self) -> np.ndarray:
        return _cloth_of(self.garment)[1]

    @property
    def new(self) -> ColourModel:
        """Colours of the garment photograph."""
        return _cloth_of(self.garment)[2]

    @cached_property
    def place(self) -> Place:
        """Where a garment of this kind is worn on this person."""
        return place_of(self.garment.kind, self.before)

    @property
    def zone_HW(self) -> np.ndarray:
        """bool: where a garment of this kind may lie; never the face."""
        return self.place.zone_HW

    @cached_property
    def things_HW(self) -> np.ndarray:
        """bool: what stayed before the garment and is none: a bag, its strap."""
        return self._unchanged_things_HW | self.straps_HW | (self.bags_HW & self.place.old_HW)

    @cached_property
    def straps_HW(self) -> np.ndarray:
        """bool: straps of bags that lie over the garment, whole."""
        lab = self.before.lab_HW3, self.after.lab_HW3
        return along_straps(*lab, self._unchanged_things_HW, self.before.frame.shoulder_px)

    @cached_property
    def bags_HW(self) -> np.ndarray:
        """bool: what hangs on them, with what touches it in its colour."""
        lab = self.before.lab_HW3, self.after.lab_HW3
        return bags_on(self.straps_HW, *lab, self.change_HW < THING_SAME, self.before.frame.shoulder_px)

    @cached_property
    def under_straps_HW(self) -> np.ndarray:
        """bool: where straps have what is worn on both of their sides, and surely under them."""
        if not self.straps_HW.any():
            return self.straps_HW  # closing a mask so widely takes 0.05 s
        return self.straps_HW & closed(self.worn_HW, WIDE * self.before.frame.shoulder_px)

    def fit(self, cloth_HW: np.ndarray) -> Fit:
        """How what is worn sits, read as if no strap lay over it; a side that ends at a strap or bag is hidden."""
        under_HW, over_HW = self.under_straps_HW, self.straps_HW | self.bags_HW
        return worn_fit(cloth_HW | under_HW, self.before, over_HW=grown(over_HW & ~under_HW, AT_BAG))

    @cached_property
    def _unchanged_things_HW(self) -> np.ndarray:
        return things_before(self.before, self.after.lab_HW3, self.place.old_HW, self.change_HW)

    @cached_property
    def worn_HW(self) -> np.ndarray:
        """bool: what the candidate wears in the garment's place, whatever it looks like."""
        parsed_HW = {"upper": self.after.upper, "dress": self.after.upper | self.after.lower}
        return worn_area(
            self.before,
            self.after,
            self.place,
            change_HW=self.change_HW,
            things_HW=self.things_HW,
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
            self.after, self.before, self.garment_lab_HW3, self.fabric_HW, anchor_of(self.garment, self.before)
        )

    @cached_property
    def same_colours(self) -> bool:
        """Colour cannot tell the two garments apart."""
        return self.new.overlap(self.old) >= SAME_COLOURS

    @cached_property
    def same_below(self) -> bool:
        """Colour cannot tell the new garment from the lower one that a top hangs over."""
        below_HW = inner(self.before.lower, 3)
        if self.garment.kind != "upper" or below_HW.sum() < LEAST_BELOW * self.before.frame.shoulder_px**2:
            return False
        return self.new.overlap(ColourModel(picked(self.before.lab_HW3, below_HW))) >= SAME_COLOURS

    @cached_property
    def left_HW(self) -> np.ndarray:
        """bool: unchanged pixels that have the old garment's colours and not the new one's.

        One unchanged pixel proves nothing where both garments share a colour (the white of stripes on a white top):
        there a whole neighbourhood has to be unchanged, to look old, and to be none of what the new garment has about
        there. All False where the garments have the same colours.
        """
        if self.same_colours:
            return np.zeros(self.change_HW.shape, bool)
        alone_HW = self.place.old_HW & ~self.things_HW & (self.change_HW < UNCHANGED)
        side = int(0.15 * self.before.frame.shoulder_px) | 1
        around_HW = cv2.blur((self.change_HW < UNCHANGED).astype(np.float32), (side, side)) > 0.65
        return alone_HW & ((self.odds_HW < -3) | (around_HW & (self.newness_HW < 0) & ~self.at_home_HW))

    @cached_property
    def newly_worn_HW(self) -> np.ndarray:
        """bool: what is worn without what was left of the old garment; all of it where hardly anything else is."""
        new_HW = opened(self.worn_HW & ~opened(self.left_HW, 0.02 * self.before.frame.shoulder_px), 2)
        return new_HW if new_HW.sum() > LEAST_NEW * self.worn_HW.sum() else self.worn_HW

    @cached_property
    def cloth(self) -> ColourModel:
        """Colours to be expected on what is worn: the new garment's, or the old one's where that is still worn."""
        return self.new if float(np.median(self.newness_HW[inner(self.worn_HW, 5)])) > 0 else self.old


def change_between(one_HW3: np.ndarray, other_HW3: np.ndarray) -> np.ndarray:
    """Euclidean distance in Lab, blurred by 1.5 pixels: float32 (H, W)."""
    return cv2.GaussianBlur(lab_distance(one_HW3, other_HW3), (0, 0), 1.5)


@lru_cache(maxsize=2)
def _cloth_of(garment: Garment) -> tuple[np.ndarray, np.ndarray, ColourModel]:
    """(front cloth bool (H, W), Lab (H, W, 3), its colours) of a photograph; remembered for the attempts of a loop."""
    cloth_HW, lab_HW3 = garment.alpha_HW > 0.9, to_lab(garment.image_HW3)
    if garment.opening_HW is not None:
        cloth_HW &= ~grown(garment.opening_HW, 2)
    fabric_HW = inner(cloth_HW, 4)
    return fabric_HW, lab_HW3, ColourModel(picked(lab_HW3, fabric_HW))


@lru_cache(maxsize=2)
def _old_colours(person: Person, place: Place) -> ColourModel:
    return ColourModel(picked(person.lab_HW3, inner(place.old_HW, 3)))
