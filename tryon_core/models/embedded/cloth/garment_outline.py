"""A garment's outline, with what is asked of it again and again."""

# Shapes: H, W image rows and columns; S outline points; 2 is (x, y).
import cv2
import numpy as np

from ....pictures.masks import runs


class Outline:
    """A mask with what is asked of it again and again: its box, its contour, its runs through the centre line."""

    def __init__(self, mask_HW: np.ndarray):
        self.mask = mask_HW
        self.rows, self.columns = np.flatnonzero(mask_HW.any(1)), np.flatnonzero(mask_HW.any(0))
        self.top, self.bottom = int(self.rows[0]), int(self.rows[-1])
        self.height_px, self.width_px = float(np.ptp(self.rows)), float(np.ptp(self.columns))
        trunk = mask_HW[self.row(0.15) : self.row(0.9)]
        self.centre_x = float(np.median(np.where(trunk)[1]))
        contours, _ = cv2.findContours(mask_HW.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        self.contour_S2 = max(contours, key=len).reshape(-1, 2)
        self.top_of_column = np.where(mask_HW.any(0), mask_HW.argmax(0), mask_HW.shape[0])

    def row(self, share: float) -> int:
        """The row at a share of the garment's height."""
        return int(self.top + share * (self.bottom - self.top))

    def trunk_run(self, y: int) -> tuple[int, int] | None:
        """(first, last) column of the run that crosses the centre line, None where there is none."""
        return next(((a, b) for a, b in runs(self.mask[y]) if a <= self.centre_x <= b), None)
