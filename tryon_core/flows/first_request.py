"""The first request of a flow that takes a wish with any pictures: a person and a garment, one to edit, or none."""

# Shapes: H, W image rows and columns; 3 is RGB.
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from ..errors import Refused
from ..records import EditRequest, Noise, Sample, Settings
from ..roles import Generator, card_of

REFERENCES = ("garment", "character")  # what the picture is to show, behind the photograph
LIGHT = 128  # of 255; from here on a pixel of a mask may change, for every model that draws into one
# Share of pixels that are neither black nor white: scikit-image's photographs have 0.40 to 0.99; a disc of half the
# height of 768 x 1024 pixels blurred with a sigma of 15 pixels 0.04, with 40 pixels 0.11
MOST_GREYS = 1 / 3


def source_of(sample: Sample) -> Image.Image | None:
    """The photograph to keep; None for a wish in words alone."""
    return sample.images.get("person", sample.images.get("init"))


def check_mask(sample: Sample) -> None:
    """A mask of any mode is read as greys: from 128 of 255 on, pixels may change. White all over, everything may.

    raises   Refused where the sample's own mask cannot be that of its photograph, or lets nothing change
    """
    mask, source = sample.images.get("mask"), source_of(sample)
    if mask is None:
        return
    if source is None:
        raise Refused("mask_of_nothing", "the sample has a mask and no picture that it is of: name one, as 'init'")
    if mask.size != source.size:
        raise Refused("mask_of_another_size", _other_size(mask.size, source.size))
    lightest = mask.convert("L").getextrema()[1]
    if lightest < LIGHT:
        what = f"the mask's lightest pixel is {lightest} of 255 and from {LIGHT} on pixels may change, so nothing may"
        raise Refused("empty_mask", f"{what}; paint white (255) what to draw anew")
    if (share := _between(mask)) > MOST_GREYS:
        what = f"{share:.0%} of the mask are neither black nor white, so it is a photograph and no mask"
        raise Refused("grey_mask", f"{what}; give white where the picture may change and black elsewhere")


def _between(mask: Image.Image) -> float:
    """Share of pixels that have a channel from 64 to 191, or a dark and a light one: greys and colours."""
    channels_HW3 = np.asarray(mask.convert("RGB"))
    is_black, is_white = channels_HW3.max(axis=2) < LIGHT // 2, channels_HW3.min(axis=2) >= LIGHT + LIGHT // 2
    return float(1 - (is_black | is_white).mean())


def _other_size(own: tuple[int, int], of: tuple[int, int]) -> str:
    """A mask is never scaled in silence: its edge decides what of the photograph stays."""
    scaled = [round(own[0] * side / own[1]) for side in (of[1] - 1, of[1], of[1] + 1)]
    do = f"scale it to {of[0]} x {of[1]}" if min(scaled) <= of[0] <= max(scaled) else "it is of another picture"
    return f"a mask has its picture's size, {of[0]} x {of[1]}; got {own[0]} x {own[1]}: {do}"


def hard_mask(sample: Sample) -> Image.Image:
    """Mode L, 255 where the sample's own mask is white, 0 elsewhere: its greys are what its file made of an edge."""
    return sample.images["mask"].convert("L").point(lambda value: 255 * (value >= LIGHT))


def check_seen(sample: Sample, model: Any, else_take: str) -> None:
    """raises Refused where a model that looks at pictures needs one that the sample lacks; `else_take` would do"""
    needs = getattr(model, "needs", ())
    if any(role not in sample.images for role in needs):
        has = ", ".join(sample.images) or "none"
        raise Refused(
            "picture_missing",
            f"{card_of(model).name} needs the pictures {', '.join(needs)} and the sample has {has}; {else_take}",
        )


def looked_at(model: Generator, images: Sequence[Image.Image], *, masked: bool) -> tuple[Image.Image, ...]:
    """The first of a request's pictures: as many as the model looks at, with a mask or without one."""
    return tuple(images[: getattr(model, "masked_images" if masked else "unmasked_images", None)])


def garment_unseen(model: Generator, garment: Image.Image | None, images: Sequence[Image.Image]) -> str:
    """What a step says of a model that is not shown the sample's garment among these; '' where it is, or has none."""
    if garment is None or any(image is garment for image in images):
        return ""
    return f"{card_of(model).name} takes {len(images)} picture: of the garment it has the words alone"


def opening_request(
    sample: Sample,
    model: Generator,
    mask: Image.Image | None,
    *,
    negative_prompt: str = "",
    size: tuple[int, int] | None = None,
    seed: int = 0,
) -> EditRequest:
    """The wish as it stands, over the pictures that there are.

    size     of a picture drawn from words alone
    raises   Refused where the model needs more pictures
    """
    shown = (source_of(sample), *(sample.images.get(role) for role in REFERENCES))
    given = [image for image in shown if image is not None]
    images = looked_at(model, given, masked=mask is not None)
    if len(images) < getattr(model, "min_images", 1):
        raise Refused(
            "too_few_pictures",
            f"{model.card.name} needs {getattr(model, 'min_images', 1)} pictures and the sample has {len(images)}; "
            "take a generator that draws from words alone, such as flux1",
        )
    takes_negative = "negative_prompt" in getattr(model, "takes", ())
    return EditRequest(
        prompt=sample.wish,
        images=images,
        mask=mask,
        settings=Settings(negative_prompt=negative_prompt if takes_negative else "", size=None if images else size),
        noise=Noise(seed=seed),
        hints=sample.hints,
    )
