"""`cutout`: masks by words, points or a box, without a network of our own; a click takes less than a second."""

import time
from collections.abc import Sequence

from PIL import Image

from ...images import digest
from ...records import ModelCard
from ...roles import Mask, SegmentPrompt
from ..device.shelf import Shelf
from ..segment.picture_tensors import full_size
from ..segment.prompts import check_points, part_of
from . import LICENCES
from .revision import source_digest
from .seeing.perception import working_size
from .segmenting.clicked import apart, clicked, mended
from .segmenting.named import PARTS, masks_of
from .segmenting.seen_picture import Seen, see

_pictures = Shelf(4)  # the newest, 6 MB each: the next click on one takes half of the time


class CutoutSegmenter:
    """Finds a garment on a plain background, the parts of one person who faces the camera, or the region that a click
    or a box on any picture means. Deterministic.

    Its scores are None: it makes no estimate of its IoU with the truth.
    """

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it

    def __init__(self) -> None:
        self.card = ModelCard(
            name="cutout",
            revision=source_digest("cutout_segmenter"),
            source="tryon_core.models.embedded",
            licence=LICENCES["cutout"],
        )

    def __call__(self, image: Image.Image, prompt: SegmentPrompt) -> Sequence[Mask]:
        """Masks of the picture's size, 0 and 255, the best guess first; none where the thing is not there.

        Words name one of named.PARTS, in a picture of a garment alone or of a person; points add regions to such a mask
        or take them away, and a box cuts it. Points or a box without words: three masks of different extent. Nothing:
        what stands apart.

        raises   UnknownName for other words; BadInput for points outside the picture; Refused where a picture is of a
                 kind that cannot be read (clear_cutout.see_cutout, perception.see_person); MissingWeights
        """
        check_points("cutout", prompt)
        if prompt.words:
            found = masks_of(image, part_of("cutout", prompt.words, PARTS), prompt)
            if prompt.points or prompt.box:
                found = [(label, mended(_seen(image), mask_HW, prompt)) for label, mask_HW in found]
        elif prompt.points or prompt.box:
            found = [("", mask_HW) for mask_HW in clicked(_seen(image), prompt)]
        else:
            found = [("", mask_HW) for mask_HW in apart(_seen(image))]
        return [Mask(image=full_size(mask_HW, image.size), label=label) for label, mask_HW in found]


def _seen(image: Image.Image) -> Seen:
    return _pictures.get(digest(image), lambda: see(working_size(image)))


def build() -> CutoutSegmenter:
    """The segmenter `cutout`; models are loaded at the first picture of a person or garment."""
    return CutoutSegmenter()
