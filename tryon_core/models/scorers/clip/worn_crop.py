"""A garment and where it is worn in a picture, each cut to its box, so that two pictures of cloth are compared."""

# Shapes: H, W image rows and columns.
import numpy as np
from PIL import Image, ImageOps

from ....errors import Refused
from ....images import digest
from ....pictures.masking.mask_choice import pixels
from ....pictures.masking.worn_area import Wearing, garment_in
from ....pictures.masks import box_of
from ....records import Sample
from ....roles import Mask, Segmenter
from ...device.shelf import Shelf

_NEUTRAL = (123, 117, 104)  # CLIP's mean, 255 x (0.481, 0.458, 0.408): nothing, once it is normalised
_GARMENTS = 16  # whose masks are kept: a garment is worn by all candidates of its sample
Pair = tuple[Image.Image, Image.Image]  # the garment's own picture, the picture that shows it worn


class WornCrop:
    """Both pictures cut to the box of the garment, as a segmenter finds it, and padded to a square, since CLIP would
    see only the middle one; of several pieces worn, the one whose
    colours are nearest the garment's."""

    def __init__(self, segmenter: Segmenter):
        self.segmenter = segmenter
        self._masks = Shelf(_GARMENTS)

    def __call__(self, sample: Sample, picture: Image.Image) -> Pair | str:
        """The reason where the segmenter finds no garment in one of the two. raises   as the segmenter does"""
        garment = sample.images["garment"]
        try:
            mask = self._masks.get(digest(garment), lambda: garment_in(garment, self.segmenter))
            wearing = Wearing(
                segmenter=self.segmenter, garment=garment, mask=mask, garment_type=sample.hints.garment_type
            )
            worn_HW, _ = wearing.worn(picture)
        except Refused as refusal:
            return str(refusal)
        return _boxed(garment, pixels(Mask(image=mask))), _boxed(picture, worn_HW)


def _boxed(picture: Image.Image, mask_HW: np.ndarray) -> Image.Image:
    rows, columns = box_of(mask_HW)
    cut = picture.crop((columns.start, rows.start, columns.stop, rows.stop))
    return ImageOps.pad(cut, (max(cut.size),) * 2, color=_NEUTRAL)
