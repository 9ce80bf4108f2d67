"""Parts of the face mesh (MediaPipe's 468 points) as outlines, and the areas they enclose in a picture.

Left and right are the person's own; an outline runs round its part.
"""

# Shapes: H, W rows and columns; K mesh points; 2 is x, y in pixels.
from collections.abc import Sequence

import cv2
import numpy as np

from ...pictures.masks import Shape, polygon
from ..embedded.seeing.seen_faces import OVAL

Part = Sequence[int]
EYES: tuple[Part, Part] = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)
BROWS: tuple[Part, Part] = (
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)
LIPS: Part = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
MOUTH: Part = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)  # the opening


def part_of(shape: Shape, mesh_K2: np.ndarray, part: Part) -> np.ndarray:
    """bool (H, W), True inside a part."""
    return polygon(shape, mesh_K2[list(part)])


def hull_of(shape: Shape, mesh_K2: np.ndarray, parts: Sequence[Part]) -> np.ndarray:
    """bool (H, W), True inside the convex hull of several parts together."""
    points_K2 = np.concatenate([mesh_K2[list(part)] for part in parts]).astype(np.float32)
    return polygon(shape, cv2.convexHull(points_K2).reshape(-1, 2))


def width_of(mesh_K2: np.ndarray) -> float:
    """In pixels, along the rows."""
    return float(np.ptp(mesh_K2[list(OVAL), 0]))
