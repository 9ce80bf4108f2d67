"""Trousers: the body's own mesh, draped, and below the crotch blown up to the width of a leg of cloth.

Shapes: V vertices; F triangles; N points; S slices of a leg; 2 is xy, 3 is xyz in metres or linear RGB.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from body import Body, Reference, reference_body, vertex_normals
from garments import CROTCH_Z, WAIST_Z, drape, halve
from lower import INNER_SHADE, line
from noise import noise, smoothstep
from scene import CLOTH, Layer
from textures import Colour, rgb

KNEE_Z, ANKLE_Z = -0.35, -0.745
LONG_HEM_Z = -0.700  # the last height where a leg is still a tube; longer cloth hangs on from there
SLICES_S = np.arange(ANKLE_Z - 0.01, CROTCH_Z + 0.03, 0.02)
SOFT_M = 0.006  # how softly a leg of flesh inside takes over where it is wider than the cloth
NEARER_M = 0.006  # more than the depth of any fold: no knee shows through
MIDLINE_M = 0.003  # how near a trouser leg may come to the plane between the legs


@dataclass(frozen=True, kw_only=True)
class Trousers:
    """The measures of a pair of trousers, in metres on the neutral body.

    hem_z          height of the hem; the knee is at -0.35, the crotch at -0.03, and LONG_HEM_Z the lowest
    drop_m         how far the hem of long trousers hangs on below that, over the shoe
    thigh_m, hem_m radius of a leg at the thigh and at the hem; never less than the leg itself
    ease_m         distance from the skin at hip and thigh
    band_m         height of the waistband
    faded          0 even colour .. 1 washed denim
    """

    colour: Colour
    waist_z: float = WAIST_Z
    hem_z: float = LONG_HEM_Z
    drop_m: float = 0.050
    thigh_m: float = 0.088
    hem_m: float = 0.078
    ease_m: float = 0.008
    band_m: float = 0.034
    faded: float = 0.0


def trousers_layer(body: Body, trousers: Trousers, *, below_z: float = np.inf) -> Layer:
    """The trousers on this body, ready to paint. Only what lies below the reference height `below_z` is drawn."""
    reference = body.reference
    pattern_V3, draped = (_widened(wearer, trousers) for wearer in (reference_body(), body))
    near = (trousers_cover(body, trousers) > -0.08)[reference.faces_F3].any(1)
    faces, pattern_V3, draped, arm = halve(reference.faces_F3[near], pattern_V3, draped, reference.arm_V[:, None])
    faces, pattern_V3, draped, arm = halve(faces, pattern_V3, draped, arm)
    draped = draped + vertex_normals(draped, faces) * _folds(pattern_V3, trousers)[:, None]
    z, hem_z = pattern_V3[:, 2], trousers.hem_z - trousers.drop_m
    keep = np.minimum.reduce([trousers.waist_z - z, z - hem_z, 0.3 - arm[:, 0], below_z - z])
    draped = draped.astype(np.float32)
    return Layer(
        points_V3=draped,
        normals_V3=vertex_normals(draped, faces),
        reference_V3=pattern_V3,
        faces_F3=faces,
        keep_V=keep.astype(np.float32),
        values_VK=np.zeros((len(draped), 0), np.float32),
        paint=lambda at_N3, values_NK, inner_N: _paint_trousers(at_N3, inner_N, trousers),
        material=CLOTH,
        nearer_m=NEARER_M,
    )


def trousers_cover(body: Body, trousers: Trousers) -> np.ndarray:
    """Signed distance to the trousers' edges at each vertex of the body, metres, positive under the cloth."""
    z = body.reference.points_V3[:, 2]
    edges = np.minimum(trousers.waist_z - z, z - trousers.hem_z)
    return np.minimum(edges, 0.3 - body.reference.arm_V).astype(np.float32)


def _leg_axis(points_V3: np.ndarray, reference: Reference, side: int) -> np.ndarray:
    """Middle of the left (1) or right (-1) leg at SLICES_S: xy (S, 2)."""
    x, _, z = reference.points_V3.T
    leg = (x * side > 0) & (reference.arm_V < 0.1)
    rings = [points_V3[leg & (np.abs(z - at) < 0.014), :2] for at in SLICES_S]
    return np.stack([(ring.min(0) + ring.max(0)) / 2 for ring in rings])


def _along(axis_S2: np.ndarray, z_N: np.ndarray) -> np.ndarray:
    """The axis at heights of the neutral body: xy (N, 2)."""
    return np.stack([np.interp(z_N, SLICES_S, axis_S2[:, i]) for i in (0, 1)], 1)


@cache
def _pattern_axis() -> np.ndarray:
    """The neutral body's left leg; the right one mirrors it."""
    reference = reference_body().reference
    return _leg_axis(reference.points_V3, reference, 1)


def _round_leg(at_N3: np.ndarray) -> np.ndarray:
    """Angle round the neutral leg from the middle of its front, radians, positive on the outer side."""
    offset = np.c_[np.abs(at_N3[:, 0]), at_N3[:, 1]] - _along(_pattern_axis(), at_N3[:, 2])
    return np.arctan2(offset[:, 0], -offset[:, 1])


def _widened(body: Body, trousers: Trousers) -> np.ndarray:
    """The cloth before its folds, (V, 3): draped over hips and legs, pushed out to the width of a trouser leg below
    the crotch, and lengthened below the knee."""
    reference = body.reference
    x, _, z = reference.points_V3.T
    gap = np.full(len(x), trousers.ease_m, np.float32)
    out = drape(body, gap, rounds=16, hug_V=np.zeros(len(x)))
    width = np.interp(z, (LONG_HEM_Z, KNEE_Z, CROTCH_Z), _widths(trousers))
    share = smoothstep(CROTCH_Z + 0.02, CROTCH_Z - 0.16, z) * (reference.arm_V < 0.1)
    for side in (-1, 1):
        here = (x * side > 0) & (share > 0)
        offset = out[here, :2] - _along(_leg_axis(out, reference, side), z[here])
        reach = np.linalg.norm(offset, axis=1)
        wider = np.logaddexp(reach / SOFT_M, width[here] / SOFT_M) * SOFT_M
        out[here, :2] += offset * (share[here] * (wider - reach) / (reach + 1e-6))[:, None]
        legs = here & (z < CROTCH_Z - 0.01)
        out[legs, 0] = side * np.maximum(side * out[legs, 0], MIDLINE_M)
    out[:, 2] -= trousers.drop_m * smoothstep(KNEE_Z, LONG_HEM_Z, z) * (reference.arm_V < 0.1)
    for _ in range(10):
        smoother = 0.5 * out + 0.5 * (reference.smooth_VV @ out)
        out += share[:, None] * (smoother - out)
    return out.astype(np.float32)


def _widths(trousers: Trousers) -> tuple[float, float, float]:
    return trousers.hem_m, (trousers.hem_m + trousers.thigh_m) / 2, trousers.thigh_m


def _folds(at_N3: np.ndarray, trousers: Trousers) -> np.ndarray:
    """Height of folds, metres (N,): creases fanning from the crotch, rings at the knee, stacks above a long hem."""
    x, y, z = at_N3.T
    slanted = np.c_[x * 0.6 + 7 * (x > 0), y, z + 0.45 * np.abs(x)]
    crotch = noise(slanted, (0.12, 0.10, 0.030), 81) * np.exp(-(((z - CROTCH_Z + 0.03) / 0.07) ** 2))
    knee = noise(slanted, (0.09, 0.08, 0.040), 82) * np.exp(-(((z - KNEE_Z) / 0.10) ** 2))
    stack = noise(slanted, (0.10, 0.09, 0.035), 83) * smoothstep(ANKLE_Z + 0.16, ANKLE_Z + 0.03, z)
    long = noise(at_N3, (0.05, 0.05, 0.30), 84) * smoothstep(CROTCH_Z, CROTCH_Z - 0.1, z)
    return 0.0050 * crotch + 0.0055 * knee + 0.0070 * stack * (trousers.drop_m > 0) + 0.0050 * long


def _paint_trousers(at_N3, inner_N, trousers: Trousers) -> np.ndarray:
    """Linear RGB: grain, waistband with a button, fly, slanted pockets, side seams, hem and fading."""
    x, y, z = at_N3.T
    turn = _round_leg(at_N3)
    front = y < -0.02
    shade = 1 + 0.04 * noise(at_N3, 0.0016, 85) + 0.025 * noise(at_N3, 0.014, 86)
    band_z = trousers.waist_z - trousers.band_m
    below_band = z < band_z
    lines = line(np.abs(z - band_z), 0.0016)
    pocket = np.abs(np.abs(x) - 0.105 - 0.55 * (z - 0.055)) * 0.9
    lines = np.maximum(lines, line(pocket, 0.0016) * front * (z > 0.0) * below_band)
    lines = np.maximum(lines, line(np.abs(x), 0.0014) * (z > CROTCH_Z - 0.01) * below_band * front)
    j_curve = np.abs(np.hypot(x, np.minimum(z - 0.02, 0)) - 0.024)
    lines = np.maximum(lines, 0.7 * line(j_curve, 0.0014) * (x > 0) * (z > -0.01) * below_band * front)
    lines = np.maximum(lines, 0.7 * line(np.abs(z - trousers.hem_z + trousers.drop_m - 0.024), 0.0014))
    lines = np.maximum(lines, 0.6 * line(np.abs(turn - np.pi / 2) * 0.08, 0.0016) * below_band)
    shade *= 1 - 0.42 * lines
    colour = rgb(trousers.colour) * shade[:, None]
    worn = np.exp(-((turn / 0.6) ** 2)) * (smoothstep(0.02, -0.12, z) * smoothstep(-0.45, -0.20, z))
    worn = trousers.faded * (0.75 * worn + 0.25 * noise(at_N3, (0.05, 0.2, 0.14), 87))
    colour = colour + (0.45 - colour) * np.clip(0.30 * worn, 0, 1)[:, None]
    button = smoothstep(0.0085, 0.0070, np.hypot(x, z - band_z - trousers.band_m / 2)) * front
    colour = colour + (0.5 * colour + 0.12 - colour) * button[:, None]
    return (colour * np.where(inner_N, INNER_SHADE, 1.0)[:, None]).astype(np.float32)
