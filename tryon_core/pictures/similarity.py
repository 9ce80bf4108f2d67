"""Similarity transforms of a picture: shift, scale and turn."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True, eq=False)
class Similarity:
    """From points x, y of one picture to those of another: `matrix` float (2, 3), y downwards."""

    matrix: np.ndarray

    @property
    def scale(self) -> float:
        """1 unchanged, above 1 the other shows everything larger."""
        return float(np.hypot(self.matrix[0, 0], self.matrix[1, 0]))

    @property
    def turn_deg(self) -> float:
        """Clockwise on the screen."""
        return float(np.degrees(np.arctan2(self.matrix[1, 0], self.matrix[0, 0])))
