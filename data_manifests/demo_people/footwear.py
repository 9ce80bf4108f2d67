"""Shoes: a stack of level slices, each the convex hull of the foot from there up, on a sole; and socks.

Shapes: V vertices; N points; R rows from the top of the shoe down; 3 is xyz in metres or linear RGB.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from body import Body, vertex_normals
from lower import around, hull_radius, line, slice_at, trunk_edges, tube_faces
from noise import noise, smoothstep
from scene import CLOTH, Layer
from scipy.ndimage import gaussian_filter1d
from textures import Colour, rgb

SOLE_M = 0.024  # from the floor to the skin of the foot
WALL_M = 0.005  # thickness of the upper
SOLE_EDGE_M = 0.009  # how far the sole stands out from the foot
STEP_M = 0.003
ROUND_COLUMNS = 5.0  # smoothing of each slice, columns of 1.5 degrees: no corners at the toes
SOCK_M = 0.002


@dataclass(frozen=True, kw_only=True)
class Shoes:
    """A pair of shoes.

    upper, sole   sRGB
    laces         sRGB of the laces, or None: a slip-on
    collar_m      height of the opening above the floor
    sock          sRGB, or None: bare ankles
    sock_m        height of the sock above the floor
    """

    upper: Colour
    sole: Colour
    laces: Colour | None = None
    collar_m: float = 0.088
    sock: Colour | None = None
    sock_m: float = 0.16


def shoe_layers(body: Body, shoes: Shoes) -> list[Layer]:
    """Both shoes, and both socks where the pair has them."""
    layers = []
    for side in (-1, 1):
        layers.append(_shoe(body, shoes, side))
        if shoes.sock is not None:
            layers.append(_sock(body, shoes, side))
    return layers


def shoe_cover(body: Body, shoes: Shoes) -> np.ndarray:
    """Signed distance to the shoe's (or the sock's) upper edge at each vertex, metres, positive inside."""
    floor = body.points_V3[:, 2].min() - SOLE_M
    edge = floor + (shoes.collar_m if shoes.sock is None else shoes.sock_m) - 0.006
    return (edge - body.points_V3[:, 2]).astype(np.float32)


def _one_foot(body: Body, side: int, below_z: float) -> np.ndarray:
    """Mesh edges of one lower leg, int64 (E, 2)."""
    edges_E2 = trunk_edges()
    x, z = body.points_V3[edges_E2, 0], body.points_V3[edges_E2, 2]
    return edges_E2[(x * side > 0).all(1) & (z < below_z).all(1)]


def _shoe(body: Body, shoes: Shoes, side: int) -> Layer:
    ground = float(body.points_V3[:, 2].min())
    edges_E2 = _one_foot(body, side, ground + 0.25)
    height_R = np.arange(shoes.collar_m, -STEP_M / 2, -STEP_M)  # above the floor
    level_R = np.clip(height_R - SOLE_M - 0.6 * WALL_M, 0.012, None)
    top = ground + shoes.collar_m - SOLE_M
    above = [slice_at(body.points_V3, edges_E2, z) for z in np.arange(ground + 0.010, top + 1e-6, STEP_M)]
    radius, centre = [], []
    for level in level_R:
        points = np.concatenate(above[min(int((level - 0.010) / STEP_M), len(above) - 1) :])
        centre.append((points.min(0) + points.max(0)) / 2)
        radius.append(hull_radius(points, centre[-1]))
    on_sole_R = smoothstep(SOLE_M + 0.001, SOLE_M - 0.003, height_R)
    radius_RA = np.stack(radius) + WALL_M + (SOLE_EDGE_M - WALL_M) * on_sole_R[:, None]
    radius_RA = gaussian_filter1d(radius_RA, 0.9, axis=0, mode="nearest")
    radius_RA[:, :-1] = gaussian_filter1d(radius_RA[:, :-1], ROUND_COLUMNS, axis=1, mode="wrap")
    radius_RA[:, -1] = radius_RA[:, 0]
    centre_R2 = gaussian_filter1d(np.stack(centre), 0.9, axis=0, mode="nearest")
    points = around(radius_RA, centre_R2, ground - SOLE_M + height_R)
    faces = tube_faces(len(height_R))
    forward = points[:, 1] - centre_R2[0, 1]
    across = points[:, 0] - np.repeat(centre_R2[:, 0], radius_RA.shape[1])
    values = np.stack([np.repeat(height_R, radius_RA.shape[1]), -forward, across], 1).astype(np.float32)
    return Layer(
        points_V3=points,
        normals_V3=vertex_normals(points, faces),
        reference_V3=points,
        faces_F3=faces,
        keep_V=np.ones(len(points), np.float32),
        values_VK=values,
        paint=lambda at_N3, values_NK, inner_N: _paint_shoe(at_N3, values_NK[:, -3:], inner_N, shoes),
        material=CLOTH,
        nearer_m=0.004,
    )


def _paint_shoe(at_N3, values_N3, inner_N, shoes: Shoes) -> np.ndarray:
    """Linear RGB: the sole's band, the upper with its toe cap, tongue and laces, and a dark inside."""
    height, forward, across = values_N3.T
    colour = np.tile(rgb(shoes.upper), (len(height), 1)) * (1 + 0.04 * noise(at_N3, 0.004, 71))[:, None]
    cap = line(np.abs(np.hypot(forward - 0.075, 0.7 * across) - 0.062), 0.002) * (forward > 0.10)
    rim = smoothstep(shoes.collar_m - 0.008, shoes.collar_m - 0.005, height)
    colour = colour * (1 - 0.35 * cap - 0.25 * rim)[:, None]
    if shoes.laces is not None:
        on_tongue = (np.abs(across) < 0.021) & (forward > 0.045) & (forward < 0.122)
        bars = smoothstep(0.25, 0.35, (forward / 0.015) % 1) * smoothstep(0.85, 0.75, (forward / 0.015) % 1) * on_tongue
        colour = colour * (1 - 0.25 * (on_tongue & (np.abs(across) > 0.016)))[:, None]
        colour = colour + (rgb(shoes.laces) - colour) * (0.9 * bars)[:, None]
    on_sole = smoothstep(SOLE_M + 0.0005, SOLE_M - 0.0005, height)[:, None]
    colour = colour + (rgb(shoes.sole) - colour) * on_sole
    colour = colour * (1 - 0.35 * line(np.abs(height - SOLE_M), 0.0016))[:, None]
    return np.where(inner_N[:, None], 0.15 * colour, colour).astype(np.float32)


def _sock(body: Body, shoes: Shoes, side: int) -> Layer:
    ground = float(body.points_V3[:, 2].min())
    edges_E2 = _one_foot(body, side, ground + 0.30)
    height_R = np.arange(shoes.sock_m, shoes.collar_m - 0.03, -STEP_M)
    slices = [slice_at(body.points_V3, edges_E2, ground - SOLE_M + height) for height in height_R]
    centre_R2 = np.stack([(points.min(0) + points.max(0)) / 2 for points in slices])
    radius_RA = np.stack([hull_radius(*pair) for pair in zip(slices, centre_R2, strict=True)]) + SOCK_M
    points = around(radius_RA, centre_R2, ground - SOLE_M + height_R)
    faces = tube_faces(len(height_R))

    def paint(at_N3, values_NK, inner_N):
        ribs = 1 + 0.10 * np.sin(2 * np.pi * values_NK[:, -1] / 0.006)
        return (rgb(shoes.sock) * (ribs * np.where(inner_N, 0.4, 1.0))[:, None]).astype(np.float32)

    values = (radius_RA * np.linspace(-np.pi, np.pi, radius_RA.shape[1])).reshape(-1, 1).astype(np.float32)
    return Layer(
        points_V3=points,
        normals_V3=vertex_normals(points, faces),
        reference_V3=points,
        faces_F3=faces,
        keep_V=np.ones(len(points), np.float32),
        values_VK=values,
        paint=paint,
        material=CLOTH,
        nearer_m=0.001,
    )
