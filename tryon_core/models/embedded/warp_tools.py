"""`warp-geometry`, `warp-appearance`, `warp-repair`: warp's own parts as tools that mend a mask of a drawn picture."""

# Shapes: H, W image rows and columns; 3 is RGB.
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from ...errors import BadInput, Refused
from ...pictures.put_back import mixed
from ...records import EditRequest, Fix, ModelCard
from ..diffusion.redraw import by_request
from . import LICENCES
from .revision import source_digest
from .warp import Warp

# tool -> aspects of a Fix (aspects.ASPECTS) of which it needs one with an amount; none: new noise or plain words do
NEEDS: dict[str, tuple[str, ...]] = {
    "warp-geometry": ("length", "sleeve", "width", "neckline", "shift_down", "shift_right"),
    "warp-appearance": ("lightness", "chroma", "sharpness", "shading"),
    "warp-repair": (),
}


class WarpTool:
    """Draws the mask of images[0] anew as `warp` would draw the garment, images[1], on the person, images[2].

    It draws with all of the request's fixes, those the picture was drawn with and the new ones, so that what earlier
    corrections mended stays mended inside the mask; outside it the bytes of images[0] stand. Asked with the noise that
    the picture was drawn from, what the new fixes do not touch comes out as it was; warp-repair wants new noise.
    """

    keeps_frame = True  # it looks at the whole picture by itself
    takes = ("mask",)
    min_images = 3
    clock = staticmethod(time.thread_time)  # it works in the thread that calls it

    def __init__(self, name: str) -> None:
        self._warp, self._needs = Warp(), NEEDS[name]
        self.card = ModelCard(
            name=name,
            revision=source_digest("warp_tools"),
            source="tryon_core.models.embedded",
            licence=LICENCES["warp"],
        )

    def __call__(self, request: EditRequest) -> Image.Image:
        """RGB, of images[0]'s size.

        raises   BadInput for what cannot be honoured; Refused 'nothing_measured' where no fix says by how much to
                 change what this tool changes, 'nothing_changes' where it would draw what is there; and as warp does
        """
        picture, garment, person = self._checked(request)
        self._check_measured(request.fixes)
        drawn = self._warp(replace(request, images=(person, garment), mask=None))
        weight_HW = np.asarray(request.mask.convert("L"), np.float32) / 255
        before_HW3 = np.asarray(picture.convert("RGB"))
        after_HW3 = mixed(before_HW3, np.asarray(drawn), weight_HW)
        if np.array_equal(before_HW3, after_HW3):
            raise Refused("nothing_changes", f"{self.card.name} would draw in the mask what is there already")
        return Image.fromarray(after_HW3)

    def _checked(self, request: EditRequest) -> tuple[Image.Image, ...]:
        name, images, mask = self.card.name, request.images, request.mask
        if len(images) != 3:
            raise BadInput(
                f"{name} needs three pictures: the one to mend, the garment, and the person's photograph that it was "
                f"drawn from; got {len(images)}"
            )
        if images[0].size != images[2].size:
            raise BadInput(
                f"{name} mends a picture of its photograph's size, got {images[0].size} for {images[2].size}; warp "
                "draws such pictures"
            )
        if mask is None or mask.size != images[0].size or not np.asarray(mask.convert("L")).any():
            got = "none" if mask is None else f"one of {mask.size}" + (", black all over" if not mask.getbbox() else "")
            raise BadInput(
                f"{name} needs a mask of the picture's size, {images[0].size}, white where to draw; got {got}"
            )
        return images

    def _check_measured(self, fixes: tuple[Fix, ...]) -> None:
        """Words alone move nothing here: warp has parameters and no language."""
        if self._needs and not any(fix.aspect in self._needs and fix.amount * fix.strength for fix in fixes):
            asked = sorted({fix.aspect for fix in fixes if fix.aspect}) or "nothing in numbers"
            raise Refused(
                "nothing_measured",
                f"{self.card.name} changes {', '.join(self._needs)}, by an amount; asked for {asked}",
            )


def build(name: str) -> WarpTool:
    """A tool of NEEDS; models are loaded at the first picture."""
    return WarpTool(name)


def as_code(name: str, request: Mapping[str, Any], run_url: str) -> str:
    """Python that draws a mended picture again, see models.as_code."""
    imports = [f"from {__name__} import WarpTool"]
    return by_request(f'WarpTool("{name}")', imports, request, run_url, names=("picture", "garment", "person"))
