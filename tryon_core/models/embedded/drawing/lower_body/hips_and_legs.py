"""The lower body a garment goes on: hips and legs as wide as they are dressed, and the shoes in front of everything."""

# Shapes: H, W image rows and columns; L levels down the body; 2 is (person's right, person's left).
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .....errors import Refused
from ...seeing.body import Body, measure_body
from ...seeing.body_frame import LEFT_KNEE, RIGHT_KNEE
from ...seeing.legs import Legs, see_legs, seen_sides
from ...seeing.perception import Person
from ...seeing.shoes import find_shoes
from ..trousers import Trousers, find_trousers

_WAIST, _RISE = (0.72, 0.95), 0.42  # of waistbands: their place below the shoulders, above the crotch; in torso lengths
_STANDING, _SEEN = 0.45, 0.5  # how far a standing person's knee is below the hip, in torso lengths; visibility
_BARE_STOMACH = 0.05  # of the shoulder width: more than that between top and waistband is skin, not a ragged parse
# Half widths in shoulder widths of hips as they are dressed, at torso lengths below the shoulders.
_LEVELS, _HALF_WIDTHS = np.array([0.7, 0.8, 1.0]), np.array([0.46, 0.48, 0.52])


@dataclass(frozen=True, kw_only=True, eq=False)
class LowerBody:
    """A person from the waist down.

    trousers   the lower garment that is worn, None where too little of it is seen
    shoes_HW   bool, feet with what they wear
    """

    person: Person
    body: Body
    legs: Legs
    trousers: Trousers | None
    shoes_HW: np.ndarray

    def half_px(self, down_L: np.ndarray) -> np.ndarray:
        """float64 (L, 2): half widths of hips and thighs, from the middle between the legs, as dressed."""
        seen_L22, widest = seen_sides(self.person, self.legs, down_L), 1.2 if self.legs.parted else 1.05
        half_L2 = np.empty((len(down_L), 2))
        for side in (0, 1):
            seen_L = np.abs(self.legs.bone(down_L, side) - self.legs.middle(down_L)) + seen_L22[:, side, 0]
            usual_L = self._usual_half_px(down_L, side)
            found_L = np.where(np.isfinite(seen_L), seen_L, self._under_top_px(down_L, side))
            half_L2[:, side] = np.clip(found_L, 0.85 * usual_L, widest * usual_L)
        return half_L2

    def _usual_half_px(self, down_L: np.ndarray, side: int) -> np.ndarray:
        frame, unit = self.legs.frame, self.legs.frame.shoulder_px
        hips_px = max(_HALF_WIDTHS[-1] * unit, 0.98 * float(np.hypot(*(frame.left_hip - frame.right_hip))))
        pelvis_L = np.interp(down_L / frame.torso_px, _LEVELS, [*(_HALF_WIDTHS[:2] * unit), hips_px])
        thigh_L = np.abs(self.legs.bone(down_L, side) - self.legs.middle(down_L)) + 1.05 * self.legs.radius_px(
            down_L, side
        )
        return np.where(down_L < self.legs.crotch_px, pelvis_L, np.maximum(thigh_L, 0.3 * unit))

    def _under_top_px(self, down_L: np.ndarray, side: int) -> np.ndarray:
        """Where a top hides them: the sides of what is worn below go on; else those of the dressed body."""
        frame, sign = self.person.frame, (-1, 1)[side]
        if self.trousers is None:
            half_L = self.body.half_px(down_L / frame.torso_px, side)
        else:
            half_L = self.trousers.half_px(self.trousers.line_2[0] - down_L, side)
        points_L2 = frame.centre + np.outer(sign * half_L, frame.across_2) + np.outer(down_L, frame.down_2)
        return sign * (self.legs.frame.coordinates(points_L2)[:, 0] - self.legs.middle(down_L))

    def waist_px(self) -> float:
        """How far down a waistband goes: at the usual height, but never below the hem of the top that is worn.

        Where the stomach is bare the old waistband tells where its wearer has hers.
        """
        torso_px, (top_ends_px, lower_begins_px) = self.legs.frame.torso_px, self.top_and_waistband_px
        if self.bare_stomach:
            return float(np.clip(lower_begins_px, 0.5 * torso_px, 1.1 * torso_px))
        usual_px = float(np.clip(self.legs.crotch_px / torso_px - _RISE, *_WAIST)) * torso_px
        return min(usual_px, top_ends_px - 0.03 * self.legs.frame.shoulder_px)

    @cached_property
    def hidden_px(self) -> float:
        """How far down what is worn hides both legs, at most to the ankles; minus infinity where one is bare."""
        ends = []
        for side in (0, 1):
            down_L = np.arange(self.legs.crotch_px, self.legs.down_23[side, 2])
            points_L2 = [self.legs.frame.point(float(self.legs.bone(down, side)), down) for down in down_L]
            at_L2 = np.round(np.reshape(points_L2, (-1, 2))).astype(int)
            seen_L = (at_L2 >= 0).all(1) & (at_L2 < self.person.lower.shape[::-1]).all(1)
            hidden_L = self.person.lower[at_L2[seen_L, 1], at_L2[seen_L, 0]]
            ends.append(float(down_L[seen_L][hidden_L].max(initial=-np.inf)))
        return min(ends)

    @property
    def bare_stomach(self) -> bool:
        """Skin is seen between top and waistband."""
        top_ends_px, lower_begins_px = self.top_and_waistband_px
        return bool(
            lower_begins_px < np.inf and lower_begins_px > top_ends_px + _BARE_STOMACH * self.legs.frame.shoulder_px
        )

    @cached_property
    def top_and_waistband_px(self) -> tuple[float, float]:
        """How far down the top ends and the lower garment begins, in the middle; infinity where there is none."""
        frame, shape = self.legs.frame, self.person.alpha_HW.shape
        away_HW = np.abs(frame.across_px_HW(shape) - float(self.legs.middle(frame.torso_px)))
        down_HW, central = frame.down_share_HW(shape) * frame.torso_px, away_HW < 0.25 * frame.shoulder_px
        upper, lower = (_rows_of(part, central, down_HW) for part in (self.person.upper, self.person.lower))
        return float(upper.max(initial=-np.inf)) if upper.size else np.inf, float(lower.min(initial=np.inf))


def _rows_of(part: np.ndarray, central: np.ndarray, down_HW: np.ndarray) -> np.ndarray:
    """How far down the rows are whose middle mostly belongs to a part, float32."""
    rows = (part & central).sum(1) > 0.5 * np.maximum(central.sum(1), 1)
    return down_HW[rows][:, down_HW.shape[1] // 2]


def see_lower_body(person: Person) -> LowerBody:
    """Perceive a person from the waist down.

    raises  Refused: 'seated'
    """
    legs = see_legs(person)
    thigh_share = float((legs.down_23[:, 1] - legs.down_23[:, 0]).min()) / legs.frame.torso_px
    if thigh_share < _STANDING and person.landmarks_K3[[RIGHT_KNEE, LEFT_KNEE], 2].min() > _SEEN:
        raise Refused(
            "seated",
            f"the person sits or lifts a knee (a thigh hangs {thigh_share:.2f} torso lengths down, needs {_STANDING}); "
            "give a picture of somebody who stands",
        )
    return LowerBody(
        person=person,
        body=measure_body(person),
        legs=legs,
        trousers=find_trousers(person),
        shoes_HW=find_shoes(person),
    )
