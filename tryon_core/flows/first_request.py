"""The first request of a flow that takes a wish with any pictures: a person and a garment, one to edit, or none."""

from collections.abc import Sequence
from typing import Any

from PIL import Image

from ..errors import Refused
from ..records import EditRequest, Noise, Sample, Settings
from ..roles import Generator, card_of


def source_of(sample: Sample) -> Image.Image | None:
    """The photograph to keep; None for a wish in words alone."""
    return sample.images.get("person", sample.images.get("init"))


def check_mask(sample: Sample) -> None:
    """raises Refused where the sample's own mask cannot be that of its photograph, or lets nothing change"""
    mask, source = sample.images.get("mask"), source_of(sample)
    if mask is None:
        return
    if source is None:
        raise Refused("mask_of_nothing", "the sample has a mask and no picture that it is of: name one, as 'init'")
    if mask.size != source.size:
        of, own = (f"{width} x {height}" for width, height in (source.size, mask.size))
        raise Refused("mask_of_another_size", f"a mask has its picture's size, {of}; got {own}")
    if mask.convert("L").getextrema()[1] == 0:
        raise Refused("empty_mask", "the mask is black all over, so nothing may change; paint white what to draw anew")


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
    images = tuple(image for image in (source_of(sample), sample.images.get("garment")) if image is not None)
    images = looked_at(model, images, masked=mask is not None)
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
