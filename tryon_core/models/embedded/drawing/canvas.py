"""A drawing laid over a photograph: what it covers, and nothing else of the photograph changes."""

# Shapes: H, W image rows and columns; 3 is RGB.
import cv2
import numpy as np
from PIL import Image


class Canvas:
    """Paint in layers at working size; `over` puts the result on the photograph at its own size.

    colour_HW3   float32 RGB 0-255, multiplied by coverage
    coverage_HW  float32 0-1; 0 leaves the photograph's bytes untouched
    """

    def __init__(self, shape: tuple[int, int]):
        self.colour_HW3 = np.zeros((*shape, 3), np.float32)
        self.coverage_HW = np.zeros(shape, np.float32)

    def paint(self, colour_HW3: np.ndarray | float, alpha_HW: np.ndarray) -> None:
        """Lay a colour over everything painted so far."""
        alpha_HW1 = np.clip(alpha_HW, 0, 1).astype(np.float32)[..., None]
        self.colour_HW3 = self.colour_HW3 * (1 - alpha_HW1) + colour_HW3 * alpha_HW1
        self.coverage_HW = self.coverage_HW * (1 - alpha_HW1[..., 0]) + alpha_HW1[..., 0]

    def reveal(self, alpha_HW: np.ndarray) -> None:
        """Let the photograph show through again."""
        keep_HW = 1 - np.clip(alpha_HW, 0, 1).astype(np.float32)
        self.colour_HW3 *= keep_HW[..., None]
        self.coverage_HW *= keep_HW

    def over(self, photograph: Image.Image) -> Image.Image:
        """The photograph, RGB, with the drawing on it, at the photograph's size."""
        colour_HW3, coverage_HW = self.colour_HW3, self.coverage_HW
        if photograph.size != coverage_HW.shape[::-1]:
            how = cv2.INTER_AREA if photograph.width < coverage_HW.shape[1] else cv2.INTER_LINEAR
            colour_HW3 = cv2.resize(colour_HW3, photograph.size, interpolation=how)
            coverage_HW = cv2.resize(coverage_HW, photograph.size, interpolation=how)
        before_HW3 = np.array(photograph.convert("RGB"))
        after_HW3 = before_HW3 * (1 - coverage_HW[..., None]) + colour_HW3
        drawn = coverage_HW > 1 / 255
        after_HW3 = np.clip(np.rint(after_HW3), 0, 255).astype(np.uint8)
        return Image.fromarray(np.where(drawn[..., None], after_HW3, before_HW3))
