"""Find where two sleeves end: the corners of both cuffs together, for a garment's sleeves are equally long."""

# Shapes: S outline points; N candidates; 2 is (x, y) in pixels of the garment picture.
from dataclasses import dataclass

import numpy as np

POINTS_PER_SEAM = 24  # how finely a sleeve's outline is read; the seam runs from shoulder to armpit
_BEND = 4.0  # what a cuff costs that leaves the straight line by its own length, in radians of its corners' turns
_SLANT, _USUAL_SLANT = 3.0, 0.5  # radians that a cuff costs for its slant beyond the usual: 30 degrees off square
_AT_NOTCH = 1.0  # radians: a cuff that reaches the body turns there at least so much, whatever the body's side does
_UNLIKE, _LEVELLING = 5.0, 0.2  # what it costs that two sleeves differ by their whole length, to which a share of the
# chest is added: inner edges may be very short
_CLEARER = 0.6  # how much more the clearer of two cuffs counts than the other
_MOST_UNLIKE = (
    0.12  # of the longer: rendered sleeves differ by 0.09 at most, misread photographed ones by 0.15 and more
)
_INNER_OF_OUTER = 0.95  # the inner edge is the shorter one; the bulge of a sheath dress above its waist has none
_KEPT = 400  # candidates of each sleeve that are compared


@dataclass(frozen=True, kw_only=True, eq=False)
class Cuffs:
    """Candidates for one sleeve's cuff, best first.

    score_N           radians: two sharp turns inwards, less for a bent line between them
    outer_N, inner_N  int, where on the sleeve's outline the corners are
    outer_px_N        length of the edge from the shoulder to the outer corner
    inner_px_N        from the armpit to the inner corner
    along_S           float64, how far each point of the outline is from its beginning, in pixels
    is_sleeve         whether the very clearest corners, too, leave the outer edge the longer one, as on a sleeve
    """

    score_N: np.ndarray
    outer_N: np.ndarray
    inner_N: np.ndarray
    outer_px_N: np.ndarray
    inner_px_N: np.ndarray
    along_S: np.ndarray
    is_sleeve: bool

    def corners(self, number: int) -> tuple[int, int]:
        return int(self.outer_N[number]), int(self.inner_N[number])


def cuff_candidates(path_S2: np.ndarray, side: int, *, at_notch: bool) -> Cuffs:
    """The best _KEPT pairs of corners that a sleeve's outline offers.

    path_S2   from shoulder to armpit, POINTS_PER_SEAM points for each seam length
    side      -1 for the sleeve at the picture's left, 1 at its right
    at_notch  whether the outline leaves the body at the armpit itself: a cuff may end there
    """
    count = len(path_S2)
    turn_S = _turns(path_S2, side)
    if at_notch:
        turn_S[count - 2] = max(turn_S[count - 2], _AT_NOTCH)
    along_S = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path_S2, axis=0).T))])
    outer_N, inner_N = _pairs(count)
    score_N = turn_S[outer_N] + turn_S[inner_N] - _BEND * _bend_shares(path_S2, outer_N, inner_N)
    score_N -= _SLANT * np.maximum(_slants(path_S2, outer_N, inner_N) - _USUAL_SLANT, 0.0)
    best_N = np.lexsort((inner_N, outer_N, score_N))[::-1]
    score_N, outer_N, inner_N = score_N[best_N], outer_N[best_N], inner_N[best_N]
    outer_px_N, inner_px_N = along_S[outer_N], along_S[-1] - along_S[inner_N]
    formed_N = inner_px_N < _INNER_OF_OUTER * outer_px_N
    kept_N = np.flatnonzero(formed_N if formed_N.any() else ~formed_N)[:_KEPT]
    return Cuffs(
        score_N=score_N[kept_N],
        outer_N=outer_N[kept_N],
        inner_N=inner_N[kept_N],
        outer_px_N=outer_px_N[kept_N],
        inner_px_N=inner_px_N[kept_N],
        along_S=along_S,
        is_sleeve=bool(formed_N[0]),
    )


def both_cuffs(left: Cuffs, right: Cuffs, width_px: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """((outer, inner) corner of the left sleeve, the same of the right): the best pair of about the same lengths.

    Where even those differ too much, the sleeve whose corners are clearer is the ruler for the other.
    """
    unlike_NN = sum(
        np.abs(one[:, None] - other) / ((one[:, None] + other) / 2 + _LEVELLING * width_px)
        for one, other in ((left.outer_px_N, right.outer_px_N), (left.inner_px_N, right.inner_px_N))
    )
    clearer_NN = np.abs(left.score_N[:, None] - right.score_N)
    together_NN = left.score_N[:, None] + right.score_N + _CLEARER * clearer_NN - _UNLIKE * unlike_NN
    i, j = (int(k) for k in np.unravel_index(int(together_NN.argmax()), together_NN.shape))
    lengths = left.outer_px_N[i], right.outer_px_N[j]
    if max(lengths) - min(lengths) <= _MOST_UNLIKE * max(lengths):
        return left.corners(i), right.corners(j)
    if left.score_N.max() >= right.score_N.max():
        return left.corners(0), _as_long_as(left, right)
    return _as_long_as(right, left), right.corners(0)


def _as_long_as(ruler: Cuffs, sleeve: Cuffs) -> tuple[int, int]:
    """The corners on a sleeve's outline where its edges are as long as the best ones of the other sleeve.

    Its own best corners where its outline is too short for that: that sleeve is folded.
    """
    along_S, (outer_px, inner_px) = sleeve.along_S, (ruler.outer_px_N[0], ruler.inner_px_N[0])
    outer, inner = np.searchsorted(along_S, [outer_px, along_S[-1] - inner_px])
    if inner - outer < POINTS_PER_SEAM // 4:
        return sleeve.corners(0)
    return int(outer), int(min(inner, len(along_S) - 2))


def _turns(path_S2: np.ndarray, side: int) -> np.ndarray:
    """float64 (S,): by how many radians the outline turns inwards at each point, over a quarter of the seam."""
    at, arm = np.arange(len(path_S2)), POINTS_PER_SEAM // 4
    before = path_S2 - path_S2[np.maximum(at - arm, 0)]
    after = path_S2[np.minimum(at + arm, len(path_S2) - 1)] - path_S2
    return side * np.arctan2(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0], (before * after).sum(1))


def _pairs(count: int) -> tuple[np.ndarray, np.ndarray]:
    """(outer, inner) corner of every cuff that may be: int (N,) each."""
    seam = POINTS_PER_SEAM
    outer, inner = np.mgrid[seam // 3 : count - seam // 4, : count - 1]
    may_be = (inner - outer >= seam // 4) & (inner - outer < seam * 3 // 2)
    return outer[may_be], inner[may_be]


def _slants(path_S2: np.ndarray, outer_N: np.ndarray, inner_N: np.ndarray) -> np.ndarray:
    """0 for a cuff square to the way from the middle of the seam to its own, 1 for one along it: float64 (N,)."""
    cuff_N2 = path_S2[inner_N] - path_S2[outer_N]
    axis_N2 = (path_S2[inner_N] + path_S2[outer_N] - path_S2[0] - path_S2[-1]) / 2
    lengths_N = np.hypot(*cuff_N2.T) * np.hypot(*axis_N2.T)
    return np.abs((cuff_N2 * axis_N2).sum(1)) / np.maximum(lengths_N, 1e-6)


def _bend_shares(path_S2: np.ndarray, outer_N: np.ndarray, inner_N: np.ndarray) -> np.ndarray:
    """Largest distance of the path between two corners from their straight line, as a share of it: float64 (N,)."""
    steps = np.arange(int((inner_N - outer_N).max()))
    across_NS2 = path_S2[np.minimum(outer_N[:, None] + steps, inner_N[:, None])] - path_S2[outer_N][:, None]
    along_N2 = path_S2[inner_N] - path_S2[outer_N]
    away_NS = np.abs(along_N2[:, :1] * across_NS2[..., 1] - along_N2[:, 1:] * across_NS2[..., 0])
    return away_NS.max(1) / np.maximum(np.hypot(*along_N2.T), 1e-6) ** 2
