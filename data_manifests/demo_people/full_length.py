"""Portraits from head to shoes, and photographs of what is worn below the waist.

Shapes: V vertices; 3 is xyz in metres or RGB.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from body import Body, make_body
from floor import stage
from footwear import SOLE_M, Shoes, shoe_cover, shoe_layers
from garments import coverage
from hair import grow
from lower import Skirt, skirt_cover, skirt_layer
from portrait import PAPER, body_layers, garment_layer
from raster import HEIGHT_PX, WIDTH_PX, Camera, to_linear
from scene import Layer, render, studio
from textures import Colour, Pattern
from trousers import Trousers, trousers_cover, trousers_layer
from wardrobe import PERSONS, Garment

LIGHT_MAP_MIDDLE_Z = 0.25  # the height round which scene.py's lights look for shadows
ABOVE_M, BELOW_M = 0.12, 0.13  # air above the hair and floor before the shoes
LEGS_IN_DEG = 4  # anny's rest pose stands astride
UNDER_HEM_M = 0.025  # a lower garment ends this far above the hem of a top that hangs over it
OVER_M = 0.030  # how much nearer than what it overlaps at the waist the outer of two garments counts
TUCKED = dict(ease_m=0.004, folds=0.3)  # a tucked top is pulled close
TUCK_M = 0.006  # a tucked top ends this far below the upper edge of what it is tucked into
PHOTO_PHENOTYPE = dict(gender=0.60, age=0.67, muscle=0.5, weight=0.40, height=0.5, proportions=0.7)


@dataclass(frozen=True, kw_only=True)
class Lower:
    """What covers the legs: trousers, a skirt, or with `bodice` a dress.

    cut       its measures
    pattern   of a skirt or a dress; trousers carry their colour in their cut
    bodice    the dress's upper part; its hem lies at the skirt's waist
    words, kind, split   as in clothes.Garment
    """

    cut: Skirt | Trousers
    pattern: Pattern | None = None
    bodice: Garment | None = None
    words: str = ""
    kind: str = ""
    split: str = ""

    def __post_init__(self):
        if isinstance(self.cut, Skirt) and self.pattern is None:
            raise ValueError("a skirt or dress without a pattern; give one of textures.py, plain(colour) at least")

    @property
    def garment_type(self) -> str:
        """trousers, skirt or dress."""
        if isinstance(self.cut, Trousers):
            return "trousers"
        return "skirt" if self.bodice is None else "dress"


@dataclass(frozen=True, kw_only=True)
class FullPerson:
    """A person of wardrobe.py from head to shoes.

    top_hem_z      where the old top ends, hanging over the waistband; None: it is tucked in
    floor_colour   sRGB, or None where the backdrop's paper runs on over the floor
    """

    person: str
    old_lower: Lower
    shoes: Shoes
    top_hem_z: float | None = None
    floor_colour: Colour | None = None


@cache
def _standing(name: str):
    """A person's body with the legs together, and hair."""
    person = PERSONS[name]
    legs = {"upperleg01.L": ("y", LEGS_IN_DEG), "upperleg01.R": ("y", -LEGS_IN_DEG)}
    body = centred(make_body(person.phenotype, {**person.pose, **legs}))
    return body, grow(body, person.haircut, person.seed)


def lower_layer(body: Body, lower: Lower, below_z: float = np.inf) -> Layer:
    """Trousers or skirt on this body; only what lies below the reference height `below_z`."""
    if isinstance(lower.cut, Trousers):
        return trousers_layer(body, lower.cut, below_z=below_z)
    return skirt_layer(body, lower.cut, lower.pattern, below_z=below_z)


def _recut(top: Garment, **measures: float) -> Garment:
    return replace(top, cut=replace(top.cut, **measures))


def full_portrait(full: FullPerson, new: Lower | None, samples: int) -> np.ndarray:
    """A person from head to shoes, uint8 (1024, 768, 3), in the old clothes or (`new`) with new ones below the waist;
    a dress replaces the top as well."""
    person, lower = PERSONS[full.person], new or full.old_lower
    body, hairs = _standing(full.person)
    top, below_z = lower.bodice, np.inf
    if top is None and full.top_hem_z is None:
        top = _recut(person.old_top, hem_z=lower.cut.waist_z - TUCK_M, **TUCKED)
    elif top is None:
        top, below_z = _recut(person.old_top, hem_z=full.top_hem_z), full.top_hem_z + UNDER_HEM_M
    legs, upper = lower_layer(body, lower, below_z), garment_layer(body, top)
    if np.isinf(below_z):
        legs = replace(legs, nearer_m=OVER_M)
    else:
        upper = replace(upper, nearer_m=OVER_M)
    cover = trousers_cover if isinstance(lower.cut, Trousers) else skirt_cover
    reference = body.reference
    under_top = coverage(reference.points_V3, top.cut, reference.joints)
    covered = np.maximum.reduce([under_top, cover(body, lower.cut), shoe_cover(body, full.shoes)])
    layers = [*body_layers(body, person, covered), *shoe_layers(body, full.shoes), legs, upper]
    camera, lights = full_camera(body), studio(seed=person.seed, **person.light)
    place = stage(person.backdrop, full.floor_colour, person.seed, layers, floor_height(body), camera, lights)
    return render(layers, hairs, camera, place, lights, samples)


def full_photograph(lower: Lower, samples: int) -> np.ndarray:
    """The garment alone, as on a ghost mannequin, uint8 (1024, 768, 3)."""
    legs_in = 1 if isinstance(lower.cut, Trousers) else LEGS_IN_DEG
    pose = {"upperarm01.L": ("y", 4), "upperarm01.R": ("y", -4)}
    pose |= {"upperleg01.L": ("y", legs_in), "upperleg01.R": ("y", -legs_in)}
    body = centred(make_body(PHOTO_PHENOTYPE, pose))
    layers = [lower_layer(body, lower)]
    if lower.bodice is not None:
        layers = [replace(layers[0], nearer_m=OVER_M), garment_layer(body, lower.bodice)]
    shown = np.concatenate([layer.points_V3[layer.keep_V > 0] for layer in layers])
    low, high = shown.min(0), shown.max(0)
    height_m = max((high[2] - low[2]) / 0.84, (high[0] - low[0]) / 0.80 * HEIGHT_PX / WIDTH_PX)
    camera = Camera(centre_x=(low[0] + high[0]) / 2, centre_z=(low[2] + high[2]) / 2, height_m=height_m)
    paper = np.broadcast_to(to_linear(np.float32(PAPER / 255)), (HEIGHT_PX, WIDTH_PX, 3))
    return render(layers, None, camera, paper, studio(key=0.62, fill=1.6), samples)


def centred(body: Body) -> Body:
    """The same body, raised or lowered so that the lights see it from crown to heel."""
    z = body.points_V3[:, 2]
    shift = np.array([0, 0, LIGHT_MAP_MIDDLE_Z - (z.min() + z.max()) / 2], np.float32)
    return replace(body, points_V3=body.points_V3 + shift)


def floor_height(body: Body) -> float:
    """Height of the floor below the shoes' soles, metres."""
    return float(body.points_V3[:, 2].min()) - SOLE_M


def full_camera(body: Body) -> Camera:
    """A camera that sees the whole body with some air above and some floor below."""
    top, bottom = body.points_V3[:, 2].max() + ABOVE_M, floor_height(body) - BELOW_M
    return Camera(centre_x=0.0, centre_z=(top + bottom) / 2, height_m=top - bottom)
