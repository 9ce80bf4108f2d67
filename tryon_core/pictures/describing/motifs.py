"""The spots of a cloth: pieces of its rarer colours that lie whole inside it, and their shapes."""

# Shapes: Y, X rows and columns of the cloth's core; 3 is Lab.
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import find_objects
from skimage.filters import threshold_otsu

from ..masks import islands, shrunk

LEAST_PX = 10  # a smaller piece has no shape
FEW = 8  # fewer pieces make no pattern
ROUND = 0.7  # of the smallest circle around a piece: printed discs fill 0.72-0.94 of it, small ones least
ROUNDER = 0.82  # the same, of pieces that do not repeat: strewn flowers of few pixels fill up to 0.79
LIKE_SIZED = 0.35  # spread of the areas over their median: printed dots differ by less
SMALL = 0.03  # of the core's shorter side: smaller pieces are a weave or a fine print
GROUND = 0.45  # of the cloth: spots that cover more are no dots on a ground


@dataclass(frozen=True, kw_only=True)
class Motifs:
    """count   pieces that do not touch the rim       share   of the cloth that all pieces cover, 0-1
    roundness  median share of its smallest circle    spread  of areas: median deviation over median
    size       root of the area of the piece that a point of them lies in, on average, as a share of the core's shorter
               side
    """

    count: int
    share: float
    roundness: float
    spread: float
    size: float

    def are_dots(self, repeat: bool) -> bool:
        """Many round pieces of one size; `repeat` where the cloth has a period."""
        like = self.roundness >= (ROUND if repeat else ROUNDER) and self.spread <= LIKE_SIZED
        return self.count >= FEW and self.share <= GROUND and like

    @property
    def are_scattered(self) -> bool:
        return self.count >= FEW and self.share <= GROUND and self.size >= SMALL


def motifs_of(flat_YX3: np.ndarray, core_YX: np.ndarray) -> Motifs:
    """The pieces on the rarer side of the strongest colour contrast (first principal axis, Otsu's threshold)."""
    cloth_N3 = flat_YX3[core_YX]
    axis_3 = np.linalg.eigh(np.cov(cloth_N3.T))[1][:, -1]
    along_YX = flat_YX3 @ axis_3
    high_YX = (along_YX > threshold_otsu(along_YX[core_YX])) & core_YX
    rare_YX = high_YX if high_YX.sum() <= core_YX.sum() / 2 else core_YX & ~high_YX
    labels_YX, areas = islands(rare_YX)
    cut = np.unique(labels_YX[core_YX & ~shrunk(np.pad(core_YX, 2), 2)[2:-2, 2:-2]])
    whole = np.setdiff1d(np.flatnonzero(areas >= LEAST_PX), [0, *cut])
    boxes = find_objects(labels_YX)
    roundness = [_roundness(labels_YX[boxes[k - 1]] == k) for k in whole]
    return Motifs(
        count=len(whole),
        share=float(rare_YX.sum() / core_YX.sum()),
        roundness=float(np.median(roundness)) if roundness else 0.0,
        spread=_spread(areas[whole]) if len(whole) else 0.0,
        size=float(np.sqrt((areas[whole] ** 2).sum() / areas[whole].sum()) / min(core_YX.shape)) if len(whole) else 0.0,
    )


def _roundness(piece_YX: np.ndarray) -> float:
    points = cv2.findNonZero(piece_YX.astype(np.uint8))
    radius = cv2.minEnclosingCircle(points)[1] + 0.5
    return float(len(points) / (np.pi * radius**2))


def _spread(areas: np.ndarray) -> float:
    middle = np.median(areas)
    return float(np.median(np.abs(areas - middle)) / middle)
