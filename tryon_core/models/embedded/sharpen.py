"""`sharpen`: an enhancer that measures; it gives cloth the detail that the garment's photograph shows, and no more."""

import time

import numpy as np
from PIL import Image

from ...errors import BadInput
from ...pictures.finishing.sharpening import SHARPENING, Sharpened, Sharpening, sharpened
from ...records import EditRequest, ModelCard
from . import LICENCES
from .cloth.flat_garment import see_garment
from .revision import source_digest
from .shown_garment import at_size, cloth_of, seen_in


class Sharpen:
    """Sharpens images[0] where it shows the garment of images[1], or the mask says. Deterministic.

    A picture that is as sharp as the garment's photograph comes back byte for byte, and so does one without a
    photograph, for there is nothing to hold it to. `measured` says which it was.
    """

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it

    def __init__(self, options: Sharpening = SHARPENING):
        self.options = options
        self.card = ModelCard(
            name="sharpen",
            revision=source_digest("sharpen"),
            source="tryon_core.models.embedded",
            licence=LICENCES["sharpen"],
            settings=options.model_dump(),
        )

    def __call__(self, request: EditRequest) -> Image.Image:
        """RGB, of images[0]'s size; raises as `measured`."""
        return Image.fromarray(self.measured(request).image_HW3)

    def measured(self, request: EditRequest) -> Sharpened:
        """The picture with what was measured, and why nothing was done.

        raises  BadInput for more than two pictures, or a mask of another size; Refused where the garment's photograph,
                or without a mask the garment in the picture, cannot be seen; MissingWeights
        """
        if not 1 <= len(request.images) <= 2:
            raise BadInput(f"sharpen needs a picture and may have the garment's; got {len(request.images)} pictures")
        picture = request.images[0].convert("RGB")
        if len(request.images) == 1:
            return Sharpened(image_HW3=np.array(picture), why="no photograph of the garment to hold it to", numbers={})
        photograph = request.images[1].convert("RGB")
        garment = see_garment(photograph, request.hints.about("garment"))
        if request.mask is None:
            mask_HW = at_size(cloth_of(seen_in(picture), garment.kind), picture.size)
        else:
            mask_HW = np.array(request.mask.convert("L")) > 127
        cloth_HW = at_size(cloth_of(garment, garment.kind), photograph.size)
        return sharpened(np.array(picture), mask_HW, np.array(photograph), cloth_HW, self.options)


def build(
    enough: float = SHARPENING.enough,
    most: float = SHARPENING.most,
    overshoot: float = SHARPENING.overshoot,
    noises: float = SHARPENING.noises,
    flat: float = SHARPENING.flat,
) -> Sharpen:
    """The enhancer `sharpen`; its options are Sharpening's."""
    return Sharpen(Sharpening(enough=enough, most=most, overshoot=overshoot, noises=noises, flat=flat))
