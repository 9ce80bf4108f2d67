"""Cloth with a known pattern, colours and light, cut to a garment's shape and laid on a background."""

from functools import cache

import cv2
import numpy as np

FINER = 3  # drawn so many times larger, then averaged: soft edges, as in a photograph
WHITE, NAVY, RED, CREAM, GREEN = (240, 240, 240), (28, 40, 88), (190, 40, 45), (240, 232, 212), (44, 140, 70)
BLACK, YELLOW, GREY = (14, 14, 16), (240, 214, 60), (128, 128, 130)
SIZE = 400
TOP = np.array([[0.30, 0.1], [0.70, 0.1], [0.98, 0.3], [0.88, 0.45], [0.74, 0.38], [0.74, 0.95], [0.26, 0.95]])
TOP = np.concatenate([TOP, [[0.26, 0.38], [0.12, 0.45], [0.02, 0.3]]])


def top_mask(size=SIZE):
    """bool (size, size): a tee, its body about half as wide as the picture."""
    canvas = np.zeros((size, size), np.uint8)
    cv2.fillPoly(canvas, [np.int32(TOP * size)], 1)
    return canvas.astype(bool)


def turned(angle_deg, size=SIZE):
    """(across, along) lines that run at an angle counter-clockwise from the right, in pixels."""
    y, x = np.mgrid[: size * FINER, : size * FINER] / FINER
    angle = np.radians(angle_deg)
    return x * np.sin(angle) + y * np.cos(angle), x * np.cos(angle) - y * np.sin(angle)


def stripes(period_px, angle_deg, colours=(WHITE, NAVY), share=0.5, *, size=SIZE, start=0.0):
    across, _ = turned(angle_deg, size)
    return painted((across / period_px + start) % 1 < share, colours)


def checks(period_px, angle_deg, colours=(WHITE, NAVY), *, size=SIZE, start=0.0):
    """Gingham: where two bands cross the full colour, where one lies alone half of it."""
    bands = [(along / period_px + start) % 1 < 0.5 for along in turned(angle_deg, size)]
    return painted((bands[0].astype(float) + bands[1]) / 2, colours[::-1])


def dots(period_px, angle_deg, colours=(CREAM, RED), radius=0.25, *, size=SIZE, start=0.0):
    off = [((along / period_px + start) % 1 - 0.5) ** 2 for along in turned(angle_deg, size)]
    return painted(off[0] + off[1] < radius**2, colours[::-1])


def flowers(count, colours=(CREAM, RED, GREEN), size=SIZE, seed=0):
    """Flowers of five petals, strewn; each its own size and turn."""
    rng, big = np.random.default_rng(seed), np.full((size * FINER, size * FINER, 3), colours[0], np.uint8)
    side = int(np.ceil(np.sqrt(count)))
    for place in range(side**2):
        at = (np.array(divmod(place, side)) + rng.uniform(0.25, 0.75, 2)) * size * FINER / side
        radius, turn = size * FINER / side * rng.uniform(0.14, 0.24), rng.uniform(0, 2 * np.pi)
        for petal in range(5):
            way = turn + petal * 2 * np.pi / 5
            middle = at + radius * np.array([np.cos(way), np.sin(way)])
            axes = (int(radius * 0.9), int(radius * 0.45))
            cv2.ellipse(big, middle.astype(int).tolist(), axes, np.degrees(way), 0, 360, colours[1], -1)
        cv2.circle(big, at.astype(int).tolist(), int(radius * 0.4), colours[2], -1)
    return cv2.resize(big, (size, size), interpolation=cv2.INTER_AREA)


def plain(colour, size=SIZE):
    return np.full((size, size, 3), colour, np.uint8)


def painted(share_HW, colours):
    """`colours[0]` where the share is 1, `colours[1]` where it is 0; made FINER times smaller."""
    share = cv2.resize(share_HW.astype(np.float32), None, fx=1 / FINER, fy=1 / FINER, interpolation=cv2.INTER_AREA)
    return np.round(share[..., None] * colours[0] + (1 - share[..., None]) * colours[1]).astype(np.uint8)


def lit(image_HW3, depth=0.25, seed=0):
    """Soft folds and a light from one side: factors of 1 - depth to 1 + depth / 2 on linear light."""
    rng, (height, width) = np.random.default_rng(seed), image_HW3.shape[:2]
    y, x = np.mgrid[:height, :width] / height
    waves = [np.sin(2 * np.pi * (rng.uniform(1, 3) * x + rng.uniform(0, 1.5) * y + rng.random())) for _ in range(3)]
    light = 1 - 0.25 * depth + 0.75 * depth * (0.5 * (x - 0.5) + np.mean(waves, axis=0))
    return np.clip(255 * ((image_HW3 / 255) ** 2.2 * light[..., None]) ** (1 / 2.2), 0, 255).astype(np.uint8)


def grainy(image_HW3, sigma=4.0, seed=0):
    noise = np.random.default_rng(seed).normal(0, sigma, image_HW3.shape)
    return np.clip(image_HW3 + noise, 0, 255).astype(np.uint8)


def jpeg(image_HW3, quality=80):
    packed = cv2.imencode(".jpg", image_HW3[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1].copy()


def laid(cloth_HW3, background_HW3=None, mask_HW=None):
    """(picture, mask): the cloth cut to a tee on a background, grey without one."""
    mask_HW = top_mask(len(cloth_HW3)) if mask_HW is None else mask_HW
    background_HW3 = plain((222, 222, 224), len(cloth_HW3)) if background_HW3 is None else background_HW3
    return np.where(mask_HW[..., None], cloth_HW3, background_HW3), mask_HW


@cache
def backgrounds(size=SIZE):
    """Backgrounds by name: flat ones, and busy ones that must not be read as the cloth."""
    rng = np.random.default_rng(3)
    return {
        "white": plain((255, 255, 255), size),
        "black": plain((0, 0, 0), size),
        "striped": stripes(24, 30, (RED, WHITE), size=size),
        "checked": checks(30, 0, (BLACK, YELLOW), size=size),
        "noise": rng.integers(0, 255, (size, size, 3), dtype=np.uint8),
        "strewn": flowers(49, (GREEN, YELLOW, RED), size=size),
    }
