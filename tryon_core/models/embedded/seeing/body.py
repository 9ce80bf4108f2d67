"""Measure the body a garment goes on: shoulder tops, the torso's half widths by height, and the arms."""

# Shapes: L levels down the torso; J places along the shoulder slope; P joints of an arm; 2 is (person's right, left)
# or (x, y).
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ....pictures.masks import grown, runs, walk
from .body_frame import ARMS
from .perception import Person
from .recall import once_each

_SEEN = 0.2
SLOPE_SHARES = np.array([0.3, 0.45, 0.6, 0.8, 1.0, 1.2])
_STEEPEST_J = np.array([1.35, 1.5, 1.8, 1.8, 1.8, 1.8])  # times a usual slope, at SLOPE_SHARES: raised shoulders reach
# this; beside the neck what is higher is neck or hair (5 of 11 photographs, none of 5 rendered people)
_REACH, _NEAR, _THICK = 0.4, 0.05, (0.1, 0.4)  # shoulder widths: across a bare elbow, from the network's point


@dataclass(frozen=True, kw_only=True, eq=False)
class Arm:
    """An arm as a bent line. Distances run along it, 0 at the shoulder joint, negative before it.

    joints_P2    float64 (4, 2): a point before the shoulder, the shoulder, elbow, wrist
    outward_2    unit vector across the body, away from it
    length_px    shoulder to wrist
    radius_px    half of its thickness at the upper arm, as seen (cloth or skin)
    """

    joints_P2: np.ndarray
    outward_2: np.ndarray
    length_px: float
    radius_px: float

    @cached_property
    def _distance_P(self) -> np.ndarray:
        steps = np.hypot(*np.diff(self.joints_P2, axis=0).T)
        return np.concatenate([[0], np.cumsum(steps)]) - steps[0]

    def at(self, distance_px: float) -> np.ndarray:
        """The point at a distance; straight on beyond the wrist."""
        beyond = max(distance_px - self._distance_P[-1], 0.0)
        last = self.joints_P2[-1] - self.joints_P2[-2]
        on_line = [np.interp(distance_px, self._distance_P, self.joints_P2[:, k]) for k in (0, 1)]
        return np.array(on_line) + beyond * last / max(np.hypot(*last), 1e-6)

    def normal(self, distance_px: float) -> np.ndarray:
        """Unit vector across the arm, on the body's outer side; the elbow is rounded over its own thickness."""
        along = self.at(distance_px + self.radius_px) - self.at(distance_px - self.radius_px)
        across = np.array([-along[1], along[0]]) / max(np.hypot(*along), 1e-6)
        return across if across @ self._outer_side(along) > 0 else -across

    def coordinates(self, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """float64 (H, W) each: distance along the arm, and across it (positive outside), of every pixel."""
        y, x = np.arange(shape[0])[:, None], np.arange(shape[1])[None]
        along, across, nearest = np.zeros(shape), np.zeros(shape), np.full(shape, np.inf)
        for k, (start, end) in enumerate(zip(self.joints_P2[:-1], self.joints_P2[1:], strict=True)):
            bone = end - start
            length_px = float(np.hypot(*bone))
            from_x, from_y = x - start[0], y - start[1]
            foot = np.clip((from_x * bone[0] + from_y * bone[1]) / length_px, 0, length_px)
            away_x, away_y = from_x - foot * bone[0] / length_px, from_y - foot * bone[1] / length_px
            distance, normal = np.hypot(away_x, away_y), self.normal(self._distance_P[k] + length_px / 2)
            closer = distance < nearest
            nearest = np.where(closer, distance, nearest)
            along = np.where(closer, self._distance_P[k] + foot, along)
            across = np.where(closer, np.sign(away_x * normal[0] + away_y * normal[1]) * distance, across)
        return along, across

    def _outer_side(self, along: np.ndarray) -> np.ndarray:
        """Outwards for a hanging arm, upwards for one held out."""
        upper = self.joints_P2[2] - self.joints_P2[1]
        turned = np.array([-upper[1], upper[0]])
        turned = turned if turned @ self.outward_2 >= 0 else -turned
        angle = np.arctan2(along[1], along[0]) - np.arctan2(upper[1], upper[0])  # carry its side round the elbow
        cos, sin = np.cos(angle), np.sin(angle)
        return np.array([cos * turned[0] - sin * turned[1], sin * turned[0] + cos * turned[1]])

    def along(self, point: np.ndarray) -> float:
        """Distance of a point's foot on the upper arm's line."""
        upper = self.joints_P2[2] - self.joints_P2[1]
        return float((point - self.joints_P2[1]) @ upper / max(np.hypot(*upper), 1e-6))


@dataclass(frozen=True, kw_only=True, eq=False)
class Body:
    """What a garment is fitted to. Pairs are (person's right, person's left), as (left, right) in the picture.

    slope_px_J2      height of the body's outline above the joints, at SLOPE_SHARES of half the shoulder width from the
                     middle: from the side of the neck over the shoulder
    levels_L         heights, in shares of the torso's length below the shoulders
    half_px_L2       distance from the middle of the body to its sides at these heights
    """

    slope_px_J2: np.ndarray
    levels_L: np.ndarray
    half_px_L2: np.ndarray
    arms: tuple[Arm, Arm]

    def slope_px(self, across_px: float, unit_px: float, side: int) -> float:
        """Height of the outline above the joints at a distance from the middle; unit_px is the shoulder width."""
        return float(np.interp(abs(across_px) / (unit_px / 2), SLOPE_SHARES, self.slope_px_J2[:, side]))

    def half_px(self, down_share: float | np.ndarray, side: int) -> np.ndarray:
        """Half width at a height; that of the nearest measured one beyond the ends."""
        return np.interp(down_share, self.levels_L, self.half_px_L2[:, side])


@once_each
def measure_body(person: Person) -> Body:
    levels_L = np.linspace(0.2, 1.35, 12)
    alpha = person.alpha_HW > 0.5
    return Body(
        slope_px_J2=_slopes(person, alpha),
        levels_L=levels_L,
        half_px_L2=_half_widths(person, levels_L),
        arms=tuple(_arm(person, alpha, side) for side in (0, 1)),
    )


def _slopes(person: Person, alpha: np.ndarray) -> np.ndarray:
    """Measured upwards from the line of the joints; a usual slope where hair hides it or the neck begins."""
    frame, unit = person.frame, person.frame.shoulder_px
    usual_J = unit * np.array([0.27, 0.235, 0.2, 0.17, 0.13, 0.08])
    hidden = grown(person.hair, 3)
    factor = np.full((len(SLOPE_SHARES), 2), np.nan)
    for side, sign in enumerate((-1, 1)):
        for k, share in enumerate(SLOPE_SHARES):
            foot = frame.point(sign * share * unit / 2, 0)
            up_px = walk(alpha, foot, -frame.down_2, 0.45 * unit)
            x, y = np.round(foot - frame.down_2 * (up_px or 0)).astype(int)
            if up_px and 0 <= y < alpha.shape[0] and 0 <= x < alpha.shape[1] and not hidden[y, x]:
                factor[k, side] = np.clip(up_px / usual_J[k], 0.6, _STEEPEST_J[k])
    usual_factor = float(np.nanmedian(factor)) if np.isfinite(factor).any() else 1.0
    guessed = np.minimum(usual_factor, _STEEPEST_J)[:, None]
    slopes = np.where(np.isfinite(factor), factor, guessed) * usual_J[:, None]
    return np.maximum.accumulate(slopes[::-1], axis=0)[::-1]  # it rises from the shoulder to the neck


def _half_widths(person: Person, levels_L: np.ndarray) -> np.ndarray:
    """Measured on the clothes; near a usual body's, for an arm or a wide garment may mislead; smoothed."""
    frame, unit = person.frame, person.frame.shoulder_px
    hips_px = float(np.hypot(*(frame.left_hip - frame.right_hip)))
    usual_L = np.interp(
        levels_L,
        [0.2, 0.6, 1.0, 1.35],
        [0.56 * unit, 0.5 * unit, max(0.5 * unit, 0.95 * hips_px), max(0.54 * unit, 1.02 * hips_px)],
    )
    cloth = (person.upper | person.lower) & ~(person.forearms & person.skin)
    spine = (frame.right_hip + frame.left_hip) / 2 - frame.centre
    half_px_L2 = np.empty((len(levels_L), 2))
    for k, (level, usual) in enumerate(zip(levels_L, usual_L, strict=True)):
        for side, direction in enumerate((-frame.across_2, frame.across_2)):
            found = walk(cloth, frame.centre + spine * level, direction, 1.2 * unit)
            plausible = found is not None and found > 0.2 * unit
            half_px_L2[k, side] = np.clip(found if plausible else usual, 0.82 * usual, 1.22 * usual)
    padded = np.pad(half_px_L2, ((2, 2), (0, 0)), mode="edge")
    kernel = np.array([0.1, 0.25, 0.3, 0.25, 0.1])
    return np.stack([np.convolve(padded[:, side], kernel, mode="valid") for side in (0, 1)], axis=1)


def _arm(person: Person, alpha: np.ndarray, side: int) -> Arm:
    """Where elbow or wrist are not seen the arm is taken to hang straight down."""
    frame, unit = person.frame, person.frame.shoulder_px
    numbers = ARMS[side]
    shoulder, elbow, wrist = person.landmarks_K3[list(numbers), :2].astype(np.float64)
    if person.landmarks_K3[numbers[1], 2] < _SEEN:
        elbow = shoulder + frame.down_2 * 0.75 * unit
    if person.landmarks_K3[numbers[2], 2] < _SEEN:
        wrist = elbow + (elbow - shoulder) * 0.9
    outward = frame.across_2 * (1 if side else -1)
    elbow = _in_the_middle(person.skin, elbow, _across(shoulder, elbow, outward), unit)
    across = _across(shoulder, elbow, outward)
    found = [walk(alpha, shoulder + (elbow - shoulder) * share, across, 0.3 * unit) for share in (0.45, 0.6, 0.75)]
    seen = [px for px in found if px is not None]
    return Arm(
        joints_P2=np.array([shoulder - (elbow - shoulder) * 0.5, shoulder, elbow, wrist]),
        outward_2=outward,
        length_px=float(np.hypot(*(elbow - shoulder)) + np.hypot(*(wrist - elbow))),
        radius_px=float(np.clip(np.median(seen) if seen else 0.13 * unit, 0.09 * unit, 0.19 * unit)),
    )


def _across(shoulder: np.ndarray, elbow: np.ndarray, outward: np.ndarray) -> np.ndarray:
    """Unit vector across an upper arm, on the body's outer side."""
    bone = (elbow - shoulder) / max(np.hypot(*(elbow - shoulder)), 1e-6)
    across = np.array([-bone[1], bone[0]])
    return across if across @ outward > 0 else -across


def _in_the_middle(skin: np.ndarray, joint: np.ndarray, across: np.ndarray, unit: float) -> np.ndarray:
    """A joint of a bare arm moved across it to its middle; of other arms, or where its sides are not seen, as it is."""
    away_T = np.arange(-_REACH * unit, _REACH * unit)
    at_T2 = np.round(joint + np.outer(away_T, across)).astype(int)
    inside_T = (at_T2 >= 0).all(1) & (at_T2 < np.array(skin.shape)[::-1]).all(1)
    inside_T[inside_T] = skin[at_T2[inside_T, 1], at_T2[inside_T, 0]]
    for first, last in runs(inside_T):
        near = away_T[first] < _NEAR * unit and away_T[last] > -_NEAR * unit
        if near and 0 < first and last < len(away_T) - 1 and _THICK[0] < (last - first) / unit < _THICK[1]:
            return joint + across * (away_T[first] + away_T[last]) / 2
    return joint
