"""Skirts: a tube of cloth hung round both legs.

A tube is a grid of R rows (from its upper edge down) by A columns (round the body, from the middle of the back over the
picture's left side to the back again). The same tube is laid round the neutral reference body, and patterns are read
from there: a skirt's photograph and the worn skirt show the same flowers.

Shapes: V vertices; E edges; N points; R rows; A columns; 2 is xy, 3 is xyz, metres. Angle 0 is the front, positive
toward +x.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from body import Body, load_reference, reference_body, vertex_normals
from garments import WAIST_Z
from noise import noise, smoothstep
from scene import CLOTH, Layer
from scipy.ndimage import gaussian_filter1d
from textures import Cloth, Pattern

COLUMNS, ROWS = 240, 90
ANGLES_A = np.linspace(-np.pi, np.pi, COLUMNS + 1)  # the first and the last column meet at the back
INNER_SHADE = 0.5  # linear light of a garment's inner side


@dataclass(frozen=True, kw_only=True)
class Skirt:
    """The measures of a skirt, in metres on the neutral body.

    waist_z, hem_z   heights of its edges; the knee is at -0.35, the ankle at -0.75
    flare            how much the radius grows for each metre down; negative tapers, but never into a leg
    gap_m            distance from the skin at the waist
    fold_m           height of the folds at the hem
    fold_width_m     about the distance of two folds at the hem
    band_m           height of the sewn-on waistband; 0 for a seam
    """

    waist_z: float = WAIST_Z
    hem_z: float = -0.37
    flare: float = 0.20
    gap_m: float = 0.009
    fold_m: float = 0.013
    fold_width_m: float = 0.095
    band_m: float = 0.034


@cache
def trunk_edges() -> np.ndarray:
    """The mesh's edges that belong to no arm, int64 (E, 2)."""
    reference = load_reference()
    faces = reference.faces_F3
    edges_E2 = np.unique(np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), 1), axis=0)
    return edges_E2[(reference.arm_V[edges_E2] < 0.3).all(1)]


def posed_height(body: Body, reference_z: np.ndarray) -> np.ndarray:
    """Where heights of the neutral body lie on this body, metres: the mean of the skin there, arms apart."""
    at_V = body.reference.points_V3[:, 2]
    bins = np.arange(-0.82, 0.50, 0.02)
    trunk = body.reference.arm_V < 0.1
    posed = [body.points_V3[trunk & (np.abs(at_V - z) < 0.015), 2].mean() for z in bins]
    return np.interp(reference_z, bins, np.maximum.accumulate(posed))


def slice_at(points_V3: np.ndarray, edges_E2: np.ndarray, z: float) -> np.ndarray:
    """Where the mesh's edges cross a height: xy points (N, 2)."""
    a, b = points_V3[edges_E2[:, 0]], points_V3[edges_E2[:, 1]]
    crossing = (a[:, 2] - z) * (b[:, 2] - z) < 0
    a, b = a[crossing], b[crossing]
    share = ((z - a[:, 2]) / (b[:, 2] - a[:, 2]))[:, None]
    return (a + (b - a) * share)[:, :2]


def hull_radius(points_N2: np.ndarray, centre_2: np.ndarray) -> np.ndarray:
    """How far the points' convex hull reaches from a centre inside it, metres at each of ANGLES_A."""
    towards_A2 = np.stack([np.sin(ANGLES_A), -np.cos(ANGLES_A)], 1)
    support_A = ((points_N2 - centre_2) @ towards_A2.T).max(0)
    cosine_AA = np.cos(ANGLES_A[:, None] - ANGLES_A[None])
    return np.where(cosine_AA > 0.05, support_A[None] / np.maximum(cosine_AA, 0.05), np.inf).min(1)


def around(radius_RA: np.ndarray, centre_R2: np.ndarray, height_R: np.ndarray) -> np.ndarray:
    """The tube's points, float32 (R * A, 3)."""
    x = centre_R2[:, :1] + radius_RA * np.sin(ANGLES_A)
    y = centre_R2[:, 1:] - radius_RA * np.cos(ANGLES_A)
    return np.stack([x, y, np.broadcast_to(height_R[:, None], x.shape)], -1).reshape(-1, 3).astype(np.float32)


def tube_faces(rows: int) -> np.ndarray:
    """Triangles of a tube of that many rows, int64 (F, 3), turned outward."""
    row, column = np.mgrid[0 : rows - 1, 0:COLUMNS]
    a = (row * (COLUMNS + 1) + column).ravel()
    below = a + COLUMNS + 1
    return np.concatenate([np.stack([a, below, below + 1], 1), np.stack([a, below + 1, a + 1], 1)])


def skirt_layer(body: Body, skirt: Skirt, pattern: Pattern, *, below_z: float = np.inf) -> Layer:
    """The skirt on this body, ready to paint.

    pattern   reads `across_N` (arc length from the middle of the front) and `up_N` (height) of the neutral body's tube
    below_z   only what lies below this reference height is drawn: a top's hem hides the rest
    """
    height_R = np.linspace(skirt.waist_z, skirt.hem_z, ROWS)
    points, _ = _hang(body, skirt, height_R)
    flat, radius_RA = _hang(reference_body(), skirt, height_R)
    normals = vertex_normals(points, faces := tube_faces(ROWS))
    points = (points + normals * _folds(skirt, height_R, radius_RA).reshape(-1, 1)).astype(np.float32)
    across_RA, up_RA = _cut_of_cloth(radius_RA, height_R)
    drop_RA = np.broadcast_to((skirt.waist_z - height_R)[:, None], across_RA.shape)
    values_VK = np.stack([across_RA.ravel(), up_RA.ravel(), drop_RA.ravel()], 1).astype(np.float32)
    return Layer(
        points_V3=points,
        normals_V3=vertex_normals(points, faces),
        reference_V3=flat,
        faces_F3=faces,
        keep_V=np.broadcast_to(np.minimum(below_z - height_R, 1)[:, None], across_RA.shape).ravel().astype(np.float32),
        values_VK=values_VK,
        paint=lambda at_N3, values_NK, inner_N: _paint_skirt(at_N3, values_NK[:, -3:], inner_N, skirt, pattern),
        material=CLOTH,
        nearer_m=0.0015,
    )


def skirt_cover(body: Body, skirt: Skirt) -> np.ndarray:
    """Signed distance to the skirt's edges at each vertex of the body, metres, positive under the cloth."""
    z = body.reference.points_V3[:, 2]
    return np.minimum(np.minimum(skirt.waist_z - z, z - skirt.hem_z), 0.3 - body.reference.arm_V).astype(np.float32)


def _hang(body: Body, skirt: Skirt, height_R: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The unfolded tube on a body, (R * A, 3), and its radii (R, A): cloth keeps off the legs' hull and falls from
    whatever it met above."""
    posed_R = posed_height(body, height_R)
    slices = [slice_at(body.points_V3, trunk_edges(), z) for z in posed_R]
    hips = slices[int(np.argmin(np.abs(height_R)))]
    centre_2 = (hips.min(0) + hips.max(0)) / 2
    radius_RA = np.stack([hull_radius(points, centre_2) for points in slices])
    radius_RA += skirt.gap_m + 0.006 * smoothstep(0.0, 0.2, skirt.waist_z - height_R)[:, None]
    for row in range(1, len(radius_RA)):
        grown = radius_RA[row - 1] + skirt.flare * (posed_R[row - 1] - posed_R[row])
        radius_RA[row] = np.maximum(radius_RA[row], grown)
    radius_RA = gaussian_filter1d(radius_RA, 3.0, axis=0, mode="nearest")
    radius_RA[:, :-1] = gaussian_filter1d(radius_RA[:, :-1], 3.0, axis=1, mode="wrap")
    radius_RA[:, -1] = radius_RA[:, 0]
    return around(radius_RA, np.tile(centre_2, (len(height_R), 1)), posed_R), radius_RA


def _folds(skirt: Skirt, height_R: np.ndarray, radius_RA: np.ndarray) -> np.ndarray:
    """Height of the folds above the tube, metres (R, A): none at the band, full at the hem."""
    drop_R = skirt.waist_z - height_R
    grown_R = (0.25 + 0.75 * drop_R / drop_R[-1]) * smoothstep(0.6 * skirt.band_m, skirt.band_m + 0.10, drop_R)
    count = round(2 * np.pi * radius_RA[-1].mean() / skirt.fold_width_m)
    ring_A3 = np.stack([np.sin(ANGLES_A), np.cos(ANGLES_A), 0 * ANGLES_A], 1)
    at_N3 = (ring_A3[None] + np.array([0, 0, 2.0]) * height_R[:, None, None]).reshape(-1, 3)
    stray, depth = (noise(at_N3, 0.45, seed).reshape(len(height_R), -1) for seed in (61, 64))
    wave_RA = np.sin(count * ANGLES_A + 2.2 * stray) * (0.55 + 0.45 * depth)
    return skirt.fold_m * grown_R[:, None] * wave_RA


def _cut_of_cloth(radius_RA: np.ndarray, height_R: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Arc length from the middle of the front, and height along the cloth, metres (R, A)."""
    step_RA = radius_RA * (ANGLES_A[1] - ANGLES_A[0])
    across_RA = np.cumsum(step_RA, axis=1) - step_RA / 2
    across_RA -= across_RA[:, COLUMNS // 2, None]
    slope_RA = np.hypot(np.diff(radius_RA, axis=0), np.diff(height_R)[:, None])
    along_RA = np.concatenate([np.zeros_like(radius_RA[:1]), np.cumsum(slope_RA, axis=0)])
    return across_RA, height_R[0] - along_RA


def _paint_skirt(at_N3, values_N3, inner_N, skirt: Skirt, pattern: Pattern) -> np.ndarray:
    """Linear RGB: the pattern, the band's seam (or the waist seam), the hem's stitches and the weave."""
    across, up, drop = values_N3.T
    nowhere = np.zeros(len(up), bool)
    colour = pattern(Cloth(points_N3=at_N3, across_N=across, up_N=up, on_sleeve_N=nowhere))
    shade = 1 + 0.035 * noise(at_N3, 0.0013, 62) + 0.02 * noise(at_N3, 0.012, 63)
    shade *= 1 - 0.50 * line(np.abs(drop - skirt.band_m), 0.0022)
    hem = skirt.waist_z - skirt.hem_z - drop
    shade *= 1 - 0.20 * line(np.abs(hem - 0.026), 0.0011)
    shade = np.where(inner_N, shade * INNER_SHADE, shade)
    return (colour * shade[:, None]).astype(np.float32)


def line(distance_N: np.ndarray, width_m: float) -> np.ndarray:
    """A soft dark line where the distance is below `width_m`, 0..1."""
    return smoothstep(width_m * 1.6, width_m * 0.5, distance_N)
