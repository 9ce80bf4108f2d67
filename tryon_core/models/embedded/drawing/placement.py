"""Decide where the body of a garment goes: control points from its picture to the person's. Sleeves: sleeves.py."""

# Shapes: H, W image rows and columns; K control points; 2 is (x, y).
from dataclasses import dataclass

import numpy as np

from ..cloth.flat_garment import Garment
from ..cloth.keypoints import Pair
from ..cloth.pieces import sides
from ..seeing.body import Body, measure_body
from ..seeing.limbs import find_limbs, is_bare
from ..seeing.perception import Person
from ..seeing.posture.stance import settled
from .drawing_parameters import WarpParameters
from .reach import NO_REACH, Reach, find_reach
from .sleeves import sleeve_edges

# Set on the rendered true pictures p1-p4, in shoulder widths between the joints unless another unit is named.
_CHEST = 1.01  # armpit to armpit
_SHORTEST, _LONGEST = 1.55, 2.4  # collar to hem over armpit to armpit, where a photograph's proportions are believed:
# a flat garment is wider than a worn one, so what is shorter is scaled up; a tunic on a mannequin is narrower
_ABOVE_SLOPE = -0.01  # the garment's shoulder points above the body's slope
_ARMPIT = (0.16, 0.62)  # how far below the shoulders an armpit may lie
_SHORTEST_BODY = 0.2  # armpits to hem
_SNAP = 0.6  # how far the sides follow the body rather than the garment's own width
_CLOTH = 0.012  # how far cloth lies above the shoulders
_EASE = 0.08  # room between body and cloth, of the body's width
_SHOULDER = (0.44, 0.56)  # where a sleeve's seam may sit
_COLLAR = (0.17, 0.4)  # where the collar's peaks, or a standing collar's foot, may sit
_CHIN_ROOM = 0.05  # between a standing collar and the chin
_CHEST_HALF = (0.42, 0.56)  # how wide half a chest may be
_ARMS_BESIDE = (0.3, 0.55)  # torso lengths below the shoulders between which the body's sides come to light
_HANGING = (-0.1, 0.3)  # below the shoulder joints: from where cloth begins to hang off the shoulders
_LONG_SLEEVE = 1.3  # chest widths: such a sleeve grows with a body that is stretched; half sleeves 0.9, longer ones 1.5
_SIDE_ROWS = np.linspace(0, 1, 6)[1:]  # from armpit to hem


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a garment goes.

    source_K2, target_K2   control points of the torso in the garment's and the person's picture
    sleeves                ((outer_E2, inner_E2) in the garment's picture, the same in the person's), None for no sleeve
    below_HW               bool, what is not above the collar: beyond its control points a spline may run wild
    """

    source_K2: np.ndarray
    target_K2: np.ndarray
    sleeves: tuple[tuple | None, tuple | None]
    below_HW: np.ndarray


def place(person: Person, garment: Garment, parameters: WarpParameters) -> Placement:
    """Lay a garment's keypoints on a body, measured where its silhouette puts the shoulders (stance.settled).

    raises  Refused: 'cropped_garment' where a top ends so far above what is worn below it that the stomach between them
            would have to be made up
    """
    unsettled, person = person, settled(person)
    reach = find_reach(unsettled, person.frame) if garment.kind == "upper" else NO_REACH
    layout = _Layout(person, measure_body(person), garment, parameters, reach)
    shoulders, armpits = layout.shoulders(), layout.armpits()
    collar = layout.collar()
    pairs = [
        *layout.apart_from_collar(shoulders),
        *zip(garment.keypoints.armpit, armpits, strict=True),
        *collar,
        *layout.standing_peaks(),
        *layout.slopes(collar, shoulders),
        layout.neckline(),
        *layout.sides(armpits),
    ]
    pairs = [(source, layout.bent(target)) for source, target in pairs]
    seams = tuple(
        (layout.bent(shoulder), layout.bent(armpit)) for shoulder, armpit in zip(shoulders, armpits, strict=True)
    )
    pairs += [pair for side in (0, 1) for pair in layout.along_seam(side, seams[side])]
    source_K2, target_K2 = (np.array(points, float) for points in zip(*pairs, strict=True))
    sleeves = tuple(
        (
            (sleeve.outer_E2, sleeve.inner_E2),
            sleeve_edges(
                person,
                layout.body.arms,
                side,
                sleeve=sleeve,
                seam=seams[side],
                scale=layout.scale,
                longer=parameters.sleeve + layout.sleeve_grows(side, sleeve.length_px),
            ),
        )
        if sleeve is not None
        else None
        for side, sleeve in enumerate(garment.keypoints.sleeves)
    )
    return Placement(
        source_K2=source_K2,
        target_K2=target_K2,
        sleeves=sleeves,
        below_HW=layout.below(),
    )


class _Layout:
    """One garment on one body. Targets are made in body coordinates: across and down from between the shoulders."""

    def __init__(self, person: Person, body: Body, garment: Garment, parameters: WarpParameters, reach: Reach):
        self.person, self.body, self.garment, self.parameters = person, body, garment, parameters
        self.reach, self._bare = reach, [is_bare(person, limb) for limb in find_limbs(person)]
        self.frame, self.unit_px, self.keys = person.frame, person.frame.shoulder_px, garment.keypoints
        length = (self.keys.hem_y - self.keys.top_y) / garment.chest_px
        believed = np.clip(length, _SHORTEST, _LONGEST)
        self.scale = _CHEST * self.unit_px / garment.chest_px * (believed / length) ** 0.5
        self.sleeved = self.keys.sleeves != (None, None)
        self.shift = np.array([self._picture_right() * parameters.shift_right, parameters.shift_down]) * self.unit_px
        self.origin = np.array([self.keys.centre_x, (self.keys.shoulder[0][1] + self.keys.shoulder[1][1]) / 2])
        slope_px = np.mean([body.slope_px(0.4 * self.unit_px, self.unit_px, side) for side in (0, 1)])
        self.top_px = -float(np.clip(slope_px + _ABOVE_SLOPE * self.unit_px, 0.14 * self.unit_px, 0.26 * self.unit_px))

    def _picture_right(self) -> float:
        return 1.0 if self.frame.across_2[0] >= 0 else -1.0

    def natural(self, point: np.ndarray) -> np.ndarray:
        """(across, down) of a garment point under plain scaling, without shift."""
        across, down = (np.asarray(point, float) - self.origin) * self.scale
        return np.array([across, down + self.top_px])

    def picture(self, across_px: float, down_px: float) -> np.ndarray:
        return self.frame.point(across_px + self.shift[0], down_px + self.shift[1])

    def on_outline(self, across_px: float, side: int) -> np.ndarray:
        """The picture's point on the body's outline: cloth lies on the shoulders, however far aside it is shifted."""
        return self.picture(across_px, self._outline_height(across_px + self.shift[0], side))

    def _outline_height(self, across_px: float, side: int) -> float:
        """Where the body's outline is, with a little cloth on it, at a distance from the middle."""
        return -self.body.slope_px(across_px, self.unit_px, side) - _CLOTH * self.unit_px

    def shoulders(self) -> list[np.ndarray]:
        """A sleeve's seam sits near the shoulder joint; a sleeveless strap where its own width puts it."""
        targets = []
        for side, (point, sign) in enumerate(zip(self.keys.shoulder, (-1, 1), strict=True)):
            across = abs(self.natural(point)[0]) / self.unit_px
            across = (np.clip(across, *_SHOULDER) if self.sleeved else across) + 0.25 * self.parameters.width
            across_px = sign * across * self.unit_px
            targets.append(self.on_outline(across_px, side))
        return targets

    def apart_from_collar(self, shoulders: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
        """Shoulder points and targets, without those that share a strap with the collar's peak: two would tear it."""
        return [
            (point, target)
            for point, peak, target in zip(self.keys.shoulder, self.keys.neck_base, shoulders, strict=True)
            if np.hypot(*(point - peak)) > 0.1 * self.garment.width_px
        ]

    def _collar_across(self, side: int) -> float:
        across = abs(self.natural(self.keys.neck_base[side])[0])
        if self.sleeved or across < 0.5 * self.unit_px:
            across = np.clip(across, _COLLAR[0] * self.unit_px, _COLLAR[1] * self.unit_px)
        return float(across)

    def collar(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The collar's peaks, or the foot of one that stands, on the slope between neck and shoulder."""
        pairs = []
        for side, (point, sign) in enumerate(zip(self.keys.neck_base, (-1, 1), strict=True)):
            across = self._collar_across(side)
            pairs.append((point, self.on_outline(sign * across, side)))
        return pairs

    def standing_peaks(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The peaks of a collar that stands: up the neck, as high as in the photograph, but below the chin."""
        if not self.keys.collar_stands:
            return []
        pairs = []
        for side, (peak, base, sign) in enumerate(zip(self.keys.collar, self.keys.neck_base, (-1, 1), strict=True)):
            foot = self._collar_across(side)
            lean = (abs(peak[0] - self.keys.centre_x) - abs(base[0] - self.keys.centre_x)) * self.scale
            rise = min((base[1] - peak[1]) * self.scale, self._outline_height(foot, side) - self._highest_collar())
            across = max(foot + lean, 0.75 * foot) + _EASE * foot  # the tube goes round the neck
            pairs.append((peak, self.picture(sign * across, self._outline_height(foot, side) - max(rise, 0.0))))
        return pairs

    def _highest_collar(self) -> float:
        """Down coordinate, negative: a little below the chin, or a usual neck's length where no face is seen."""
        if self.person.face_mesh_K2 is None:
            return -0.38 * self.unit_px
        chin = float(self.frame.coordinates(self.person.face_mesh_K2)[:, 1].max())
        return chin + _CHIN_ROOM * self.unit_px

    def slopes(self, collar: list, shoulders: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
        """Two places between collar and shoulder on each side: the garment's upper edge follows the body's."""
        top_W, pairs = (self.garment.alpha_HW > 0.5).argmax(0), []
        for side, (peak, peak_target) in enumerate(collar):
            point = self.keys.shoulder[side]
            ends = self.frame.coordinates(np.array([peak_target, shoulders[side]]))[:, 0] - self.shift[0]
            for share in (1 / 3, 2 / 3):
                x = peak[0] * (1 - share) + point[0] * share
                across = float(ends[0] * (1 - share) + ends[1] * share)
                if abs(point[0] - peak[0]) > 0.06 * self.garment.width_px:
                    pairs.append((np.array([x, top_W[int(x)]]), self.on_outline(across, side)))
        return pairs

    def neckline(self) -> tuple[np.ndarray, np.ndarray]:
        """The lowest point of the front neckline, hanging below the collar as in the photograph."""
        left, right = self.keys.collar
        source = np.array([(left[0] + right[0]) / 2, (left[1] + right[1]) / 2 + self.garment.neck_depth_px])
        base_y = float(np.mean([base[1] for base in self.keys.neck_base]))
        heights = [self._outline_height(self._collar_across(side), side) for side in (0, 1)]
        down = np.mean(heights) + (source[1] - base_y) * self.scale
        if self.keys.collar_stands:
            down = max(down, self._highest_collar())
        return source, self.picture(0.0, down + self.parameters.neckline * self.unit_px)

    def armpits(self) -> list[np.ndarray]:
        targets = []
        for side, (point, sign) in enumerate(zip(self.keys.armpit, (-1, 1), strict=True)):
            across, down = self.natural(point)
            down = float(np.clip(down, *self._armpit_range()))
            targets.append(self.picture(sign * self._half_px(abs(across), down, side), down))
        return targets

    def _half_px(self, own_px: float, down_px: float, side: int) -> float:
        """How far from the middle a side lies: between the garment's own width and the body's, never inside it.

        Beside the chest arms in old sleeves hide the body's sides: only the garment's own width counts there.
        """
        level = down_px / self.frame.torso_px
        hidden = 0.0 if self._bare[side] else float(np.interp(level, _ARMS_BESIDE, [1.0, 0.0]))
        body_px = float(self.body.half_px(level, side)) * (1 + _EASE)
        body_px += (np.clip(own_px, *np.multiply(_CHEST_HALF, self.unit_px)) - body_px) * hidden
        half_px = _SNAP * body_px + (1 - _SNAP) * max(own_px, 0.95 * body_px)
        half_px += 0.5 * self.parameters.width * self.unit_px
        return self.reach.half_px(half_px, down_px, side)

    def _armpit_px(self) -> float:
        """How far below the shoulders the armpits lie."""
        down = [float(np.clip(self.natural(point)[1], *self._armpit_range())) for point in self.keys.armpit]
        return float(np.mean(down))

    def _armpit_range(self) -> tuple[float, float]:
        return _ARMPIT[0] * self.unit_px, _ARMPIT[1] * self.unit_px

    def _natural_hem_px(self) -> float:
        """How far below the shoulders the hem lies by the garment's own proportions."""
        hem_px = float(self.natural(np.array([self.keys.centre_x, self.keys.hem_y]))[1])
        return max(hem_px, self._armpit_px() + _SHORTEST_BODY * self.unit_px)

    def hem_px(self) -> float:
        """How far below the shoulders the hem goes; raises Refused, see Reach."""
        armpit_px, own_px = self._armpit_px(), self._natural_hem_px()
        asked_px = max(own_px + self.parameters.length * self.frame.torso_px, armpit_px + _SHORTEST_BODY * self.unit_px)
        return self.reach.hem_px(armpit_px, own_px, asked_px)

    def sleeve_grows(self, side: int, length_px: float) -> float:
        """Share of the arm by which a long sleeve grows with a body that is stretched to the waistband."""
        if length_px < _LONG_SLEEVE * self.garment.chest_px:
            return 0.0
        longer = self.reach.stretch(self._armpit_px(), self._natural_hem_px()) - 1
        return longer * length_px * self.scale / self.body.arms[side].length_px

    def sides(self, armpits: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
        """Both sides and the middle at _SIDE_ROWS, down to the hem."""
        armpit_down = float(np.mean(self.frame.coordinates(np.array(armpits))[:, 1])) - self.shift[1]
        hem_down = self.hem_px()
        armpit_y, pairs = (self.keys.armpit[0][1] + self.keys.armpit[1][1]) / 2, []
        for share in _SIDE_ROWS:
            y = armpit_y + (self.keys.hem_y - armpit_y) * share
            down = armpit_down + (hem_down - armpit_down) * share
            usual = (self.keys.armpit[0][0], self.keys.armpit[1][0])
            edges = sides(self.garment.pieces.body_HW, y, self.keys.centre_x) or usual
            across = [
                sign * self._half_px(abs(x - self.keys.centre_x) * self.scale, down, side)
                for side, (x, sign) in enumerate(zip(edges, (-1, 1), strict=True))
            ]
            pairs += [(np.array([x, y]), self.picture(a, down)) for x, a in zip(edges, across, strict=True)]
            sag_px = 0.012 * self.unit_px * (share == 1)
            pairs.append((np.array([sum(edges) / 2, y]), self.picture(sum(across) / 2, down + sag_px)))
        return pairs

    def below(self) -> np.ndarray:
        """bool (H, W): not higher than the collar's peaks, with a little room for what is between them."""
        peaks = self.standing_peaks() or self.collar()
        highest = min(self.frame.coordinates(target)[0, 1] for _, target in peaks) - 0.04 * self.unit_px
        return self.frame.down_share_HW(self.person.alpha_HW.shape) * self.frame.torso_px > highest

    def along_seam(self, side: int, seam: Pair) -> list[tuple[np.ndarray, np.ndarray]]:
        """Two places on a sleeve's seam: straight in both warps and one line for both, so torso and sleeve meet."""
        sleeve = self.keys.sleeves[side]
        if sleeve is None:
            return []
        (shoulder, armpit), (own_shoulder, own_armpit) = seam, (sleeve.outer_E2[0], sleeve.inner_E2[0])
        return [
            (own_shoulder * (1 - share) + own_armpit * share, shoulder * (1 - share) + armpit * share)
            for share in (1 / 3, 2 / 3)
        ]

    def bent(self, target_2: np.ndarray) -> np.ndarray:
        """A target moved a little by noise, smoothly: a plane wave across the torso for each pair of numbers.

        Noise moves what hangs, not what lies on the shoulders: they would stick out of it.
        """
        where_2, moved_2 = self.frame.coordinates(target_2)[0] / self.unit_px, np.array(target_2, float)
        hanging_px = self.unit_px * float(np.interp(where_2[1], _HANGING, [0.0, 1.0]))
        for k, size in enumerate(self.parameters.bend_K):
            phase = where_2 @ np.array([[1.0, 2.0], [2.0, -1.0], [0.5, 3.0], [3.0, 0.5]][k // 2])
            moved_2[k % 2] += size * hanging_px * np.sin(phase + k)
        return moved_2
