"""Layers in, picture out: every layer is cut, z-tested, painted and lit by the same soft studio lights.

Shapes: H, W samples of a picture drawn `samples` times too large; V vertices; N drawn samples; L lights; 3 is xyz or
RGB.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np
from raster import (
    FAR,
    HEIGHT_PX,
    WIDTH_PX,
    Camera,
    draw_hairs,
    draw_triangles,
    gather,
    lit_share,
    shrink,
    to_srgb8,
    turns,
)

CLOTH, SKIN, EYE, HAIR = range(4)
LIGHT_MAP_PX, LIGHT_MAP_M = 700, 1.7  # the square each light looks at

LIFT_M, SHADOW_BIAS_M, SHADOW_TAPS = np.float32(0.004), np.float32(0.007), 6  # against a surface shading itself

# Paint: (reference positions (N,3), vertex values (N,K), seen from inside (N,) bool) -> linear RGB (N,3)
Paint = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One surface of the picture.

    keep_V      float32, signed distance to the layer's edge, metres; positive is drawn
    values_VK   float32, extra vertex values handed to `paint`
    material    CLOTH, SKIN or EYE
    nearer_m    how much nearer it counts in the depth test: cloth wins over the skin it lies on
    """

    points_V3: np.ndarray
    normals_V3: np.ndarray
    reference_V3: np.ndarray
    faces_F3: np.ndarray
    keep_V: np.ndarray
    values_VK: np.ndarray
    paint: Paint
    material: int
    nearer_m: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Hairs:
    """Drawn hairs: S polylines of K points.

    points_SK3, normals_SK3   metres; the normal of the head below each point
    colours_S3                linear RGB of each hair
    """

    points_SK3: np.ndarray
    normals_SK3: np.ndarray
    colours_S3: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Lights:
    """Directions toward the lights, their strength, and how soft their shadows are."""

    directions_L3: np.ndarray
    colours_L3: np.ndarray
    blur_px: float = 7.0


def studio(
    *, key: float = 1.0, fill: float = 1.0, room: float = 1.0, side: int = -1, warmth: float = 0.0, seed: int = 0
) -> Lights:
    """A large soft box on one side and above, a weak one on the other, and a bright room all around.

    key, fill, room   strength of the three, 1 is normal
    side              -1 has the large one on the left of the picture, 1 on the right
    warmth            -1 bluish .. 1 golden, of the large one
    """
    rng = np.random.default_rng(seed)
    rows = []
    for centre, spread, count, power in (
        ((0.55 * side, -0.75, 0.60), 0.28, 7, 0.95 * key),
        ((-0.80 * side, -0.60, 0.25), 0.30, 4, 0.24 * fill),
    ):
        rows += [
            (
                np.add(centre, spread * rng.normal(size=3)),
                power / count * np.array([1.0, 0.985, 0.96]) ** (1 + 3 * warmth),
            )
            for _ in range(count)
        ]
    for k in range(12):  # the room: a Fibonacci half-sphere toward the camera and up
        turn, height = 2.399963 * k, -0.35 + 1.3 * (k + 0.5) / 12
        ring = np.sqrt(max(1 - min(height, 1) ** 2, 0.02))
        direction = np.array([ring * np.cos(turn), -0.35 - ring * abs(np.sin(turn)), height])
        rows.append((direction, 0.84 * room / 12 * np.array([0.97, 0.99, 1.03])))
    directions = np.array([row[0] for row in rows])
    return Lights(
        directions_L3=(directions / np.linalg.norm(directions, axis=1, keepdims=True)).astype(np.float32),
        colours_L3=np.array([row[1] for row in rows], np.float32),
    )


@dataclass
class _Samples:
    """What is seen at each sample of the picture (all (H*W, ...)); material -1 is the background."""

    depth: np.ndarray
    material: np.ndarray
    colour: np.ndarray
    normal: np.ndarray
    position: np.ndarray


def render(
    layers: list[Layer],
    hairs: Hairs | None,
    camera: Camera,
    background_HW3: np.ndarray,
    lights: Lights,
    samples: int = 3,
) -> np.ndarray:
    """Draw the picture.

    background_HW3   float32 linear RGB (1024, 768, 3)
    samples          supersampling per axis
    returns          uint8 sRGB (1024, 768, 3)
    """
    seen = _look(layers, camera, samples)
    tangent = _comb(seen, hairs, camera, samples) if hairs is not None else None
    drawn = np.flatnonzero(seen.material >= 0)
    lit = np.zeros_like(seen.colour)
    lit[drawn] = _shade(seen, drawn, tangent, layers, hairs, lights, camera)
    size = (HEIGHT_PX * samples, WIDTH_PX * samples)
    cover = (seen.material >= 0).astype(np.float32).reshape(size)
    cover_HW = shrink(cover, samples)[..., None]
    return to_srgb8(shrink(lit.reshape(*size, 3), samples) + (1 - cover_HW) * background_HW3)


def _look(layers: list[Layer], camera: Camera, samples: int) -> _Samples:
    height, width = HEIGHT_PX * samples, WIDTH_PX * samples
    count = height * width
    seen = _Samples(
        np.full(count, FAR), np.full(count, -1, np.int8), *(np.zeros((count, 3), np.float32) for _ in range(3))
    )
    for layer in layers:
        depth, face = np.full((height, width), FAR), np.full((height, width), -1, np.int32)
        bary = np.zeros((height, width, 2), np.float32)
        draw_triangles(camera.project(layer.points_V3, samples), layer.faces_F3, layer.keep_V, depth, face, bary)
        wins = np.flatnonzero((face.ravel() >= 0) & (depth.ravel() - layer.nearer_m < seen.depth))
        values = np.concatenate([layer.reference_V3, layer.normals_V3, layer.points_V3, layer.values_VK], 1).astype(
            np.float32
        )
        got = gather(face.ravel()[wins], bary.reshape(-1, 2)[wins], layer.faces_F3, values)
        normal = got[:, 3:6] / (np.linalg.norm(got[:, 3:6], axis=1, keepdims=True) + 1e-9)
        inner = _away(layer, camera, face.ravel()[wins])
        seen.depth[wins] = depth.ravel()[wins] - layer.nearer_m
        seen.material[wins] = layer.material
        seen.colour[wins] = layer.paint(got[:, :3], got[:, 9:], inner)
        seen.normal[wins] = np.where(inner[:, None], -normal, normal)
        seen.position[wins] = got[:, 6:9]
    return seen


def _away(layer: Layer, camera: Camera, face_N: np.ndarray) -> np.ndarray:
    """True where the triangle's outer side looks away from the camera: the inside of a collar or a cuff."""
    corners = camera.project(layer.points_V3, 1)[layer.faces_F3[face_N]]
    first, second = corners[:, 1, :2] - corners[:, 0, :2], corners[:, 2, :2] - corners[:, 0, :2]
    return first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0] > 0


def _comb(seen: _Samples, hairs: Hairs, camera: Camera, samples: int) -> np.ndarray:
    """Lay the hairs over what is seen; returns each sample's hair direction (H*W, 3), zero where there is none."""
    height, width = HEIGHT_PX * samples, WIDTH_PX * samples
    hair, along = np.full((height, width), -1, np.int32), np.zeros((height, width), np.float32)
    draw_hairs(
        camera.project(hairs.points_SK3, samples), max(1, samples // 2), seen.depth.reshape(height, width), hair, along
    )
    where = np.flatnonzero(hair.ravel() >= 0)
    s, t = hair.ravel()[where], along.ravel()[where]
    place = t * (hairs.points_SK3.shape[1] - 1)
    k = np.minimum(place.astype(int), hairs.points_SK3.shape[1] - 2)
    step = hairs.points_SK3[s, k + 1] - hairs.points_SK3[s, k]
    seen.material[where] = HAIR
    seen.colour[where] = hairs.colours_S3[s] * (0.80 + 0.30 * t)[:, None]
    seen.normal[where] = hairs.normals_SK3[s, k]
    seen.position[where] = hairs.points_SK3[s, k] + step * (place - k)[:, None]
    tangent = np.zeros_like(seen.normal)
    tangent[where] = step / (np.linalg.norm(step, axis=1, keepdims=True) + 1e-9)
    return tangent


def _shade(seen, drawn, tangent, layers, hairs, lights, camera) -> np.ndarray:
    """Sum the lights at the drawn samples: linear RGB (N, 3)."""
    position, normal, colour, material = (a[drawn] for a in (seen.position, seen.normal, seen.colour, seen.material))
    skin, eye, hair = material == SKIN, material == EYE, material == HAIR
    toward = np.array([0, -camera.distance_m, camera.centre_z], np.float32) - position
    toward /= np.linalg.norm(toward, axis=1, keepdims=True)
    wrap = np.where(skin[:, None], np.array([0.34, 0.20, 0.15]), np.where(hair[:, None], 0.35, 0.10)).astype(np.float32)
    gloss = np.select([skin, eye], [0.10, 0.5], 0.012).astype(np.float32)
    sharp = np.select([skin, eye], [14.0, 90.0], 6.0).astype(np.float32)
    along = tangent[drawn] if tangent is not None else np.zeros_like(normal)
    turn_N2 = turns(len(position))
    out = 0.05 * colour  # light that has bounced about
    for direction, light in zip(lights.directions_L3, lights.colours_L3, strict=False):
        seeing = _visible(position, normal, turn_N2, direction, layers, hairs, lights.blur_px)
        _add_light(out, colour, normal, along, hair, toward, wrap, gloss, sharp, seeing, direction, light)
    return out


@numba.njit(cache=True, parallel=True)
def _add_light(
    out_N3, colour_N3, normal_N3, tangent_N3, hair_N, toward_N3, wrap_N3, gloss_N, sharp_N, seeing_N, direction, light
):
    """Add one light: wrapped diffuse and a soft highlight; for hair Kajiya and Kay's, brightest square to the
    strand."""
    dx, dy, dz = direction  # written out by axis: small arrays inside the loop cost more than the sums
    for n in numba.prange(out_N3.shape[0]):
        hx, hy, hz = toward_N3[n, 0] + dx, toward_N3[n, 1] + dy, toward_N3[n, 2] + dz
        scale = 1 / np.sqrt(hx * hx + hy * hy + hz * hz)
        nx, ny, nz = normal_N3[n]
        facing = nx * dx + ny * dy + nz * dz
        seeing = seeing_N[n]
        if hair_N[n]:
            tx, ty, tz = tangent_N3[n]
            along, halfway = tx * dx + ty * dy + tz * dz, (tx * hx + ty * hy + tz * hz) * scale
            diffuse = max((facing + wrap_N3[n, 0]) / (1 + wrap_N3[n, 0]), 0.0) * seeing
            square = np.sqrt(max(1 - along**2, 0.0))
            shine = np.sqrt(max(1 - halfway**2, 0.0))
            glint = seeing * min(2 * diffuse, 1.0)
            for c in range(3):
                body = colour_N3[n, c] * diffuse * (0.45 + 0.55 * square)
                gleam = (colour_N3[n, c] * 0.9 + 0.012) * 0.5 * shine**40 + 0.020 * shine**160
                out_N3[n, c] += (body + gleam * glint) * light[c]
        else:
            shine = 0.0
            if seeing > 0 and facing > 0:
                shine = max((nx * hx + ny * hy + nz * hz) * scale, 0.0) ** sharp_N[n] * gloss_N[n] * seeing
                shine *= min(4 * facing, 1.0)
            for c in range(3):
                diffuse = max((facing + wrap_N3[n, c]) / (1 + wrap_N3[n, c]), 0.0) * seeing
                out_N3[n, c] += (colour_N3[n, c] * diffuse + shine) * light[c]


def _visible(position_N3, normal_N3, turn_N2, direction, layers, hairs, blur_px) -> np.ndarray:
    """Share of a soft light each point sees, float32 (N,)."""
    side = np.cross(direction, [0, 0, 1.0])
    side /= np.linalg.norm(side)
    basis = np.stack([side, np.cross(side, direction), -direction]).astype(np.float32)  # right, up, away from the light
    scale, centre = LIGHT_MAP_PX / LIGHT_MAP_M, np.array([0, 0, 0.25], np.float32)

    def look(points):
        local = (points - centre) @ basis.T
        local[..., :2] = local[..., :2] * scale + LIGHT_MAP_PX / 2
        return np.ascontiguousarray(local, np.float32)

    square = (LIGHT_MAP_PX, LIGHT_MAP_PX)
    depth, face, bary = np.full(square, FAR), np.zeros(square, np.int32), np.zeros((*square, 2), np.float32)
    for layer in layers:
        draw_triangles(look(layer.points_V3), layer.faces_F3, layer.keep_V, depth, face, bary)
    if hairs is not None:
        draw_hairs(look(hairs.points_SK3[::4, ::2]), 2, depth, face, np.zeros(depth.shape, np.float32))
    return lit_share(
        position_N3,
        normal_N3,
        turn_N2,
        LIFT_M,
        basis,
        centre,
        np.float32(scale),
        depth,
        SHADOW_BIAS_M,
        blur_px,
        SHADOW_TAPS,
    )
