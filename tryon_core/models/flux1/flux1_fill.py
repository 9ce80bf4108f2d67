"""FLUX.1 Fill draws inside a mask by words and by what lies around it, as diffusers' FluxFillPipeline does."""

from collections.abc import Sequence
from typing import Any

from ..diffusion.held_outside import Held
from .flux1_checks import check_fill
from .flux1_denoising import Begun
from .flux1_drawing import Flux1
from .flux1_latents import outside_tokens, packed_pictures
from .flux1_request import Flux1Asked


class Flux1Fill(Flux1):
    """Draws what lies inside request.mask of images[0] anew; every other pixel stays. A garment in images[1] is seen by
    Redux, else reaches it as words. It is drawn at up to one megapixel and resized to its own size.

    settings.strength below 1 leaves something of what was inside the mask; the model was trained without.

    pipe   its transformer takes the picture with its masked part grey, and the mask, beside the picture's latents
    """

    looks_at = "words, mask and the first picture"
    tools = ("inpainter", "fill")
    takes = ("mask",)
    min_images = 1

    def checked(self, asked: Flux1Asked) -> None:
        check_fill(self.card.name, asked)

    def beside(self, together: Sequence[Flux1Asked]) -> Any:
        pairs = [(asked.request.images[0], asked.request.mask) for asked in together]
        return outside_tokens(self.pipe, self.kept, pairs, together[0].size)

    def outside(self, together: Sequence[Flux1Asked]) -> Held | None:
        first, pictures = together[0], [asked.request.images[0] for asked in together]
        if not first.left_out:
            return None
        return Begun(packed_pictures(self.pipe, self.kept, pictures, first.size), None, first.left_out)
