"""Requests for the toys of FLUX.1's control models."""

from functools import cache

from klein import SIZE, box, picture

from tryon_core import models
from tryon_core.models.flux1.flux1_drawing import Flux1Control
from tryon_core.records import EditRequest, Noise, Settings

STEPS = 4
NAMES = ["flux1-canny", "flux1-depth"]
WAYS = {"map": {}, "mask": {"person": 1, "mask": box(16, 32, 79, 95)}}  # white on whole squares of 16 pixels: tokens


@cache
def toy(name=NAMES[0], **options):
    return models.load(f"toy:{name}", device="cpu", **options)


def fresh(flux1):
    """The same weights with nothing kept."""
    return Flux1Control(flux1.pipe, flux1.card, usual=flux1.usual)


def asked(person=None, *, control=2, prompt="a red shirt", mask=None, seed=0, steps=STEPS, noise=None, **settings):
    """person, control: seeds of pictures; None for none"""
    return EditRequest(
        prompt=prompt,
        images=() if person is None else (picture(person, SIZE),),
        mask=mask,
        control=None if control is None else picture(control, SIZE),
        settings=Settings(steps=steps, **settings),
        noise=noise or Noise(seed=seed),
    )
