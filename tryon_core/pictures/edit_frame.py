"""Where a drawn picture lies over its photograph: shift, scale and turn, found from what both show.

Most of a picture may be edited, so no pixel is trusted by itself: distinctive points (SIFT, Lowe 2004) are paired, and
the one similarity transform that most pairs agree on (RANSAC) is fitted to those pairs by least squares.
Shapes: H, W rows and columns; N, M points; K pairs of them; 2 is x, y in pixels; 3 is RGB. Pixel centres are whole.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from .similarity import Similarity

SIDE_PX = 640  # the longer side of the copies that are registered; 512 is a third faster and errs half as much more
CELLS, POINTS = 10, 24  # the strongest points of each cell of a CELLS x CELLS grid, so that a busy cloth leaves room
CONTRAST = 0.015  # of a point; SIFT's own 0.04 leaves too few on a plain studio picture
RATIO = 0.8  # of the nearest to the second nearest descriptor (Lowe 2004, section 7.1)
REACH_PX = 2.0  # in the copies: how far a pair may lie from the transform it agrees with
LEAST_PAIRS, SHARE_OF_PAIRS = 8.0, 0.3  # a true match has more than 8 + 0.3 K agreeing pairs (Brown and Lowe 2007)
LARGEST_SCALE = 2.0  # beyond it, or its inverse, it is another picture
LARGEST_ERROR = 0.01  # of the longer side

# What the registration was wrong by at most on motions planted into the demo people (make prove), rounded up
SHIFT_BAR = 0.0005  # of the longer side: 0.5 px of 1024
SCALE_BAR = 0.001
TURN_BAR_DEG = 0.06


Points = tuple[np.ndarray, np.ndarray]  # float64 (N, 2) in pixels of the picture itself, float32 (N, 128) looks


@dataclass(frozen=True, kw_only=True, eq=False)
class Motion(Similarity):
    """From the photograph, at the drawn picture's `size`, to the drawn picture.

    shift_se_px, scale_se  standard errors of the centre's shift and of the scale, from the scatter of the pairs
    The bars are what such a number can be wrong by: measured on planted motions, more where the pairs scatter more.
    """

    size: tuple[int, int]
    shift_se_px: float
    scale_se: float

    @cached_property
    def shift_px(self) -> np.ndarray:
        """(2,): how far the picture's centre moved, x right and y down."""
        centre = (np.array(self.size) - 1) / 2
        return self.matrix[:, :2] @ centre + self.matrix[:, 2] - centre

    @property
    def shift_bar_px(self) -> float:
        return max(SHIFT_BAR * max(self.size), 3 * self.shift_se_px)

    @property
    def scale_bar(self) -> float:
        return max(SCALE_BAR, 3 * self.scale_se)

    @property
    def turn_bar_deg(self) -> float:
        return max(TURN_BAR_DEG, float(np.degrees(3 * self.scale_se)))  # a turn in radians scatters as the scale does

    @property
    def moved(self) -> bool:
        """Whether shift, scale or turn lie beyond what they can be wrong by."""
        return bool(
            np.hypot(*self.shift_px) > self.shift_bar_px
            or abs(self.scale - 1) > self.scale_bar
            or abs(self.turn_deg) > self.turn_bar_deg
        )

    def undone(self, drawn_HW3: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(the drawn picture laid over the photograph, bool (H, W) where it covers it); untouched if nothing moved."""
        if not self.moved:
            return drawn_HW3, np.ones(drawn_HW3.shape[:2], bool)
        to = {"M": self.matrix, "dsize": self.size}
        back = cv2.WARP_INVERSE_MAP
        laid = cv2.warpAffine(drawn_HW3, **to, flags=back | cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        whole = np.full(drawn_HW3.shape[:2], 255, np.uint8)
        return laid, cv2.warpAffine(whole, **to, flags=back | cv2.INTER_LINEAR) == 255


def register(photo: Points, drawn_HW3: np.ndarray) -> Motion | str:
    """How the drawn picture lies over the photograph; where that cannot be told, the reason in words.

    photo      the points of the photograph, at the size of the drawn picture
    drawn_HW3  uint8 RGB
    """
    height, width = drawn_HW3.shape[:2]
    was_K2, now_K2 = _pairs(photo, points_of(drawn_HW3))
    agree_K = _agreeing(was_K2, now_K2, REACH_PX / _factor(drawn_HW3))
    if agree_K.sum() <= LEAST_PAIRS + SHARE_OF_PAIRS * len(agree_K):
        needed = int(LEAST_PAIRS + SHARE_OF_PAIRS * len(agree_K)) + 1
        return (
            f"of {len(agree_K)} points found again {agree_K.sum()} agree where the photograph lies; it takes {needed}"
        )
    motion = _trimmed(was_K2[agree_K], now_K2[agree_K], (width, height))
    if not 1 / LARGEST_SCALE <= motion.scale <= LARGEST_SCALE:
        return f"the points found again lie {motion.scale:.2f} times as far apart: this is another picture"
    if motion.shift_bar_px > LARGEST_ERROR * max(height, width):
        return f"the points found again tell its place only to {motion.shift_bar_px:.0f} px"
    return motion


def fitted(was_K2: np.ndarray, now_K2: np.ndarray, size: tuple[int, int]) -> Motion:
    """The similarity transform of least squared error from points to points, K >= 3, with its standard errors."""
    centre = (np.array(size) - 1) / 2
    x, y = (was_K2 - centre).T
    zero, one = np.zeros_like(x), np.ones_like(x)
    design = np.r_[np.c_[x, -y, one, zero], np.c_[y, x, zero, one]]  # rows for x, then for y: a, b, shift x, shift y
    target = (now_K2 - centre).T.ravel()
    a, b, *shift = solved = np.linalg.lstsq(design, target, rcond=None)[0]
    variance = ((target - design @ solved) ** 2).sum() / (len(target) - 4)
    spread = variance * np.diag(np.linalg.pinv(design.T @ design))
    linear = np.array([[a, -b], [b, a]])
    return Motion(
        matrix=np.c_[linear, centre + shift - linear @ centre],
        size=size,
        shift_se_px=float(np.sqrt(spread[2] + spread[3])),
        scale_se=float(np.sqrt(spread[0])),
    )


def _trimmed(was_K2: np.ndarray, now_K2: np.ndarray, size: tuple[int, int], rounds: int = 5) -> Motion:
    """Fitted again without the pairs that lie off by three times the median: some of the cloth agrees nearly."""
    kept_K = np.ones(len(was_K2), bool)
    for _ in range(rounds):
        motion = fitted(was_K2[kept_K], now_K2[kept_K], size)
        off_K = np.hypot(*(was_K2 @ motion.matrix[:, :2].T + motion.matrix[:, 2] - now_K2).T)
        kept_K = off_K <= max(0.3, 3 * float(np.median(off_K[kept_K])))
    return fitted(was_K2[kept_K], now_K2[kept_K], size)


def _agreeing(was_K2: np.ndarray, now_K2: np.ndarray, reach_px: float) -> np.ndarray:
    """bool (K,): the pairs under the one similarity transform that most agree on; all False where there is none."""
    if len(was_K2) < 2:
        return np.zeros(len(was_K2), bool)
    cv2.setRNGSeed(7)  # RANSAC draws: the same pictures must give the same answer
    found, agree = cv2.estimateAffinePartial2D(
        was_K2, now_K2, method=cv2.RANSAC, ransacReprojThreshold=reach_px, maxIters=5000, confidence=0.999
    )
    return np.zeros(len(was_K2), bool) if found is None else agree.ravel().astype(bool)


# ---- points ----------------------------------------------------------------------------------------------------------


def points_of(image_HW3: np.ndarray) -> Points:
    """The distinctive points of a uint8 RGB picture."""
    factor = _factor(image_HW3)
    grey = cv2.cvtColor(image_HW3, cv2.COLOR_RGB2GRAY)
    if factor < 1:
        grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    sift = cv2.SIFT_create(contrastThreshold=CONTRAST)
    keys, looks = sift.compute(grey, _spread(sift.detect(grey, None), grey.shape))
    if not len(keys):
        return np.zeros((0, 2)), np.zeros((0, 128), np.float32)
    stretch = np.array(image_HW3.shape[1::-1]) / grey.shape[1::-1]
    return (np.float64([key.pt for key in keys]) + 0.5) * stretch - 0.5, looks


def _factor(image_HW3: np.ndarray) -> float:
    """How much smaller the copy is that is registered."""
    return min(1.0, SIDE_PX / max(image_HW3.shape[:2]))


def _spread(keys: Sequence[cv2.KeyPoint], shape: tuple[int, int]) -> list[cv2.KeyPoint]:
    """The strongest POINTS of each cell."""
    cells: dict[tuple[int, int], list[cv2.KeyPoint]] = defaultdict(list)
    for key in sorted(keys, key=lambda key: -key.response):
        cell = cells[int(key.pt[0] * CELLS / shape[1]), int(key.pt[1] * CELLS / shape[0])]
        if len(cell) < POINTS:
            cell.append(key)
    return [key for cell in cells.values() for key in cell]


def _pairs(was: Points, now: Points) -> tuple[np.ndarray, np.ndarray]:
    """Points (K, 2) of both pictures that look alike and like no other, each at most once."""
    (was_N2, looks), (now_M2, others) = was, now
    if min(len(looks), len(others)) < 2:
        return np.zeros((0, 2)), np.zeros((0, 2))
    nearest = cv2.BFMatcher().knnMatch(looks, others, k=2)
    clear = [best for best, second in nearest if best.distance < RATIO * second.distance]
    once = {match.trainIdx: match for match in sorted(clear, key=lambda match: -match.distance)}.values()
    return was_N2[[match.queryIdx for match in once]], now_M2[[match.trainIdx for match in once]]
