"""Smooth repeatable noise, the root of folds, weave and skin mottling.

Shapes: N points; 3 is xyz.
"""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True)
def _corner(x, y, z, seed):
    h = (x * 374761393 + y * 668265263 + z * 1274126177 + seed * 1442695041) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((h ^ (h >> 16)) & 0xFFFF) / 32767.5 - 1.0


@numba.njit(cache=True, parallel=True)
def _noise(points_N3, seed):
    out = np.empty(points_N3.shape[0], np.float32)
    for n in numba.prange(points_N3.shape[0]):
        x, y, z = np.floor(points_N3[n, 0]), np.floor(points_N3[n, 1]), np.floor(points_N3[n, 2])
        fx, fy, fz = points_N3[n, 0] - x, points_N3[n, 1] - y, points_N3[n, 2] - z
        wx, wy, wz = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy), fz * fz * (3 - 2 * fz)
        total = 0.0
        for corner in range(8):
            dx, dy, dz = corner & 1, (corner >> 1) & 1, (corner >> 2) & 1
            weight = (wx if dx else 1 - wx) * (wy if dy else 1 - wy) * (wz if dz else 1 - wz)
            total += weight * _corner(int(x) + dx, int(y) + dy, int(z) + dz, seed)
        out[n] = total
    return out


def noise(points_N3: np.ndarray, wavelength_m, seed: int = 0) -> np.ndarray:
    """Value noise, float32 (N,) about -1..1.

    wavelength_m   size of the blobs; one number, or three for stretched blobs
    """
    return _noise((np.asarray(points_N3, np.float64) / np.asarray(wavelength_m)), seed)


def smoothstep(low: float, high: float, x: np.ndarray) -> np.ndarray:
    """0 at `low`, 1 at `high` (which may be the smaller one), smooth between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
