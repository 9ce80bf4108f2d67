"""Decide where every part of a garment goes on a body: control points for the torso, two edges for each sleeve."""

# Shapes: H, W image rows and columns; K control points; E edge points; 2 is (x, y).
from dataclasses import dataclass

import numpy as np

from ...masks import runs, walk
from .body import Arm, Body
from .garment import Garment
from .keypoints import EDGE_SHARES, Sleeve
from .parameters import WarpParameters
from .perception import Person

_CHEST = 0.97  # garment width armpit to armpit over the distance of the shoulder joints, for a garment that fits
_USUAL_LENGTH = 1.85  # collar to hem over armpit to armpit: narrower photographs (ghost mannequins) are scaled up less
_SNAP = 0.6  # how far the sides follow the body rather than the garment's own width
_CLOTH = 0.012  # how far cloth lies above the shoulders, in shoulder widths
_EASE = 0.06  # room between body and cloth
_SIDE_ROWS = np.linspace(0, 1, 6)[1:]  # from armpit to hem


@dataclass(frozen=True, kw_only=True, eq=False)
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


def place(person: Person, body: Body, garment: Garment, parameters: WarpParameters) -> Placement:
    """Lay a garment's keypoints on a body."""
    layout = _Layout(person, body, garment, parameters)
    shoulders, armpits = layout.shoulders(), layout.armpits()
    collar = layout.collar()
    pairs = [
        *layout.apart_from_collar(shoulders),
        *zip(garment.keypoints.armpit, armpits, strict=True),
        *collar,
        *layout.slopes(collar, shoulders),
        layout.neckline(),
        *layout.sides(armpits),
    ]
    for side, sleeve in enumerate(garment.keypoints.sleeves):
        if sleeve is not None:  # the seam is straight in both warps, so torso and sleeve meet
            pairs += [
                (
                    sleeve.outer_E2[0] * (1 - share) + sleeve.inner_E2[0] * share,
                    shoulders[side] * (1 - share) + armpits[side] * share,
                )
                for share in (1 / 3, 2 / 3)
            ]
    source_K2, target_K2 = (np.array(points, float) for points in zip(*pairs, strict=True))
    sleeves = tuple(
        ((sleeve.outer_E2, sleeve.inner_E2), layout.sleeve(side, sleeve, shoulders[side], armpits[side]))
        if sleeve is not None
        else None
        for side, sleeve in enumerate(garment.keypoints.sleeves)
    )
    return Placement(
        source_K2=source_K2,
        target_K2=target_K2 + layout.bend(target_K2),
        sleeves=sleeves,
        below_HW=layout.below(collar),
    )


class _Layout:
    """One garment on one body. Targets are made in body coordinates: across and down from between the shoulders."""

    def __init__(self, person: Person, body: Body, garment: Garment, parameters: WarpParameters):
        self.person, self.body, self.garment, self.parameters = person, body, garment, parameters
        self.frame, self.unit_px, self.keys = person.frame, person.frame.shoulder_px, garment.keypoints
        length = (self.keys.hem_y - self.keys.top_y) / garment.width_px
        self.scale = _CHEST * self.unit_px / garment.width_px * (_USUAL_LENGTH / np.clip(length, 1.1, 3.0)) ** 0.5
        self.sleeved = self.keys.sleeves != (None, None)
        self.shift = np.array([self._picture_right() * parameters.shift_right, parameters.shift_down]) * self.unit_px
        self.origin = np.array([self.keys.centre_x, (self.keys.shoulder[0][1] + self.keys.shoulder[1][1]) / 2])
        tops_px = [body.slope_px(0.5 * self.unit_px, self.unit_px, side) for side in (0, 1)]
        self.top_px = 0.015 * self.unit_px - float(np.mean(tops_px))  # of the shoulders; negative, above the joints

    def _picture_right(self) -> float:
        return 1.0 if self.frame.across_2[0] >= 0 else -1.0

    def natural(self, point: np.ndarray) -> np.ndarray:
        """(across, down) of a garment point under plain scaling, without shift."""
        across, down = (np.asarray(point, float) - self.origin) * self.scale
        return np.array([across, down + self.top_px])

    def picture(self, across_px: float, down_px: float) -> np.ndarray:
        return self.frame.point(across_px + self.shift[0], down_px + self.shift[1])

    def _outline_height(self, across_px: float, side: int) -> float:
        """Where the body's outline is, with a little cloth on it, at a distance from the middle."""
        return -self.body.slope_px(across_px, self.unit_px, side) - _CLOTH * self.unit_px

    def shoulders(self) -> list[np.ndarray]:
        """A sleeve's seam sits on the shoulder joint; a sleeveless strap where its own width puts it."""
        targets = []
        for side, (point, sign) in enumerate(zip(self.keys.shoulder, (-1, 1), strict=True)):
            across = (
                sign * (0.54 + 0.25 * self.parameters.width) * self.unit_px
                if self.sleeved
                else self.natural(point)[0] + sign * 0.25 * self.parameters.width * self.unit_px
            )
            targets.append(self.picture(across, self._outline_height(across, side)))
        return targets

    def apart_from_collar(self, shoulders: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
        """Shoulder points and targets, without those that share a strap with the collar's peak: two would tear it."""
        return [
            (point, target)
            for point, peak, target in zip(self.keys.shoulder, self.keys.collar, shoulders, strict=True)
            if np.hypot(*(point - peak)) > 0.1 * self.garment.width_px
        ]

    def collar(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The collar's peaks, on the slope between neck and shoulder."""
        pairs = []
        for side, (point, sign) in enumerate(zip(self.keys.collar, (-1, 1), strict=True)):
            across = abs(self.natural(point)[0])
            if self.sleeved or across < 0.5 * self.unit_px:
                across = np.clip(across, 0.17 * self.unit_px, 0.36 * self.unit_px)
            pairs.append((point, self.picture(sign * across, self._outline_height(across, side))))
        return pairs

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
                    height = self._outline_height(across, side)
                    pairs.append((np.array([x, top_W[int(x)]]), self.picture(across, height)))
        return pairs

    def neckline(self) -> tuple[np.ndarray, np.ndarray]:
        """The lowest point of the front neckline, hanging below the collar as in the photograph."""
        left, right = self.keys.collar
        source = np.array([(left[0] + right[0]) / 2, (left[1] + right[1]) / 2 + self.garment.neck_depth_px])
        peaks = [self._outline_height(abs(self.natural(point)[0]), side) for side, point in enumerate((left, right))]
        down = np.mean(peaks) + self.garment.neck_depth_px * self.scale + self.parameters.neckline * self.unit_px
        return source, self.picture(0.0, down)

    def armpits(self) -> list[np.ndarray]:
        targets = []
        for side, (point, sign) in enumerate(zip(self.keys.armpit, (-1, 1), strict=True)):
            across, down = self.natural(point)
            down = float(np.clip(down, 0.16 * self.unit_px, 0.62 * self.unit_px))
            body_px = max(self.body.half_px(down / self.frame.torso_px, side), 0.5 * self.unit_px)
            half_px = _SNAP * body_px + (1 - _SNAP) * max(abs(across), 0.5 * self.unit_px)
            half_px += 0.5 * self.parameters.width * self.unit_px
            targets.append(self.picture(sign * half_px, down))
        return targets

    def sides(self, armpits: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
        """Both sides and the middle at _SIDE_ROWS, down to the hem."""
        armpit_down = float(np.mean(self.frame.coordinates(np.array(armpits))[:, 1])) - self.shift[1]
        hem_down = self.natural(np.array([self.keys.centre_x, self.keys.hem_y]))[1]
        hem_down = max(hem_down + self.parameters.length * self.frame.torso_px, armpit_down + 0.2 * self.unit_px)
        armpit_y, pairs = (self.keys.armpit[0][1] + self.keys.armpit[1][1]) / 2, []
        for share in _SIDE_ROWS:
            y = armpit_y + (self.keys.hem_y - armpit_y) * share
            down, half_px = armpit_down + (hem_down - armpit_down) * share, 0.5 * self.parameters.width * self.unit_px
            edges = self._sides_of_photograph(y)
            for side, (x, sign) in enumerate(zip(edges, (-1, 1), strict=True)):
                own_px = abs(x - self.keys.centre_x) * self.scale
                body_px = float(self.body.half_px(down / self.frame.torso_px, side)) * (1 + _EASE) + 0.01 * self.unit_px
                across = sign * (_SNAP * body_px + (1 - _SNAP) * max(own_px, 0.9 * body_px) + half_px)
                pairs.append((np.array([x, y]), self.picture(across, down)))
            pairs.append((np.array([sum(edges) / 2, y]), self.picture(0.0, down + 0.012 * self.unit_px * (share == 1))))
        return pairs

    def _sides_of_photograph(self, y: float) -> tuple[float, float]:
        """The garment's left and right edge in a row, without sleeves that hang down beside it."""
        centre, slack_px = self.keys.centre_x, 0.22 * self.garment.width_px
        armpits = self.keys.armpit
        spans = runs(self.garment.alpha_HW[int(y)] > 0.5)
        left, right = next(((a, b) for a, b in spans if a <= centre <= b), (armpits[0][0], armpits[1][0]))
        if not self.sleeved:
            return left, right
        return max(left, armpits[0][0] - slack_px), min(right, armpits[1][0] + slack_px)

    def below(self, collar: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
        """bool (H, W): not higher than the collar's peaks, with a little room for what is between them."""
        highest = min(self.frame.coordinates(target)[0, 1] for _, target in collar) - 0.04 * self.unit_px
        return self.frame.down_share_HW(self.person.alpha_HW.shape) * self.frame.torso_px > highest

    def bend(self, target_K2: np.ndarray) -> np.ndarray:
        """Small smooth offsets from noise: a plane wave across the torso for each pair of numbers."""
        where = self.frame.coordinates(target_K2) / self.unit_px
        offsets = np.zeros_like(target_K2)
        for k, size in enumerate(self.parameters.bend_K):
            phase = where @ np.array([[1.0, 2.0], [2.0, -1.0], [0.5, 3.0], [3.0, 0.5]][k // 2])
            offsets[:, k % 2] += size * self.unit_px * np.sin(phase + k)
        return offsets

    def sleeve(
        self, side: int, sleeve: Sleeve, shoulder: np.ndarray, armpit: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(outer_E2, inner_E2): from the seam, turning into cross sections of the arm, down to the cuff.

        The outer edge is pushed out to the person's silhouette, so that no skin or old cloth shows beside it.
        """
        arm, unit = self.body.arms[side], self.unit_px
        start_outer, start_inner = arm.along(shoulder), arm.along(armpit)
        end = start_outer + sleeve.length_px * self.scale + self.parameters.sleeve * arm.length_px
        end = max(min(end, 1.02 * arm.length_px), start_inner + 0.1 * unit)
        cuff_px = _cuff_width(sleeve) * self.scale / 2
        least_px = arm.radius_px * (1.12 - 0.35 * np.clip(end / arm.length_px, 0, 1))
        half_px = float(np.clip(cuff_px, least_px, 1.9 * least_px))
        outer_px, inner_px = self._arm_outline(arm, start_outer, end, 1), self._arm_outline(arm, start_inner, end, -1)
        seam_normal = arm.normal(0.1 * unit)
        outer, inner = [shoulder], [armpit]
        for k, share in enumerate(EDGE_SHARES[1:], start=1):
            turned = _smooth_step(1.6 * share)
            for edge, start, sign, seen_px, point in (
                (outer, start_outer, 1, outer_px[k], shoulder),
                (inner, start_inner, -1, inner_px[k], armpit),
            ):
                distance = start + (end - start) * share
                normal = arm.normal(distance) * turned + seam_normal * (1 - turned)
                seam_px = sign * float((point - arm.at(start)) @ seam_normal)
                offset_px = seam_px * (1 - turned) + min(half_px, 1.5 * seen_px) * turned
                if edge is outer or seen_px > arm.radius_px:
                    offset_px = max(offset_px, (seen_px + 0.025 * unit) * (1 if edge is outer else turned))
                edge.append(arm.at(distance) + sign * normal * offset_px)
        return np.array(outer), np.array(inner)

    def _arm_outline(self, arm: Arm, start: float, end: float, sign: int) -> np.ndarray:
        """float64 (E,): distance from the bone to the silhouette on the outer (1) or inner (-1) side, smoothed.

        Where the arm lies against the body there is no silhouette: the arm's own radius stands for it.
        """
        alpha, unit = self.person.alpha_HW > 0.5, self.unit_px
        found = [walk(alpha, arm.at(d), sign * arm.normal(d), 0.3 * unit) for d in start + (end - start) * EDGE_SHARES]
        seen = [px for px in found if px is not None]
        usual = float(np.median(seen)) if len(seen) > len(found) / 2 else arm.radius_px
        raw = np.clip([usual if px is None else px for px in found], 0.05 * unit, 0.25 * unit)
        smooth = np.convolve(np.pad(raw, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
        return np.minimum(np.maximum(raw, smooth), 1.35 * np.median(raw))


def _cuff_width(sleeve: Sleeve) -> float:
    """Across the sleeve, not along a cuff that is cut or photographed at a slant."""
    middle_E2 = (sleeve.outer_E2 + sleeve.inner_E2) / 2
    along, cuff = middle_E2[-1] - middle_E2[-4], sleeve.outer_E2[-1] - sleeve.inner_E2[-1]
    return float(abs(along[0] * cuff[1] - along[1] * cuff[0]) / max(np.hypot(*along), 1e-6))


def _smooth_step(x: float) -> float:
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)
