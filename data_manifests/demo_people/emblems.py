"""What is printed on a chest: words and emblems of our own, drawn large as layers of ink. They stand for no brand.

Shapes: H, W rows and columns of a drawing; ink is 0 (none) .. 1.
"""

from __future__ import annotations

import cv2
import numpy as np

Colour = tuple[int, int, int]  # sRGB 0..255
Ink = tuple[Colour, np.ndarray]  # and float32 (H, W) 0..1: how much of it lies where
ART_PX = 640  # the square that emblems are drawn on before they are softened


def _art(*shapes: tuple[str, object]) -> np.ndarray:
    """Discs (x, y, radius) and polygons [(x, y), ...] in a unit square, y down, as ink 0..1; "-disc" and "-polygon"
    cut out of what was drawn before."""
    art = np.zeros((ART_PX, ART_PX), np.uint8)
    for kind, shape in shapes:
        value = 0 if kind.startswith("-") else 255
        if kind.endswith("disc"):
            x, y, radius = (int(number * ART_PX) for number in shape)
            cv2.circle(art, (x, y), radius, value, -1, cv2.LINE_AA)
        else:
            cv2.fillPoly(art, [(np.array(shape) * ART_PX).astype(np.int32)], value, cv2.LINE_AA)
    return cv2.GaussianBlur(art, (0, 0), 1.5).astype(np.float32) / 255


def mountain(disc: Colour, rock: Colour, sun: Colour) -> list[Ink]:
    """An emblem: two peaks and a sun in a disc."""
    peaks = [(0.10, 0.76), (0.38, 0.34), (0.50, 0.52), (0.62, 0.42), (0.90, 0.76)]
    snow = [(0.38, 0.34), (0.30, 0.46), (0.37, 0.44), (0.42, 0.50), (0.46, 0.46)]
    hill = _art(("disc", (0.5, 0.5, 0.44)), ("-polygon", [(0, 0), (1, 0), (1, 0.74), (0, 0.74)]))
    inside = _art(("disc", (0.5, 0.5, 0.44)))
    return [
        (disc, _art(("disc", (0.5, 0.5, 0.49)), ("-disc", (0.5, 0.5, 0.46)), ("disc", (0.5, 0.5, 0.44)))),
        (sun, _art(("disc", (0.66, 0.29, 0.09)))),
        (rock, np.maximum(_art(("polygon", peaks)) * inside, hill)),
        (disc, _art(("polygon", snow))),
    ]


def compass(ring: Colour, needle: Colour) -> list[Ink]:
    """An emblem: an eight-pointed compass rose over a ring."""

    def rose(turn: float, reach: float) -> list[tuple[float, float]]:
        angles = turn + np.arange(8) * np.pi / 4
        radii = np.where(np.arange(8) % 2 == 0, reach, 0.09)
        return [(0.5 + r * np.sin(a), 0.5 - r * np.cos(a)) for a, r in zip(angles, radii, strict=True)]

    return [
        (ring, _art(("disc", (0.5, 0.5, 0.40)), ("-disc", (0.5, 0.5, 0.34)))),
        (ring, _art(("polygon", rose(np.pi / 4, 0.32)))),
        (needle, _art(("polygon", rose(0, 0.49)), ("-disc", (0.5, 0.5, 0.035)))),
    ]


def word(text: str) -> np.ndarray:
    """The word and its rules as ink, float32 0..1, drawn large and softened."""
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 12, 60)
    art = np.zeros((int(height * 2.1), int(width * 1.06)), np.uint8)
    cv2.putText(art, text, (int(width * 0.03), int(height * 1.55)), cv2.FONT_HERSHEY_DUPLEX, 12, 255, 60, cv2.LINE_AA)
    for y in (0.13, 1.97):
        cv2.rectangle(art, (int(width * 0.03), int(height * y) - 9), (int(width * 1.03), int(height * y) + 9), 255, -1)
    return cv2.GaussianBlur(art, (0, 0), 2).astype(np.float32) / 255
