"""The body itself under its clothes: how wide its arms are, where its trunk ends, and which way its skin faces."""

# Shapes: H, W image rows and columns; T places along an arm; 2 is (outer, inner); 3 is a direction (x, y, towards us).
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ....pictures.masks import grown, walk
from .body import Arm, Body, measure_body
from .perception import Person
from .recall import once_each

# Thickness of a bare arm in shoulder widths, at 0 the shoulder joint, 1 the elbow, 2 the wrist: measured on the bare
# arms of the tuning people (rendered and photographed); a person's own scale comes from what is seen.
_PLACES_T = np.linspace(0.0, 2.0, 33)
_THICKNESS = np.interp(
    _PLACES_T, [0, 0.3, 0.5, 0.85, 1.0, 1.3, 1.75, 2.0], [0.27, 0.27, 0.25, 0.21, 0.2, 0.2, 0.15, 0.12]
)
_SCALES = (0.75, 1.5)  # of arms: shoulders that are turned a little look narrower, and everything is measured by them
_CLOTH = 0.012  # how thick a sleeve is, in shoulder widths
_OUTER = 0.62  # most of an arm's thickness that lies outside its bone
_FILLED = 0.85  # how much of a long sleeve's width is arm at least
_ARMPIT = 0.4  # of the upper arm: above it the arm is one with the trunk
_BARE = 0.8  # share of skin on the outer half of a bare upper arm
_NECK = 0.17  # half of its width, in shoulder widths


@dataclass(frozen=True, kw_only=True, eq=False)
class Limb:
    """A bare arm in the picture.

    along_HW    float32: 0 at the shoulder joint, 1 at the elbow, 2 at the wrist, 3 a forearm further, negative before
                the shoulder
    across_HW   float32: -1 on its inner edge, 1 on its outer one
    edge_px_HW  float32: how far inside its outline; negative outside. Above the armpit it goes on into the trunk
    normal_2    unit vector of the picture towards its outer side, for the upper arm and the forearm
    """

    along_HW: np.ndarray
    across_HW: np.ndarray
    edge_px_HW: np.ndarray
    normal_2: tuple[np.ndarray, np.ndarray]

    def beyond(self, cuff: float) -> np.ndarray:
        """float32 (H, W), 0-1: the arm from a place along it; at the armpit it comes out from behind the trunk."""
        behind_HW = np.clip(1.8 - (self.along_HW - _ARMPIT) / 0.15, 0, 1.2) - 1  # its inner edge, in half widths
        out = np.clip((self.across_HW - behind_HW) * 6 + 0.5, 0, 1) if cuff < _ARMPIT + 0.3 else 1.0
        return self.alpha_HW * out * np.clip((self.along_HW - cuff) / 0.04 + 0.5, 0, 1)

    @property
    def whole_HW(self) -> np.ndarray:
        """float32 (H, W), 0-1: the arm with its shoulder, where it is one with the trunk."""
        return np.clip(0.5 + self.edge_px_HW / 2, 0, 1) * (self.along_HW > -0.2)

    @property
    def alpha_HW(self) -> np.ndarray:
        """float32 (H, W), 0-1: the arm below the armpit, with a soft edge; it goes on over the hand."""
        begins = np.clip((self.along_HW - _ARMPIT) / 0.15 + 0.5, 0, 1)
        return np.clip(0.5 + self.edge_px_HW / 2, 0, 1) * begins


@once_each
def find_limbs(person: Person) -> tuple[Limb, Limb]:
    """(the person's right arm, the left one), as if bare: within their sleeves, as thick as an arm is."""
    return tuple(_limb(person, arm) for arm in measure_body(person).arms)


def is_bare(person: Person, limb: Limb) -> bool:
    """Whether an arm is bare up to its shoulder: then the side of the trunk is seen between it and what is worn."""
    upper_arm = (limb.edge_px_HW > 0) & (limb.across_HW > 0) & (limb.along_HW > 0) & (limb.along_HW < 1)
    return bool(upper_arm.any()) and float(person.skin[upper_arm].mean()) > _BARE


def _limb(person: Person, arm: Arm) -> Limb:
    upper_px = float(np.hypot(*(arm.joints_P2[2] - arm.joints_P2[1])))
    distances_T = _along_px(_PLACES_T, arm, upper_px)
    edges_T2 = _edges(person, arm, distances_T, upper_px)
    beyond = arm.joints_P2[-1] + 0.6 * (arm.joints_P2[-1] - arm.joints_P2[-2])  # cuffs reach further than wrists
    longer = replace(arm, joints_P2=np.vstack([arm.joints_P2, beyond]))
    along_px_HW, across_px_HW = _coordinates(longer, person.alpha_HW.shape)
    outer_HW, inner_HW = (np.interp(along_px_HW, distances_T, edges_T2[:, k]).astype(np.float32) for k in (0, 1))
    middle_HW, half_HW = (outer_HW - inner_HW) / 2, (outer_HW + inner_HW) / 2
    along_HW = np.interp(along_px_HW, [-upper_px, *distances_T, 2 * arm.length_px - upper_px], [-1, *_PLACES_T, 3])
    outside_px, inside_px = outer_HW - across_px_HW, across_px_HW + inner_HW
    inside_px += np.float32(0.12 * person.frame.shoulder_px) * (along_HW < _ARMPIT)  # there it is one with the trunk
    return Limb(
        along_HW=along_HW.astype(np.float32),
        across_HW=np.clip((across_px_HW - middle_HW) / np.maximum(half_HW, 1), -1, 1).astype(np.float32),
        edge_px_HW=np.minimum(outside_px, inside_px).astype(np.float32),
        normal_2=(arm.normal(upper_px / 2), arm.normal((upper_px + arm.length_px) / 2)),
    )


def _coordinates(arm: Arm, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """As Arm.coordinates, worked out at half size."""
    half = replace(arm, joints_P2=(arm.joints_P2 - 0.5) / 2, radius_px=arm.radius_px / 2)
    small = half.coordinates((-(-shape[0] // 2), -(-shape[1] // 2)))
    return tuple(2 * cv2.resize(values, shape[::-1], interpolation=cv2.INTER_LINEAR) for values in small)


def _along_px(places_T: np.ndarray, arm: Arm, upper_px: float) -> np.ndarray:
    return np.interp(places_T, [0, 1, 2], [0, upper_px, arm.length_px])


def _edges(person: Person, arm: Arm, distances_T: np.ndarray, upper_px: float) -> np.ndarray:
    """float64 (T, 2): distance from the bone to the arm's outer and inner edge.

    Where it is bare, as seen. Under cloth as thick as arms are, in the middle of the sleeve where both of its sides
    are seen and along its outer side where not; what is bare just beyond the cuff corrects both.
    """
    unit, cloth_px = person.frame.shoulder_px, _CLOTH * person.frame.shoulder_px
    silhouette, skin = person.alpha_HW > 0.5, person.skin & grown(person.arms, 0.12 * unit)
    bone_normals = (arm.normal(upper_px / 2), arm.normal((upper_px + arm.length_px) / 2))
    seen_T2, bare_T = np.full((len(distances_T), 2), np.nan), np.zeros(len(distances_T), bool)
    for t, distance in enumerate(distances_T):
        at, normal = arm.at(distance), bone_normals[int(distance > upper_px)]
        x, y = np.clip(np.round(at).astype(int), 0, np.array(silhouette.shape)[::-1] - 1)
        bare_T[t] = skin[y, x]
        for k, sign in enumerate((1, -1)):
            outermost = sign > 0 and _PLACES_T[t] < _ARMPIT  # a strap may lie across a bare shoulder
            found = walk(skin if bare_T[t] and not outermost else silhouette, at, sign * normal, 0.4 * unit)
            seen_T2[t, k] = np.nan if found is None or found < 0.01 * unit else found
    both_T = np.isfinite(seen_T2).all(1)
    measured_T = both_T & bare_T
    usual_T = _THICKNESS * unit
    scale = float(np.median(seen_T2[measured_T].sum(1) / usual_T[measured_T])) if measured_T.sum() >= 3 else 1.1
    thick_T = usual_T * np.clip(scale, *_SCALES)
    long_sleeve = not bare_T[(_PLACES_T > 1.1) & (_PLACES_T < 1.7)].mean() > 0.5
    edges_T2 = np.empty_like(seen_T2)
    for t, (outer, inner) in enumerate(seen_T2):
        if both_T[t] and not bare_T[t]:
            room = outer + inner - 2 * cloth_px
            thick = min(max(thick_T[t], _FILLED * room * long_sleeve), room)
            middle = (outer - inner) / 2
            edges_T2[t] = middle + thick / 2, thick / 2 - middle
        else:
            outside = outer - cloth_px * (not bare_T[t]) if np.isfinite(outer) else thick_T[t] / 2
            outside = min(outside, _OUTER * thick_T[t] if _PLACES_T[t] < 0.6 else 0.9 * thick_T[t])
            edges_T2[t] = (outer, inner) if both_T[t] else (outside, thick_T[t] - outside)
    plausible_T = measured_T & (np.abs(edges_T2.sum(1) / thick_T - 1) < 0.25)
    return _joined(edges_T2, np.convolve(plausible_T, np.ones(3), mode="same") == 3)  # a slanting cuff cuts the first


def _joined(edges_T2: np.ndarray, known_T: np.ndarray) -> np.ndarray:
    """The edges smoothed, and the guessed ones moved to meet the known ones, less and less away from them."""
    kernel, T = np.array([0.1, 0.2, 0.4, 0.2, 0.1]), np.arange(len(edges_T2))
    smooth_T2 = np.stack([np.convolve(np.pad(edge, 2, mode="edge"), kernel, mode="valid") for edge in edges_T2.T], 1)
    if not known_T.any() or known_T.all():
        return smooth_T2
    nearest_T = T[known_T][np.abs(T[:, None] - T[known_T]).argmin(1)]
    guess_T = np.flatnonzero(~known_T)
    first_guess_T = guess_T[np.abs(nearest_T[:, None] - guess_T).argmin(1)]
    step_T2 = edges_T2[nearest_T] - smooth_T2[first_guess_T]
    fading_T1 = np.where(known_T, 0, np.exp(-np.abs(T - nearest_T) / 8))[:, None]
    moved_T2 = smooth_T2 + np.clip(step_T2, -20, 20) * fading_T1
    return np.stack([np.convolve(np.pad(edge, 2, mode="edge"), kernel, mode="valid") for edge in moved_T2.T], 1)


def trunk_share_hw(person: Person, body: Body, every: tuple[slice, slice]) -> np.ndarray:
    """float32 (h, w), of the pixels `every`: 0 in the middle of the trunk, -1 and 1 on its sides; the neck above."""
    shape, unit = person.alpha_HW.shape, person.frame.shoulder_px
    across_hw, down_hw = person.frame.across_px_HW(shape)[every], person.frame.down_share_HW(shape)[every]
    halves = [body.half_px(np.clip(down_hw, body.levels_L[0], body.levels_L[-1]), side) for side in (0, 1)]
    half_hw = np.where(across_hw < 0, *halves)
    neck = np.clip((-down_hw * person.frame.torso_px / unit - 0.1) / 0.15, 0, 1)  # 0 on the chest, 1 on the neck
    half_hw = half_hw * (1 - neck) + _NECK * unit * neck
    return np.clip(across_hw / half_hw, -1, 1).astype(np.float32)


def normals(person: Person, body: Body, limbs: tuple[Limb, Limb]) -> np.ndarray:
    """float32 (H, W, 3): which way the body faces, its limbs round and its trunk flat in front; unit length or less."""
    shape, every = person.alpha_HW.shape, np.s_[::2, ::2]  # it is smooth: half size will do
    share_hw = trunk_share_hw(person, body, every)
    side_hw = np.sign(share_hw) * np.abs(share_hw) ** 2.5
    across_2 = person.frame.across_2.astype(np.float32)
    facing = np.dstack([side_hw * across_2[0], side_hw * across_2[1], np.sqrt(1 - side_hw**2)])
    for limb in limbs:
        along_hw, across_hw = limb.along_HW[every], limb.across_HW[every]
        outward_hw2 = np.where((along_hw < 1)[..., None], *limb.normal_2).astype(np.float32)
        outward_hw2 = cv2.blur(outward_hw2, (int(0.06 * person.frame.shoulder_px) | 1,) * 2)
        round_hw3 = np.dstack([outward_hw2 * across_hw[..., None], np.sqrt(1 - across_hw**2)])
        inner = np.clip((along_hw - _ARMPIT) / 0.3 + 0.5, 0, 1) * (limb.edge_px_HW[every] > -2)
        near = np.clip((across_hw - 0.1) / 0.5, 0, 1) * (along_hw < _ARMPIT + 0.15) * (along_hw > -0.3)
        weight = cv2.GaussianBlur(np.maximum(inner, near).astype(np.float32), (0, 0), 1.0)[..., None]
        facing = facing * (1 - weight) + round_hw3 * weight
    return cv2.resize(facing.astype(np.float32), shape[::-1], interpolation=cv2.INTER_LINEAR)
