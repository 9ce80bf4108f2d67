"""What skin and eyes look like, painted on the reference body.

Shapes: V vertices; N samples; 3 is linear RGB 0..1 or xyz in metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from body import ZONES, Reference
from noise import noise, smoothstep
from raster import to_linear

EYE_RADIUS_M = 0.0148


@dataclass(frozen=True, kw_only=True)
class Complexion:
    """sRGB colours of a person; `stubble` 0..1 darkens the beard's area."""

    skin: tuple[int, int, int]
    lips: tuple[int, int, int]
    iris: tuple[int, int, int]
    hair: tuple[int, int, int]
    stubble: float = 0.0


def rgb(colour) -> np.ndarray:
    return to_linear(np.array(colour, np.float32) / 255)


def skin_values(reference: Reference) -> np.ndarray:
    """Vertex values for `paint_skin`: the zones, how near the skin is to the eyeball (1 at the lid's edge), and the
    inner mouth."""
    near = np.zeros(len(reference.points_V3), np.float32)
    for eye in ("eye.L", "eye.R"):
        gap = np.linalg.norm(reference.points_V3 - reference.joints[eye], axis=1) - EYE_RADIUS_M
        near = np.maximum(near, smoothstep(0.0045, 0.0015, gap))
    return np.stack([reference.zones[name] for name in ZONES] + [near, reference.inside_V], 1).astype(np.float32)


def hairline(points_N3: np.ndarray) -> np.ndarray:
    """Signed distance (about) to the edge of the hair, metres, positive on the scalp; seen from the side it is a
    curve y(z)."""
    heights = (0.600, 0.622, 0.640, 0.672, 0.679, 0.700, 0.720, 0.738, 0.757, 0.775)
    fronts = (0.200, 0.020, -0.002, -0.012, -0.064, -0.072, -0.088, -0.108, -0.136, -0.220)
    ragged = 0.004 * noise(points_N3, 0.006, 21)
    return points_N3[:, 1] - np.interp(points_N3[:, 2], heights, fronts) + ragged


def brow(points_N3: np.ndarray) -> np.ndarray:
    """Signed distance (about) to the brows' edge, metres, positive inside: an arc over each eye, thinner outward."""
    x, y, z = np.abs(points_N3[:, 0]), points_N3[:, 1], points_N3[:, 2]
    t = (x - 0.012) / 0.037
    inside = np.clip(t, 0, 1)
    middle = 0.7160 + 0.0072 * np.sin(inside * 2.35) - 0.0005 * inside
    half = 0.0028 * (1 - 0.70 * inside) * smoothstep(-0.04, 0.12, t)
    beyond = np.maximum(t - 1, 0) * 0.037
    return np.where((t > -0.04) & (y < -0.05), half - np.abs(z - middle) - beyond, -0.01)


def paint_skin(
    points_N3: np.ndarray, values_NK: np.ndarray, inner_N: np.ndarray, look: Complexion, reference: Reference
) -> np.ndarray:
    """Linear RGB of skin: a mottled base, warm cheeks, nose and ears, lips, lids, nails, stubble, and hair-dark
    scalp."""
    x, y, z = points_N3.T
    eye = reference.joints["eye.L"]
    lips, lids, nails, ears, near_eye, mouth = values_NK.T
    base = rgb(look.skin)
    mottle = (
        0.05 * noise(points_N3, 0.02, 11) + 0.035 * noise(points_N3, 0.005, 12) + 0.03 * noise(points_N3, 0.0015, 13)
    )
    colour = base * (1 + mottle)[:, None]
    face = smoothstep(-0.06, -0.09, y) * smoothstep(0.57, 0.60, z)
    cheek = np.exp(-(((np.abs(x) - 0.042) / 0.020) ** 2 + ((z - 0.664) / 0.018) ** 2)) * face
    nose = np.exp(-((x / 0.014) ** 2 + ((z - 0.664) / 0.014) ** 2)) * face
    warm = np.clip(0.55 * cheek + 0.5 * nose + 0.5 * ears, 0, 1)
    colour = colour * (1 - warm[:, None] * np.array([0.02, 0.20, 0.20]))
    sockets = np.exp(-(((np.abs(x) - eye[0]) / 0.022) ** 2 + ((z - eye[2] + 0.004) / 0.012) ** 2)) * face
    colour = colour * (1 - sockets[:, None] * np.array([0.14, 0.18, 0.17]))
    beard = (
        look.stubble
        * face
        * smoothstep(0.672, 0.640, z)
        * (1 - lips)
        * smoothstep(0.004, 0.018, np.abs(x) + (z < 0.62) * 0.02)
    )
    colour = colour * (1 - beard[:, None] * np.array([0.30, 0.26, 0.22]))
    lip = np.clip(lips * 1.15, 0, 1)
    crease = 1 - 0.10 * np.abs(noise(np.c_[x, y * 0, z * 0], 0.0018, 14))
    colour = colour + (rgb(look.lips) * crease[:, None] - colour) * (0.80 * lip)[:, None]
    colour = colour + (colour * [1.12, 0.98, 0.98] - colour) * nails[:, None]
    colour = colour + (rgb(look.hair) * 0.8 - colour) * (0.55 * smoothstep(-0.0014, 0.0012, brow(points_N3)))[:, None]
    upper = smoothstep(-0.002, 0.003, z - eye[2] - 0.002)
    line = near_eye * smoothstep(0.35, 0.8, near_eye)
    colour = colour * (1 - line * (0.25 + 0.60 * upper))[:, None]
    scalp = smoothstep(-0.004, 0.008, hairline(points_N3)) * (1 - ears)
    colour = colour + (rgb(look.hair) * 0.7 - colour) * (0.94 * scalp)[:, None]
    return np.where((inner_N | (mouth > 0.2))[:, None], [0.05, 0.015, 0.012], colour).astype(np.float32)


def paint_eyes(points_N3: np.ndarray, look: Complexion, reference: Reference) -> np.ndarray:
    """Linear RGB of the eyeballs: off-white, iris with a dark rim and fine spokes, pupil, the lid's shadow, a catch
    light."""
    eye = reference.joints["eye.L"]
    dx, dz = np.abs(points_N3[:, 0]) - eye[0], points_N3[:, 2] - eye[2]
    radius, angle = np.hypot(dx, dz + 0.0002), np.arctan2(dz, dx)
    white = np.array([0.70, 0.66, 0.63]) * (1 - 0.35 * smoothstep(0.005, 0.014, np.abs(dx)))[:, None]
    spokes = 1 + 0.30 * np.sin(angle * 23) * np.sin(angle * 7 + 1)
    iris = rgb(look.iris) * (spokes * (0.75 + 0.9 * smoothstep(0.0055, 0.0025, radius)))[:, None]
    iris = iris * (1 - 0.65 * smoothstep(0.0048, 0.0060, radius))[:, None]
    colour = white + (iris - white) * smoothstep(0.0064, 0.0057, radius)[:, None]
    colour = colour * (1 - 0.97 * smoothstep(0.0027, 0.0021, radius))[:, None]
    colour = colour * (1 - 0.55 * smoothstep(0.0005, 0.0065, dz))[:, None]
    lit_x = points_N3[:, 0] - np.sign(points_N3[:, 0]) * eye[0] + 0.0020
    return np.where((np.hypot(lit_x, dz - 0.0022) < 0.0010)[:, None], 1.1, colour).astype(np.float32)
