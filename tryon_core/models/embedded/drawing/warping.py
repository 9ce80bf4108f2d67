"""Two warps: a thin-plate spline for a garment's body, and a strip between two edges for a sleeve."""

# Shapes: H, W rows and columns of the target; 4 is RGB and alpha; K points; E edge points; 2 is (x, y).
import cv2
import numpy as np

_GRID_PX = 6  # the spline is smooth: it is computed on a grid and interpolated
_STRIP_ROWS, _STRIP_COLUMNS = 32, 6


def spline_warp(
    source_HW4: np.ndarray, source_K2: np.ndarray, target_K2: np.ndarray, shape: tuple[int, int]
) -> np.ndarray:
    """Bend a picture so that source points land on target points (thin-plate spline; Bookstein 1989).

    source_HW4  float32 RGB 0-255 and alpha 0-1
    returns     float32 (H, W, 4); zero outside the targets' box
    """
    from scipy.interpolate import RBFInterpolator

    low = np.maximum(np.floor(target_K2.min(0)) - 40, 0).astype(int)
    high = np.minimum(np.ceil(target_K2.max(0)) + 40, np.array(shape)[::-1]).astype(int)
    x, y = (np.arange(low[k], high[k] + _GRID_PX, _GRID_PX) for k in (0, 1))
    grid_N2 = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2).astype(float)
    where = RBFInterpolator(target_K2, source_K2, kernel="thin_plate_spline", degree=1)(grid_N2)
    where = where.reshape(len(y), len(x), 2).astype(np.float32)
    fine_x, fine_y = (np.arange(high[k] - low[k], dtype=np.float32) / _GRID_PX for k in (0, 1))
    map_hw2 = cv2.remap(where, *np.meshgrid(fine_x, fine_y), cv2.INTER_LINEAR)
    step = float(np.median(np.hypot(*np.diff(where, axis=1).reshape(-1, 2).T))) / _GRID_PX
    result = np.zeros((*shape, 4), np.float32)
    result[low[1] : high[1], low[0] : high[0]] = _sampled(source_HW4, map_hw2, step)
    return result


def strip_warp(
    source_HW4: np.ndarray,
    source_edges: tuple[np.ndarray, np.ndarray],
    target_edges: tuple[np.ndarray, np.ndarray],
    shape: tuple[int, int],
) -> np.ndarray:
    """Carry the strip between two edges to the strip between two others; it cannot fold or tear as a spline does.

    source_edges, target_edges  (outer, inner), float64 (E, 2) each, sampled at the same shares of their length
    returns                     float32 (H, W, 4); zero outside the target strip
    """
    source_RC2, target_RC2 = _mesh(*source_edges), _mesh(*target_edges)
    map_HW2 = np.full((*shape, 2), -1e4, np.float32)
    for row in range(_STRIP_ROWS - 1):
        for column in range(_STRIP_COLUMNS - 1):
            square = np.s_[row : row + 2, column : column + 2]
            _draw_square(map_HW2, source_RC2[square].reshape(4, 2), target_RC2[square].reshape(4, 2))
    lengths = [np.hypot(*np.diff(mesh[:, _STRIP_COLUMNS // 2], axis=0).T).sum() for mesh in (source_RC2, target_RC2)]
    return _sampled(source_HW4, map_HW2, lengths[0] / max(lengths[1], 1.0))


def _mesh(outer_E2: np.ndarray, inner_E2: np.ndarray) -> np.ndarray:
    """float64 (rows, columns, 2): smooth along the edges, straight between them."""
    from scipy.interpolate import PchipInterpolator

    shares = np.linspace(0, 1, len(outer_E2))
    outer, inner = (PchipInterpolator(shares, edge)(np.linspace(0, 1, _STRIP_ROWS)) for edge in (outer_E2, inner_E2))
    across = np.linspace(0, 1, _STRIP_COLUMNS)[None, :, None]
    return outer[:, None] * (1 - across) + inner[:, None] * across


def _draw_square(map_HW2: np.ndarray, source_42: np.ndarray, target_42: np.ndarray) -> None:
    """Write where each pixel of a mesh square comes from: two triangles, each an affine map."""
    for corners in ((0, 1, 2), (1, 3, 2)):
        source, target = source_42[list(corners)], target_42[list(corners)]
        low = np.maximum(np.floor(target.min(0)).astype(int), 0)
        high = np.minimum(np.ceil(target.max(0)).astype(int) + 1, np.array(map_HW2.shape[1::-1]))
        sides = np.column_stack([target[1] - target[0], target[2] - target[0]])
        if (low >= high).any() or abs(np.linalg.det(sides)) < 1e-6:
            continue
        x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
        b, c = np.linalg.inv(sides) @ (np.stack([x.ravel(), y.ravel()]) - target[0][:, None])
        inside = (b >= -1e-3) & (c >= -1e-3) & (b + c <= 1.001)
        values = source[0] + np.outer(b, source[1] - source[0]) + np.outer(c, source[2] - source[0])
        map_HW2[y.ravel()[inside], x.ravel()[inside]] = values[inside]


def _sampled(source_HW4: np.ndarray, map_hw2: np.ndarray, step: float) -> np.ndarray:
    """Read the source at the mapped places; blurred first where it is made smaller (`step` source pixels a pixel)."""
    source = cv2.GaussianBlur(source_HW4, (0, 0), 0.35 * step) if step > 1.3 else source_HW4
    how = cv2.INTER_LINEAR if step > 1 else cv2.INTER_CUBIC
    result = cv2.remap(source, map_hw2[..., 0], map_hw2[..., 1], how, borderMode=cv2.BORDER_CONSTANT)
    return np.clip(result, 0, [255, 255, 255, 1]).astype(np.float32)
