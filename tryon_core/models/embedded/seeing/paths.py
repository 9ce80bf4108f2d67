"""The best way through a table of gains, as an edge that is seen ray by ray."""

# Shapes: R rays; D distances along them.
import numpy as np


def best_path(gain_RD: np.ndarray, step: int, bent: float) -> np.ndarray:
    """int (R,): one distance for each ray, with the highest sum of gains less `bent` for each step aside.

    step  how far apart the distances of neighbouring rays may be
    """
    total, came, shifts = gain_RD[0], [], np.arange(-step, step + 1)
    for gain_D in gain_RD[1:]:
        moved = np.stack([_shifted(total, shift) - bent * abs(shift) for shift in shifts])
        came.append(shifts[moved.argmax(0)])
        total = moved.max(0) + gain_D
    path = [int(total.argmax())]
    for back_D in reversed(came):
        path.append(path[-1] - int(back_D[path[-1]]))
    return np.array(path[::-1])


def _shifted(values_D: np.ndarray, by: int) -> np.ndarray:
    """Moved towards the end by `by`; nothing comes in from beyond the ends."""
    moved = np.roll(values_D, by).astype(float)
    if by > 0:
        moved[:by] = -np.inf
    elif by < 0:
        moved[by:] = -np.inf
    return moved
