"""How far down and aside a new top must reach so that nothing under the old one has to be made up."""

from dataclasses import dataclass

import numpy as np

from ....errors import Refused
from ..seeing.body_frame import BodyFrame
from ..seeing.perception import Person
from ..seeing.waistline import waistline_px
from .trousers import Trousers, find_trousers

# In shoulder widths between the joints unless another unit is named; set on 8 photographs, 2026-11.
_OVER_WAIST = 0.03  # how far a hem hangs over the waistband that is worn below it
_OVER_SIDES = 0.02  # how far a side lies outside what is worn below it
_MOST_WIDENED = 1.3  # times its own half width: beyond, a hand in a pocket was taken for a hip
_WIDENS_FROM = 0.3  # how far above the waistband a side begins to widen: at the chest nothing is worn below the top
_MOST_STRETCH = 1.7  # times the body's length below the armpits: beyond, a print is plainly too tall and what is
# stretched was never meant to cover a stomach


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What is worn below a top. Heights are pixels below the line of the shoulders of the body frame in use.

    trousers   the visible lower garment; None where too little of it is seen
    line_px    where a hem must end at least; None where nothing is seen that asks for it
    """

    trousers: Trousers | None
    line_px: float | None

    def hem_px(self, armpit_px: float, own_px: float, asked_px: float) -> float:
        """Where the hem goes: where it is asked to, but over what is worn below.

        own_px    where it ends by the garment's own proportions
        asked_px  the same with what a correction asks for
        raises    Refused: 'cropped_garment' where the garment is too short to reach there
        """
        if self.line_px is None or asked_px >= self.line_px:
            return asked_px
        stretch = self.stretch(armpit_px, own_px)
        if stretch > _MOST_STRETCH:
            raise Refused(
                "cropped_garment",
                f"to cover the stomach the garment would be stretched to {stretch:.1f} times its length, at most "
                f"{_MOST_STRETCH}, and none is made up; give a longer top, or a person whose stomach is bare",
            )
        return self.line_px

    def stretch(self, armpit_px: float, own_px: float) -> float:
        """How many times its own length below the armpits a body must have to reach the line, 1 or more."""
        if self.line_px is None:
            return 1.0
        return max((self.line_px - armpit_px) / (own_px - armpit_px), 1.0)

    def half_px(self, own_half_px: float, down_px: float, side: int) -> float:
        """How far from the middle a side lies: not inside what is worn below it; no wider high above that."""
        if self.trousers is None:
            return own_half_px
        unit_px, rise_px = self.trousers.frame.shoulder_px, self.trousers.line_2[0] - down_px
        worn_px = float(self.trousers.half_px(rise_px, side)) + _OVER_SIDES * unit_px
        wider_px = max(min(worn_px, _MOST_WIDENED * own_half_px) - own_half_px, 0.0)
        return own_half_px + wider_px * float(np.clip(1 - rise_px / (_WIDENS_FROM * unit_px), 0, 1))


def find_reach(person: Person, frame: BodyFrame) -> Reach:
    """What a new top must cover on a person; `frame` is the body frame in which it is laid out."""
    waist_px = waistline_px(person)
    if waist_px is None:
        return Reach(trousers=find_trousers(person), line_px=None)
    waist_2 = person.frame.point(0.0, waist_px + _OVER_WAIST * person.frame.shoulder_px)
    return Reach(trousers=find_trousers(person), line_px=float(frame.coordinates(waist_2)[0, 1]))


NO_REACH = Reach(trousers=None, line_px=None)  # of a dress, which covers the hips anyway
