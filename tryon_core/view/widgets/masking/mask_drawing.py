"""A mask as it is drawn over its picture, and the small copy that it is chosen by.

Shapes: H, W image rows and columns.
"""

import io
from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw

from ....images import thumbnail
from ....pictures.masks import boundary_band

CANVAS_PX = 640  # the longer side of the picture as it is shown
_CLEAR, _FILL, _DARK, _LIGHT = range(4)
_INKS = bytes((0, 0, 0, 86, 180, 233, 29, 35, 41, 255, 255, 255))  # RGB of each; the fill is Okabe and Ito's sky blue
_PAPER, _INK, _POINTS = "#ffffff", "#1d2329", ("#d55e00", "#0072b2")  # as the canvas has them
_COVERS = bytes((0, 105, 255, 255))  # how much each hides of the picture, of 255


def as_image(mask_HW: np.ndarray) -> Image.Image:
    """Mode L, 255 inside."""
    return Image.fromarray(mask_HW.astype(np.uint8) * 255)


def drawn(mask_HW: np.ndarray, size: tuple[int, int]) -> Image.Image:
    """Mode P with transparency, of `size` (width, height): a see-through fill, its edge dark on light, so that it is
    seen on any cloth."""
    small_HW = cv2.resize(mask_HW.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) >= 128
    inks_HW = np.where(small_HW, _FILL, _CLEAR).astype(np.uint8)
    inks_HW[boundary_band(small_HW, 1.5)] = _LIGHT
    inks_HW[boundary_band(small_HW, 0.6)] = _DARK
    picture = Image.fromarray(inks_HW, "P")
    picture.putpalette(_INKS)
    picture.info["transparency"] = _COVERS
    return picture


def overlay(mask_HW: np.ndarray, size: tuple[int, int]) -> bytes:
    """`drawn` as PNG."""
    out = io.BytesIO()
    drawn(mask_HW, size).save(out, "PNG", compress_level=1, transparency=_COVERS)
    return out.getvalue()


def over(picture: Image.Image, mask_HW: np.ndarray, side_px: int = CANVAS_PX) -> Image.Image:
    """A small copy of a picture with the mask drawn over it, RGB."""
    small = thumbnail(picture, side_px).convert("RGBA")
    return Image.alpha_composite(small, drawn(mask_HW, small.size).convert("RGBA")).convert("RGB")


def with_prompt(picture: Image.Image, points: Sequence[Sequence[float]], box: Sequence[float]) -> Image.Image:
    """A copy with a person's points and box, in fractions of the picture; a plus is of the thing, a minus is not."""
    marked, (width, height) = picture.copy(), picture.size
    pen = ImageDraw.Draw(marked)
    if box:
        edges = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
        pen.rectangle(edges, outline=_PAPER, width=4)
        pen.rectangle(edges, outline=_INK, width=2)
    for x, y, label in points:
        at = (x * width, y * height)
        pen.circle(at, 9, fill=_POINTS[int(label)], outline=_PAPER, width=2)
        pen.line((at[0] - 4, at[1], at[0] + 4, at[1]), _PAPER, 2)
        if label:
            pen.line((at[0], at[1] - 4, at[0], at[1] + 4), _PAPER, 2)
    return marked
