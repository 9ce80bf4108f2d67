"""Where a person wears a given garment, and where an edit may put it: a segmenter's masks, chosen by colours."""

# Shapes: H, W image rows and columns; N picked pixels; 3 is Lab.
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ...errors import Refused
from ...roles import Mask, Segmenter, SegmentPrompt
from ..features import sliced_wasserstein, to_lab
from .mask_choice import choose, pixels

# Lab units: masks whose colours are so nearly as near are of the same cloth. In 12 true pictures (2026-11) the two
# halves of a dress and all of it lay within 3.0 of one another, another garment and all clothes 5.6 or more apart.
_ALIKE = 4.0
_COLOURS = 4000  # pixels that a thing's colours are told from


@dataclass(frozen=True, kw_only=True)
class Wearing:
    """A garment, and who finds clothes on people.

    garment       its own picture
    mask          of the garment in it, mode L
    garment_type  what a person calls it; '' where nothing is said
    """

    segmenter: Segmenter
    garment: Image.Image
    mask: Image.Image
    garment_type: str = ""

    @property
    def colours_N3(self) -> np.ndarray:
        return colours_in(self.garment, Mask(image=self.mask))

    def worn(self, picture: Image.Image) -> tuple[np.ndarray, str]:
        """(bool (H, W), a sentence): where the picture's person wears the garment: the mask of the nearest colours.

        Of several about as near, as the halves of a dress are, the one that is called as the garment is, else the
        largest.
        raises   Refused where the segmenter finds nothing
        """
        masks = self.clothes(picture)
        if not masks:
            raise Refused("nothing_worn", "the segmenter finds no garment on the drawn person")
        cloth_N3 = self.colours_N3
        apart = [sliced_wasserstein(colours_in(picture, mask), cloth_N3) for mask in masks]
        alike = [number for number, units in enumerate(apart) if units <= min(apart) + _ALIKE]
        best = max(alike, key=lambda number: (masks[number].label == self.garment_type, pixels(masks[number]).sum()))
        label = masks[best].label or f"mask {best + 1}"
        place = "nearest" if apart[best] == min(apart) else "about as near as its parts to"
        return pixels(masks[best]), f"'{label}' is {place} the garment's colours, {apart[best]:.1f} Lab units away"

    def area(self, picture: Image.Image, person: Image.Image) -> tuple[np.ndarray, str]:
        """(bool (H, W) of the person's photograph, a sentence): where the picture's garment lies, and what was worn
        there.

        Where the picture shows no garment, as what is drawn from little often does, what was worn (`to_replace`).

        raises   Refused where the segmenter finds nothing in either
        """
        try:
            worn_HW, why = self.worn(picture)
        except Refused:
            before_HW, why = self.to_replace(person)
            return before_HW, f"no garment is found in the drawn picture: {why}"
        before = self.clothes(person)
        area_HW = sized(worn_HW, person.size)
        now_HW = max(map(pixels, before), key=lambda mask_HW: overlap(mask_HW, area_HW), default=area_HW)
        return area_HW | now_HW, f"{why}; what was worn there belongs to the area"

    def to_replace(self, person: Image.Image) -> tuple[np.ndarray, str]:
        """(bool (H, W), a sentence): what a photographed person wears where the garment is to be.

        The mask that is called as the garment is, else the first.
        raises   Refused where the segmenter finds nothing
        """
        masks = sorted(self.clothes(person), key=lambda mask: mask.label != self.garment_type)
        if not masks:
            raise Refused("nothing_worn", "the segmenter finds no garment on the photographed person")
        return pixels(masks[0]), f"the area is that of '{masks[0].label}'"

    def clothes(self, picture: Image.Image) -> list[Mask]:
        """What the segmenter finds on a person, without what is empty. raises   as the segmenter does"""
        asked = self.segmenter(picture, SegmentPrompt(words=noun(self.segmenter)))
        return [mask for mask in asked if pixels(mask).any()]


def noun(segmenter: Segmenter) -> str:
    """What it is asked for: the garment, where it takes words; else whatever stands apart."""
    return "garment" if can_take(segmenter, "words") else ""


def can_take(segmenter: Segmenter, kind: str) -> bool:
    """Whether it takes prompts of a kind, 'words', 'points' or 'box'; one that does not say takes all."""
    return kind in getattr(segmenter, "takes", (kind,))


def colours_in(picture: Image.Image, mask: Mask) -> np.ndarray:
    """float32 (N, 3), Lab of pixels inside a mask, evenly picked."""
    lab_N3 = to_lab(np.asarray(picture))[pixels(mask)]
    return lab_N3[:: max(1, len(lab_N3) // _COLOURS)]


def overlap(one_HW: np.ndarray, other_HW: np.ndarray) -> float:
    """IoU of two masks; 0 for two empty ones."""
    return float((one_HW & other_HW).sum() / max(1, (one_HW | other_HW).sum()))


def sized(mask_HW: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """bool: the mask at another size, (width, height)."""
    if mask_HW.shape == size[::-1]:
        return mask_HW
    image = Image.fromarray(mask_HW.astype(np.uint8) * 255).resize(size, Image.Resampling.NEAREST)
    return np.asarray(image) > 0


def garment_in(garment: Image.Image, segmenter: Segmenter) -> Image.Image:
    """Mode L: the mask of a garment in its own picture.

    raises   Refused where the segmenter finds none that can be a garment's
    """
    prompt = SegmentPrompt(words=noun(segmenter))
    masks: Sequence[Mask] = segmenter(garment, prompt)
    choice = choose(masks, prompt=prompt)
    if choice.index is None:
        raise Refused("no_garment", f"in the garment's own picture: {choice.why}")
    return masks[choice.index].image
