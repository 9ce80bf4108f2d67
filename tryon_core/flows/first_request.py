"""The first request of a flow that takes a wish with any pictures: a person and a garment, one to edit, or none."""

from PIL import Image

from ..errors import Refused
from ..records import EditRequest, Noise, Sample, Settings
from ..roles import Generator
from ..rubrics.rules import Rubric


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


def check_rubric(sample: Sample, rubric: Rubric, else_take: str = "") -> None:
    """raises Refused where the rubric is about a garment and the sample has none; `else_take`: what else would do"""
    if "garment" not in sample.images and any(shown.role == "garment" for shown in rubric.shows):
        raise Refused(
            "wrong_rubric",
            f"the rubric {rubric.name!r} is about a garment and the sample has none: take 'general'{else_take}",
        )


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
    if mask is None:
        images = images[: getattr(model, "unmasked_images", None)]
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
