"""A bag worn across the body: a strap over the clothes and a soft box at the hip.

Shapes: V vertices; N points; 3 is xyz in metres or linear RGB.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from body import Body, vertex_normals
from emblems import Colour
from garments import drape, halve
from lower import line
from noise import noise, smoothstep
from scene import CLOTH, Layer
from textures import rgb

from unseen.hands import front_at

STRAP_OFF_M, STRAP_ROUNDS = 0.014, 70  # from the skin, and smoothing: it spans every hollow as a taut band does
STRAP_HALF_M = 0.013
STRAP_NEARER_M, BAG_NEARER_M = 0.040, 0.045  # what the depth test gives them: they press down whatever cloth is below
SHOULDER_X, SHOULDER_Z = 0.100, 0.53  # where the strap lies on the shoulder, on the neutral body
HIP_X, HIP_Z = 0.150, 0.06  # and where it meets the upper edge of the bag at the other hip
BAG_Z = HIP_Z - 0.03  # it runs on so far behind the bag
SIZE_M = (0.105, 0.042, 0.075)  # half the bag's width, depth and height
BAG_OUT_M, BAG_FRONT_M = 0.025, 0.045  # the bag's middle, outward and before that place
CORNERS = 5.0  # of the superellipsoid: 2 is a ball, more is boxier


@dataclass(frozen=True, kw_only=True)
class Bag:
    """side is the hip that it hangs at: 1 at the picture's right, -1 at its left."""

    colour: Colour
    side: int


def bag_layers(body: Body, bag: Bag) -> list[Layer]:
    """The strap and the bag, ready to paint."""
    return [_strap(body, bag), _box(body, bag)]


def _strap(body: Body, bag: Bag) -> Layer:
    """A band of cloth stood off the body, where it is near a plane from one shoulder through the other hip."""
    reference = body.reference
    gap = np.full(len(reference.points_V3), STRAP_OFF_M, np.float32)
    points = drape(body, gap, rounds=STRAP_ROUNDS, hug_V=np.zeros(len(gap)))
    ends = front_at(body, -bag.side * SHOULDER_X, SHOULDER_Z), front_at(body, bag.side * HIP_X, HIP_Z)
    at, arm = reference.points_V3, reference.arm_V[:, None]
    near = (np.abs(_off_strap(points, *ends)) < 0.05) & (at[:, 2] > BAG_Z - 0.05) & (at[:, 2] < 0.60)
    faces, points, at, arm = halve(reference.faces_F3[near[reference.faces_F3].any(1)], points, at, arm)
    off = _off_strap(points, *ends)
    keep = np.minimum.reduce([STRAP_HALF_M - np.abs(off), at[:, 2] - BAG_Z, 0.3 - arm[:, 0]])

    def paint(at_N3, values_NK, inner_N):
        edge = STRAP_HALF_M - 0.003 - np.abs(values_NK[:, -1])
        return _leather(at_N3, bag) * (1 - 0.3 * line(np.abs(edge), 0.0012))[:, None]

    return replace(_layer(points, at, faces, keep, paint, STRAP_NEARER_M), values_VK=off[:, None].astype(np.float32))


def _off_strap(points_N3: np.ndarray, from_3: np.ndarray, to_3: np.ndarray) -> np.ndarray:
    """Signed distance to the plane that the strap lies in, seen from the front, metres."""
    across, up = to_3[0] - from_3[0], to_3[2] - from_3[2]
    return ((points_N3[:, 0] - from_3[0]) * up - (points_N3[:, 2] - from_3[2]) * across) / np.hypot(across, up)


def _box(body: Body, bag: Bag) -> Layer:
    """The bag: a superellipsoid that hangs before the hip, turned outward."""
    hip = front_at(body, bag.side * HIP_X, HIP_Z)
    middle = hip + [bag.side * BAG_OUT_M, -BAG_FRONT_M, -SIZE_M[2]]
    v, u = np.mgrid[-np.pi / 2 : np.pi / 2 : 60j, -np.pi : np.pi : 121j]

    def power(value):
        return np.sign(value) * np.abs(value) ** (2 / CORNERS)

    flat = np.stack([power(np.cos(v)) * power(np.cos(u)), power(np.cos(v)) * power(np.sin(u)), power(np.sin(v))], -1)
    flat = flat.reshape(-1, 3) * SIZE_M
    turn = bag.side * np.deg2rad(35)
    x = flat[:, 0] * np.cos(turn) - flat[:, 1] * np.sin(turn)
    y = flat[:, 0] * np.sin(turn) + flat[:, 1] * np.cos(turn)
    points = (np.stack([x, y, flat[:, 2]], -1) + middle).astype(np.float32)
    row, column = np.mgrid[0:59, 0:120]
    a = (row * 121 + column).ravel()
    faces = np.concatenate([np.stack([a, a + 1, a + 122], 1), np.stack([a, a + 122, a + 121], 1)])

    def paint(at_N3, values_NK, inner_N):
        flap = np.abs(at_N3[:, 2] + 0.1 * SIZE_M[2] - 0.12 * SIZE_M[2] * np.cos(at_N3[:, 0] / SIZE_M[0] * 1.5))
        buckle = smoothstep(0.013, 0.011, np.hypot(at_N3[:, 0], at_N3[:, 2] + 0.010)) * (at_N3[:, 1] < 0)
        colour = _leather(at_N3, bag) * (1 - 0.45 * line(flap, 0.0022) * (at_N3[:, 1] < 0))[:, None]
        return (colour + (np.array([0.55, 0.42, 0.18]) - colour) * buckle[:, None]).astype(np.float32)

    return _layer(points, flat.astype(np.float32), faces, np.ones(len(points)), paint, BAG_NEARER_M)


def _leather(at_N3: np.ndarray, bag: Bag) -> np.ndarray:
    return rgb(bag.colour) * (1 + 0.06 * noise(at_N3, 0.004, 91) + 0.05 * noise(at_N3, 0.03, 92))[:, None]


def _layer(points, at, faces, keep, paint, nearer_m: float) -> Layer:
    return Layer(
        points_V3=points.astype(np.float32),
        normals_V3=vertex_normals(points, faces),
        reference_V3=at.astype(np.float32),
        faces_F3=faces,
        keep_V=keep.astype(np.float32),
        values_VK=np.zeros((len(points), 0), np.float32),
        paint=paint,
        material=CLOTH,
        nearer_m=nearer_m,
    )
