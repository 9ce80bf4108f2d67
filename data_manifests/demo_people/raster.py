"""From triangles and hairs to a lit picture: camera, z-buffer, soft light, tone.

Shapes: H, W samples of a picture drawn `SAMPLES` times too large; V vertices; F triangles; N drawn samples; 3 is xyz
or RGB.
Positions are metres; depth is the distance from the camera along y.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numba
import numpy as np

WIDTH_PX, HEIGHT_PX = 768, 1024
FAR = np.float32(1e9)


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A camera that looks along +y.

    centre_x, centre_z  metres, the point in the middle of the picture
    height_m            how many metres the picture's height covers at y = 0
    distance_m          from the camera to y = 0
    pitch_deg           how far it looks down, from above; negative looks up from below
    """

    centre_x: float
    centre_z: float
    height_m: float
    distance_m: float = 4.0
    pitch_deg: float = 0.0

    def project(self, points: np.ndarray, samples: int) -> np.ndarray:
        """(..., 3) metres -> float32 (..., 3): x and y in samples, depth in metres."""
        away, down = points[..., 1], self.centre_z - points[..., 2]
        if self.pitch_deg:
            cosine, sine = (float(turn(np.deg2rad(self.pitch_deg))) for turn in (np.cos, np.sin))
            away, down = cosine * away + sine * down, cosine * down - sine * away
        depth = away + self.distance_m
        scale = samples * HEIGHT_PX / self.height_m * self.distance_m / depth
        x = (points[..., 0] - self.centre_x) * scale + samples * WIDTH_PX / 2 - 0.5
        y = down * scale + samples * HEIGHT_PX / 2 - 0.5
        return np.stack([x, y, depth], -1).astype(np.float32)


@numba.njit(cache=True)
def draw_triangles(xyd_V3, faces_F3, keep_V, depth_HW, face_HW, bary_HW2):
    """Fill a z-buffer. A sample counts only where the interpolated `keep_V` is positive, so edges are cut inside
    triangles.

    xyd_V3    float32, x, y in samples and depth in metres
    keep_V    float32, signed distance to a layer's edge: positive is drawn
    depth_HW, face_HW, bary_HW2   filled in place; a face of -1 is empty
    """
    height, width = depth_HW.shape
    for f in range(faces_F3.shape[0]):
        a, b, c = faces_F3[f, 0], faces_F3[f, 1], faces_F3[f, 2]
        if keep_V[a] <= 0 and keep_V[b] <= 0 and keep_V[c] <= 0:
            continue
        x0, y0, x1, y1, x2, y2 = xyd_V3[a, 0], xyd_V3[a, 1], xyd_V3[b, 0], xyd_V3[b, 1], xyd_V3[c, 0], xyd_V3[c, 1]
        area = (y1 - y2) * (x0 - x2) + (x2 - x1) * (y0 - y2)
        if abs(area) < 1e-7:
            continue
        for y in range(max(0, int(np.ceil(min(y0, y1, y2)))), min(height - 1, int(np.floor(max(y0, y1, y2)))) + 1):
            for x in range(max(0, int(np.ceil(min(x0, x1, x2)))), min(width - 1, int(np.floor(max(x0, x1, x2)))) + 1):
                u = ((y1 - y2) * (x - x2) + (x2 - x1) * (y - y2)) / area
                v = ((y2 - y0) * (x - x2) + (x0 - x2) * (y - y2)) / area
                w = 1 - u - v
                if u < -1e-5 or v < -1e-5 or w < -1e-5:
                    continue
                if u * keep_V[a] + v * keep_V[b] + w * keep_V[c] <= 0:
                    continue
                depth = u * xyd_V3[a, 2] + v * xyd_V3[b, 2] + w * xyd_V3[c, 2]
                if depth < depth_HW[y, x]:
                    depth_HW[y, x] = depth
                    face_HW[y, x] = f
                    bary_HW2[y, x, 0] = u
                    bary_HW2[y, x, 1] = v


@numba.njit(cache=True)
def draw_hairs(xyd_SK3, width, depth_HW, hair_HW, along_HW):
    """Draw S polylines of K points into a z-buffer, `width` samples wide.

    hair_HW, along_HW   filled in place: which hair (-1 empty), and how far along it (0 root .. 1 tip)
    """
    height_n, width_n = depth_HW.shape
    hairs, points = xyd_SK3.shape[0], xyd_SK3.shape[1]
    for s in range(hairs):
        for k in range(points - 1):
            x0, y0, d0 = xyd_SK3[s, k]
            x1, y1, d1 = xyd_SK3[s, k + 1]
            steps = int(max(abs(x1 - x0), abs(y1 - y0)) * 1.2) + 1
            for i in range(steps):
                t = i / steps
                depth = d0 + (d1 - d0) * t
                x_first = int(np.round(x0 + (x1 - x0) * t - (width - 1) / 2))
                y_at = int(np.round(y0 + (y1 - y0) * t))
                for x_at in range(x_first, x_first + width):
                    if 0 <= x_at < width_n and 0 <= y_at < height_n and depth < depth_HW[y_at, x_at]:
                        depth_HW[y_at, x_at] = depth
                        hair_HW[y_at, x_at] = s
                        along_HW[y_at, x_at] = (k + t) / (points - 1)


@numba.njit(cache=True)
def gather(face_N, bary_N2, faces_F3, values_VK):
    """Interpolate vertex values at drawn samples: float32 (N, K)."""
    out = np.empty((face_N.shape[0], values_VK.shape[1]), np.float32)
    for n in range(face_N.shape[0]):
        a, b, c = faces_F3[face_N[n], 0], faces_F3[face_N[n], 1], faces_F3[face_N[n], 2]
        u, v = bary_N2[n, 0], bary_N2[n, 1]
        for k in range(values_VK.shape[1]):
            out[n, k] = u * values_VK[a, k] + v * values_VK[b, k] + (1 - u - v) * values_VK[c, k]
    return out


@numba.njit(cache=True, parallel=True)
def turns(count):
    """Cosine and sine of an evenly spread angle for each of `count` samples, float32 (count, 2)."""
    out = np.empty((count, 2), np.float32)
    for n in numba.prange(count):
        turn = (n * 0.7548776662) % 1.0 * 6.2831853
        out[n, 0], out[n, 1] = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    return out


@numba.njit(cache=True, parallel=True)
def lit_share(position_N3, normal_N3, turn_N2, lift_m, basis_33, centre_3, scale, depth_HW, bias_m, radius, taps):
    """Share of taps round each sample that see the light: float32 (N,), 0 shadow .. 1 lit.

    position_N3, normal_N3   float32, metres; a sample is looked at from `lift_m` above its surface
    turn_N2                  from `turns`: how the ring of taps is turned at each sample
    basis_33                 rows: right, up and away in the light's own picture
    centre_3, scale          what that picture's middle looks at, and its samples a metre
    depth_HW                 that picture, metres along the light
    radius                   of the ring of taps, in that picture's samples
    """
    height, width = depth_HW.shape
    out = np.empty(position_N3.shape[0], np.float32)
    tap_x, tap_y = np.empty(taps, np.float32), np.empty(taps, np.float32)
    for t in range(taps):
        reach = radius * np.sqrt((t + 0.5) / taps)
        tap_x[t], tap_y[t] = reach * np.cos(2.399963 * t), reach * np.sin(2.399963 * t)
    for n in numba.prange(position_N3.shape[0]):
        px = position_N3[n, 0] + lift_m * normal_N3[n, 0] - centre_3[0]
        py = position_N3[n, 1] + lift_m * normal_N3[n, 1] - centre_3[1]
        pz = position_N3[n, 2] + lift_m * normal_N3[n, 2] - centre_3[2]
        x_at = (px * basis_33[0, 0] + py * basis_33[0, 1] + pz * basis_33[0, 2]) * scale + width / 2
        y_at = (px * basis_33[1, 0] + py * basis_33[1, 1] + pz * basis_33[1, 2]) * scale + height / 2
        depth = px * basis_33[2, 0] + py * basis_33[2, 1] + pz * basis_33[2, 2] - bias_m
        cosine, sine = turn_N2[n, 0], turn_N2[n, 1]
        seen = 0
        for t in range(taps):
            x = int(x_at + cosine * tap_x[t] - sine * tap_y[t] + 0.5)
            y = int(y_at + sine * tap_x[t] + cosine * tap_y[t] + 0.5)
            if x < 0 or y < 0 or x >= width or y >= height or depth < depth_HW[y, x]:
                seen += 1
        out[n] = seen / taps
    return out


def to_linear(srgb: np.ndarray) -> np.ndarray:
    """sRGB 0..1 -> linear light 0..1."""
    srgb = np.asarray(srgb, np.float32)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_srgb8(linear: np.ndarray) -> np.ndarray:
    """Linear light -> uint8 sRGB, with a soft shoulder above 0.8 so that highlights do not clip."""
    over = np.maximum(linear - 0.8, 0)
    x = np.clip(np.minimum(linear, 0.8) + 0.2 * (1 - np.exp(-over / 0.2)), 0, 1)
    return (np.where(x <= 0.0031308, x * 12.92, 1.055 * x ** (1 / 2.4) - 0.055) * 255 + 0.5).astype(np.uint8)


def shrink(picture: np.ndarray, samples: int) -> np.ndarray:
    """Average blocks of `samples` x `samples`."""
    return cv2.resize(picture, (picture.shape[1] // samples, picture.shape[0] // samples), interpolation=cv2.INTER_AREA)
