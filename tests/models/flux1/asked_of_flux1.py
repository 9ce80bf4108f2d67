"""Requests for the toys of FLUX.1's models."""

from functools import cache

from klein import SIZE, box, picture

from tryon_core import models
from tryon_core.records import EditRequest, Noise, Settings

STEPS = 4
NAMES = ["flux1-canny", "flux1-depth"]
MASK = {"person": 1, "mask": box(16, 32, 79, 95)}  # white on whole squares of 16 pixels: tokens
MAP = {"control": 2}
WAYS = {"map": MAP, "mask": MASK | MAP}
DRAWN = {  # a request that each model can draw
    "flux1-dev": {"size": SIZE},
    "flux1-schnell": {"size": SIZE},
    "flux1-canny": MASK | MAP,
    "flux1-depth": MAP,
    "flux1-fill": MASK,
}


@cache
def toy(name=NAMES[0], **options):
    return models.load(f"toy:{name}", device="cpu", **options)


def fresh(flux1):
    """The same weights with nothing kept."""
    return type(flux1)(flux1.pipe, flux1.card, kind=flux1.kind, redux=flux1.redux, negative_scale=flux1.negative_scale)


def asked(
    person=None,
    *,
    control=None,
    garment=None,
    prompt="a red shirt",
    mask=None,
    seed=0,
    steps=STEPS,
    noise=None,
    **settings,
):
    """person, control, garment: seeds of pictures; None for none"""
    images = [picture(person, SIZE)] if person is not None else []
    return EditRequest(
        prompt=prompt,
        images=(*images, *([picture(garment, (80, 64))] if garment is not None else [])),
        mask=mask,
        control=None if control is None else picture(control, SIZE),
        settings=Settings(steps=steps, **settings),
        noise=noise or Noise(seed=seed),
    )
