"""Requests for the toy Stable Diffusion 1.5, and its four pipelines in diffusers with the same weights."""

from functools import cache

from klein import SIZE, picture

from tryon_core import models
from tryon_core.models.editing.sd15 import StableDiffusion15
from tryon_core.records import EditRequest, Noise, Settings

STEPS = 4


@cache
def toy(name="sd15-controlnet", **options):
    options = {"controlnets": "pose", "max_side": 128, "dtype": "float32", **options}
    if isinstance(options["controlnets"], tuple):
        options["controlnets"] = list(options["controlnets"])
    return models.load(f"toy:{name}", device="cpu", **options)


def fresh(sd15):
    """The same weights with nothing kept."""
    return StableDiffusion15(sd15.pipe, sd15.card, mappers=sd15.mappers, max_side=sd15.max_side)


def asked(person=1, *, prompt="a red shirt", control=None, mask=None, seed=0, steps=STEPS, noise=None, **settings):
    """person, control: seeds of pictures; None for none"""
    return EditRequest(
        prompt=prompt,
        images=() if person is None else (picture(person, SIZE),),
        mask=mask,
        control=None if control is None else picture(control, SIZE),
        settings=Settings(steps=steps, **settings),
        noise=noise or Noise(seed=seed),
    )
