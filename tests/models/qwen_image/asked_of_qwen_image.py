"""Requests for the toys of the Qwen-Image-Edit models."""

from functools import cache

from klein import SIZE, picture

from tryon_core import models
from tryon_core.records import EditRequest, Noise, Settings

STEPS = 4
NAMES = ["qwen-image-edit", "qwen-image-edit-2509", "qwen-image-edit-2511"]
SEVERAL = NAMES[1:]  # look at several pictures
WIDE = (112, 80)


@cache
def toy(name=NAMES[0], **options):
    return models.load(f"toy:{name}", device="cpu", **options)


def fresh(qwen):
    """The same weights with nothing kept."""
    return type(qwen)(qwen.pipe, qwen.card, kind=qwen.kind)


def asked(
    person=1,
    garment=None,
    *,
    prompt="a red shirt",
    mask=None,
    seed=0,
    steps=STEPS,
    noise=None,
    size_of=SIZE,
    **settings,
):
    """person, garment: seeds of pictures; None for none"""
    images = [picture(person, size_of)] if person is not None else []
    images += [picture(garment, WIDE)] if garment is not None else []
    noise, settings = noise or Noise(seed=seed), Settings(steps=steps, **settings)
    return EditRequest(prompt=prompt, images=tuple(images), mask=mask, settings=settings, noise=noise)
