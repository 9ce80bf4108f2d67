"""An unseen person in any top: the layers, the framing, the place, and the camera's own marks.

Shapes: V vertices; H, W is 1024 by 768; 3 is xyz in metres or RGB.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from clothes import Garment
from floor import shadowed, with_floor
from footwear import shoe_cover, shoe_layers
from full_length import TUCK_M, TUCKED, UNDER_HEM_M, Lower, floor_height, full_camera, lower_layer
from garments import coverage
from lower import skirt_cover
from portrait import body_layers, garment_layer
from raster import Camera
from scene import Layer, render
from trousers import Trousers, trousers_cover

from unseen.bags import bag_layers
from unseen.hands import WRIST_M, beyond_on_arm, pocketed
from unseen.lens import taken
from unseen.places import place
from unseen.wearers import Wearer

PITCH_DEG = {"low": -9.0, "chest_high": 0.0, "high": 9.0}
DISTANCE_M = {"short": 2.4, "normal": 3.6, "long": 6.5}
LOWEST_Z = {"hip": -0.16, "knee": -0.34}  # what the picture's lower edge cuts, on the neutral body
AIR_M = 0.09  # above the hair
OUTER_M = 0.020  # what the outer of two garments at the waist is given by the depth test
TOP_NEARER_M = 0.006  # no skin pokes through a close top where an arm is moved
HAND_NEARER_M = 0.050  # a hand lies on whatever it touches: cloth, a bag's strap
FLOORS = {"plain": None, "gradient": None, "textured": None, "outdoors": (98, 112, 72)}  # None: the wall runs on; sRGB


def portrait_of(wearer: Wearer, new: Garment | Lower | None, samples: int, shot: int) -> np.ndarray:
    """The person in the old clothes or with a new top or new trousers, uint8 RGB (H, W, 3); `shot` seeds the noise, so
    that no two pictures share it."""
    top = new if isinstance(new, Garment) else wearer.old_top
    lower = new if isinstance(new, Lower) else wearer.lower
    layers = _layers(wearer, top, lower)
    camera = _camera(wearer)
    background = place(wearer.plan.facts["backdrop"], wearer.plan.seed)
    if wearer.plan.facts["framing"] == "full":
        if (backdrop := wearer.plan.facts["backdrop"]) in FLOORS:  # a room has its own
            background = with_floor(background, FLOORS[backdrop])
        background = shadowed(background, layers, floor_height(wearer.body), camera, wearer.lights)
    picture = render(layers, wearer.hairs, camera, background, wearer.lights, samples)
    return taken(picture, wearer.lens, np.random.default_rng([wearer.plan.seed, shot]))


def _layers(wearer: Wearer, top: Garment, lower: Lower) -> list[Layer]:
    """Skin, eyes, shoes, what covers the legs, the top, a bag, and the hands over all of them."""
    body = wearer.body
    waist_z, below_z, nearer_m = lower.cut.waist_z, np.inf, OUTER_M
    if top.cut.hem_z < waist_z and wearer.tucked:
        top = replace(top, cut=replace(top.cut, hem_z=waist_z - TUCK_M, **TUCKED))
    elif top.cut.hem_z < waist_z:
        below_z, nearer_m = top.cut.hem_z + UNDER_HEM_M, -OUTER_M
    legs = replace(lower_layer(body, lower, below_z), nearer_m=nearer_m)
    cover = trousers_cover if isinstance(lower.cut, Trousers) else skirt_cover
    under_top = coverage(body.reference.points_V3, top.cut, body.reference.joints)
    covered_V = np.maximum.reduce([under_top, cover(body, lower.cut), shoe_cover(body, wearer.shoes)])
    if wearer.plan.facts["pose"] == "hand_in_pocket":
        covered_V = np.maximum(covered_V, pocketed(body))
    skin, eyes = body_layers(body, wearer, covered_V)
    bag = bag_layers(body, wearer.bag) if wearer.bag else []
    cloth = replace(garment_layer(body, top), nearer_m=TOP_NEARER_M)
    return [skin, eyes, *shoe_layers(body, wearer.shoes), legs, cloth, *bag, _hands(wearer, skin)]


def _hands(wearer: Wearer, skin: Layer) -> Layer:
    """The skin beyond the wrists once more, nearer than what the hands lie on."""
    beyond = np.maximum(*(beyond_on_arm(wearer.body, WRIST_M, side) for side in (-1, 1)))
    return replace(skin, keep_V=np.minimum(skin.keep_V, beyond), nearer_m=HAND_NEARER_M)


def _camera(wearer: Wearer) -> Camera:
    """From above the hair to the hips, the knees or the floor, from one of three heights and distances."""
    facts, body = wearer.plan.facts, wearer.body
    view = dict(pitch_deg=PITCH_DEG[facts["camera"]], distance_m=DISTANCE_M[facts["lens"]])
    if facts["framing"] == "full":
        return replace(full_camera(body), **view)
    reference = body.reference
    level = np.abs(reference.points_V3[:, 2] - LOWEST_Z[facts["framing"]]) < 0.015
    bottom = body.points_V3[level & (reference.arm_V < 0.1), 2].mean()
    top = max(body.points_V3[:, 2].max(), wearer.hairs.points_SK3[..., 2].max()) + AIR_M
    return Camera(centre_x=0.0, centre_z=(top + bottom) / 2, height_m=top - bottom, **view)
