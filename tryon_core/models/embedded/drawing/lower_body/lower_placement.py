"""Decide where every part of a lower garment goes: a strip for each half of trousers, control points for a skirt."""

# Shapes: H, W image rows and columns; L levels from waist to hem; E edge points; K control points; 2 is (x, y), or
# (person's right, person's left) as the name's last axis of half widths.
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter

from .....pictures.masks import runs
from ...cloth.flat_garment import Garment
from ...cloth.keypoints import Pair
from ...cloth.lower_keypoints import leg_edges
from ...seeing.legs import seen_sides
from ..drawing_parameters import WarpParameters
from .hips_and_legs import LowerBody

_EASE = 0.02  # room between body and cloth, of the half width
_FULL_LENGTH = 2.45  # length over hip width of trousers that reach the ankle: 2.3 laid flat, 2.9 on a ghost mannequin
_USUAL_WAIST = 0.99  # width of a waist in shoulder widths; what is seen of it counts as much, for a loose top hides it
_SKIRT_LENGTH = 0.33  # share of the way from waist to ankle, for each waist width of a skirt's length
# Share of the way from collar to ankle that a dress goes, by its length over its chest: to the knee where that is 3.5.
# It counts less than in full, for ghost mannequins are narrow. The collar is so many shoulder widths above the joints.
_DRESS_LENGTH, _DRESS_POWER, _COLLAR = 0.305, 0.7, 0.13
_TO_ANKLE = 0.9  # trousers that reach this share of the way are full length: their hem lies on the shoe
_ON_SHOE = 0.06  # how far below the ankle joint a full-length hem ends, in shoulder widths
_SNAP = 1.2  # an old garment's silhouette is followed where it is at most so much wider than the new one's own
_TOUCHING = 1.45  # legs that are so many radii or less from the middle may touch there
_PELVIS_ROWS = np.linspace(0, 1, 6)
_SKIRT_ROWS = np.linspace(0, 1, 7)
_SAG = 0.02  # how much lower the middle of a hem is seen than its ends, in shoulder widths
_BEYOND = 0.03  # of the length: how far strips go on above the waistband and below the hem


@dataclass(frozen=True, kw_only=True, eq=False)
class LowerPlacement:
    """Where a lower garment goes.

    halves                 (source edges, target edges) of each half of trousers, each (outer_E2, inner_E2); none for
                           a skirt
    source_K2, target_K2   control points of a skirt, in the garment's and the person's picture; None for trousers
    waist_px, hem_px       how far down they are, in the coordinates of the body frame
    """

    halves: tuple[tuple[Pair, Pair], ...]
    source_K2: np.ndarray | None
    target_K2: np.ndarray | None
    waist_px: float
    hem_px: float


def place_lower(worn: LowerBody, garment: Garment, parameters: WarpParameters) -> LowerPlacement:
    """Lay trousers or a skirt on a body."""
    layout = LowerLayout(worn, garment, parameters)
    halves, (source_K2, target_K2) = (), (None, None)
    if garment.kind == "trousers":
        halves = tuple((layout.source_half(side), layout.target_half(side)) for side in (0, 1))
    else:
        source_K2, target_K2 = layout.skirt()
    return LowerPlacement(
        halves=halves, source_K2=source_K2, target_K2=target_K2, waist_px=layout.waist_px, hem_px=layout.hem_px
    )


class LowerLayout:
    """One lower garment on one pair of legs, in the coordinates of the body frame."""

    def __init__(self, worn: LowerBody, garment: Garment, parameters: WarpParameters, waist_px: float | None = None):
        self.worn, self.person, self.legs = worn, worn.person, worn.legs
        self.garment, self.keys, self.parameters = garment, garment.lower, parameters
        self.frame, self.unit_px, self.torso_px = worn.legs.frame, worn.legs.frame.shoulder_px, worn.legs.frame.torso_px
        self.mask = garment.alpha_HW > 0.5
        self.picture_right = 1.0 if self.frame.across_2[0] >= 0 else -1.0
        self.waist_px = worn.waist_px() if waist_px is None else waist_px
        self.scale = self._scale()
        self.hem_px = self._hem_px()

    # ---- heights -----------------------------------------------------------------------------------------------------

    def _scale(self) -> float:
        """Picture pixels for each pixel of the garment's picture, across."""
        if self.garment.kind == "trousers":
            hips_px = float(self.worn.half_px(np.array([1.12 * self.torso_px])).sum())
            return hips_px * (1 + _EASE) / self.keys.width_px
        waist_px = float(self.worn.half_px(np.array([self.waist_px])).sum()) / 2 + _USUAL_WAIST * self.unit_px / 2
        return waist_px * (1 + _EASE) / (self.keys.waist[1][0] - self.keys.waist[0][0])

    def _hem_px(self) -> float:
        """From the garment's proportions; they tell its length but roughly: full-length trousers end at the ankle."""
        ankle_px, keys = self.legs.ankle_px + _ON_SHOE * self.unit_px, self.keys
        if self.garment.kind == "trousers":
            share = keys.length_px / keys.width_px / _FULL_LENGTH
            hem_px = self.waist_px + (1.0 if share > _TO_ANKLE else share) * (ankle_px - self.waist_px)
        elif self.garment.kind == "skirt":
            share = _SKIRT_LENGTH * keys.length_px / (keys.waist[1][0] - keys.waist[0][0])
            hem_px = self.waist_px + min(share, 1.0) * (ankle_px - self.waist_px)
        else:
            ratio = (keys.hem_y - self.garment.keypoints.top_y) / self.garment.width_px
            collar_px = -_COLLAR * self.unit_px
            hem_px = collar_px + min(_DRESS_LENGTH * ratio**_DRESS_POWER, 1.0) * (ankle_px - collar_px)
        shortest_px = self.waist_px + 0.5 * self.unit_px
        if hem_px >= self.worn.hidden_px:  # no correction begins to bare what nobody has seen
            shortest_px = max(shortest_px, self.worn.hidden_px)
        return float(min(max(hem_px + self.parameters.length * self.torso_px, shortest_px), ankle_px))

    # ---- widths ------------------------------------------------------------------------------------------------------

    def _own_half(self, y: float) -> np.ndarray:
        """The garment's own half widths in a row of its picture, scaled."""
        left, right = self.row_ends(y)
        return np.array([self.keys.centre_x - left, right - self.keys.centre_x]) * self.scale

    def row_ends(self, y: float) -> tuple[float, float]:
        spans = runs(self.mask[int(np.clip(y, 0, len(self.mask) - 1))])
        return (spans[0][0], spans[-1][1]) if spans else (self.keys.hems[0][0][0], self.keys.hems[1][0][0])

    # ---- trousers ----------------------------------------------------------------------------------------------------

    def source_half(self, side: int) -> Pair:
        """(outer_E2, inner_E2) of one half of trousers in their picture; the inner edge is the front's middle."""
        keys, outer, inner = self.keys, [], []
        for share in _PELVIS_ROWS:
            y = keys.waist_y + (keys.crotch[1] - keys.waist_y) * share
            outer.append((self.row_ends(y)[side], y))
            inner.append((keys.centre_x + (keys.crotch[0] - keys.centre_x) * share, y))
        leg_outer, leg_inner = leg_edges(self.mask, keys, side)
        edges = np.concatenate([outer, leg_outer[1:]]), np.concatenate([inner, leg_inner[1:]])
        return tuple(_extended(edge, _BEYOND * keys.length_px) for edge in edges)

    def levels(self, side: int) -> np.ndarray:
        """float64 (L,): how far down the rows of `source_half` go, without the two beyond its ends.

        Of two legs one ankle is further down in the picture, where a foot is put forward; so is its hem.
        """
        share = (self.hem_px - self.waist_px) / max(self.legs.ankle_px - self.waist_px, 1)
        hem_px = self.hem_px + share * (self.legs.down_23[side, 2] - self.legs.ankle_px)
        crotch_px = min(self.legs.crotch_px, self.waist_px + 0.9 * (hem_px - self.waist_px))
        pelvis_px = self.waist_px + (crotch_px - self.waist_px) * _PELVIS_ROWS
        return np.concatenate([pelvis_px, np.linspace(crotch_px, hem_px, 9)[1:]])

    def target_half(self, side: int) -> Pair:
        """(outer_E2, inner_E2) of one half on the body: its outside on the silhouette, its inside between the legs."""
        down_L, sign, rows = self.levels(side), (-1, 1)[side], len(_PELVIS_ROWS)
        source_outer, source_inner = self.source_half(side)
        own_L = np.abs(source_outer - source_inner)[1:-1, 0] * self.scale
        outer_L, inner_L = self._leg_edges(side, down_L, own_L)
        hips_L = np.maximum(self.worn.half_px(down_L)[:, side] * (1 + _EASE), 0)
        outer_L[:rows] = self.legs.middle(down_L[:rows]) + sign * hips_L[:rows]
        inner_L[:rows] = self.legs.middle(down_L[:rows])
        outer_L = _smoothed(outer_L) + sign * 0.5 * self.parameters.width * self.unit_px
        edges = (np.array([self.point(a, d) for a, d in zip(edge, down_L, strict=True)]) for edge in (outer_L, inner_L))
        return tuple(_extended(edge, _BEYOND * (self.hem_px - self.waist_px)) for edge in edges)

    def _leg_edges(self, side: int, down_L: np.ndarray, own_L: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Across of a leg's outer and inner edge at each level: as wide as the garment, never narrower than the leg.

        The silhouette is followed where the old garment is about as wide; a wider one is taken away instead.
        """
        sign, bone_L, middle_L = (-1, 1)[side], self.legs.bone(down_L, side), self.legs.middle(down_L)
        radius_L = self.legs.radius_px(down_L, side)
        seen_L2 = seen_sides(self.person, self.legs, down_L)[:, side]
        outer_L = np.where(np.isfinite(seen_L2[:, 0]), seen_L2[:, 0], 1.15 * radius_L)
        to_middle_L = np.abs(bone_L - middle_L)
        touching_L = np.where(to_middle_L < _TOUCHING * radius_L, to_middle_L, 1.1 * radius_L)
        inner_L = np.where(np.isfinite(seen_L2[:, 1]), seen_L2[:, 1], touching_L)
        least_L = np.maximum(own_L, 2.0 * radius_L)
        wide = outer_L + inner_L > _SNAP * least_L
        outer_L, inner_L = (np.where(wide, 0.5 * least_L, edge_L) for edge_L in (outer_L, inner_L))
        missing_L = np.maximum(own_L - outer_L - inner_L, 0)
        outer_L, inner_L = outer_L + missing_L / 2 + 0.012 * self.unit_px, inner_L + missing_L / 2
        outer_L, inner_L = (_smoothed(median_filter(edge_L, 3, mode="nearest")) for edge_L in (outer_L, inner_L))
        return bone_L + sign * outer_L, bone_L - sign * np.minimum(inner_L, to_middle_L)

    # ---- skirts ------------------------------------------------------------------------------------------------------

    def skirt(self) -> tuple[np.ndarray, np.ndarray]:
        """Both sides and the middle at _SKIRT_ROWS: as wide as the skirt's own flare, at least as the hips."""
        keys, pairs = self.keys, []
        down_L = self.waist_px + (self.hem_px - self.waist_px) * _SKIRT_ROWS
        hips_L2 = self.hips(down_L) * (1 + _EASE)
        middle_L = self.legs.middle(down_L) + float(np.median(hips_L2[:, 1] - hips_L2[:, 0])) / 2
        for share, down_px, middle_px, hips_2 in zip(_SKIRT_ROWS, down_L, middle_L, hips_L2, strict=True):
            y = keys.waist_y + keys.length_px * share
            edges, own_2 = self.row_ends(y), self._own_half(y)
            half_2 = np.maximum(own_2, hips_2.mean()) + 0.5 * self.parameters.width * self.unit_px
            across_px, sag_px = (middle_px - half_2[0], middle_px + half_2[1]), self.unit_px * np.sin(np.pi / 2 * share)
            pairs += [((edges[k], y), self.point(across_px[k], down_px)) for k in (0, 1)]
            centre = self.point(sum(across_px) / 2, down_px + _SAG * sag_px)
            pairs.append((((edges[0] + edges[1]) / 2, y), centre))
        source_K2, target_K2 = (np.array(points, float) for points in zip(*pairs, strict=True))
        return source_K2, target_K2

    def hips(self, down_L: np.ndarray) -> np.ndarray:
        """float64 (L, 2): what a skirt cannot be narrower than, the hips; below them no less than the thighs."""
        return self.worn.half_px(np.minimum(down_L, self.legs.crotch_px + 0.1 * self.torso_px))

    def point(self, across_px: float, down_px: float) -> np.ndarray:
        """A picture point, moved as the parameters ask."""
        shift = self.unit_px * np.array([self.picture_right * self.parameters.shift_right, self.parameters.shift_down])
        return self.frame.point(across_px + shift[0], down_px + shift[1])


def _extended(edge_E2: np.ndarray, by_px: float) -> np.ndarray:
    """One point more at either end, straight on."""
    first, last = edge_E2[0] - edge_E2[1], edge_E2[-1] - edge_E2[-2]
    before, after = (by_px * step / max(np.hypot(*step), 1e-6) for step in (first, last))
    return np.concatenate([[edge_E2[0] + before], edge_E2, [edge_E2[-1] + after]])


def _smoothed(values_L: np.ndarray) -> np.ndarray:
    return np.convolve(np.pad(values_L, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
