"""FLUX.1's control models draw along a map: a whole picture by words, or inside a mask of a picture.

As diffusers' FluxControlInpaintPipeline; without a mask what FluxControlPipeline draws is drawn from the same weights.
"""

from collections.abc import Sequence
from typing import Any

from ..diffusion.held_outside import Held
from .flux1_checks import check_control
from .flux1_drawing import Flux1
from .flux1_latents import held, packed_pictures
from .flux1_request import Flux1Asked


class Flux1Control(Flux1):
    """Draws along request.control, which every request needs.

    With a mask only what lies inside is drawn, by settings.strength, and every other pixel of images[0] stays; a
    garment in images[1] is seen by Redux, else reaches it as words. Without a mask a whole new picture is drawn, and a
    request may have no picture. It is drawn at up to one megapixel and resized to its own size.

    pipe   its transformer takes the map's latents beside the picture's
    """

    looks_at = "words, map, mask and the first picture"
    tools = ("inpainter",)
    takes = ("mask", "control")
    min_images = 0
    unmasked_images = 0

    def checked(self, asked: Flux1Asked) -> None:
        check_control(self.card.name, asked)

    def beside(self, together: Sequence[Flux1Asked]) -> Any:
        return packed_pictures(self.pipe, self.kept, [asked.request.control for asked in together], together[0].size)

    def outside(self, together: Sequence[Flux1Asked]) -> Held | None:
        first = together[0]
        if not first.is_masked:
            return None
        pairs = [(asked.request.images[0], asked.request.mask) for asked in together]
        return held(self.pipe, self.kept, pairs, first.size, first.left_out)
