"""Softly lit places to stand in front of.

Shapes: H, W is 1024 by 768; 3 is linear RGB 0..1.
"""

from __future__ import annotations

import cv2
import numpy as np
from raster import HEIGHT_PX, WIDTH_PX, to_linear

COLOURS = {
    "warm": (214, 205, 196),
    "cool": (196, 204, 212),
    "sand": (208, 198, 180),
    "room": (206, 208, 206),
    "brick": (176, 128, 108),
    "curtain": (150, 166, 160),
    "slate": (104, 110, 120),
    "garden": (142, 164, 118),
    "panels": (222, 218, 208),
}


def backdrop(name: str, seed: int) -> np.ndarray:
    """One of "warm", "cool", "sand", "slate" (paper rolls with a soft pool of light), "room" (wall, skirting board,
    floor), "brick", "curtain", "panels" (walls) or "garden" (leaves, out of focus)."""
    y, x = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    colour = to_linear(np.array(COLOURS[name], np.float32) / 255)
    pool = np.exp(-(((x - 330) / 560) ** 2 + ((y - 380) / 720) ** 2))
    picture = colour * (0.72 + 0.36 * pool)[..., None]
    details = {"room": _floor, "brick": _brick, "curtain": _curtain, "garden": _garden, "panels": _panels}
    if name in details:
        picture = details[name](picture, x, y)
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


def _brick(picture, x, y):
    """Courses of painted bricks, 96 x 34 px, each of its own shade, slightly out of focus."""
    course = np.floor(y / 34)
    along = x / 96 + 0.5 * (course % 2)
    shade = np.random.default_rng(5).normal(1, 0.07, (64, 32)).astype(np.float32)
    shade = shade[course.astype(int) % 64, np.floor(along).astype(int) % 32]
    joint = np.minimum(np.minimum(along % 1, 1 - along % 1) * 96, np.minimum(y % 34, 34 - y % 34))
    mortar = np.clip(1 - (joint - 1.5) / 2.0, 0, 1)
    wall = picture * shade[..., None]
    wall = wall + (picture.mean(-1, keepdims=True) * 1.35 - wall) * (0.75 * mortar)[..., None]
    return cv2.GaussianBlur(wall.astype(np.float32), (0, 0), 2.0)


def _curtain(picture, x, y):
    """Hanging cloth: soft upright folds that open a little downward."""
    place = (x - 384) / (1 + y / 9000)
    folds = 0.60 * np.sin(place / 19 + 1.1 * np.sin(place / 67)) + 0.40 * np.sin(place / 41 + 2)
    return picture * (1 + 0.16 * folds)[..., None]


def _garden(picture, x, y):
    """Foliage far behind: discs of light of many greens, larger than any detail of a person."""
    rng = np.random.default_rng(9)
    out = (picture * np.array([0.42, 0.50, 0.40]) * (0.8 + 0.5 * (1 - y / HEIGHT_PX))[..., None]).astype(np.float32)
    for _ in range(130):
        centre, radius = (rng.uniform(0, WIDTH_PX), rng.uniform(0, HEIGHT_PX) ** 1.02), rng.uniform(22, 62)
        green = rng.uniform([0.10, 0.20, 0.05], [0.50, 0.62, 0.26]).astype(np.float32)
        disc = np.clip((radius - np.hypot(x - centre[0], y - centre[1])) / 5, 0, 1) * rng.uniform(0.10, 0.42)
        out += (green - out) * disc[..., None]
    return cv2.GaussianBlur(out, (0, 0), 5.0)


def _panels(picture, x, y):
    """A wall with moulded frames: light on their upper edges, shadow on their lower ones."""
    out = picture.copy()
    for left, right, top, bottom in (
        (-60, 176, 60, 700),
        (232, 536, 60, 700),
        (592, 840, 60, 700),
        (-60, 840, 770, 990),
    ):
        for inset, light in ((0, 0.12), (9, -0.16), (13, 0.08)):
            across = np.maximum(
                np.maximum(left + inset - x, x - right + inset), np.maximum(top + inset - y, y - bottom + inset)
            )
            lower = np.where(y > (top + bottom) / 2, -1.0, 1.0)
            out = out * (1 + light * lower * np.exp(-((across / 1.8) ** 2)))[..., None]
    return cv2.GaussianBlur(out.astype(np.float32), (0, 0), 1.2)
