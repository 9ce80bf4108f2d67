"""Backgrounds of unseen people: papers of any colour, rough walls, rooms and gardens, none of the committed ones.

Shapes: H, W is 1024 by 768; 3 is linear RGB 0..1.
"""

from __future__ import annotations

import cv2
import numpy as np
from backdrops import backdrop
from raster import HEIGHT_PX, WIDTH_PX, to_linear

from unseen.tops import colour

FLOOR_LINE_PX = (800, 900)  # where a room's wall meets its floor, rows from the top
FAR_BLUR_PX = 3.5  # what stands at the wall is behind the person and out of focus


def place(kind: str, seed: int) -> np.ndarray:
    """A background of this kind ("plain", "gradient", "textured", "indoor", "outdoors"), linear RGB (H, W, 3)."""
    rng = np.random.default_rng([seed, 3])
    picture = {"plain": _plain, "gradient": _gradient, "textured": _textured, "indoor": _indoor, "outdoors": _outdoors}
    return np.clip(picture[kind](rng), 0.005, 0.98).astype(np.float32)


def _wall_colour(rng: np.random.Generator) -> np.ndarray:
    """A quiet colour, from nearly white to a middle grey: linear RGB (3,)."""
    return to_linear(np.array(colour(rng.uniform(), rng.uniform(0.02, 0.25), rng.uniform(0.55, 0.95))) / 255)


def _plain(rng: np.random.Generator) -> np.ndarray:
    return np.tile(_wall_colour(rng), (HEIGHT_PX, WIDTH_PX, 1))


def _gradient(rng: np.random.Generator) -> np.ndarray:
    """From one colour to another along a slanted line."""
    y, x = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX] / HEIGHT_PX
    turn = rng.uniform(-0.6, 0.6)
    share = y * np.cos(turn) + (x - 0.375) * np.sin(turn)
    share = (share - share.min()) / np.ptp(share)
    return _wall_colour(rng) * (1 - share[..., None]) + _wall_colour(rng) * (0.55 * share[..., None])


def _textured(rng: np.random.Generator) -> np.ndarray:
    """Plaster: blotches of three sizes, lit from one side."""
    height = sum(
        strength * cv2.GaussianBlur(rng.normal(size=(HEIGHT_PX, WIDTH_PX)), (0, 0), size_px) * size_px
        for size_px, strength in ((2.0, 0.5), (9.0, 1.0), (40.0, 1.6))
    )
    slope = cv2.Sobel(height, cv2.CV_64F, 1, 1, ksize=3)
    shade = 1 + 0.035 * slope / slope.std() + 0.05 * height / height.std()
    return _wall_colour(rng) * shade[..., None]


def _indoor(rng: np.random.Generator) -> np.ndarray:
    """A room out of focus: wall, skirting board, floor, a bright window, a picture, and a cupboard or a plant."""
    picture = _plain(rng)
    y, x = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    picture *= (0.85 + 0.25 * np.exp(-((x - rng.uniform(0, WIDTH_PX)) ** 2) / 400**2))[..., None]
    floor_px = rng.integers(*FLOOR_LINE_PX)
    wood = to_linear(np.array(colour(rng.uniform(0.05, 0.11), 0.45, rng.uniform(0.35, 0.65))) / 255)
    picture[floor_px:] = wood * (0.8 + 0.2 * np.cos(x[floor_px:] / 21) ** 6)[..., None]
    picture[floor_px - 34 : floor_px] = 0.75
    window_left = rng.choice([-40, 520])
    _box(picture, window_left, 60, 280, 480, 0.62)
    for pane in (0, 132):
        _box(picture, window_left + 14 + pane, 74, 118, 452, np.array([0.88, 0.93, 0.97]))
    other_side = 560 if window_left < 0 else 20
    _box(picture, other_side, 120, 170, 220, 0.07)
    _box(picture, other_side + 10, 130, 150, 200, _wall_colour(rng) * rng.uniform(0.3, 0.9, 3))
    _box(picture, other_side - 30, floor_px - rng.integers(220, 330), 240, 400, wood * 0.7)
    for _ in range(40):  # a plant on it
        centre = (int(other_side + 90 + rng.normal(0, 34)), int(floor_px - 360 + rng.normal(0, 44)))
        leaf = rng.uniform([0.03, 0.12, 0.02], [0.15, 0.36, 0.10])
        cv2.ellipse(picture, centre, (26, 7), float(rng.uniform(0, 180)), 0, 360, leaf.tolist(), -1, cv2.LINE_AA)
    return cv2.GaussianBlur(picture, (0, 0), FAR_BLUR_PX)


def _outdoors(rng: np.random.Generator) -> np.ndarray:
    """The committed set's leaves, mirrored or not, in another light."""
    leaves = backdrop("garden", int(rng.integers(1000)))
    return leaves[:, :: rng.choice([-1, 1])] * rng.uniform([0.8, 0.9, 0.7], [1.4, 1.2, 1.4])


def _box(picture_HW3: np.ndarray, left: int, top: int, width: int, height: int, colour_3) -> None:
    """Fill a rectangle, cut at the picture's edges."""
    picture_HW3[max(top, 0) : top + height, max(left, 0) : max(left + width, 0)] = colour_3
