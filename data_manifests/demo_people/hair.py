"""Hair, strand by strand: roots on the scalp, a combing direction, gravity, and a head to lie on.

Shapes: S hairs; K points of a hair; V vertices; N any list of points; 3 is xyz in metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from body import Body, vertex_normals
from noise import noise, smoothstep
from raster import to_linear
from scene import Hairs
from scipy.spatial import cKDTree
from skin import brow, hairline

STEPS = 26


@dataclass(frozen=True, kw_only=True)
class Haircut:
    """
    style        "short" (cropped sides), "bob" (falls from a parting), "back" (combed back into a knot), "crop" (short
                 all over), "long" (falls over the shoulders)
    part_x       where the parting runs, metres from the middle of the neutral head
    length_m     of the longest hairs
    volume_m     how far the hair stands off the head
    colour       sRGB 0..255
    grey         share of grey hairs, 0..1
    count        how many hairs; 0 is a bald head
    """

    style: str
    part_x: float = 0.02
    length_m: float = 0.04
    volume_m: float = 0.012
    colour: tuple[int, int, int] = (50, 36, 28)
    grey: float = 0.0
    count: int = 26000


def grow(body: Body, cut: Haircut, seed: int) -> Hairs:
    """All hairs of one head: scalp and brows."""
    rng = np.random.default_rng(seed)
    root, at, normal = _roots(body, lambda p: hairline(p) > 0.0, cut.count, rng)
    scalp = _comb(body, cut, root, at, normal, rng) if cut.count else np.zeros((0, STEPS, 3))
    root_b, at_b, normal_b = _roots(body, lambda p: brow(p) > -0.0012, 1500, rng)
    kept = np.flatnonzero(brow(root_b) > -0.0004)[:200]
    root_b, at_b, normal_b = root_b[kept], at_b[kept], normal_b[kept]
    brows = _brows(root_b, at_b, normal_b, rng)
    points = np.concatenate([scalp, brows])
    normals = _round_normals(body, points)
    colours = np.concatenate([_colours(root, cut, rng), _colours(root_b, cut, rng) * 0.75])
    return Hairs(points_SK3=points.astype(np.float32), normals_SK3=normals, colours_S3=colours)


def _roots(body, wanted, count, rng):
    """Even random places on the wanted skin: reference position, posed position and normal, each (S, 3)."""
    reference = body.reference
    head = (
        (reference.points_V3[:, 2] > 0.60)
        & ~reference.eyeball_V
        & ~reference.inside_V
        & (reference.zones["ears"] < 0.3)
    )
    faces = reference.faces_F3[head[reference.faces_F3].all(1)]
    faces = faces[wanted(reference.points_V3[faces].mean(1))]
    a, b, c = (body.points_V3[faces[:, i]] for i in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    pick = rng.choice(len(faces), count, p=area / area.sum())
    u, v = rng.random((2, count))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    weights = np.stack([1 - u - v, u, v], 1)[..., None]
    return tuple(
        (values[faces[pick]] * weights).sum(1) for values in (reference.points_V3, body.points_V3, body.normals_V3)
    )


def _brows(root, at, normal, rng):
    out = (
        np.sign(root[:, :1]) * np.array([[1.0, 0, 0]])
        + np.array([[0, 0.1, 0.35]])
        + 0.25 * rng.normal(size=(len(at), 3))
    )
    out -= normal * (out * normal).sum(1, keepdims=True)
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    length = 0.0055 * (0.7 + 0.6 * rng.random((len(at), 1, 1)))
    t = np.linspace(0, 1, STEPS)[None, :, None]
    return (
        at[:, None]
        + normal[:, None] * 0.0008
        + out[:, None] * length * t
        - np.array([0, 0, 1.0]) * length * 0.35 * t**2
    )


def _comb(body, cut, root, at, normal, rng):
    """Walk each hair from its root: (S, K, 3)."""
    tree, surface, surface_normals, level = _head(body, 0.25 if cut.style == "long" else 0.42)
    side = np.sign(root[:, 0] - cut.part_x)
    flow, length, lift, drop = _STYLES[cut.style](root, side, cut)
    clump = np.stack([noise(root, 0.016, 31 + i) for i in range(3)], 1)
    flow = flow + 0.22 * clump + 0.10 * rng.normal(size=root.shape)
    length = length * (0.82 + 0.36 * rng.random(len(root))) * (1 + 0.12 * clump[:, 0])
    stand = lift * (0.25 + 0.75 * rng.random(len(root)) ** 1.5) * (1 + 0.3 * clump[:, 1])
    over_m = SHOULDER_GAP_M if cut.style == "long" else 0.0
    heading = flow - normal * (flow * normal).sum(1, keepdims=True) + 0.7 * normal
    points, here = [at], at.copy()
    for k in range(1, STEPS):
        _, near = tree.query(here, workers=2)
        up = surface_normals[near]
        height = ((here - surface[near]) * up).sum(1)
        crown = smoothstep(0.0, 0.7, up[:, 2])  # combed on top of the head, falling at its sides
        fall = np.array([0, 0, -1.0]) * (drop * (1 - crown))[:, None]
        if cut.style == "long":
            fall = fall + _off_shoulder(here, root, level[near])
        comb = flow * (1 - drop * (1 - crown))[:, None]
        pull = comb - up * (comb * up).sum(1, keepdims=True) + fall
        lying = height < stand + 0.004
        pull = pull - up * np.where(lying, np.minimum((pull * up).sum(1), 0), 0)[:, None]
        pull = pull - up * np.where((level[near] > 0.69) & ~lying, 0.6, 0)[:, None]
        heading = _unit(0.55 * _unit(heading) + 0.45 * _unit(pull))
        here = here + heading * (length / (STEPS - 1))[:, None]
        _, near = tree.query(here, workers=2)
        up, height = surface_normals[near], ((here - surface[near]) * surface_normals[near]).sum(1)
        wanted = stand * (1 - np.exp(-k / 3)) + over_m * smoothstep(0.63, 0.55, level[near])
        here = here + up * np.clip(wanted - height, 0, None)[:, None]
        points.append(here)
    return np.stack(points, 1)


def _off_shoulder(here, root, level_N):
    """Below the ears hair slides from the shoulder to the chest or to the back, whichever is nearer to its root."""
    low = smoothstep(0.70, 0.64, level_N)
    aside = np.sign(here[:, 0]) * smoothstep(0.075, 0.120, np.abs(here[:, 0]))
    ahead = np.where(root[:, 1] < 0.015, -1.2, 1.1) * smoothstep(0.42, 0.50, level_N)
    return low[:, None] * np.stack([-0.9 * aside, ahead, 0 * low], 1)


def _unit(vectors):
    return vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-9)


def _short(root, side, cut):
    """Each style returns the combing direction (S, 3), and (S,) length, height off the head, and how much it falls
    (0..1)."""
    top = smoothstep(0.735, 0.775, root[:, 2])
    flow = np.stack(
        [0.75 * side * top, 0.15 - 0.55 * top * (root[:, 1] < -0.06) + 0.25 * (1 - top), 0.25 * top - 0.8 * (1 - top)],
        1,
    )
    length, volume = 0.008 + (cut.length_m - 0.008) * top, 0.003 + (cut.volume_m - 0.003) * top
    return flow, length, volume, np.full(len(root), 0.15)


def _bob(root, side, cut):
    flow = np.stack([side, np.full(len(root), 0.55), 0 * side], 1)
    length = cut.length_m * (0.62 + 0.38 * smoothstep(0.66, 0.80, root[:, 2]))
    return flow, length, np.full(len(root), cut.volume_m), np.full(len(root), 0.9)


def _back(root, side, cut):
    knot = np.array([0, 0.075, 0.70])
    sideways = 0.25 * side * smoothstep(0.74, 0.79, root[:, 2])
    flow = _unit(knot - root) + np.stack([sideways, 0 * side, 0 * side], 1)
    beside_ear = (root[:, 2] < 0.710) & (root[:, 1] < -0.03)
    reach = np.where(beside_ear, 0.3, 1.1) * np.linalg.norm(knot - root, axis=1)
    return flow, np.minimum(cut.length_m, reach), np.full(len(root), cut.volume_m), np.zeros(len(root))


def _crop(root, side, cut):
    flow = np.stack([0.25 * side, np.full(len(root), -0.1), np.full(len(root), -0.5)], 1)
    return flow, np.full(len(root), cut.length_m), np.full(len(root), cut.volume_m), np.full(len(root), 0.1)


def _long(root, side, cut):
    flow = np.stack([side, np.full(len(root), 0.35), 0 * side], 1)
    length = cut.length_m * (0.78 + 0.22 * smoothstep(0.66, 0.80, root[:, 2]))
    return flow, length, np.full(len(root), cut.volume_m), np.full(len(root), 0.95)


_STYLES = {"short": _short, "bob": _bob, "back": _back, "crop": _crop, "long": _long}
SHOULDER_GAP_M = 0.016  # what hair over the shoulders keeps from the skin: more than any garment's ease there


def _head(body, low_z):
    """A smoothed head and shoulders for the hair to lie on: tree, points, normals, reference heights."""
    reference = body.reference
    points = body.points_V3.copy()
    for _ in range(12):
        points = 0.5 * points + 0.5 * (reference.smooth_VV @ points)
    normals = vertex_normals(points, reference.faces_F3)
    part = (reference.points_V3[:, 2] > low_z) & ~reference.eyeball_V & ~reference.inside_V & (reference.arm_V < 0.9)
    part &= ((points - body.points_V3) * body.normals_V3).sum(1) < 0.02
    return cKDTree(points[part]), points[part], normals[part], reference.points_V3[part, 2]


def _round_normals(body, points_SK3):
    """Normals of a rounded head, so that light changes slowly along the hair."""
    middle = body.points_V3[body.reference.points_V3[:, 2] > 0.68].mean(0)
    out = (points_SK3 - middle) * np.array([1, 1, 0.7])
    return (out / np.linalg.norm(out, axis=-1, keepdims=True)).astype(np.float32)


def _colours(root, cut, rng):
    base = to_linear(np.array(cut.colour, np.float32) / 255)
    shade = 1 + 0.22 * noise(root, 0.010, 41) + 0.16 * rng.normal(size=len(root))
    colours = base * np.clip(shade, 0.4, 1.8)[:, None]
    grey = rng.random(len(root)) < cut.grey
    colours[grey] = np.array([0.15, 0.14, 0.13]) * np.clip(shade[grey], 0.6, 1.3)[:, None]
    return colours.astype(np.float32)
