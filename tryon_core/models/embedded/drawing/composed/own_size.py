"""What a drawing at working size has lost of the garment's photograph, for a person's picture that is larger."""

# Shapes: H, W rows and columns of the drawing; h, w of the garment's picture at working size; Y, X those of a picture
# at its own size; 2 is (x, y); 3 is RGB.
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from .....pictures.masks import box_of, shrunk
from ..warping import PixelMap, calmed, read_at

_LIGHT_SIGMA_PX = 2.0  # the light changes no faster than that: what is finer is the cloth's own
_DARKEST = 8.0  # levels of 255; below that a ratio of lit to unlit is noise
_GAIN = (0.3, 2.0)  # of the detail: what the light of the drawing (0.5 to 1.5) and a change of lightness make together

_BAND_PX = 256  # rows at a time: a colour of 1,536 columns takes 5 MB then


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """A piece of a garment as it was bent.

    pixels    where its colours come from
    share_HW  float32 0-1, how much of the drawn colour is its own
    """

    pixels: PixelMap
    share_HW: np.ndarray

    def under(self, share_HW: np.ndarray) -> "Layer":
        """The same where something else (float32 (H, W), 0-1) now lies over it."""
        return Layer(pixels=self.pixels, share_HW=self.share_HW * (1 - share_HW))


@dataclass(frozen=True, kw_only=True, eq=False)
class ClothSource:
    """Where the colours of a draped garment come from.

    image_hw3  uint8 RGB, the garment's picture at working size
    sheet_hw3  float32 RGB 0-255, the same with the garment's colours carried over its outline: what was bent
    draped_HW3 float32 RGB 0-255, what was made of it, not yet lit
    layers     torso and sleeves, or legs
    """

    image_hw3: np.ndarray
    sheet_hw3: np.ndarray
    draped_HW3: np.ndarray
    layers: tuple[Layer, ...]


@dataclass(frozen=True, kw_only=True)
class Band:
    """Some rows of a picture at its own size (X, Y): worked on one after another they take little memory.

    rows  which, a slice of Y
    """

    size: tuple[int, int]
    rows: slice

    @classmethod
    def all(cls, size: tuple[int, int]) -> "list[Band]":
        """The whole picture in bands, from the top down."""
        starts = range(0, size[1], _BAND_PX)
        return [cls(size=size, rows=slice(start, min(start + _BAND_PX, size[1]))) for start in starts]

    def of(self, values: np.ndarray) -> np.ndarray:
        """A drawing's values (H, W) or (H, W, C), float32, in these rows at the larger size."""
        across, down = values.shape[1] / self.size[0], values.shape[0] / self.size[1]
        to_drawing = np.float64([[across, 0, (across - 1) / 2], [0, down, (self.rows.start + 0.5) * down - 0.5]])
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        band_size = (self.size[0], self.rows.stop - self.rows.start)
        return cv2.warpAffine(values, to_drawing, band_size, flags=how, borderMode=cv2.BORDER_REPLICATE)


class LostDetail:
    """The garment's photograph bent at the person's own size, less the same as it was drawn, in the drawing's light.

    0 where the drawn colours come from no place of the photograph.
    """

    def __init__(self, source: ClothSource, lit_HW3: np.ndarray, garment: Image.Image, size: tuple[int, int]):
        """
        lit_HW3  float32 RGB 0-255, the draped cloth in the person's light
        garment  its photograph at its own size
        size     (X, Y) of the person's picture
        """
        self._source, self._gain_HW = source, _gain(source.draped_HW3, lit_HW3)
        sheet = _own_sheet(source, garment)
        self._scale_2 = np.float32(sheet.shape[1::-1]) / np.float32(source.sheet_hw3.shape[1::-1])
        wider = size[0] / source.draped_HW3.shape[1]
        self._steps = [layer.pixels.step * float(self._scale_2[0]) / wider for layer in source.layers]
        self._sheets = [calmed(sheet, step) for step in self._steps]
        self._shares = [layer.share_HW * shrunk(layer.pixels.drawn_HW, 1) for layer in source.layers]

    def of(self, band: Band) -> np.ndarray:
        """float32 (rows, X, 3) RGB levels: what to add to the enlarged drawing of the cloth."""
        drawn_3 = band.of(self._source.draped_HW3)
        lost_3 = np.zeros_like(drawn_3)
        for k, share_HW in enumerate(self._shares):
            share = band.of(share_HW)
            box = box_of(share > 0)
            if share[box].size:
                lost_3[box] += share[box][..., None] * (self._bent(k, band, box) - drawn_3[box])
        lost_3 *= band.of(self._gain_HW)[..., None]
        return lost_3

    def _bent(self, k: int, band: Band, box: tuple[slice, slice]) -> np.ndarray:
        """uint8 RGB in a box of a band: the photograph where the layer numbered k puts it."""
        from_2 = (band.of(self._source.layers[k].pixels.from_HW2)[box] + 0.5) * self._scale_2 - 0.5
        return read_at(self._sheets[k], from_2, self._steps[k], cv2.BORDER_REPLICATE)


def _own_sheet(source: ClothSource, garment: Image.Image) -> np.ndarray:
    """uint8 RGB: the photograph at its own size inside the garment, beyond it the colours carried over its outline."""
    if max(garment.size) <= max(source.sheet_hw3.shape):
        return np.rint(source.sheet_hw3).astype(np.uint8)
    own_hw = (source.sheet_hw3 == source.image_hw3).all(-1).astype(np.float32)
    sheet = np.array(garment.convert("RGB"))
    for band in Band.all(garment.size):
        own = band.of(own_hw)[..., None]
        mixed = band.of(source.sheet_hw3) * (1 - own) + sheet[band.rows] * own
        sheet[band.rows] = np.clip(np.rint(mixed), 0, 255)
    return sheet


def _gain(draped_HW3: np.ndarray, lit_HW3: np.ndarray) -> np.ndarray:
    """float32 (H, W): how much lighter or darker the light has made the cloth."""
    before_HW, after_HW = (cv2.GaussianBlur(c.mean(-1), (0, 0), _LIGHT_SIGMA_PX) for c in (draped_HW3, lit_HW3))
    return np.clip(after_HW / np.maximum(before_HW, _DARKEST), *_GAIN).astype(np.float32)
