"""Softly lit places to stand in front of.

Shapes: H, W is 1024 by 768; 3 is linear RGB 0..1.
"""

from __future__ import annotations

import cv2
import numpy as np
from raster import HEIGHT_PX, WIDTH_PX, to_linear

COLOURS = {"warm": (214, 205, 196), "cool": (196, 204, 212), "sand": (208, 198, 180), "room": (206, 208, 206)}


def backdrop(name: str, seed: int) -> np.ndarray:
    """One of "warm", "cool", "sand" (paper rolls with a soft pool of light) or "room" (wall, skirting board, floor)."""
    y, x = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    colour = to_linear(np.array(COLOURS[name], np.float32) / 255)
    pool = np.exp(-(((x - 330) / 560) ** 2 + ((y - 380) / 720) ** 2))
    picture = colour * (0.72 + 0.36 * pool)[..., None]
    if name == "room":
        picture = _floor(picture, x, y)
    grain = cv2.GaussianBlur(
        np.random.default_rng(seed).normal(0, 1, (HEIGHT_PX, WIDTH_PX)).astype(np.float32), (0, 0), 0.7
    )
    return (picture * (1 + 0.010 * grain[..., None])).astype(np.float32)


def _floor(picture, x, y):
    top, bottom = 850, 886
    board, floor = y > top, y > bottom
    picture = np.where(board[..., None], picture * np.array([1.10, 1.09, 1.07]), picture)
    plank = 0.94 + 0.06 * np.cos(((x - 384) / (0.6 + np.abs(y - bottom) / 420)) / 26) ** 8
    wood = (
        to_linear(np.array([176, 150, 122], np.float32) / 255)
        * (0.72 + 0.25 * (y - bottom) / 140)[..., None]
        * plank[..., None]
    )
    picture = np.where(floor[..., None], wood, picture)
    edge = np.exp(-np.abs(y - top) / 1.5) * 0.18 + np.exp(-np.clip(y - bottom, 0, None) / 10) * floor * 0.35
    return cv2.GaussianBlur((picture * (1 - edge)[..., None]).astype(np.float32), (0, 0), 1.1)
