"""A straight line along a sleeve's seam, darker or lighter than the cloth, that the garment's photograph has not."""

# Shapes: Y, X of a chart, FINE pixels a shoulder width; S slants of a line.
from functools import lru_cache

import cv2
import numpy as np

from .....pictures.features import to_lab
from .....pictures.masks import grown, shrunk
from ...cloth.flat_garment import Garment
from ..case import Case
from ..scale import Bar, Reading, fix
from ..shape.expected import chest_px
from .seams import ACROSS, DOWN, STRANDS, charted, seam_region

# The 37 tuning true pictures of sleeved garments without hair over their seams reach 3.3 (dots; plain cloth 2.5). Lines
# of 14 L* planted in them: 7 to 12.5 in 33, less on three of five with dots and on one with checks. The bar is in the
# middle of that gap; four reporting true pictures lie between 4.5 and 5.8, one of them beyond it; 2026-11.
SEAM_LINE = Bar(unit="L*", good=2.5, bar=5.2, bad=14.0)

FINE = 240  # chart pixels per shoulder width: a line of four pixels of the picture is as wide as LINE
BESIDE_JOINT, ALONG = (0.30, 0.60), (-0.02, 0.30)  # shoulder widths: where a sleeve's seam lies, and above the armpit
LINE, BESIDE = 3, 5  # chart pixels: width of a line, and of the cloth beside it that it is compared with
AWAY = (LINE + BESIDE) // 2 + 1  # chart pixels from the middle of a line to the middle of the cloth beside it
SLANTS = range(-32, 33, 4)  # chart pixels that a line goes aside from one end to the other
MOSTLY = 0.35  # share of a line that may be interrupted
ALONE = 14  # chart pixels: other lines further away than this say that the cloth has such lines
UNHIDDEN = 0.8  # share of a seam's surroundings without hair: between strands a border of two cloths looks like a line
OWN_JOINT = 0.40, 0.55  # chest widths from the middle: where a garment's photograph shows its sleeves' seams
RIM = 16  # chart pixels inside a garment's outline
LEAST = 40  # chart pixels a side of a part of the photograph that can have a line


def seam_line(case: Case) -> list[Reading]:
    """How far the plainest line along a seam differs from the cloth on both sides, beyond the next such line.

    A pattern's own lines stand beside others alike; a line that the garment's photograph has as plainly is its own.
    Nothing without sleeves, and under long hair. Weak on small prints, which interrupt the line.
    """
    sides = [side for side in (0, 1) if case.garment.keypoints.sleeves[side] is not None]
    if case.garment.kind not in ("upper", "dress") or not sides:
        return []
    charts = {side: _beside_seam(case, side) for side in sides}
    lines = [(_lone_line(*charts[side]), side) for side in sides if charts[side][1].mean() > UNHIDDEN]
    if not lines:
        return []
    plainest, side = max(lines)
    off = plainest if plainest > _own_line(case.garment) else 0.0
    return [
        Reading(
            name="seam_line",
            value=off,
            bar=SEAM_LINE,
            region=seam_region(case, side),
            says=f"a line of {off:.1f} L* runs along the {('right', 'left')[side]} sleeve's seam",
            fixes=(fix("close the seam between the body of the garment and its sleeve, without a line"),),
        )
    ]


def _beside_seam(case: Case, side: int) -> tuple[np.ndarray, np.ndarray]:
    """L* (Y, X) and bool (Y, X), no hair: upright, the neck on the left for either side."""
    hair_HW = grown(case.before.hair | case.after.hair, STRANDS * case.before.frame.shoulder_px)
    first, last = (round((across - ACROSS[0]) * FINE) for across in BESIDE_JOINT)
    top, bottom = (round((down - DOWN[0]) * FINE) for down in ALONG)
    light_YX, free_YX = (
        charted(part, case.before.frame, side, FINE)[:, :: 1 if side else -1][top:bottom, first:last]
        for part in (case.after.lab_HW3[..., 0], ~hair_HW)
    )
    return light_YX, free_YX


def _lone_line(light_YX: np.ndarray, free_YX: np.ndarray) -> float:
    """L* by which the plainest straight line, dark or light, is plainer than any other in the chart."""
    off_YX = _stands_out(light_YX, free_YX)
    lone = [0.0]
    for along_X in (_lines(off_YX), _lines(-off_YX)):
        plainest = int(along_X.argmax())
        others_X = along_X[np.abs(np.arange(len(along_X)) - plainest) > ALONE]
        lone.append(float(along_X[plainest] - max(others_X.max(initial=0.0), 0.0)))
    return max(lone)


def _stands_out(light_YX: np.ndarray, free_YX: np.ndarray) -> np.ndarray:
    """float32 (Y, X): L* of a narrow upright strip above the nearer of its two sides; 0 for a step, or under hair."""
    strip_YX, sides_YX = cv2.blur(light_YX, (LINE, 5)), cv2.blur(light_YX, (BESIDE, 5))
    left_YX, right_YX = strip_YX - np.roll(sides_YX, AWAY, 1), strip_YX - np.roll(sides_YX, -AWAY, 1)
    nearer_YX = np.where(np.abs(left_YX) < np.abs(right_YX), left_YX, right_YX)
    off_YX = np.where((left_YX * right_YX > 0) & free_YX, nearer_YX, np.float32(0))
    off_YX[:, : AWAY + 2] = off_YX[:, -AWAY - 2 :] = 0
    return off_YX


def _lines(off_YX: np.ndarray) -> np.ndarray:
    """float32 (X,): what all but MOSTLY of the best line from top to bottom reaches, by its middle's column."""
    height, width = off_YX.shape
    off_YX = np.pad(off_YX, ((0, 0), (SLANTS[-1], SLANTS[-1])))
    shares_Y = np.arange(height) / (height - 1) - 0.5
    columns_YX = np.arange(height)[:, None], np.arange(width) + SLANTS[-1]
    aside_SY = np.round(np.outer(SLANTS, shares_Y)).astype(int)
    lines_SYX = np.array([off_YX[columns_YX[0], columns_YX[1] + aside_Y[:, None]] for aside_Y in aside_SY])
    least = int(MOSTLY * (height - 1))
    return np.partition(lines_SYX, least, axis=1)[:, least].max(axis=0)


@lru_cache(maxsize=2)
def _own_line(garment: Garment) -> float:
    """The plainest such line about the seams of the garment's photograph; kept for a loop."""
    scale, keys = FINE / chest_px(garment), garment.keypoints
    size = tuple(max(1, round(side * scale)) for side in garment.alpha_HW.shape[::-1])
    light_YX = cv2.resize(to_lab(garment.image_HW3)[..., 0], size, interpolation=cv2.INTER_AREA)
    inside_YX = shrunk(cv2.resize(garment.alpha_HW, size, interpolation=cv2.INTER_AREA) > 0.9, RIM)
    height, width = (round((last - first) * FINE) for first, last in (ALONG, BESIDE_JOINT))
    top = max(0, round(scale * min(shoulder[1] for shoulder in keys.shoulder)))
    lines = [0.0]
    for first in range(top, top + height // 2 + 1, height // 4):
        for across in (sign * middle * FINE for sign in (-1, 1) for middle in OWN_JOINT):
            left = max(0, round(keys.centre_x * scale + across - width / 2))
            part = np.s_[first : first + height, left : left + width]
            if min(light_YX[part].shape) >= LEAST:
                lines.append(_lone_line(light_YX[part], inside_YX[part]))
    return max(lines)
