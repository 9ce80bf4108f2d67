"""Decide where a sleeve goes: two edges along the arm, from the seam to the cuff."""

# Shapes: E edge points, at sleeve_outline.EDGE_SHARES; 2 is (x, y).
import numpy as np

from ....pictures.masks import walk
from ..cloth.sleeve_outline import EDGE_SHARES, Sleeve
from ..seeing.body import Arm
from ..seeing.perception import Person

_COVER = 0.015  # how far cloth reaches beyond bare skin, in shoulder widths
_THICKEST = 0.28  # an upper arm's width, in shoulder widths: what is wider is an old sleeve
_WRIST = 0.62  # a wrist's width over an upper arm's
_INNER = (0.4, 0.75)  # how far a sleeve's inner side may be from the bone, in arm widths
_ROOM_INSIDE = 0.03  # between an arm and a wide sleeve on the inner side, in shoulder widths: the trunk is beside it
_CAP = 0.35  # share of a sleeve that is on the shoulder: it always covers what is seen there
_STANDS_OFF = (0.02, 0.07)  # how far a wide sleeve stands off the arm outside, in shoulder widths: at the shoulder, and
# how much more at the cuff; more looks puffed on thin arms
_WIDEST = 0.5  # across a sleeve, in shoulder widths
_ALIKE = 0.9  # the ratio of two arms that hang alike, at least: 0.9-0.96 on the rendered people
_LONGEST = 1.02  # share of the arm where the longest sleeve ends


def sleeve_edges(
    person: Person, arms: tuple[Arm, Arm], side: int, *, sleeve: Sleeve, seam: tuple, scale: float, longer: float
) -> tuple[np.ndarray, np.ndarray]:
    """(outer_E2, inner_E2): from the seam, turning into cross sections of the arm, down to the cuff.

    The sleeve is as wide as in its photograph and covers the arm: its outer edge is never inside the person's skin.

    arms    both: a bone that lies beside the middle of its arm looks thin on one side, on both together it does not
    side    0 for the person's right arm, 1 for the left
    seam    shoulder and armpit, float64 (2,) each, in the person's picture
    scale   pixels of the person's picture for one of the garment's
    longer  share of the arm's length; + ends nearer the hand
    """
    arm, (shoulder, armpit), unit = arms[side], seam, person.frame.shoulder_px
    starts = arm.along(shoulder), arm.along(armpit)
    end = _foreshortened(arms, side, starts[0] + sleeve.length_px * scale) + longer * arm.length_px
    end = max(min(end, _LONGEST * arm.length_px), max(starts) + 0.1 * unit)
    thickness_px = min(arms[0].radius_px + arms[1].radius_px, _THICKEST * unit)
    width_E = np.minimum(_widths(sleeve) * scale, _WIDEST * unit)
    offsets = _offsets(person, arm, width_E=width_E, thickness_px=thickness_px, starts=starts, end=end)
    seam_normal = arm.normal(0.1 * unit)
    edges = []
    for start, sign, offset_E, point in zip(starts, (1, -1), offsets, (shoulder, armpit), strict=True):
        seam_px, edge = sign * float((point - arm.at(start)) @ seam_normal), [point]
        for share, offset_px in zip(EDGE_SHARES[1:], offset_E[1:], strict=True):
            turned = _smooth_step(1.6 * share)
            distance = start + (end - start) * share
            normal = arm.normal(distance) * turned + seam_normal * (1 - turned)
            from_bone_px = seam_px * (1 - turned) + offset_px * turned
            if sign > 0:  # the shoulder's cap is rounder than the way from the seam to the arm
                from_bone_px = max(from_bone_px, offset_px)
                if share < _CAP:
                    from_bone_px = min(from_bone_px, _to_outline(person, arm.at(distance), normal) + _COVER * unit)
            else:  # an armpit may be placed on the arm itself; its inner side is covered all the same
                from_bone_px = max(from_bone_px, _INNER[0] * thickness_px * min(share / _CAP, 1.0))
            edge.append(arm.at(distance) + sign * normal * from_bone_px)
        edges.append(np.array(edge))
    return edges[0], edges[1]


def _foreshortened(arms: tuple[Arm, Arm], side: int, along_px: float) -> float:
    """The distance along an arm that points towards or away from us, for one along the same arm held beside the body.

    How much shorter its upper arm and its forearm look than the other arm's, beyond what the landmarks' noise explains.
    """
    bones, others = (np.hypot(*np.diff(arm.joints_P2[1:], axis=0).T) for arm in (arms[side], arms[1 - side]))
    shorter = np.minimum(bones / np.maximum(_ALIKE * others, 1e-6), 1.0)
    upper_px = bones[0] / shorter[0]
    return min(along_px, upper_px) * shorter[0] + max(along_px - upper_px, 0.0) * shorter[1]


def _widths(sleeve: Sleeve) -> np.ndarray:
    """float64 (E,): across the sleeve, not along a cuff that is cut or photographed at a slant."""
    middle_E2, across_E2 = (sleeve.outer_E2 + sleeve.inner_E2) / 2, sleeve.outer_E2 - sleeve.inner_E2
    along_E2 = np.gradient(middle_E2, axis=0)
    width_E = np.abs(along_E2[:, 0] * across_E2[:, 1] - along_E2[:, 1] * across_E2[:, 0])
    width_E = width_E / np.maximum(np.hypot(*along_E2.T), 1e-6)
    width_E[-1] = width_E[-2]  # cut short by the cuff's own slant
    width_E[:4] = np.minimum(width_E[:4], width_E[4])  # near the seam it is the seam that is measured
    return width_E


def _offsets(
    person: Person, arm: Arm, *, width_E: np.ndarray, thickness_px: float, starts: tuple[float, float], end: float
) -> tuple[np.ndarray, np.ndarray]:
    """(outer_E, inner_E), float64 (E,): how far the sleeve's edges are from the bone."""
    cover_px = _COVER * person.frame.shoulder_px
    outer_at, inner_at = (start + (end - start) * EDGE_SHARES for start in starts)
    arm_E = thickness_px * np.interp(outer_at / arm.length_px, [0, 1], [1.0, _WRIST])
    outer_seen_E, bare_E = _silhouette(person, arm, outer_at, 1)
    hanging_E = np.clip((EDGE_SHARES - 0.15) / 0.5, 0, 1)  # on the shoulder it lies close
    own_E = width_E / 2 * (0.75 + 0.25 * hanging_E) * np.clip(EDGE_SHARES / _CAP, 0, 1)  # a wide one stands off below
    stands_off_E = (_STANDS_OFF[0] + _STANDS_OFF[1] * EDGE_SHARES) * person.frame.shoulder_px
    outer_E = np.maximum(outer_seen_E + cover_px, np.minimum(own_E, outer_seen_E + stands_off_E))
    narrow_E = np.maximum(width_E - _INNER[0] * arm_E, arm_E / 2 + cover_px)  # an old sleeve may be wider than the new
    outer_E = np.where(bare_E | (EDGE_SHARES < _CAP), outer_E, np.minimum(outer_E, narrow_E))
    least_E = np.maximum(arm_E - outer_seen_E + cover_px, _INNER[0] * arm_E)
    most_E = np.maximum(_INNER[1] * arm_E, arm_E - outer_seen_E + (_COVER + _ROOM_INSIDE) * person.frame.shoulder_px)
    inner_E = np.clip(width_E - outer_E, least_E, np.maximum(most_E, least_E))
    inner_seen_E, bare_E = _silhouette(person, arm, inner_at, -1)
    near_E = bare_E & (inner_seen_E < _INNER[1] * arm_E)
    return outer_E, np.where(near_E, np.maximum(inner_E, inner_seen_E + cover_px), inner_E)


def _silhouette(person: Person, arm: Arm, at_E: np.ndarray, sign: int) -> tuple[np.ndarray, np.ndarray]:
    """(float64 (E,) distance from the bone to the outline on the outer (1) or inner (-1) side, bool (E,) bare skin).

    Smoothed. Where the arm lies against the body there is no outline: the arm's own radius stands for it.
    """
    alpha, unit = person.alpha_HW > 0.5, person.frame.shoulder_px
    found = [walk(alpha, arm.at(d), sign * arm.normal(d), 0.3 * unit) for d in at_E]
    seen = [px for px in found if px is not None]
    usual = float(np.median(seen)) if len(seen) > len(found) / 2 else arm.radius_px
    raw = np.clip([usual if px is None else px for px in found], 0.05 * unit, 0.25 * unit)
    smooth = np.convolve(np.pad(raw, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    seen_E = np.minimum(np.maximum(raw, smooth), 1.35 * np.median(raw))
    bare_E = [_is_bare(person, arm.at(d) + sign * arm.normal(d) * 0.7 * px) for d, px in zip(at_E, raw, strict=True)]
    return seen_E, np.array(bare_E)


def _to_outline(person: Person, start: np.ndarray, direction: np.ndarray) -> float:
    """How far from `start` the outline is along a unit vector; less than 0 where `start` is outside the person: the
    bone that leads to a shoulder may pass above it. Infinite where no outline is near.
    """
    inside, limit_px = person.alpha_HW > 0.5, _WIDEST * person.frame.shoulder_px
    ahead_px = walk(inside, start, direction, limit_px)
    if ahead_px == 0:
        back_px = walk(~inside, start, -direction, limit_px)
        return np.inf if back_px is None else -back_px
    return np.inf if ahead_px is None else ahead_px


def _is_bare(person: Person, point: np.ndarray) -> bool:
    x, y = np.round(point).astype(int)
    inside = 0 <= y < person.skin.shape[0] and 0 <= x < person.skin.shape[1]
    return bool(inside and person.skin[y, x])


def _smooth_step(x: float) -> float:
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)
