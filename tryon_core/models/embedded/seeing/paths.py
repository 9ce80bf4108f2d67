"""The best way through a table of gains, as an edge that is seen ray by ray."""

# Shapes: R rays; D distances along them; S steps aside.
import numpy as np


def best_path(gain_RD: np.ndarray, step: int, bent: float) -> np.ndarray:
    """int (R,): one distance for each ray, with the highest sum of gains less `bent` for each step aside.

    step  how far apart the distances of neighbouring rays may be
    """
    total, came, shifts = gain_RD[0], [], np.arange(-step, step + 1)
    cost_S1 = bent * np.abs(shifts)[:, None]
    for gain_D in gain_RD[1:]:
        moved = _shifted(total, step) - cost_S1
        came.append(shifts[moved.argmax(0)])
        total = moved.max(0) + gain_D
    path = [int(total.argmax())]
    for back_D in reversed(came):
        path.append(path[-1] - int(back_D[path[-1]]))
    return np.array(path[::-1])


def _shifted(values_D: np.ndarray, most: int) -> np.ndarray:
    """float64 (S, D): moved towards the end by -most to most; nothing comes in from beyond the ends."""
    padded = np.pad(values_D.astype(float), most, constant_values=-np.inf)
    return np.lib.stride_tricks.sliding_window_view(padded, len(values_D))[::-1]
