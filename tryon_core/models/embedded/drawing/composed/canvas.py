"""A drawing laid over a photograph: what it covers, and nothing else of the photograph changes."""

# Shapes: H, W image rows and columns; 3 is RGB.
import cv2
import numpy as np
from PIL import Image

from .....pictures.masks import box_of
from .own_size import Band, ClothSource, LostDetail


class Canvas:
    """Paint in layers at working size; `over` puts the result on the photograph at its own size.

    colour_HW3   float32 RGB 0-255, multiplied by coverage
    coverage_HW  float32 0-1; 0 leaves the photograph's bytes untouched
    """

    def __init__(self, shape: tuple[int, int]):
        self.colour_HW3 = np.zeros((*shape, 3), np.float32)
        self.coverage_HW = np.zeros(shape, np.float32)
        self._cloth: tuple[ClothSource, np.ndarray] | None = None  # and its colours as lit
        self._cloth_HW = np.zeros(shape, np.float32)  # 0-1, where it is seen

    def paint(self, colour_HW3: np.ndarray | float, alpha_HW: np.ndarray) -> None:
        """Lay a colour over everything painted so far."""
        box = box_of(alpha_HW > 0)  # the rest stays as it is
        alpha = np.clip(alpha_HW[box], 0, 1).astype(np.float32)
        colour = np.broadcast_to(colour_HW3, self.colour_HW3.shape)[box]
        self.colour_HW3[box] = self.colour_HW3[box] * (1 - alpha[..., None]) + colour * alpha[..., None]
        self.coverage_HW[box] = self.coverage_HW[box] * (1 - alpha) + alpha
        self._cloth_HW[box] *= 1 - alpha

    def paint_cloth(self, lit_HW3: np.ndarray, alpha_HW: np.ndarray, source: ClothSource) -> None:
        """Lay the new garment over everything painted so far; from its source it gets its detail at a larger size."""
        self.paint(lit_HW3, alpha_HW)
        self._cloth, self._cloth_HW = (source, lit_HW3), np.clip(alpha_HW, 0, 1).astype(np.float32)

    def reveal(self, alpha_HW: np.ndarray) -> None:
        """Let the photograph show through again."""
        keep_HW = 1 - np.clip(alpha_HW, 0, 1).astype(np.float32)
        self.colour_HW3 *= keep_HW[..., None]
        self.coverage_HW *= keep_HW
        self._cloth_HW *= keep_HW

    def over(self, photograph: Image.Image, garment: Image.Image) -> Image.Image:
        """The photograph, RGB, with the drawing on it, at the photograph's size and as sharp as both photographs are.

        garment  the photograph of what is drawn, at its own size
        """
        size, before_HW3 = photograph.size, np.array(photograph.convert("RGB"))
        if size == self.coverage_HW.shape[::-1]:
            return Image.fromarray(_laid_over(before_HW3, self.colour_HW3, self.coverage_HW))
        if size[0] < self.coverage_HW.shape[1]:
            smaller = [cv2.resize(v, size, interpolation=cv2.INTER_AREA) for v in (self.colour_HW3, self.coverage_HW)]
            return Image.fromarray(_laid_over(before_HW3, *smaller))
        lost = LostDetail(*self._cloth, garment, size) if self._cloth else None
        for band in Band.all(size):
            colour_3, coverage = band.of(self.colour_HW3), band.of(self.coverage_HW)
            if lost is not None:
                colour_3 += lost.of(band) * band.of(self._cloth_HW)[..., None]
            before_HW3[band.rows] = _laid_over(before_HW3[band.rows], colour_3, coverage)
        return Image.fromarray(before_HW3)


def _laid_over(before_HW3: np.ndarray, colour_HW3: np.ndarray, coverage_HW: np.ndarray) -> np.ndarray:
    """uint8 (H, W, 3): a colour, multiplied by its coverage, on a picture; where nothing covers it keeps its bytes."""
    after_HW3 = before_HW3 * (1 - coverage_HW[..., None]) + colour_HW3
    after_HW3 = np.clip(np.rint(after_HW3), 0, 255).astype(np.uint8)
    return np.where((coverage_HW > 1 / 255)[..., None], after_HW3, before_HW3)
