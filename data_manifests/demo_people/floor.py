"""A floor in front of a wall, and the shadow of what stands on it.

Shapes: H, W is 1024 by 768; S side of the square the shadows are drawn in; L lights; 3 is xyz in metres or linear RGB.
"""

from __future__ import annotations

import cv2
import numpy as np
from backdrops import backdrop
from raster import FAR, HEIGHT_PX, WIDTH_PX, Camera, draw_triangles, to_linear
from scene import Layer, Lights
from textures import Colour

FLOOR_LINE_PX = 886  # where wall and floor meet; the "room" of backdrops.py has its skirting board there
SHADOW_FADE_PX = 50  # a shadow ends softly toward the wall instead of climbing it
SHADOW_PX_PER_M, SHADOW_SPAN_M = 160, 3.2  # the floor seen from above, while shadows are drawn on it
SHADOW_BLUR_PX = 2.0  # each of a soft box's directions throws a shadow this soft
BOUNCED_SHARE = 0.12  # of the light, thrown back by the room into every shadow


def stage(
    name: str,
    floor_colour: Colour | None,
    seed: int,
    layers: list[Layer],
    floor_z: float,
    camera: Camera,
    lights: Lights,
) -> np.ndarray:
    """Wall and floor with the shadow of what stands there, linear RGB (1024, 768, 3).

    name           a backdrop of backdrops.py; "room" brings its own floor
    floor_colour   sRGB of the floor, or None: the backdrop's paper runs on over the floor
    """
    picture = backdrop(name, seed)
    if name != "room":
        picture = with_floor(picture, floor_colour)
    return shadowed(picture, layers, floor_z, camera, lights)


def shadowed(
    picture_HW3: np.ndarray, layers: list[Layer], floor_z: float, camera: Camera, lights: Lights
) -> np.ndarray:
    """The picture of a wall and a floor with the shadow of what stands there, linear RGB (1024, 768, 3)."""
    y, x = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    scale_HW = camera.height_m / HEIGHT_PX
    down = np.maximum((y + 0.5 - HEIGHT_PX / 2) * scale_HW, 1e-3)
    away = (camera.centre_z - floor_z) / down  # how much further than y = 0 the floor is seen there
    at_x, at_y = (x + 0.5 - WIDTH_PX / 2) * scale_HW * away + camera.centre_x, (away - 1) * camera.distance_m
    lit_map = floor_light(layers, floor_z, lights)
    column = (at_x + SHADOW_SPAN_M / 2) * SHADOW_PX_PER_M
    row = (at_y + SHADOW_SPAN_M / 2) * SHADOW_PX_PER_M
    lit = cv2.remap(lit_map, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(1, 1, 1))
    on_floor = np.clip((y - FLOOR_LINE_PX) / SHADOW_FADE_PX, 0, 1)[..., None]
    return (picture_HW3 * (1 + (lit - 1) * on_floor)).astype(np.float32)


def with_floor(picture_HW3: np.ndarray, floor_colour: Colour | None) -> np.ndarray:
    """A floor of its own colour with an edge, or the paper's soft bend from wall to floor."""
    y_HW = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX][0].astype(np.float32)
    depth = np.clip((y_HW - FLOOR_LINE_PX) / (HEIGHT_PX - FLOOR_LINE_PX), 0, 1)[..., None]
    if floor_colour is None:
        bend = np.exp(-(((y_HW - FLOOR_LINE_PX + 10) / 34) ** 2))[..., None]
        tone = picture_HW3[FLOOR_LINE_PX - 120].mean(0)
        on_floor = np.clip((y_HW - FLOOR_LINE_PX + 60) / 90, 0, 1)[..., None]
        return picture_HW3 * (1 - on_floor) + on_floor * tone * (1.0 + 0.14 * depth) - 0.03 * bend * tone
    floor = to_linear(np.array(floor_colour, np.float32) / 255) * (0.80 + 0.22 * depth)
    sharp = np.clip(y_HW - FLOOR_LINE_PX + 0.5, 0, 1)[..., None]
    edge = 1 - 0.30 * np.exp(-np.abs(y_HW - FLOOR_LINE_PX) / 3.0)[..., None]
    return (picture_HW3 * (1 - sharp) + floor * sharp) * edge


def floor_light(layers: list[Layer], floor_z: float, lights: Lights) -> np.ndarray:
    """Share of the studio's light that reaches the floor, float32 (S, S, 3), seen from above: 1 far from the body.

    Every light projects the layers onto the floor along its direction; the sum over the soft boxes is a soft shadow.
    """
    size = int(SHADOW_PX_PER_M * SHADOW_SPAN_M)
    reaching, total = np.zeros((size, size, 3), np.float32), np.zeros(3, np.float32)
    for direction, colour in zip(lights.directions_L3, lights.colours_L3, strict=True):
        power = colour * max(float(direction[2]), 0.0)
        if not power.any():
            continue
        reaching += power * (1 - _shadow(layers, floor_z, direction, size))[..., None]
        total += power
    bounced = BOUNCED_SHARE * total
    return (reaching + bounced) / (total + bounced)


def _shadow(layers: list[Layer], floor_z: float, direction_3: np.ndarray, size: int) -> np.ndarray:
    """One light's shadow on the floor, float32 (size, size) 0..1."""
    depth, face = np.full((size, size), FAR), np.full((size, size), -1, np.int32)
    bary = np.zeros((size, size, 2), np.float32)
    for layer in layers:
        height = layer.points_V3[:, 2:] - floor_z
        at = layer.points_V3[:, :2] - height * direction_3[:2] / direction_3[2]
        flat = np.concatenate([(at + SHADOW_SPAN_M / 2) * SHADOW_PX_PER_M, height], 1).astype(np.float32)
        draw_triangles(flat, layer.faces_F3, layer.keep_V, depth, face, bary)
    return cv2.GaussianBlur((face >= 0).astype(np.float32), (0, 0), SHADOW_BLUR_PX)
