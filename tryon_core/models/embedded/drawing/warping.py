"""Two warps: a thin-plate spline for a garment's body, and a strip between two edges for a sleeve."""

# Shapes: H, W rows and columns of the target; 4 is RGB and alpha; K points; E edge points;
# T triangles; N pixels of their boxes; 2 is (x, y).
from dataclasses import dataclass

import cv2
import numpy as np

from ....pictures.masks import box_of

_GRID_PX = 6  # the spline is smooth: it is computed on a grid and interpolated
_STRIP_ROWS, _STRIP_COLUMNS = 32, 6
_LEAST_AREA = 1e-6  # twice a triangle's area in square pixels: a flat one has no affine map


_NOWHERE = -1e4  # a source coordinate far outside every picture


@dataclass(frozen=True, kw_only=True, eq=False)
class PixelMap:
    """Where in a source picture each pixel of a drawing comes from.

    from_HW2  float32, x and y in pixels of the source; _NOWHERE where nothing is drawn
    step      source pixels for each drawn pixel
    """

    from_HW2: np.ndarray
    step: float

    @property
    def drawn_HW(self) -> np.ndarray:
        """bool: where there is a source."""
        return self.from_HW2[..., 0] > _NOWHERE / 2

    def sampled(self, source_HW4: np.ndarray) -> np.ndarray:
        """The source, bent: float32 (H, W, 4), zero where nothing is drawn.

        source_HW4  float32 RGB 0-255 and alpha 0-1
        """
        result = np.zeros((*self.from_HW2.shape[:2], 4), np.float32)
        box = box_of(self.drawn_HW)
        bent = read_at(calmed(source_HW4, self.step), self.from_HW2[box], self.step)
        result[box] = np.clip(bent, 0, [255, 255, 255, 1])
        return result


def spline_map(source_K2: np.ndarray, target_K2: np.ndarray, shape: tuple[int, int]) -> PixelMap:
    """Bend a picture so that source points land on target points (thin-plate spline; Bookstein 1989).

    shape    (H, W) of the target
    returns  nothing is drawn outside the targets' box, 40 pixels wider
    """
    from scipy.interpolate import RBFInterpolator

    low = np.maximum(np.floor(target_K2.min(0)) - 40, 0).astype(int)
    high = np.minimum(np.ceil(target_K2.max(0)) + 40, np.array(shape)[::-1]).astype(int)
    x, y = (np.arange(low[k], high[k] + _GRID_PX, _GRID_PX) for k in (0, 1))
    grid_N2 = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2).astype(float)
    where = RBFInterpolator(target_K2, source_K2, kernel="thin_plate_spline", degree=1)(grid_N2)
    where = where.reshape(len(y), len(x), 2).astype(np.float32)
    fine_x, fine_y = (np.arange(high[k] - low[k], dtype=np.float32) / _GRID_PX for k in (0, 1))
    from_HW2 = np.full((*shape, 2), _NOWHERE, np.float32)
    from_HW2[low[1] : high[1], low[0] : high[0]] = cv2.remap(where, *np.meshgrid(fine_x, fine_y), cv2.INTER_LINEAR)
    step = float(np.median(np.hypot(*np.diff(where, axis=1).reshape(-1, 2).T))) / _GRID_PX
    return PixelMap(from_HW2=from_HW2, step=step)


def strip_map(
    source_edges: tuple[np.ndarray, np.ndarray], target_edges: tuple[np.ndarray, np.ndarray], shape: tuple[int, int]
) -> PixelMap:
    """Carry the strip between two edges to the strip between two others; it cannot fold or tear as a spline does.

    source_edges, target_edges  (outer, inner), float64 (E, 2) each, sampled at the same shares of their length
    shape                       (H, W) of the target
    """
    source_RC2, target_RC2 = _mesh(*source_edges), _mesh(*target_edges)
    from_HW2 = _mesh_map(_triangles(source_RC2), _triangles(target_RC2), shape)
    lengths = [np.hypot(*np.diff(mesh[:, _STRIP_COLUMNS // 2], axis=0).T).sum() for mesh in (source_RC2, target_RC2)]
    return PixelMap(from_HW2=from_HW2, step=lengths[0] / max(lengths[1], 1.0))


def calmed(source: np.ndarray, step: float) -> np.ndarray:
    """The source, blurred where it is made smaller: `step` source pixels a drawn pixel."""
    return cv2.GaussianBlur(source, (0, 0), 0.35 * step) if step > 1.3 else source


def read_at(source: np.ndarray, from_HW2: np.ndarray, step: float, border: int = cv2.BORDER_CONSTANT) -> np.ndarray:
    """The calmed source's values at places of it."""
    how = cv2.INTER_LINEAR if step > 1 else cv2.INTER_CUBIC
    return cv2.remap(source, from_HW2[..., 0], from_HW2[..., 1], how, borderMode=border)


def _mesh(outer_E2: np.ndarray, inner_E2: np.ndarray) -> np.ndarray:
    """float64 (rows, columns, 2): smooth along the edges, straight between them."""
    from scipy.interpolate import PchipInterpolator

    shares = np.linspace(0, 1, len(outer_E2))
    outer, inner = (PchipInterpolator(shares, edge)(np.linspace(0, 1, _STRIP_ROWS)) for edge in (outer_E2, inner_E2))
    across = np.linspace(0, 1, _STRIP_COLUMNS)[None, :, None]
    return outer[:, None] * (1 - across) + inner[:, None] * across


def _triangles(mesh_RC2: np.ndarray) -> np.ndarray:
    """float64 (T, 3, 2): the corners of two triangles for each square of a mesh, square by square."""
    corners = [mesh_RC2[:-1, :-1], mesh_RC2[:-1, 1:], mesh_RC2[1:, :-1], mesh_RC2[1:, 1:]]
    halves = [np.stack([corners[k] for k in three], -2) for three in ((0, 1, 2), (1, 3, 2))]
    return np.stack(halves, 2).reshape(-1, 3, 2)


def _mesh_map(source_T32: np.ndarray, target_T32: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """float32 (H, W, 2): where each pixel of the target triangles comes from, by each triangle's affine map.

    Far outside the source elsewhere; where triangles overlap the last one counts.
    """
    map_HW2 = np.full((*shape, 2), _NOWHERE, np.float32)
    low_T2 = np.maximum(np.floor(target_T32.min(1)), 0).astype(int)
    high_T2 = np.minimum(np.ceil(target_T32.max(1)).astype(int) + 1, np.array(shape)[::-1])
    sides_T22 = np.swapaxes(target_T32[:, 1:] - target_T32[:, :1], 1, 2)
    drawn = (low_T2 < high_T2).all(1) & (np.abs(np.linalg.det(sides_T22)) >= _LEAST_AREA)
    source_T32, target_T32, low_T2 = source_T32[drawn], target_T32[drawn], low_T2[drawn]
    size_T2, inverse_T22 = high_T2[drawn] - low_T2, np.linalg.inv(sides_T22[drawn])
    count_T = size_T2.prod(1)  # pixels in each triangle's box
    of_N = np.repeat(np.arange(len(count_T)), count_T)
    in_box_N = np.arange(len(of_N)) - np.repeat(np.cumsum(count_T) - count_T, count_T)
    at_N2 = low_T2[of_N] + np.stack([in_box_N % size_T2[of_N, 0], in_box_N // size_T2[of_N, 0]], -1)
    b_N, c_N = np.einsum("nij,nj->in", inverse_T22[of_N], at_N2 - target_T32[of_N, 0])
    inside = (b_N >= -1e-3) & (c_N >= -1e-3) & (b_N + c_N <= 1.001)
    of_N, at_N2, shares_N2 = of_N[inside], at_N2[inside], np.stack([b_N, c_N], -1)[inside]
    sides_T22 = source_T32[:, 1:] - source_T32[:, :1]
    map_HW2[at_N2[:, 1], at_N2[:, 0]] = source_T32[of_N, 0] + np.einsum("nk,nkj->nj", shares_N2, sides_T22[of_N])
    return map_HW2
